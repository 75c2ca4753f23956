"""Apply as it goes on, in Terraform's lines, and how it ended."""

from collections.abc import Iterator, Mapping
from typing import Final

from agentops.domain.address import Address
from agentops.domain.events import (
    ApplyResult,
    ApplyStarted,
    Committed,
    Event,
    Mismatch,
    Noted,
    StepFailed,
    StepFinished,
    StepSkipped,
    StepStarted,
    Waiting,
)
from agentops.domain.plan import Action
from agentops.domain.values import RemoteId
from agentops.render.diagnostics import diagnostic_lines
from agentops.render.paint import PLAIN, Line, Palette, Span, Style, line, paint
from agentops.render.summary import counted
from agentops.render.values import inline, redacted

_DOING: Final = {
    Action.CREATE: ("Creating...", "Creation"),
    Action.UPDATE: ("Modifying...", "Modifications"),
    Action.DELETE: ("Destroying...", "Destruction"),
    Action.ADOPT: ("Importing...", "Import"),
    Action.FORGET: ("Forgetting...", "Forgetting"),
    Action.NO_OP: ("Recording...", "Recording"),
}
_STATE_ONLY: Final = (Action.ADOPT, Action.FORGET, Action.NO_OP)


def event_text(event: Event, *, ids: Mapping[Address, RemoteId] | None = None, palette: Palette = PLAIN) -> str:
    """The line or lines of one event, empty when it has none. `ids` are the known remote IDs, for what is starting."""
    return paint(_event_lines(event, ids or {}), palette)


def result_text(
    result: ApplyResult,
    *,
    imported: int = 0,
    activation: str = "",
    palette: Palette = PLAIN,
    width: int | None = None,
) -> str:
    """How an apply ended: Terraform's sentence; what was done, failed and not started if that is not everything; what
    reads back different. `imported` is how many were adopted, `activation` what the platform asks for after a create.
    """
    return paint(_result_lines(result, imported, activation), palette, width)


def duration(seconds: float) -> str:
    """`0s`, `1m2s`, `1h0m5s`."""
    minutes, rest = divmod(int(max(0.0, seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}h{minutes}m{rest}s"
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"


def _event_lines(event: Event, ids: Mapping[Address, RemoteId]) -> Iterator[Line]:
    match event:
        case StepStarted():
            known = f" [id={ids[event.address]}]" if event.address in ids else ""
            yield _step(event.address, _DOING[event.action][0] + known, event.purpose)
        case StepFinished():
            took = "" if event.action in _STATE_ONLY else f" after {duration(event.seconds)}"
            ident = "" if event.action is Action.DELETE else f" [id={event.remote_id}]"
            words = f"{_DOING[event.action][1]} complete{took}{ident}"
            yield _step(event.address, words, event.purpose)
        case StepFailed():
            yield _step(event.address, f"{_DOING[event.action][1]} failed", event.purpose, Style.ERROR)
            for diagnostic in event.diagnostics:
                yield from diagnostic_lines(diagnostic, indent=2)
        case StepSkipped():
            skipped = "Left alone" if event.action is Action.NO_OP else f"{_DOING[event.action][1]} skipped"
            yield _step(event.address, f"{skipped}: {event.reason}", "", Style.WARNING)
        case Waiting():
            yield line(f"Waiting {duration(event.seconds + 0.999)}: {event.reason}", Style.FAINT)
        case Noted():
            yield _step(event.address, event.message, "") if event.address else line(event.message)
        case Mismatch():
            yield _step(event.address, _mismatch(event), "", Style.ERROR)
        case ApplyStarted() | Committed():
            return


def _step(address: Address, words: str, purpose: str, style: Style = Style.PLAIN) -> Line:
    why = f" ({purpose})" if purpose else ""
    return Line((Span(f"{address}:", Style.TITLE), Span(f" {words}{why}", style)))


def _mismatch(event: Mismatch) -> str:
    sent, stored = (inline(redacted(value, event.sensitive)) for value in (event.sent, event.stored))
    return f"{event.field} reads back different: sent {_short(sent)}, stored {_short(stored)}"


def _short(shown: str) -> str:
    return shown if len(shown) <= 200 else f"{shown[:200]} ... ({len(shown) - 200} more characters)"


def _result_lines(result: ApplyResult, imported: int, activation: str) -> Iterator[Line]:
    whole = not (result.failed or result.not_started or result.interrupted or result.halted)
    first = "Apply complete!" if whole else "Apply interrupted!" if result.interrupted else "Apply incomplete!"
    adopted = f"{imported} imported, " if imported else ""
    numbers = (len(result.created), len(result.updated), len(result.destroyed))
    style = Style.ERROR if not whole else Style.WARNING if result.mismatches else Style.ADD
    yield line("{} Resources: {}{} added, {} changed, {} destroyed.".format(first, adopted, *numbers), style)
    if not whole:
        yield Line()
        yield from _table(result)
    if result.mismatches:
        number = counted(len(result.mismatches), "value")
        verb = "reads" if len(result.mismatches) == 1 else "read"
        yield from (Line(), line(f"{'All was written, but ' if whole else ''}{number} {verb} back different:"))
        for item in result.mismatches:
            yield line(f"{item.address}: {_mismatch(item)}", indent=2)
    if result.halted:
        yield from (Line(), line(f"The run was stopped: {result.halted}", Style.ERROR))
        yield line("Run apply again: it finds out what became of everything that was sent.")
    if result.unverified:
        yield from (Line(), line(f"What was written could not be read back: {result.unverified}", Style.ERROR))
    if activation and result.created:
        yield from (Line(), line(activation, hang=0))


def _table(result: ApplyResult) -> Iterator[Line]:
    done = dict.fromkeys((*result.created, *result.updated, *result.destroyed))
    done_only = [address for address in done if address not in result.failed]
    rows = (
        ("done", done_only, Style.ADD),
        ("failed", result.failed, Style.ERROR),
        ("not started", result.not_started, Style.WARNING),
    )
    for words, addresses, style in rows:
        names = ", ".join(map(str, sorted(addresses)))
        count = Span(f"{words:<12} {len(addresses):>5}", style)
        yield Line((count, Span(f"  {names}" if names else "")), indent=2, hang=20)
