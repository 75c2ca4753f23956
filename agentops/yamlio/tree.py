"""How a YAML text is written: each value with its place, its style, its anchor, and the marks around it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from agentops.domain.values import Path
from agentops.yamlio.events import EventTypes, NextEvent, Parser, event_types, events_of

BREAK: Final = re.compile(r"\r\n|\r|\n")
_GAP = re.compile(r"(?:[ \t\r\n]+|#[^\r\n]*)*")
_ANCHOR = re.compile(r"[&*][^ \t\r\n,\[\]{}]*")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")


class Form(Enum):
    """What a value is in the text."""

    SCALAR = "scalar"
    ALIAS = "alias"
    MAP = "map"
    LIST = "list"


@dataclass(slots=True, eq=False)
class Node:
    """One value as it is written. Offsets count characters; `end` is not included.

    `start` is where its anchor stands, if it has one; `content` where the value itself begins. `style` of a scalar is
    its quote, `|`, `>` or "" (plain); of a map or list `[` (flow) or "" (block). A block text ends before the line
    break of its last line. `text` is what a scalar says. `anchor` is the name that it defines, or that an alias uses.
    """

    form: Form
    start: int
    content: int
    end: int
    style: str = ""
    anchor: str = ""
    text: str = ""
    entries: "list[Entry]" = field(default_factory=list)
    target: "Node | None" = None  # of an alias
    bare: bool = False  # a single pair between brackets, without braces of its own: [a: b]

    @property
    def is_flow(self) -> bool:
        return self.style == "["

    @property
    def is_block_text(self) -> bool:
        return self.style in ("|", ">")

    @property
    def is_block(self) -> bool:
        """Whether it is a map or list of lines of its own."""
        return self.form in (Form.MAP, Form.LIST) and not self.is_flow

    def walk(self) -> "Iterator[Node]":
        """The node and all that it holds, in the order of the text; aliases hold nothing."""
        yield self
        for entry in self.entries:
            yield from entry.node.walk()

    def step(self, step: str | int) -> "Entry | None":
        """The entry at one step of a path; None when it is not there."""
        if self.form is Form.LIST:
            there = isinstance(step, int) and 0 <= step < len(self.entries)
            return self.entries[step] if there and isinstance(step, int) else None
        return next((entry for entry in self.entries if entry.key == step), None)


@dataclass(slots=True, eq=False)
class Entry:
    """A key with its value, or an item of a list.

    `start` is where its first mark stands: the `-` of an item, the key or its `?`. `slot` is behind the mark that the
    value follows: `-` or `:`; for an item between brackets it equals `start`. `key` is None for an item.
    """

    start: int
    slot: int
    node: Node
    key: str | None = None
    key_start: int = -1
    key_end: int = -1
    key_style: str = ""


def tree_of(text: str, parser: Parser) -> Node:
    """The tree of `text`, which must have been read without fault."""
    return _Reader(text, events_of(text, parser)).document()


def find(root: Node, path: Path) -> tuple[Entry, ...] | None:
    """The entries on the way to `path`, outermost first; None when it is not written there."""
    found: list[Entry] = []
    node = root
    for step in path:
        entry = node.step(step)
        if entry is None:
            return None
        found.append(entry)
        node = entry.node
    return tuple(found)


def skip_gap(text: str, index: int) -> int:
    """Where the next token stands: after white space, line breaks and comments."""
    match = _GAP.match(text, index)
    return match.end() if match else index


def line_start(text: str, index: int) -> int:
    """Where the line of character `index` begins."""
    start = text.rfind("\n", 0, index) + 1
    return max(start, text.rfind("\r", start, index) + 1)


def line_end(text: str, index: int) -> int:
    """Where the line of character `index` ends, before its line break."""
    match = BREAK.search(text, index)
    return match.start() if match else len(text)


def after_break(text: str, index: int) -> int:
    """Where the line after that of character `index` begins; the end of the text, if there is none."""
    match = BREAK.search(text, index)
    return match.end() if match else len(text)


def column(text: str, index: int) -> int:
    """How many characters stand before `index` on its line."""
    return index - line_start(text, index)


class _Reader:
    """Turns events into nodes; what events do not tell (`-`, `:`, `?`) is found in the text between them."""

    def __init__(self, text: str, events: NextEvent) -> None:
        self._text = text
        self._next = events
        self._types: EventTypes = event_types()
        self._anchors: dict[str, Node] = {}

    def document(self) -> Node:
        self._next()  # start of the stream
        self._next()  # start of the document
        return self._node(self._next())

    def _node(self, event: Any) -> Node:
        kind = type(event)
        start = event.start_mark.index
        if kind is self._types.alias:
            name = event.anchor
            return Node(Form.ALIAS, start, start, event.end_mark.index, anchor=name, target=self._anchors[name])
        content = start if event.anchor is None else self._behind_anchor(start)
        if kind is self._types.scalar:
            node = self._scalar(event, start, content)
        else:
            form = Form.MAP if kind is self._types.mapping else Form.LIST
            node = Node(form, start, content, content, style="[" if event.flow_style else "")
        if event.anchor is not None:
            node.anchor = event.anchor
            self._anchors[event.anchor] = node
        if node.form is Form.MAP:
            self._fill_map(node)
        elif node.form is Form.LIST:
            self._fill_list(node)
        return node

    def _behind_anchor(self, start: int) -> int:
        match = _ANCHOR.match(self._text, start)
        return skip_gap(self._text, match.end() if match else start)

    def _scalar(self, event: Any, start: int, content: int) -> Node:
        style = event.style or ""
        end = event.end_mark.index
        if style in ("|", ">"):
            end = _block_end(self._text, content, end, event.value)
        return Node(Form.SCALAR, start, content, end, style=style, text=event.value)

    def _fill_map(self, node: Node) -> None:
        if node.is_flow and self._text[node.content : node.content + 1] != "{":
            node.bare = True
        behind = node.content + (1 if node.is_flow and not node.bare else 0)
        while type(event := self._next()) is not self._types.mapping_end:
            key_start, key_end = event.start_mark.index, event.end_mark.index
            mark = self._mark(behind, key_start, "?")
            colon = skip_gap(self._text, key_end)
            child = self._node(self._next())
            start = key_start if mark < 0 else mark
            entry = Entry(start, colon + 1, child, event.value, key_start, key_end, event.style or "")
            node.entries.append(entry)
            behind = child.end
        node.end = event.end_mark.index if node.is_flow and not node.bare else behind

    def _fill_list(self, node: Node) -> None:
        behind = node.content + (1 if node.is_flow else 0)
        while type(event := self._next()) is not self._types.sequence_end:
            child = self._node(event)
            mark = -1 if node.is_flow else self._mark(behind, child.start, "-")
            start = child.start if mark < 0 else mark
            node.entries.append(Entry(start, start if mark < 0 else mark + 1, child))
            behind = child.end
        node.end = event.end_mark.index if node.is_flow else behind

    def _mark(self, start: int, end: int, mark: str) -> int:
        """Where `mark` stands as the next token from `start` on; -1 if another does, or none before `end`."""
        index = skip_gap(self._text, start)
        while self._text[index : index + 1] == "," and index < end:
            index = skip_gap(self._text, index + 1)
        return index if index < end and self._text[index : index + 1] == mark else -1


def _block_end(text: str, header: int, limit: int, value: str) -> int:
    """Where the last line of a block text ends; what follows up to `limit` are blank lines that mean nothing."""
    first = after_break(text, header)
    lines = [(match.start(), match[0].rstrip("\r\n")) for match in _LINE.finditer(text, first, limit) if match[0]]
    if "+" in text[header : header + 3]:
        counted = lines
    else:
        indent = block_indent([line for _, line in lines], value)
        counted = _without_blank_end(lines, indent)
    if not counted:
        return line_end_of_header(text, header)
    start, line = counted[-1]
    return start + len(line)


def _without_blank_end(lines: list[tuple[int, str]], indent: int) -> list[tuple[int, str]]:
    kept = len(lines)
    while kept and not lines[kept - 1][1].strip(" ") and len(lines[kept - 1][1]) <= indent:
        kept -= 1
    return lines[:kept]


def block_indent(lines: list[str], value: str) -> int:
    """How far the lines of a block text are indented; 0 if none of them says anything."""
    written = next((line for line in lines if line.strip(" ")), None)
    meant = next((line for line in value.split("\n") if line.strip(" ")), None)
    if written is None or meant is None:
        return 0
    return len(written) - len(written.lstrip(" ")) - (len(meant) - len(meant.lstrip(" ")))


def line_end_of_header(text: str, header: int) -> int:
    """Where the mark of a block text ends: behind `|-`, before white space and comments."""
    match = re.compile(r"[|>][-+0-9]*").match(text, header)
    return match.end() if match else header
