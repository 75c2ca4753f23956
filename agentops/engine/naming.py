"""Addresses for objects that have none yet, made of their names on the platform."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from agentops.domain.provider import LiveObject
from agentops.domain.values import RemoteId

LONGEST: Final = 63

_LETTERS: Final = {
    **{"ä": "ae", "ö": "oe", "ü": "ue", "æ": "ae", "œ": "oe", "ø": "o", "å": "a", "ð": "d", "þ": "th"},
    **{"ł": "l", "đ": "d", "ħ": "h", "ı": "i", "ŋ": "n", "’": "", "'": ""},
    # Russian, Ukrainian, Bulgarian
    **{"а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i"},
    **{"й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t"},
    **{"у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": ""},
    **{"э": "e", "ю": "iu", "я": "ia", "є": "ie", "і": "i", "ї": "i", "ґ": "g"},
    # Greek
    **{"α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i", "κ": "k"},
    **{"λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "τ": "t"},
    **{"υ": "y", "φ": "f", "χ": "ch", "ψ": "ps", "ω": "o"},
}
"""How letters without a base letter in ASCII are written, and those whose accent changes the letters."""


def slug(text: str) -> str:
    """`text` in the form of `metadata.name`, or empty when nothing of it is left.

    Lower case; letters of other alphabets as `_LETTERS` says, else without their accents; anything else is a dash; at
    most 63 characters.
    """
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    plain = "".join(_ascii(letter) for letter in folded)
    return _cut(re.sub(r"[^a-z0-9]+", "-", plain).strip("-"), LONGEST)


def names_for(
    objects: Iterable[LiveObject], managed: Mapping[RemoteId, str], taken: Iterable[str]
) -> dict[RemoteId, str]:
    """A name for every object: that by which it is managed, else one of its own that nothing has.

    Of several with one name on the platform the lowest ID gets it, the others a number, in the order of their IDs; so
    what comes later, with a higher ID, changes nothing. `taken` are the names that nothing else may get.
    """
    found = dict(managed)
    used = {*taken, *managed.values()}
    new = sorted((item for item in objects if item.id not in managed), key=_by_id)
    bases = {item.id: slug(item.name) or _cut(f"unnamed-{slug(str(item.id))}".strip("-"), LONGEST) for item in new}
    waiting = []
    for item in new:  # whoever is the first of its name has it, before numbers are given to the others
        base = bases[item.id]
        if base in used:
            waiting.append(item)
        else:
            found[item.id] = base
            used.add(base)
    for item in waiting:
        found[item.id] = _numbered(bases[item.id], used)
        used.add(found[item.id])
    return found


def _ascii(letter: str) -> str:
    if letter.isascii():
        return _LETTERS.get(letter, letter)
    if letter in _LETTERS:
        return _LETTERS[letter]
    parts = unicodedata.normalize("NFKD", letter)
    return "".join(_LETTERS.get(part, part) for part in parts if not unicodedata.combining(part))


def _by_id(item: LiveObject) -> tuple[bool, int, str]:
    return (isinstance(item.id, str), item.id if isinstance(item.id, int) else 0, str(item.id))


def _numbered(base: str, used: set[str]) -> str:
    number = 2
    while (name := f"{_cut(base, LONGEST - len(str(number)) - 1)}-{number}") in used:
        number += 1
    return name


def _cut(text: str, length: int) -> str:
    return text[:length].strip("-")
