"""Carrying a plan out: consent, the apply itself with its progress, how it ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from agentops.cli.approval import ask_for_yes
from agentops.cli.interrupt import stop_on_signals
from agentops.cli.planning import Planned
from agentops.cli.progress import RunView
from agentops.cli.project import Session
from agentops.cli.runs import recorded
from agentops.cli.terminal import Terminal
from agentops.cli.writes import Writes
from agentops.domain.errors import ConflictError, RefusedError
from agentops.domain.plan import Plan
from agentops.domain.state import State

if TYPE_CHECKING:
    from agentops.engine.recorder import Recorder

ALLOW_DELETES = "--allow-deletes"
_SETTLE = timedelta(seconds=60)


def consent(plan: Plan, terminal: Terminal, *, approved: bool, question: str) -> None:
    """Return if the plan may be carried out: nothing stands in its way, and somebody said yes.

    `approved` is a yes without a question. Raises RefusedError for a finding that no option passed, UsageError where
    nobody can be asked, AgentopsError when the answer is not yes.
    """
    asking = not approved and terminal.can_ask
    # The yes at the prompt is one for deletes too; without a prompt, `destroy` lacks only that yes.
    refuse_findings(plan, deletes_agreed=asking or (plan.options.destroy and not approved))
    from agentops.render.summary import carries_out

    if approved or not carries_out(plan):
        return
    hint = "add --auto-approve, or save a plan, review it, and apply that: plan --out FILE, apply FILE"
    ask_for_yes(terminal, question, hint=hint)


def refuse_findings(plan: Plan, *, deletes_agreed: bool) -> None:
    """Raises RefusedError if a finding stands in the way that no option passed."""
    blocking = [finding for finding in plan.findings if finding.is_blocking]
    if deletes_agreed:
        blocking = [finding for finding in blocking if finding.override != ALLOW_DELETES]
    if not blocking:
        return
    hints = dict.fromkeys(finding.hint for finding in blocking if finding.hint)
    if all(finding.override for finding in blocking):
        options = dict.fromkeys(finding.override for finding in blocking)
        if any(option not in " ".join(hints) for option in options):
            hints[f"to go on all the same, add {' '.join(options)}"] = None
    raise RefusedError(
        "\n  ".join(["apply refuses this plan; nothing was written", *(finding.message for finding in blocking)]),
        hint="\n  ".join(hints),
    )


def carry_out(session: Session, planned: Planned, plan: Plan, view: RunView, *, parallelism: int) -> int:
    """Apply `plan`, for which `planned` was made a moment ago; returns the exit code.

    What it does is written to a ledger, unless there is nothing to do on the platform.
    """
    state = session.require_state()
    view.ids = {address: entry.remote_id for address, entry in state.entries.items()}
    if plan.is_empty:
        return _applied(session, planned, plan, view, state, parallelism)
    with recorded(session, plan, planned.live, state, view.report) as recorder:
        return _applied(session, planned, plan, view, state, parallelism, recorder)


def _applied(
    session: Session,
    planned: Planned,
    plan: Plan,
    view: RunView,
    state: State,
    parallelism: int,
    recorder: Recorder | None = None,
) -> int:
    from agentops.engine.apply import apply

    secrets, settle = session.secrets(state), session.environment.settle_seconds
    writes = Writes(session.backend, session.require_lock(), recorder.called if recorder else None)
    provider = session.provider.writable(writes.permit, writes.called)
    with stop_on_signals() as stop:
        result = apply(
            plan,
            provider.with_secrets(secrets),
            session.backend,
            session.require_lock(),
            state,
            recorder.report if recorder else view.report,
            desired=planned.desired,
            live=planned.live,
            secrets=secrets,
            parallelism=parallelism,
            clock=lambda: datetime.now(UTC),
            stop=stop,
            settle=_SETTLE if settle is None else timedelta(seconds=settle),
        )
        lost_before = result.halted and not writes.may_be_done  # somebody else has the lock, and all is as it was
        code = ConflictError.exit_code if lost_before else result.exit_code(stop.exit_code)
        if recorder:
            recorder.ended(result, code)
    view.ended(result, code, recorder.path if recorder else None)
    return code
