"""Pieces of Markdown as the common forges read it; nothing in names becomes a link, a mention or markup."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from agentops.render.visible import printable

LONGEST: Final = 200  # characters of a name or a value in a code span
LONGEST_TEXT: Final = 1_000  # characters of a message
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~&$])")
_UNSPANNABLE: Final = frozenset("`|\\")  # backticks end a code span, the others a table's cell
_LINKED = re.compile(r"(@|#|://|www\.|GH-)", re.IGNORECASE)
_REFERENCE = re.compile(r"([!%^])(?=[\w\"])")  # GitLab's requests, milestones and alerts
_BLOCK = re.compile(r"^(\d{0,9})([-+=.)])(?=\s|$|[-= ]+$)")  # at the start of a line: a list, a rule
_UNSEEN = "&#8203;"  # keeps a forge from taking what follows for a mention, an issue or an address


def text(message: str) -> str:
    """`message` as plain text in Markdown, on one line, wherever in it; cut where nobody reads on."""
    more = len(message) - LONGEST_TEXT
    cut = f"{message[:LONGEST_TEXT]} ... ({more} more characters)" if more > 0 else message
    plain = _SPECIAL.sub(r"\\\1", printable(cut).strip(" ")) or ('""' if message else "")
    plain = _BLOCK.sub(r"\1\\\2", _REFERENCE.sub(r"\\\1", plain))
    return _LINKED.sub(lambda match: match[0] + _UNSEEN, plain)


def code(name: str) -> str:
    """`name` as a code span, also inside a table, whatever it holds."""
    shown = printable(name[:LONGEST]) + (" ..." if len(name) > LONGEST else "")
    if not shown:
        return ""
    if _UNSPANNABLE.isdisjoint(shown):
        return f"`{shown}`"
    spelt = "".join(c if c.isalnum() or c == " " else f"&#{ord(c)};" for c in shown)
    return f"<code>{spelt.replace('&#64;', f'&#64;{_UNSEEN}')}</code>"


def fenced(body: str, language: str = "") -> str:
    """`body` in a code block whose fence is longer than any run of backticks in it."""
    fence = "`" * max(3, _longest_run(body) + 1)
    return f"{fence}{language}\n{body}\n{fence}"


def _longest_run(body: str) -> int:
    return max(map(len, re.findall("`+", body)), default=0)


def alert(kind: str, first: str, items: Sequence[str], room: int) -> str:
    """A coloured block with the items that fit into `room` characters: `kind` is CAUTION, WARNING or NOTE."""
    rows = fitting((f"> - {item}" for item in items), len(items), room, "> - ... and {} more")
    return "\n".join([f"> [!{kind}]", f"> {first}", ">", *rows])


def folded(summary: str, body: str) -> str:
    """`body` behind a line that opens it."""
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"


def indented(body: str, depth: int) -> str:
    """`body` as part of a list's item."""
    return "\n".join(" " * depth + line if line else "" for line in body.split("\n"))


def fitting(items: Iterable[str], number: int, room: int, more: str) -> list[str]:
    """All `number` items if they fit into `room` characters; else the first ones, and how many do not in the words of
    `more`. No more items are made than are looked at."""
    kept: list[str] = []
    for item in items:
        if sum(map(len, kept)) + len(kept) + len(item) + 1 > room:
            while kept and sum(map(len, kept)) + len(kept) + len(more) + 8 > room:
                kept.pop()
            return [*kept, more.format(number - len(kept))]
        kept.append(item)
    return kept
