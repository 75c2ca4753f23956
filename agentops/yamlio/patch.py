"""Changes one value in a YAML text: replaced, put in or taken out, with every other line left as it is."""

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property

from agentops.domain.errors import AgentopsError
from agentops.domain.values import Path, Value
from agentops.yamlio.brackets import insert_in_flow, remove_from_flow
from agentops.yamlio.events import Parser
from agentops.yamlio.folded import folded_lines
from agentops.yamlio.tree import (
    BREAK,
    Entry,
    Form,
    Node,
    after_break,
    block_indent,
    column,
    find,
    line_end,
    line_end_of_header,
    line_start,
    skip_gap,
    tree_of,
)
from agentops.yamlio.words import block_lines, is_plain, key_word, needs_number, word
from agentops.yamlio.write import PLAIN, Layout, Written, flow, written, written_item

_COMMENT_LINE = re.compile(r"( *)#[^\r\n]*")
_OPEN_HEADER = re.compile(r"(?:\A|[:-] )[|>][1-9]?\+?(?: #.*)?\Z")


class SpliceError(AgentopsError):
    """A change that cannot be made without touching more than its own lines. `path` is what was to be changed."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{'.'.join(map(str, path)) or 'the file'}: {reason}")
        self.path, self.reason = path, reason


class Page:
    """A text with its tree. Every change gives a new text; with `quotes`, texts of several lines stand in quotes."""

    def __init__(self, text: str, parser: Parser, *, quotes: bool = False) -> None:
        self.text = text
        self.root = tree_of(text, parser)
        self._quotes = quotes

    def node(self, path: Path) -> Node:
        """The value at `path`. Raises SpliceError when it is not written there, or shared."""
        node = self.root
        for index, step in enumerate(path):
            self._refuse_shared(node, path)
            entry = node.step(step)
            if entry is None:
                raise SpliceError(path[: index + 1], "there is no such value")
            node = entry.node
        return node

    def replace(self, path: Path, value: Value) -> str:
        """The text with another value at `path`."""
        node = self.node(path)
        self._refuse_losing_anchors(node, path)
        entries = find(self.root, path)
        if not entries:
            raise SpliceError(path, "the whole file cannot be replaced")
        if self._is_in_flow(path):
            new = word(value, flow=True, like=node.style) if _is_word(value) else flow(value)
            return self.text[: node.content] + new + self.text[node.end :]
        return self._replace_in_block(entries[-1], value, path)

    def insert(self, path: Path, index: int, value: Value) -> str:
        """The text with a new value at `path`, before what stands at `index` in the map or list around it."""
        around = self.node(path[:-1])
        self._refuse_shared(around, path)
        key = path[-1]
        if around.is_flow:
            name = f"{key_word(key, flow=True)}: " if isinstance(key, str) else ""
            if around.bare:
                raise SpliceError(path, "a pair between brackets has no room for another key; put it in braces first")
            return insert_in_flow(self.text, around, index, name + flow(value), self._newline)
        place = column(self.text, around.entries[0].start)
        lines = self._lines(key, value, place, around, path)
        if index == 0:
            return self._put_first(around, lines, place, is_root=len(path) == 1)
        return self._put_after(around.entries[index - 1], lines)

    def remove(self, path: Path) -> str:
        """The text without the value at `path`, which is one of several around it."""
        node, around = self.node(path), self.node(path[:-1])
        self._refuse_losing_anchors(node, path)
        entry = around.step(path[-1])
        assert entry is not None, "its node is there"
        index = around.entries.index(entry)
        if around.is_flow:
            return remove_from_flow(self.text, around, index)
        if self.text[line_start(self.text, entry.start) : entry.start].strip(" "):
            return self._remove_behind_dash(entry, around.entries[index + 1])
        return self._remove_lines(entry)

    @cached_property
    def _newline(self) -> str:
        found = BREAK.search(self.text)
        return found[0] if found else "\n"

    @cached_property
    def _shared(self) -> set[int]:
        return {id(node.target) for node in self.root.walk() if node.form is Form.ALIAS}

    @cached_property
    def _layout(self) -> Layout:
        """The steps of indentation that the text has so far."""
        steps: dict[Form, int] = {}
        for node in self.root.walk():
            for entry in node.entries if node.form is Form.MAP and not node.is_flow else ():
                child = entry.node
                if child.is_block and child.form not in steps:
                    at = child.entries[0].start
                    steps[child.form] = column(self.text, at) - column(self.text, entry.start)
        step = steps.get(Form.MAP, PLAIN.step)
        return replace(PLAIN, step=step, list_step=steps.get(Form.LIST, PLAIN.list_step))

    def _refuse_shared(self, node: Node, path: Path) -> None:
        if node.form is Form.ALIAS:
            raise SpliceError(
                path, f"the value comes from *{node.anchor}; change it at &{node.anchor}, or write it out"
            )
        if node.anchor and id(node) in self._shared:
            raise SpliceError(path, f"*{node.anchor} is used elsewhere too, where the value would change as well")

    def _refuse_losing_anchors(self, node: Node, path: Path) -> None:
        inside = {id(each) for each in node.walk()}
        users = [each for each in self.root.walk() if each.form is Form.ALIAS and id(each) not in inside]
        for user in users:
            if id(user.target) in inside:
                raise SpliceError(path, f"*{user.anchor} is used elsewhere too, and its anchor stands here")

    def _is_in_flow(self, path: Path) -> bool:
        return any(self.node(path[:end]).is_flow for end in range(len(path)))

    def _replace_in_block(self, entry: Entry, value: Value, path: Path) -> str:
        node, text = entry.node, self.text
        new = self._rendered(entry, value, path)
        mark = entry.slot if node.start == node.content else node.start + 1 + len(node.anchor)
        same_line = not BREAK.search(text, mark, node.content)
        if node.is_block or (not same_line and (new.body or node.is_block_text)):
            beside = "" if same_line else text[mark : line_end(text, mark)].rstrip()
            if not node.is_block:
                beside += text[node.end : line_end(text, node.end)].rstrip()
            space = text[mark : node.content] if same_line and entry.key is None else " "
            return self._put(text[:mark], new, beside, self._region_end(entry), space=space)
        if node.is_block_text:
            header = line_end_of_header(text, node.content)
            beside = text[header : line_end(text, header)]
            return self._put(text[: node.content], new, beside, max(node.end, line_end(text, header)))
        if not new.body:
            return text[: node.content] + new.head + text[node.end :]
        end = line_end(text, node.end)
        return self._put(text[: node.content], new, text[node.end : end].rstrip(), end)

    def _put(self, before: str, new: Written, beside: str, end: int, *, space: str = "") -> str:
        """`before`, the new value with the comment `beside` its first line, and the text from `end` on."""
        before = before + space if new.head else before.rstrip(" ")
        after = self.text[end:]
        if not after and _may_end_open((new.head, *new.body)):
            after = self._newline
        return before + new.head + beside + "".join(self._newline + line for line in new.body) + after

    def _rendered(self, entry: Entry, value: Value, path: Path) -> Written:
        """The value as it follows the mark of `entry`, in the style of what stands there now."""
        node, place = entry.node, column(self.text, entry.start)
        if not isinstance(value, str):
            if entry.key is None:
                return written_item(value, place, self._layout, path, gap=self._gap(entry))
            return written(value, place, self._layout, path, used=column(self.text, node.content))
        if node.is_block_text and (block := self._block_like(entry, value)):
            return block
        keeps_quotes = node.style == '"' and "\n" in node.text
        if "\n" in value and not keeps_quotes and not self._quotes:
            return self._text(entry, value, place)
        like = node.style if node.style in ("'", '"') else ""
        return Written(word(value, like=like))

    def _text(self, entry: Entry, value: str, place: int) -> Written:
        if entry.key is None:
            return written_item(value, place, self._layout, gap=self._gap(entry))
        return written(value, place, self._layout)

    def _block_like(self, entry: Entry, value: str) -> Written | None:
        """The text as a block with the style and the indentation of the present one."""
        node, place = entry.node, column(self.text, entry.start)
        header = self.text[node.content : line_end_of_header(self.text, node.content)]
        old = BREAK.split(self.text[node.content : node.end])[1:]
        indent = block_indent(old, node.text) or place + self._layout.step
        block = None if self._quotes else block_lines(value)
        if block is None:
            return None
        end, lines = block
        style = "|"
        if node.style == ">" and (folded := folded_lines(value, [line[indent:] for line in old])):
            style, lines = ">", folded
        if needs_number(value) and not 1 <= indent - place <= 9:
            return None
        number = str(indent - place) if needs_number(value) or re.search(r"[1-9]", header) else ""
        pad = " " * indent
        return Written(f"{style}{number}{end}", tuple(pad + line if line else "" for line in lines))

    def _gap(self, entry: Entry) -> int:
        """How far behind its `-` the value of an item stands; the usual distance if it is on another line."""
        gap = entry.node.start - entry.start
        return gap if not BREAK.search(self.text, entry.start, entry.node.start) else 2

    def _lines(self, key: str | int, value: Value, place: int, around: Node, path: Path) -> list[str]:
        """The lines of a new entry, the first one without what stands before it."""
        quoted = self._quotes and isinstance(value, str) and not is_plain(value)
        if isinstance(key, int):
            gap = self._gap(around.entries[max(key - 1, 0)])
            new = written_item(value, place, self._layout, path, gap=gap)
            mark = "-" + " " * (gap - 1)
        else:
            mark = f"{key_word(key)}: "
            new = written(value, place, self._layout, path, used=place + len(mark))
        if quoted:
            new = Written(word(value))
        return [f"{mark}{new.head}".rstrip(), *new.body]

    def _put_first(self, around: Node, lines: list[str], place: int, *, is_root: bool) -> str:
        first = around.entries[0].start
        at = first
        if not is_root and not self.text[line_start(self.text, first) : first].strip(" "):
            at = self._above(line_start(self.text, first), place) + place
        pad = " " * place
        return self.text[:at] + (self._newline.join(lines)) + self._newline + pad + self.text[at:]

    def _above(self, start: int, place: int) -> int:
        """Where the comment lines right above the line at `start` begin that stand as far right as it."""
        while start:
            before = line_start(self.text, break_before(self.text, start))
            comment = _COMMENT_LINE.match(self.text, before)
            if comment is None or len(comment[1]) != place:
                break
            start = before
        return start

    def _put_after(self, before: Entry, lines: list[str]) -> str:
        end = self._region_end(before)
        pad = " " * column(self.text, before.start)
        text = self.text
        if end == len(text) and (tail := self._open_text()) is not None:
            header = line_end_of_header(text, tail.content)
            text = text[:header].rstrip("+") + "-" + text[header:]
            end = len(text)
        after = text[end:] or (self._newline if _may_end_open(lines) else "")
        return text[:end] + self._newline + pad + self._newline.join(lines) + after

    def _open_text(self) -> Node | None:
        """The block text at the end of the file, if it has no line break there and would get one."""
        last = self.root
        while last.entries:
            last = last.entries[-1].node
        header = self.text[last.content : line_end_of_header(self.text, last.content)]
        return last if last.is_block_text and "-" not in header else None

    def _region_end(self, entry: Entry) -> int:
        """The end of the entry's last line, or of the comment lines below it that are indented further."""
        place = column(self.text, entry.start)
        end = line_end(self.text, entry.node.end)
        index = after_break(self.text, end)
        while index < len(self.text):
            stop = line_end(self.text, index)
            comment = _COMMENT_LINE.fullmatch(self.text, index, stop)
            if comment and len(comment[1]) > place:
                end = stop
            elif self.text[index:stop].strip(" "):
                break
            if stop == len(self.text):
                break
            index = after_break(self.text, stop)
        return end

    def _remove_lines(self, entry: Entry) -> str:
        start, end = line_start(self.text, entry.start), self._region_end(entry)
        if end < len(self.text):
            return self.text[:start] + self.text[after_break(self.text, end) :]
        return self.text[: break_before(self.text, start)]  # the end of the file has no line break, as before

    def _remove_behind_dash(self, entry: Entry, following: Entry) -> str:
        end = self._region_end(entry)
        if skip_gap(self.text, end) == following.start and "#" not in self.text[end : following.start]:
            return self.text[: entry.start] + self.text[following.start :]
        return self.text[: entry.start].rstrip(" ") + self.text[end:]


def break_before(text: str, start: int) -> int:
    """Where the line break before the line at `start` begins."""
    return start - (2 if text[max(start - 2, 0) : start] == "\r\n" else 1 if start else 0)


def _may_end_open(lines: Iterable[str]) -> bool:
    """Whether there is a block text that would lose its last line break, were there none at the end of the file."""
    return any(_OPEN_HEADER.search(line) for line in lines)


def _is_word(value: Value) -> bool:
    return not isinstance(value, dict | list)
