"""Texts made safe and readable: what cannot be seen, or could steer a terminal, is shown escaped."""

import unicodedata

_SHORT = {"\t": "\\t", "\r": "\\r", "\n": "\\n"}
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # printable by name only: they look like nothing


def printable(text: str) -> str:
    """`text` on one line, without control, format and other invisible characters: those are shown as escapes."""
    if text.isprintable() and _BLANKS.isdisjoint(text):
        return text
    return "".join(character if _is_seen(character) else _escape(character) for character in text)


def escaped(text: str) -> str:
    """As `printable`, with backslashes doubled: no two different texts look the same (but see `same_looking`)."""
    return printable(text.replace("\\", "\\\\"))


def literal(text: str) -> str:
    """As `escaped`, for the end of a line: spaces there are shown as `\\s`."""
    bare = text.rstrip(" ")
    return escaped(bare) + "\\s" * (len(text) - len(bare))


def same_looking(one: str, other: str) -> bool:
    """Whether both differ in nothing but the code of their accents: e and an accent, or one character."""
    return one != other and unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)


def coded(text: str) -> str:
    """`text` with every character beyond ASCII as an escape."""
    return "".join(character if character.isascii() else _escape(character) for character in escaped(text))


def quote(text: str) -> str:
    """`text` in double quotes, on one line."""
    return '"' + escaped(text).replace('"', '\\"') + '"'


def cells(text: str) -> int:
    """How many columns of a terminal `text` fills."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def _cells(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _is_seen(character: str) -> bool:
    return character.isprintable() and character not in _BLANKS


def _escape(character: str) -> str:
    code = ord(character)
    wide = f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    return _SHORT.get(character) or (f"\\x{code:02x}" if code < 0x100 else wide)
