"""One thing that is wrong with a document, before it has a position; and how messages name paths and values."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from agentops.domain.values import Path

_FORMS: Final[Mapping[str, str]] = {
    "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$": (
        "lower-case letters, digits and hyphens, up to 63, with a letter or digit at both ends"
    ),
    "^[a-z_]+\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$": "an address like assistant.front-desk",
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}$": "a day like 2027-01-31",
    "^[A-Za-z_][A-Za-z0-9_]*$": "the name of an environment variable",
    "^[A-Za-z_][A-Za-z0-9_-]*$": "letters, digits, hyphens and underscores, beginning with a letter",
    "^[A-Za-z0-9_]+$": "letters, digits and underscores",
    "^[a-z0-9_]+$": "lower-case letters, digits and underscores",
    "^(([01][0-9]|2[0-3]):[0-5][0-9]|(1[0-2]|0?[1-9])(:[0-5][0-9])?[ap]m)$": "a time of day like 18:00 or 6pm",
    "^https?://.*\\{\\{phone\\}\\}.*$": "a web address with {{phone}} in it",
    "^[a-z][a-z0-9_]*$": "lower-case letters, digits and underscores, beginning with a letter",
    "^https?://[^\\s/]+": "an address that begins with https:// or http://",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at `path`, which starts at the document. With `at_key` it is the key that is wrong."""

    path: Path
    code: str
    message: str
    hint: str = ""
    at_key: bool = False


def missing(path: Path, key: str, why: str = "") -> Fault:
    """The fault that the map at `path` lacks `key`."""
    return Fault(path, "missing-key", f"{dotted(path)} needs {key}{why}", f"add {key}: ...", at_key=True)


def dotted(path: Path) -> str:
    """A path as messages name it: `tools[2].timeout`; without `spec` in front."""
    steps = path[1:] if path[:1] == ("spec",) and len(path) > 1 else path
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return text.removeprefix(".") or "the file"


def shown(value: object) -> str:
    """A short form of what was written."""
    match value:
        case str():
            return json.dumps(value if len(value) <= 40 else value[:39] + "…", ensure_ascii=False)
        case None | bool() | int() | float():
            return json.dumps(value)
        case list():
            return "a list"
    return "a map"


def either(words: Sequence[str]) -> str:
    """`a, b or c`."""
    return " or ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else words[0]


def limits(low: float | None, high: float | None) -> str:
    """A range in words; one end at least is given."""
    if low is None:
        return f"up to {high:g}"
    return f"at least {low:g}" if high is None else f"{low:g} to {high:g}"


def form(pattern: str) -> str:
    """What a text that matches `pattern` looks like, in words."""
    return _FORMS.get(pattern, f"a text that matches {pattern}")
