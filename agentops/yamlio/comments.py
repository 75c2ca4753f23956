"""Which comment speaks of what: lines above a key or item, what stands at the end of its line, and blank lines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from agentops.yamlio.tree import BREAK, Entry, Form, Node, column, line_end, line_end_of_header

_MARKER = re.compile(r"---(?=[ \t\r\n]|\Z)")
_COMMENT = re.compile(r"#[^\r\n]*")


@dataclass(frozen=True, slots=True)
class Line:
    """A comment on a line of its own, from its `#`. `blank`: a blank line stands before it."""

    text: str
    blank: bool = False


@dataclass(slots=True)
class Notes:
    """What belongs to one entry besides its value. `blank`: a blank line stands before it, behind the lines above."""

    above: list[Line] = field(default_factory=list)
    beside: str = ""
    blank: bool = False

    def add_beside(self, text: str) -> None:
        """There is room for one; what was there goes above."""
        if self.beside:
            self.above.append(Line(self.beside))
        self.beside = text


@dataclass(slots=True)
class Comments:
    """All comments of a file. `head` stands above everything, `marker` is the line with `---`, `below` comes next."""

    head: list[Line] = field(default_factory=list)
    marker: str = ""
    below: list[Line] = field(default_factory=list)
    entries: dict[int, Notes] = field(default_factory=dict)  # by the id() of the entry
    tails: dict[int, list[Line]] = field(default_factory=dict)  # behind the last entry of a node, by its id()

    def of(self, entry: Entry) -> Notes:
        return self.entries.setdefault(id(entry), Notes())

    def tail(self, node: Node) -> list[Line]:
        return self.tails.setdefault(id(node), [])

    def texts(self) -> list[str]:
        """Every comment, sorted."""
        marker = self.marker.partition("#")
        found = [marker[1] + marker[2]] if marker[1] else []
        lines = [*self.head, *self.below, *(line for tail in self.tails.values() for line in tail)]
        for notes in self.entries.values():
            lines += notes.above
            found += [notes.beside] if notes.beside else []
        return sorted([*found, *(line.text for line in lines if line.text)])


@dataclass(slots=True)
class _Token:
    """A mark or word. `opens` is the entry that begins here; `closes` the node that ends here with its bracket."""

    start: int
    end: int
    entry: Entry | None
    path: tuple[Node, ...]  # the maps and lists around it, outermost first
    opens: bool = False
    closes: Node | None = None


def comments_of(text: str, root: Node) -> Comments:
    """The comments of `text`, whose tree is `root`."""
    found = Comments()
    tokens = list(_tokens(text, root, None, ()))
    _read_top(text, tokens[0].start, found)
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        _read_gap(text, token, following, found)
    return found


def _tokens(text: str, node: Node, owner: Entry | None, path: tuple[Node, ...]) -> Iterator[_Token]:
    """The tokens of a value, in order; commas are left to the gaps between."""
    if node.start != node.content:
        yield _Token(node.start, node.start + 1 + len(node.anchor), owner, path)
    if node.form in (Form.SCALAR, Form.ALIAS):
        yield _Token(node.content, node.end, owner, path)
        return
    inner = (*path, node)
    bracketed = node.is_flow and not node.bare
    if bracketed:
        yield _Token(node.content, node.content + 1, owner, inner)
    for entry in node.entries:
        yield from _entry_tokens(text, entry, inner)
    if bracketed:
        yield _Token(node.end - 1, node.end, owner, path, closes=node)


def _entry_tokens(text: str, entry: Entry, path: tuple[Node, ...]) -> Iterator[_Token]:
    if entry.key is None and entry.slot == entry.start:  # an item between brackets has no mark of its own
        first, *rest = _tokens(text, entry.node, entry, path)
        first.opens, first.entry = True, entry
        yield first
        yield from rest
        return
    if entry.key is None:
        yield _Token(entry.start, entry.slot, entry, path, opens=True)
    else:
        if entry.start != entry.key_start:
            yield _Token(entry.start, entry.start + 1, entry, path, opens=True)
        yield _Token(entry.key_start, entry.key_end, entry, path, opens=entry.start == entry.key_start)
        yield _Token(entry.slot - 1, entry.slot, entry, path)
    yield from _tokens(text, entry.node, entry, path)


def _read_top(text: str, end: int, found: Comments) -> None:
    """The lines before the first key."""
    lines = found.head
    blank = False
    index = 0
    while index < end:
        stop = line_end(text, index)
        line = text[index : min(stop, end)].strip()
        if not line:
            blank = True
        elif line.startswith("#"):
            lines.append(Line(line, blank))
            blank = False
        elif _MARKER.match(line):
            comment = _COMMENT.search(line)
            found.marker = f"--- {comment[0]}" if comment else "---"
            lines, blank = found.below, False
        if stop >= end:
            break
        match = BREAK.match(text, stop)
        index = match.end() if match else end
    if blank and (lines or found.marker):
        lines.append(Line(""))  # the blank line between the head and the first key


def _read_gap(text: str, token: _Token, following: _Token | None, found: Comments) -> None:
    """What stands between two tokens, or behind the last."""
    end = following.start if following else len(text)
    node = token.entry.node if token.entry else None
    if node is not None and node.is_block_text and token.start == node.content:
        header = line_end_of_header(text, node.content)
        if node.end > header and (comment := _COMMENT.search(text, header, line_end(text, header))):
            _beside(token, comment[0].rstrip(), found)
    if not BREAK.search(text, token.end, end) and "#" not in text[token.end : end]:
        return
    lines, blank = _gap_lines(text, token, end, found)
    _attach(text, lines, token, following, found)
    if following and following.opens and following.entry:
        found.of(following.entry).blank = blank


def _gap_lines(text: str, token: _Token, end: int, found: Comments) -> tuple[list[tuple[int, Line]], bool]:
    """The comment lines of a gap with their columns, and whether a blank line comes after the last of them."""
    lines: list[tuple[int, Line]] = []
    blank, first, index = False, True, token.end
    while index < end:
        stop = min(line_end(text, index), end)
        comment = _COMMENT.search(text, index, stop)
        if comment and first:
            _beside(token, comment[0].rstrip(), found)
        elif comment:
            lines.append((column(text, comment.start()), Line(comment[0].rstrip(), blank)))
            blank = False
        elif not first and stop < end and not text[index:stop].strip(" ,"):
            blank = True
        match = BREAK.match(text, stop)
        if stop >= end or match is None:
            break
        index, first = match.end(), False
    return lines, blank


def _beside(token: _Token, text: str, found: Comments) -> None:
    if token.entry is not None:
        found.of(token.entry).add_beside(text)
    elif token.closes is not None:
        found.tail(token.closes).append(Line(text))
    else:
        found.below.append(Line(text))


def _attach(text: str, lines: list[tuple[int, Line]], token: _Token, following: _Token | None, found: Comments) -> None:
    """Give each comment line to the entry below it, or to the map or list above that it is indented like."""
    place = -1 if following is None else column(text, following.start)
    ended = [node for node in token.path if node.is_block and (following is None or node not in following.path)]
    above = False
    for at, line in lines:
        home = next((node for node in reversed(ended) if column(text, node.entries[0].start) <= at), None)
        if not above and home is not None and at > place:
            found.tail(home).append(line)
            continue
        above = True
        if following is None:
            found.tail(token.path[0] if token.path else _root(token)).append(line)
        elif following.closes is not None and following.closes.entries:
            found.tail(following.closes).append(line)
        elif following.entry is not None:
            found.of(following.entry).above.append(line)
        else:
            found.below.append(line)


def _root(token: _Token) -> Node:
    assert token.closes is not None, "the file holds a map, and ends with it"
    return token.closes
