"""What an unquoted word of YAML means: true, false, null, a decimal number, or else just text."""

import re
from collections.abc import Mapping
from typing import Final

from agentops.domain.values import Value

WORDS: Final[Mapping[str, Value]] = {"true": True, "false": False, "null": None}
NUMBER_STARTS: Final = frozenset("-0123456789")
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_NULLS = frozenset(("~", "Null", "NULL"))
_NOT_NUMBERS = frozenset(
    f"{sign}.{word}" for sign in ("", "-", "+") for word in ("inf", "Inf", "INF", "nan", "NaN", "NAN")
)
MAX_DIGITS: Final = 18  # what a 64-bit integer holds in any case


class ScalarFault(Exception):
    """A word that is refused because YAML readers disagree about it, or because it cannot be held."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


def plain_value(word: str) -> Value:
    """The value of an unquoted `word`. Raises ScalarFault."""
    if word in WORDS:
        return WORDS[word]
    if word in _NOT_NUMBERS:
        raise ScalarFault("yaml-number", f"{word} is not a number that can be sent", f'quote it for the text: "{word}"')
    if word[:1] in NUMBER_STARTS:
        return _number(word)
    if word in _NULLS:
        raise ScalarFault(
            "yaml-null", f"{word} is not how null is written here", f'write null to clear, or "{word}" for the text'
        )
    return word


def _number(word: str) -> Value:
    if _INTEGER.fullmatch(word):
        if len(word.lstrip("-")) > MAX_DIGITS:
            raise ScalarFault("yaml-number", "the number is too large", f'quote it for the text: "{word[:40]}"')
        return int(word)
    if not _FLOAT.fullmatch(word):
        return word  # 0123, 2026-01-02, 1_000, 0x1f, 12:30
    number = float(word)
    if number in (float("inf"), float("-inf")):
        raise ScalarFault("yaml-number", "the number is too large", f'quote it for the text: "{word[:40]}"')
    return number
