"""The door to ruamel.yaml: parse events, from its C parser where that is installed, and its errors as ours."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

Parser: TypeAlias = Literal["c", "pure"]
NextEvent: TypeAlias = Callable[[], Any]

_OPEN_QUOTES: Final = (
    "found unexpected end of stream",
    "found unexpected document indicator",  # as the C parser says it
    "found unexpected document separator",
)


@dataclass(frozen=True, slots=True)
class EventTypes:
    """ruamel's event classes, which both parsers make; Any, as its types stop here."""

    scalar: Any
    mapping: Any
    mapping_end: Any
    sequence: Any
    sequence_end: Any
    alias: Any
    stream_end: Any


class SyntaxFault(Exception):
    """The text is no YAML. `index` is the character to point at, or None when the parser does not say."""

    def __init__(self, problem: str, index: int | None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.index = index


def event_types() -> EventTypes:
    """The classes to tell events apart by."""
    from ruamel.yaml import events

    return EventTypes(
        events.ScalarEvent,
        events.MappingStartEvent,
        events.MappingEndEvent,
        events.SequenceStartEvent,
        events.SequenceEndEvent,
        events.AliasEvent,
        events.StreamEndEvent,
    )


def fast_parser() -> Parser:
    """The C parser where it is installed, else the pure one."""
    try:
        from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]  # noqa: F401
    except ImportError:
        return "pure"
    return "c"


def events_of(text: str, parser: Parser) -> NextEvent:
    """A function that returns the next event of `text`, and None after the last.

    It raises SyntaxFault for whatever the parser raises: on odd input that may be anything, not just YAMLError.
    """
    source = _c_events(text) if parser == "c" else _pure_events(text)

    def next_event() -> Any:
        try:
            return source()
        except Exception as exc:
            raise _fault(exc) from exc

    return next_event


def _c_events(text: str) -> NextEvent:
    from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]

    try:
        return CParser(text).get_event  # type: ignore[no-any-return]
    except Exception as exc:
        raise _fault(exc) from exc


def _pure_events(text: str) -> NextEvent:
    from ruamel.yaml import YAML

    stream = YAML(typ="safe", pure=True).parse(text)
    return lambda: next(stream, None)


def _fault(exc: Exception) -> SyntaxFault:
    places = ["problem_mark", "context_mark"]
    if getattr(exc, "problem", None) in _OPEN_QUOTES:  # seen at the end of the file only: the beginning says more
        places.reverse()
    mark = next((mark for name in places if (mark := getattr(exc, name, None)) is not None), None)
    index = getattr(mark, "index", None)
    if index is None:  # the pure reader tells a position instead of a mark
        index = getattr(exc, "position", None)
    problem = getattr(exc, "problem", None) or getattr(exc, "reason", None) or str(exc)
    return SyntaxFault(str(problem), index if isinstance(index, int) else None)
