"""Values as new YAML: how maps, lists and texts are laid out in lines, with comments where the caller wants them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

from agentops.domain.values import Path, Value
from agentops.yamlio.words import LONGEST_KEY, block_lines, key_word, needs_number, word

IsFlow: TypeAlias = Callable[[Path, Value], bool]
"""Whether the map or list at a path goes between braces or brackets, as far as it fits."""


@dataclass(frozen=True, slots=True)
class Comment:
    """Comments for one key or item, without their `#`: lines above it, and one at the end of its first line."""

    above: tuple[str, ...] = ()
    beside: str = ""


class Written(NamedTuple):
    """A value as it follows a key or a `-`: what stands on that line, and the lines below it, indented."""

    head: str
    body: tuple[str, ...] = ()


def is_short(path: Path, value: Value) -> bool:
    """The usual choice of what goes on one line: lists of words, and small maps such as references."""
    if isinstance(value, list):
        return all(_is_word(item) or (_is_words(item) and len(item) == 1) for item in value)
    if not isinstance(value, Mapping) or not _is_words(value) or len(path) < 2:
        return False
    if isinstance(path[-1], int):  # an entry of a list; what has a type is more than a reference
        return len(value) <= 2 and "type" not in value
    return len(value) <= 3


@dataclass(frozen=True, slots=True)
class Layout:
    """How new lines look: steps of indentation, how wide a map or list on one line may be, and the comments."""

    step: int = 2
    list_step: int = 2  # of the `-` below a key
    width: int = 100
    is_flow: IsFlow = is_short
    comments: Mapping[Path, Comment] = field(default_factory=dict)


PLAIN: Final = Layout()


def document(value: Mapping[str, Value], layout: Layout = PLAIN, *, head: Sequence[str] = ()) -> str:
    """A whole file. `head` are the comment lines at its top, without `#`. Raises UnwritableError.

    Keys keep their order. Strict reading gives `value` again, and so do readers of YAML 1.1 and 1.2.
    """
    lines = [*_comment_lines(head, ""), *map_lines(value, 0, layout, ())]
    return "".join(f"{line}\n" for line in lines)


def written(value: Value, column: int, layout: Layout = PLAIN, path: Path = (), *, used: int = 0) -> Written:
    """`value` as it follows a key that stands at `column`; `used` is what the line holds already."""
    if isinstance(value, str):
        return _text(value, column, layout.step)
    if not isinstance(value, Mapping | list):
        return Written(word(value))
    if line := _one_line(value, layout, path, used):
        return Written(line)
    if isinstance(value, list):
        return Written("", tuple(list_lines(value, column + layout.list_step, layout, path)))
    return Written("", tuple(map_lines(value, column + layout.step, layout, path)))


def written_item(value: Value, column: int, layout: Layout = PLAIN, path: Path = (), *, gap: int = 2) -> Written:
    """`value` as it follows a `-` that stands at `column`, `gap` characters behind it."""
    inner = column + gap
    if isinstance(value, str):
        return _text(value, column, gap)
    if not isinstance(value, Mapping | list):
        return Written(word(value))
    if line := _one_line(value, layout, path, inner):
        return Written(line)
    if isinstance(value, list):
        first, *rest = list_lines(value, inner, layout, path)
    else:
        first, *rest = map_lines(value, inner, layout, path)
    return Written(first[inner:], tuple(rest))


def flow(value: Value) -> str:
    """`value` on one line, between braces or brackets if it holds others. Raises UnwritableError."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key_word(key, flow=True)}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return word(value, flow=True)


def map_lines(value: Mapping[str, Value], column: int, layout: Layout, path: Path) -> list[str]:
    """The lines of a block map whose keys stand at `column`."""
    pad, lines = " " * column, list[str]()
    for key, item in value.items():
        comment = layout.comments.get((*path, key), _NONE)
        name = key_word(key)
        fits = len(name) <= LONGEST_KEY
        mark = f"{pad}{name}:" if fits else f"{pad}:"
        head, body = written(item, column, layout, (*path, key), used=len(mark) + 1)
        above = [*_comment_lines(comment.above, pad), *([] if fits else [f"{pad}? {name}"])]
        lines += [*above, _joined(mark, head, comment.beside), *body]
    return lines


def list_lines(value: Sequence[Value], column: int, layout: Layout, path: Path) -> list[str]:
    """The lines of a block list whose `-` stand at `column`."""
    pad, lines = " " * column, list[str]()
    for index, item in enumerate(value):
        comment = layout.comments.get((*path, index), _NONE)
        head, body = written_item(item, column, layout, (*path, index))
        above = [*_comment_lines(comment.above, pad)]
        while head.startswith("#"):  # what stands above the first key of an item stands above the item
            above.append(pad + head)
            head, body = body[0][column + 2 :], body[1:]
        lines += [*above, _joined(f"{pad}-", head, comment.beside), *body]
    return lines


_NONE: Final = Comment()


def _one_line(value: Value, layout: Layout, path: Path, used: int) -> str:
    """A map or list on the rest of the line; empty if it takes lines of its own."""
    if not value:
        return flow(value)
    if not layout.is_flow(path, value) or any(
        len(at) > len(path) and at[: len(path)] == path for at in layout.comments
    ):
        return ""
    line = flow(value)
    return line if used + len(line) <= min(layout.width, LONGEST_KEY) else ""


def _text(text: str, column: int, step: int) -> Written:
    block = block_lines(text) if "\n" in text else None
    if block is None:
        return Written(word(text))
    end, lines = block
    pad = " " * (column + step)
    number = step if needs_number(text) else ""
    return Written(f"|{number}{end}", tuple(pad + line if line else "" for line in lines))


def _joined(mark: str, head: str, beside: str) -> str:
    return " ".join(part for part in (mark, head, f"# {beside}" if beside else "") if part)


def _comment_lines(texts: Iterable[str], pad: str) -> Iterable[str]:
    return (f"{pad}# {line}".rstrip() for text in texts for line in (text.split("\n") if text else [""]))


def _is_word(value: Value) -> bool:
    return not isinstance(value, Mapping | list) and not (isinstance(value, str) and "\n" in value)


def _is_words(value: Value) -> bool:
    return isinstance(value, Mapping) and all(map(_is_word, value.values()))
