"""Changes between brackets and braces: an entry more or less, with commas and line breaks as they were."""

from agentops.yamlio.tree import BREAK, Entry, Node, after_break, line_end, line_start, skip_gap


def insert_in_flow(text: str, node: Node, index: int, entry: str, newline: str) -> str:
    """`text` with `entry` put into the flow collection `node`, before what stands at `index` now."""
    entries = node.entries
    if not entries:
        return text[: node.content + 1] + entry + text[node.end - 1 :]
    if index == 0:
        return _insert_first(text, entries[0], entry, newline)
    before = entries[index - 1]
    limit = entries[index].start if index < len(entries) else node.end - 1
    own_line = BREAK.search(text, before.node.end, limit) and _begins_line(text, before)
    end, comma = before.node.end, _comma_behind(text, before, limit)
    line_stop = line_end(text, end if comma is None else comma)
    if not own_line or line_stop > limit:
        return f"{text[:end]}, {entry}{text[end:]}"
    pad = newline + text[line_start(text, before.start) : before.start]
    if comma is not None:
        return f"{text[:line_stop]}{pad}{entry},{text[line_stop:]}"
    return f"{text[:end]},{text[end:line_stop]}{pad}{entry}{text[line_stop:]}"


def _insert_first(text: str, first: Entry, entry: str, newline: str) -> str:
    if not _begins_line(text, first):
        return f"{text[: first.start]}{entry}, {text[first.start :]}"
    start = line_start(text, first.start)
    return f"{text[:start]}{text[start : first.start]}{entry},{newline}{text[start:]}"


def remove_from_flow(text: str, node: Node, index: int) -> str:
    """`text` without one of several entries of the flow collection `node`."""
    entries = node.entries
    entry = entries[index]
    limit = entries[index + 1].start if index + 1 < len(entries) else node.end - 1
    comma = _comma_behind(text, entry, limit)
    last = line_end(text, entry.node.end if comma is None else comma)
    if _begins_line(text, entry) and last <= limit and last < len(text):
        return text[: line_start(text, entry.start)] + text[after_break(text, last) :]
    if index == 0:
        return text[: entry.start] + text[entries[1].start :]
    return text[: entries[index - 1].node.end] + text[entry.node.end :]


def _begins_line(text: str, entry: Entry) -> bool:
    return not text[line_start(text, entry.start) : entry.start].strip(" ")


def _comma_behind(text: str, entry: Entry, limit: int) -> int | None:
    index = skip_gap(text, entry.node.end)
    return index if index <= limit and text[index : index + 1] == "," else None
