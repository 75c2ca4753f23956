"""Texts in files of their own, changed in place: lines that stay keep their ends, and the white space around stays."""

import re
from difflib import SequenceMatcher
from typing import Final

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_END = re.compile(r"(?:\r\n|\r|\n)\Z")
MARK: Final = "\ufeff"


def with_text(content: str, text: str) -> str:
    """`content`, which may begin with a byte order mark, so that it holds `text`, which has LF line ends."""
    body = content.removeprefix(MARK)
    mark = content[: len(content) - len(body)] or (MARK if text.startswith(MARK) else "")
    inner = body.strip()
    if not inner:
        return mark + text + (body or "\n")
    start = body.index(inner)
    return mark + body[:start] + _merged(inner, text) + body[start + len(inner) :]


def _merged(old: str, text: str) -> str:
    lines = [line for line in _LINE.findall(old) if line]
    ends = [match[0] for line in lines if (match := _END.search(line))]
    usual = max(ends, key=ends.count) if ends else "\n"
    was, now = [_END.sub("", line) for line in lines], text.split("\n")
    merged = [line + usual for line in now]
    for tag, start, end, place, _ in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if tag == "equal":
            merged[place : place + end - start] = [
                line if _END.search(line) else line + usual for line in lines[start:end]
            ]
    return _END.sub("", "".join(merged))
