"""How a single value is written so that every YAML reader takes it for what it is: on one line, or as a block text."""

import re
from typing import Final

from agentops.domain.errors import AgentopsError
from agentops.domain.values import Value
from agentops.yamlio.scalars import MAX_DIGITS, ScalarFault, plain_value

LONGEST_KEY: Final = 1000
"""Parsers look no further than 1024 characters for the colon behind a key."""

_NEVER = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]"
)  # strict reading refuses them, however written
_ESCAPED = re.compile("[\t\r\n\u2028\u2029\ufeff\ufffe\uffff]")
_ESCAPES: Final = {"\t": "\\t", "\r": "\\r", "\n": "\\n", '"': '\\"', "\\": "\\\\"}
_INDICATORS: Final = frozenset("-?:,[]{}#&*!|>'\"%@`")
_IN_FLOW = re.compile(r"[,\[\]{}:?]")
_COLON_OR_COMMENT = re.compile(r":(?:\s|\Z)|\s#")
_LEADING_BLANKS = re.compile(r"\n* ")
_MISREAD = re.compile(
    r"""
      yes | no | on | off | true | false | null | ~ | = | <<
    | [-+]? [0-9._,:]* [0-9_] [0-9._,:]* (?: e [-+]? [0-9]* )?       # numbers, also by minutes: 12:30
    | [-+]? 0 (?: x [0-9a-f_]+ | o [0-7_]+ | b [01_]+ )
    | [-+]? \. (?: inf | nan )
    | [0-9]{4} - [0-9]{1,2} - [0-9]{1,2} (?: [tT\s] .* )?            # dates
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_LETTERS: Final = frozenset("yYnN")  # truth values in YAML 1.1, to a few readers


class UnwritableError(AgentopsError):
    """A value that strict reading would refuse however it is written: a control character, a number too large."""


def is_misread(text: str) -> bool:
    """Whether some YAML 1.1 or 1.2 reader takes the unquoted `text` for something else than a text."""
    return not text or text in _LETTERS or _MISREAD.fullmatch(text) is not None


def is_plain(text: str, *, flow: bool = False) -> bool:
    """Whether `text` can be written without quotes; with `flow`, between brackets or braces."""
    if not text or text[0] in _INDICATORS or text != text.strip() or text.startswith("..."):
        return False
    if _ESCAPED.search(text) or _COLON_OR_COMMENT.search(text) or (flow and _IN_FLOW.search(text)):
        return False
    return not is_misread(text)


def word(value: Value, *, flow: bool = False, like: str = "") -> str:
    """A scalar on one line. `like` is the quote to use if the value can have it: `'`, `"`, or "" for none.

    Raises UnwritableError for what strict reading never gives, and TypeError for maps and lists.
    """
    if not isinstance(value, str):
        return _typed(value)
    check_text(value)
    if like == "'" and not _ESCAPED.search(value):
        return single_quoted(value)
    if like == '"':
        return double_quoted(value)
    return value if is_plain(value, flow=flow) else quoted(value)


def key_word(key: str, *, flow: bool = False, like: str = "") -> str:
    """A key. Unlike a value, a single letter is no truth value to any reader: {x: 1, y: 2} stays."""
    return key if key in _LETTERS and not like else word(key, flow=flow, like=like)


def quoted(text: str) -> str:
    """`text` in the quotes that need fewer escapes; double ones if there is no difference."""
    if _ESCAPED.search(text) or "'" in text or not ('"' in text or "\\" in text):
        return double_quoted(text)
    return single_quoted(text)


def single_quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def double_quoted(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + _ESCAPED.sub(lambda match: _ESCAPES.get(match[0]) or f"\\u{ord(match[0]):04x}", plain) + '"'


def check_text(text: str) -> None:
    """Raises UnwritableError for a text that strict reading refuses."""
    odd = _NEVER.search(text)
    if odd:
        raise UnwritableError(f"the character \\u{ord(odd[0]):04x} cannot stand in a manifest")


def block_lines(text: str) -> tuple[str, tuple[str, ...]] | None:
    """A text as a literal block: how it ends (`-`, "", `+`) and its lines; None if quotes have to do.

    The block needs a number for its indentation if `needs_number`.
    """
    check_text(text)
    if _ESCAPED.search(text.replace("\n", "").replace("\t", "")):
        return None
    lead = text[: len(text) - len(text.lstrip(" \n"))]
    if lead == text or " " in lead.rpartition("\n")[0] or text[len(lead)] == "\t":
        return None  # readers differ on blanks before the first word
    body = text.rstrip("\n")
    ends = len(text) - len(body)
    if ends > 1:
        return "+", tuple(text[:-1].split("\n"))
    return "" if ends else "-", tuple(body.split("\n"))


def needs_number(text: str) -> bool:
    """Whether a block text must say how far it is indented, as its first line begins with a space."""
    return _LEADING_BLANKS.match(text) is not None


def _typed(value: Value) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            if len(str(abs(value))) > MAX_DIGITS:
                raise UnwritableError(f"the number {value} is too large for a manifest")
            return str(value)
        case float():
            return _decimal(value)
    raise TypeError(f"not a scalar: {type(value).__name__}")


def _decimal(number: float) -> str:
    """A number with a point: to YAML 1.1, one with an exponent alone is a text."""
    digits = repr(number)
    mantissa, mark, exponent = digits.partition("e")
    if mark and "." not in mantissa:
        digits = f"{mantissa}.0e{exponent}"
    try:
        plain_value(digits)
    except ScalarFault as fault:
        raise UnwritableError(fault.message) from fault
    if not digits[-1].isdigit():
        raise UnwritableError(f"{digits} is not a number that can be sent")
    return digits
