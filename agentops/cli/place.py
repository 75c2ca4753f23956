"""Opening the place where an environment keeps its state: locked for those who write, and given back in the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from agentops.cli.terminal import Terminal
from agentops.domain.errors import LockedError, StateError
from agentops.domain.project import Environment, Project
from agentops.domain.state import Backend, Lock, State


@dataclass(frozen=True, slots=True)
class Claim:
    """That a command wants to write: what it calls itself, and for how many seconds it waits for the lock."""

    operation: str
    timeout: float = 0.0


@contextmanager
def opened_backend(project: Project, environment: Environment, location: str | None = None) -> Iterator[Backend]:
    """The backend of an environment, or of another place for its state, closed in the end."""
    from agentops.state.backends import open_backend

    place = environment.state if location is None else location
    backend = open_backend(
        place,
        project.root,
        project=project.name,
        environment=environment.name,
        lease_seconds=environment.lease_seconds,
    )
    try:
        yield backend
    finally:
        backend.close()


@contextmanager
def locked(backend: Backend, claim: Claim, environment: Environment, terminal: Terminal) -> Iterator[Lock]:
    """The lock, given back in the end. Raises LockedError that says who holds it and how to go on."""
    from agentops.state.backends import new_lock
    from agentops.state.patience import acquire

    lock = new_lock(claim.operation, now=datetime.now(UTC))
    try:
        acquire(backend, lock, claim.timeout, terminal.tell)
    except LockedError as exc:
        raise _explained(exc, backend, environment) from exc
    try:
        yield lock
    finally:
        try:
            backend.release(lock)
        except StateError as exc:  # what the command did, or why it failed, matters more
            terminal.tell(f"Warning: the lock {lock.id} could not be given back: {exc}")


@contextmanager
def opened_state(
    project: Project, environment: Environment, terminal: Terminal, claim: Claim | None = None
) -> Iterator[tuple[Backend, State | None, Lock | None]]:
    """The environment's backend and state, locked first if there is a `claim`.

    Raises LockedError, and StateError for a state that has moved elsewhere.
    """
    with opened_backend(project, environment) as backend:
        if claim is None:
            yield backend, _here(backend.read(), environment), None
        else:
            with locked(backend, claim, environment, terminal) as lock:
                yield backend, _here(backend.read(), environment), lock


def moved(state: State, environment: Environment) -> StateError | None:
    """What to say of a state that `state migrate` brought elsewhere; None for one that is where it belongs."""
    if not state.moved_to:
        return None
    return StateError(
        f"the state of {environment.name} has moved to {state.moved_to}",
        hint=f"write `state: {state.moved_to}` into the environment {environment.name} of agentops.yaml; "
        "if `agentops state migrate` was stopped half-way, run it again",
    )


def _here(state: State | None, environment: Environment) -> State | None:
    error = moved(state, environment) if state is not None else None
    if error is not None:
        raise error
    return state


def _explained(error: LockedError, backend: Backend, environment: Environment) -> LockedError:
    """`error` with all that is known of the holder, and with the commands that go on."""
    if error.holder is None:
        return error
    from agentops.render.lock import lock_text

    ways = [
        "To wait for it, add --lock-timeout 5m.",
        f"If that run is dead for certain: agentops force-unlock {error.holder.id} --env {environment.name}",
    ]
    if error.free_in is not None:
        ways.insert(0, f"It frees itself in {error.free_in:.0f} s, unless its holder is alive.")
    elif error.hint:
        ways.insert(0, f"{error.hint[:1].upper()}{error.hint[1:]}.")
    return LockedError(
        f"{backend.location} is locked; nothing was written\n{lock_text(error.holder, datetime.now(UTC))}",
        hint="\n  ".join(ways),
        holder=error.holder,
        free_in=error.free_in,
    )
