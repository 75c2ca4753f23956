"""Where each value and key of a YAML text stands, found by reading the text again."""

import re
from dataclasses import dataclass, field
from typing import Any

from agentops.domain.values import Path
from agentops.yamlio.events import EventTypes, NextEvent, Parser, event_types, events_of

_HEADER_AND_BLANKS = re.compile(r"[^\r\n]*\s*")

Span = tuple[int, int]
"""Character offsets: start, and end (not included)."""


@dataclass(slots=True)
class Node:
    """The place of one value, and of what it holds. An alias has a place of its own and holds what its anchor does."""

    span: Span
    key: Span | None = None
    children: "dict[str | int, Node]" = field(default_factory=dict)


def spans_of(text: str, parser: Parser) -> Node:
    """The places in `text`, which must have been read without fault."""
    events, types = events_of(text, parser), event_types()
    events()  # start of the stream
    events()  # start of the document
    return _node(events(), events, types, {})


def find(root: Node, path: Path) -> Node:
    """The node at `path`, or the nearest enclosing one that is written."""
    node = root
    for step in path:
        child = node.children.get(step)
        if child is None:
            return node
        node = child
    return node


def quoted_spans(text: str, parser: Parser) -> list[Span]:
    """Where tabs may stand: in quoted texts, and in block texts from their first line that is not blank."""
    events, types = events_of(text, parser), event_types()
    found: list[Span] = []
    while (event := events()) is not None:
        if type(event) is types.scalar and event.style:
            start, end = text.index(event.style, event.start_mark.index), event.end_mark.index  # after an anchor
            if event.style in "|>":
                start = min(_first_word(text, start), end)
            found.append((start, end))
    return found


def _first_word(text: str, header: int) -> int:
    """Where the first word of the block text with its `|` at `header` begins."""
    match = _HEADER_AND_BLANKS.match(text, header)
    return match.end() if match else header


def _node(event: Any, events: NextEvent, types: EventTypes, anchors: dict[str, Node]) -> Node:
    start = event.start_mark.index
    if type(event) is types.alias:
        return Node((start, event.end_mark.index), children=anchors[event.anchor].children)
    node = Node((start, event.end_mark.index))
    if event.anchor is not None:
        anchors[event.anchor] = node
    if type(event) is types.mapping:
        node.span = (start, _fill_mapping(node, events, types, anchors))
    elif type(event) is types.sequence:
        node.span = (start, _fill_sequence(node, events, types, anchors))
    return node


def _fill_mapping(node: Node, events: NextEvent, types: EventTypes, anchors: dict[str, Node]) -> int:
    while type(event := events()) is not types.mapping_end:
        child = _node(events(), events, types, anchors)
        child.key = (event.start_mark.index, event.end_mark.index)
        node.children[event.value] = child
    return int(event.end_mark.index)


def _fill_sequence(node: Node, events: NextEvent, types: EventTypes, anchors: dict[str, Node]) -> int:
    while type(event := events()) is not types.sequence_end:
        node.children[len(node.children)] = _node(events=events, event=event, types=types, anchors=anchors)
    return int(event.end_mark.index)
