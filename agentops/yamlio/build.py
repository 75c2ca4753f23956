"""From parse events to plain values within limits, collecting what strict reading refuses."""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from sys import intern
from typing import Any, Final, NoReturn

from agentops.domain.values import Value
from agentops.yamlio.events import NextEvent, event_types
from agentops.yamlio.scalars import NUMBER_STARTS, WORDS, ScalarFault, plain_value
from agentops.yamlio.syntax import BLANK_FIRST_LINE, BLOCK_HEADER

_ANCHOR = re.compile(r"[&*][A-Za-z0-9_-]+(?=[ \r\n,\]}]|\Z)")  # parsers differ on what else may belong to the name
_ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_NOT_TEXT: Final = frozenset(WORDS) | {"~", "Null", "NULL"}
_PLAIN_STYLES: Final = frozenset((None, ""))  # pure parser, C parser
_BLOCK_HEADER = re.compile(r"[|>](?:[-+]?[1-9]?|[1-9][-+])(?: +#[^\r\n]*| *)(?:\r\n|\r|\n|\Z)")
_BLANK_LINE = re.compile(r" +(?:[\r\n]|\Z)")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one file may hold; `nodes` counts what aliases stand for each time."""

    bytes: int = 1_000_000
    events: int = 60_000
    depth: int = 40
    nodes: int = 100_000


class Refused(Exception):
    """Something after which reading stops: a limit is exceeded, there is more than one document. `index` is where."""

    def __init__(self, code: str, message: str, hint: str, index: int) -> None:
        super().__init__(message)
        self.code, self.message, self.hint, self.index = code, message, hint, index


class Builder:
    """Builds the value of one document; `report(code, message, hint, index)` is told what is refused on the way."""

    def __init__(
        self, text: str, events: NextEvent, limits: Limits, report: Callable[[str, str, str, int], None]
    ) -> None:
        self._text = text
        self._next = events
        self._limits = limits
        self._report = report
        self._events = 0
        self._nodes = 0
        self._flow = 0  # how many brackets and braces are open
        self._anchors: dict[str, tuple[Value, int] | None] = {}  # None while it is still open
        self._types = event_types()

    def document(self) -> Value:
        """The value of the only document. Raises Refused, and SyntaxFault from the events."""
        self._advance()  # start of the stream
        event = self._advance()
        if type(event) is self._types.stream_end:
            self._report("yaml-empty", "the file is empty", "", 0)
            return None
        value = self._root(self._advance())
        end = self._advance()
        if end.explicit:
            raise Refused("yaml-documents", "the end mark ... is not supported", "remove it", end.start_mark.index)
        event = self._advance()
        if type(event) is not self._types.stream_end:
            hint = "put each document into a file of its own"
            raise Refused("yaml-documents", "the file holds several documents", hint, event.start_mark.index)
        return value

    def _root(self, event: Any) -> Value:
        if type(event) is not self._types.mapping:
            message = "the file does not hold a map"
            raise Refused("yaml-no-map", message, "write lines such as: kind: Assistant", event.start_mark.index)
        return self._node(event, 1)

    def _advance(self) -> Any:
        event = self._next()
        self._events += 1
        if self._events > self._limits.events:
            message = f"the file has more than {self._limits.events} parts"
            raise Refused("yaml-too-large", message, "split it", event.start_mark.index)
        return event

    def _node(self, event: Any, depth: int) -> Value:
        kind = type(event)
        if kind is self._types.alias:
            return self._alias(event, depth)
        if depth > self._limits.depth and kind is not self._types.scalar:
            self._too_deep(event)
        self._count(event, 1)
        if event.anchor is not None or event.ctag is not None:
            return self._decorated(event, depth)
        return self._content(event, depth)

    def _content(self, event: Any, depth: int) -> Value:
        kind = type(event)
        if kind is self._types.scalar:
            return self._scalar(event)
        return self._mapping(event, depth) if kind is self._types.mapping else self._sequence(event, depth)

    def _decorated(self, event: Any, depth: int) -> Value:
        """A node with a tag or an anchor."""
        index = event.start_mark.index
        if event.ctag is not None:
            self._report("yaml-tag", "tags (!) are not supported", "remove it; quote a text that begins with !", index)
        name = event.anchor
        if name is None:
            return self._content(event, depth)
        self._check_anchor(index)
        self._anchors[name] = None
        before = self._nodes
        value = self._content(event, depth)
        self._anchors[name] = (value, self._nodes - before + 1)
        return value

    def _alias(self, event: Any, depth: int) -> Value:
        name, index = event.anchor, event.start_mark.index
        self._check_anchor(index)
        if name not in self._anchors:
            self._report(
                "yaml-anchor", f"there is no anchor &{name} before this", "quote a text that begins with *", index
            )
            return None
        known = self._anchors[name]
        if known is None:
            self._report("yaml-anchor", f"*{name} stands inside &{name} itself", "", index)
            return None
        value, nodes = known
        self._count(event, nodes)
        if depth + _depth(value) > self._limits.depth + 1:
            self._too_deep(event)
        return value

    def _check_anchor(self, index: int) -> None:
        if not _ANCHOR.match(self._text, index):
            hint = "use letters, digits, - and _, and put a space after it; quote a text that begins with & or *"
            self._report("yaml-anchor", "this name of an anchor is not supported", hint, index)

    def _too_deep(self, event: Any) -> NoReturn:
        message = f"more than {self._limits.depth} levels of nesting"
        raise Refused("yaml-too-large", message, "", event.start_mark.index)

    def _count(self, event: Any, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > self._limits.nodes:
            message = f"the file stands for more than {self._limits.nodes} values"
            raise Refused("yaml-too-large", message, "repeat less with * aliases", event.start_mark.index)

    def _scalar(self, event: Any) -> Value:
        text: str = event.value
        style = event.style
        if style not in _PLAIN_STYLES:
            self._check_characters(event, text)
            if style in "|>":
                self._check_block(self._text.index(style, event.start_mark.index))  # behind an anchor
            return text
        if self._flow:
            self._check_flow(event, text)
        if text and text[0] not in NUMBER_STARTS and text[0] not in "tfn~N.-+":
            return text
        if not text:
            self._report_empty("there is no value here", event)
            return None
        try:
            return plain_value(text)
        except ScalarFault as fault:
            self._report(fault.code, fault.message, fault.hint, event.start_mark.index)
            return None

    def _report_empty(self, message: str, event: Any) -> None:
        hint = 'write null to clear, "" for an empty text, or remove it'
        self._report("yaml-empty-value", message, hint, event.start_mark.index)

    def _check_characters(self, event: Any, text: str) -> None:
        odd = _ODD.search(text)
        if odd:
            what = "half of a surrogate pair" if odd[0] >= "\ud800" else "a control character"
            message = f"\\u{ord(odd[0]):04x} is {what}, which cannot be sent"
            self._report("yaml-character", message, "write the character itself", event.start_mark.index)

    def _check_flow(self, event: Any, text: str) -> None:
        """Between brackets and braces the C parser takes neither colon nor `?` within a word, so neither parser may."""
        if ":" in text:
            message, hint = "a colon is not expected here", "put a space after the colon, or quote the text"
            self._report("yaml-syntax", message, hint, event.start_mark.index + text.index(":"))
        elif "?" in text:
            message, hint = "a question mark is not expected here", "quote a text between brackets that contains ?"
            self._report("yaml-syntax", message, hint, event.start_mark.index)

    def _check_block(self, index: int) -> None:
        """Refuse what the parsers read differently around the first line of a block text."""
        header = _BLOCK_HEADER.match(self._text, index)
        if header is None:
            self._report("yaml-syntax", *BLOCK_HEADER, index)
        elif _BLANK_LINE.match(self._text, header.end()):
            self._report("yaml-syntax", *BLANK_FIRST_LINE, header.end())

    def _sequence(self, event: Any, depth: int) -> Value:
        items: list[Value] = []
        end = self._types.sequence_end
        flow = bool(event.flow_style)
        self._flow += flow
        while True:
            event = self._advance()
            if type(event) is end:
                self._flow -= flow
                return items
            items.append(self._node(event, depth + 1))

    def _mapping(self, event: Any, depth: int) -> Value:
        items: dict[str, Value] = {}
        end, scalar = self._types.mapping_end, self._types.scalar
        flow = bool(event.flow_style)
        self._flow += flow
        while True:
            event = self._advance()
            if type(event) is end:
                self._flow -= flow
                return items
            key = self._key(event, depth)
            inner = self._advance()
            if type(inner) is scalar and not inner.value and inner.style in _PLAIN_STYLES:
                self._report_empty(f"the key {key} has no value" if key else "a key has no value", event)
                continue
            value = self._node(inner, depth + 1)
            if key is None:
                continue
            if key in items:
                self._report(
                    "yaml-duplicate-key", f"the key {key} stands here twice", "remove one", event.start_mark.index
                )
            else:
                items[intern(key)] = value  # a fleet repeats the same few keys: one copy of each is enough

    def _key(self, event: Any, depth: int) -> str | None:
        """The text of a key; None after reporting that it is no text."""
        if type(event) is self._types.mapping and self._text.startswith("{{", event.start_mark.index - 1):
            message, hint = "a text that begins with {{ must be quoted", 'put the whole text in quotes: "{{...}} ..."'
            raise Refused("yaml-syntax", message, hint, event.start_mark.index - 1)
        if type(event) is not self._types.scalar or event.ctag is not None or event.anchor is not None:
            message = "a key must be a plain text, without tag, anchor or alias"
            self._report("yaml-key", message, "quote it", event.start_mark.index)
            if type(event) is not self._types.alias:
                self._node(event, depth + 1)
            return None
        self._count(event, 1)
        text: str = event.value
        if event.style not in _PLAIN_STYLES:
            self._check_characters(event, text)
            if not text:
                self._report("yaml-key", "a key must not be empty", "", event.start_mark.index)
            return text
        return self._plain_key(event, text)

    def _plain_key(self, event: Any, text: str) -> str | None:
        if text == "<<":
            message, hint = "merge keys (<<) are not supported", "write the keys out"
        elif not text:
            message, hint = "there is no key before the colon", "remove the line, or quote the colon"
        elif text in _NOT_TEXT or (text[0] in NUMBER_STARTS and not _is_text(text)):
            message, hint = f"the key {text[:40]} is not a text", f'quote it: "{text[:40]}"'
        else:
            if self._flow:
                self._check_flow(event, text)
            return sys.intern(text)  # a thousand files have the same keys
        self._report("yaml-key", message, hint, event.start_mark.index)
        return None


def _is_text(word: str) -> bool:
    try:
        return isinstance(plain_value(word), str)
    except ScalarFault:
        return False


def _depth(value: Value) -> int:
    """How many levels of nesting `value` has."""
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(_depth, value), default=0)
    return 0
