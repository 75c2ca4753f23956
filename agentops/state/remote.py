"""A state kept as one document of a store that can compare and swap: object stores and databases alike."""

import logging
import secrets
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from agentops.domain.errors import ConflictError, LockedError, StateError
from agentops.domain.state import Binding, Lock, Serial, State, StateChange, Version
from agentops.state.document_codec import Lease, StateDocument
from agentops.state.documents import Documents
from agentops.state.holder import describe
from agentops.state.lease import LEASE_SECONDS, Clock, Heart, ThreadHeart, Watch, boot_time, deadline, within
from agentops.state.probe import probe
from agentops.state.swap import Attempt, Attempts, Check, Make, Seen, Slot, UnknownEnd
from agentops.state.versions import Versions

RELEASE_SECONDS: Final = 5.0
"""Giving the lock back takes no longer: it runs out by itself, and whoever pressed ^C waits."""

_log = logging.getLogger("agentops.state")


@dataclass(frozen=True, slots=True)
class _Held:
    """The lock that this process holds, and the document as it left it. `over` says why nothing may be written."""

    lock: Lock
    seen: Seen
    until: float  # when the lock may be somebody else's, unless it is renewed before
    serial: Serial | None  # as the caller knows it
    over: StateError | None = None
    is_version_kept: bool = False  # of the state as it was when the lock was taken


class RemoteBackend:
    """`Backend` over one document, which holds state, intents and lock: whoever lost the lock cannot write.

    The lock is a lease. A heartbeat renews it in a thread of its own, and every commit does. While the lock is held
    the document is kept in memory: a commit sends one request.
    """

    def __init__(
        self,
        documents: Documents,
        name: str,
        lease_seconds: float = LEASE_SECONDS,
        *,
        clock: Clock = boot_time,
        sleep: Callable[[float], None] = time.sleep,
        heart: Heart | None = None,
    ) -> None:
        self.batches = True
        self._documents = documents
        self._name = name
        self._lease_seconds = lease_seconds
        self._clock = clock
        self._sleep = sleep
        self._heart = heart or ThreadHeart()
        self._slot = Slot(documents, name, clock=clock, sleep=sleep)
        self._versions = Versions(documents, name, self._slot)
        self.location = self._slot.location
        self._watch = Watch(clock)
        self._mutex = threading.Lock()  # over what changes the document: commits and the heartbeat
        self._note = threading.Lock()  # over the next line, for a moment only
        self._held: _Held | None = None
        self._loose: set[str] = set()  # commits that were interrupted: they may have been done, or may still be
        self._stuck = False  # a request of release() is still under way

    def read(self) -> State | None:
        """The state; while the lock is held, from memory."""
        held = self._held
        if held is not None:
            return held.seen.document.state(self.location)
        found = self._slot.look()
        return found[1].document().state(self.location) if found else None

    def create(self, binding: Binding) -> State:
        """A new, empty state. Raises ConflictError if there is one, LockedError if somebody else holds the lock."""
        state = State(str(uuid.uuid4()), 0, binding, secrets.token_bytes(32))
        if self._held is not None:
            with self._writing(None, self._held.lock) as held:
                self._commit(held, lambda document: document.holding(state))
                return replace(state, lock=held.lock)
        seen = self._first_look(None)
        self._slot.swap(seen, lambda document: document.holding(state), self._creatable, {}, self._end())
        return state

    def acquire(self, lock: Lock) -> None:
        """Take the lock, also while there is no state yet. Raises LockedError, naming the holder."""
        if self._held is not None:
            raise self._locked(Lease(self._held.lock, self._lease_seconds), None)
        seen = self._first_look(lock)
        before = seen.document.lease
        seen, done = self._take(seen, lock)
        if before is not None and before.lock.id != lock.id:
            who = describe(before.lock)
            _log.warning("%s: taken over after %g s without a beat: %s", self.location, before.seconds, who)
        self._held = _Held(lock, seen, deadline(done.begun, self._lease_seconds), seen.document.serial)
        self._heart.start(self._beat, self._lease_seconds / 6)

    def assure(self, lock: Lock) -> None:
        """Raises ConflictError once the lock was not renewed in time, or was lost. For any thread; asks nobody."""
        held = self._held
        if held is None or held.lock.id != lock.id:
            raise ConflictError(f"{self.location}: the lock is not held any more; nothing more is sent or written")
        if held.over is not None:
            raise ConflictError(str(held.over), hint=held.over.hint) from held.over
        if self._clock() >= held.until:
            raise ConflictError(
                f"{self.location}: the lock could not be renewed in time, so that another run may hold it by now;"
                " nothing more is sent",
                hint="check the connection to the store, then run again",
            )

    def release(self, lock: Lock) -> None:
        """Give the lock back. Never raises for the store: the lock runs out by itself, and a warning says so."""
        held = self._held
        if held is None or held.lock.id != lock.id:
            return
        self._heart.stop()
        with self._note:
            self._held = None
        self._loose.clear()
        self._give_back(lock, held.seen)

    def unlock(self, lock_id: str) -> Lock:
        """Break the lock with this ID. Its holder cannot write from now on, and sends nothing after its next beat."""
        seen = self._look()
        lease = seen.document.lease
        if lease is None:
            raise StateError(f"{self.location} is not locked")

        def check(now: Seen, _attempts: Attempts) -> None:
            holder = now.document.lease.lock if now.document.lease else None
            if holder is None or holder.id != lock_id:
                who = describe(holder) if holder else "nobody holds the lock any more"
                raise StateError(f"{self.location}: {who}, not {lock_id}", hint="give the ID of that lock")

        self._slot.swap(seen, _unlocked, check, {}, self._end())
        return lease.lock

    def commit(self, expected: Serial, lock: Lock, change: StateChange) -> Serial:
        """Make `change` durable. Raises ConflictError when the serial or the lock moved on.

        Raises StateError when it cannot be found out whether that was done; then nothing more can be written.
        """
        with self._writing(expected, lock) as held:
            return self._commit(held, lambda document: document.changed(change))

    def replace(self, expected: Serial | None, lock: Lock, state: State) -> Serial:
        """Put `state` in place of the whole one. Raises ConflictError when the serial or the lock moved on."""

        def make(document: StateDocument) -> StateDocument:
            return document.holding(replace(state, serial=max(state.serial, document.serial or 0) + 1))

        with self._writing(expected, lock) as held:
            return self._commit(held, make)

    def history(self) -> Sequence[Version]:
        """The former versions that are kept, newest first; also when the state itself is gone."""
        document = (self._held.seen if self._held is not None else self._look()).document
        return self._versions.found() if document.head is None else document.versions

    def version(self, serial: Serial) -> State:
        """A former version. Raises StateError when it is not kept."""
        return self._versions.load(serial)

    def close(self) -> None:
        """Stop the heartbeat and free connections. A lock that was not released runs out by itself."""
        self._heart.stop()
        with self._note:
            self._held = None
        if not self._stuck:
            self._documents.close()

    # What takes the lock

    def _first_look(self, lock: Lock | None) -> Seen:
        """The document as it is; the store is probed when there is none. Raises LockedError if another's lock is on."""
        found = self._slot.look()
        if found is None:
            probe(self._documents, self._name)
            return Seen()
        tag, page = found
        self._refuse_held(page.lease, page.write_id, lock)
        return Seen(tag, page.write_id, page.document())

    def _take(self, seen: Seen, lock: Lock) -> tuple[Seen, Attempt]:
        lease = Lease(lock, self._lease_seconds)

        def check(now: Seen, _attempts: Attempts) -> None:
            self._refuse_held(now.document.lease, now.write_id, lock)

        attempts: Attempts = {}
        try:
            return self._slot.swap(seen, lambda document: replace(document, lease=lease), check, attempts, self._end())
        except UnknownEnd as exc:
            raise StateError(
                f"{self.location}: it cannot be found out whether the lock was taken: {exc}",
                hint=f"check the connection to the store; the lock would run out by itself after {lease.seconds:g} s",
            ) from exc
        except StateError:
            raise
        except BaseException:
            if attempts:  # interrupted: it may be ours by now
                self._give_back(lock, None)
            raise

    def _refuse_held(self, lease: Lease | None, beat: str, lock: Lock | None) -> None:
        """Raises LockedError while the lease is another's and has not run out before our eyes."""
        if lease is None or (lock is not None and lease.lock.id == lock.id):
            return
        left = self._watch.left(beat, lease.seconds)
        if left > 0:
            raise self._locked(lease, left)

    def _locked(self, lease: Lease, left: float | None) -> LockedError:
        hint = "wait until it is done"
        if left is not None:
            minutes = int(lease.seconds // 60) + 1
            hint += (
                f", or use --lock-timeout {minutes}m: a lock whose holder has died is free after {lease.seconds:g} s"
                " without a sign of life"
            )
        return LockedError(f"{self.location}: {describe(lease.lock)}", hint=hint, holder=lease.lock, free_in=left)

    def _creatable(self, seen: Seen, _attempts: Attempts) -> None:
        if seen.document.head is not None:
            raise ConflictError(f"{self.location}: there is a state already")
        self._refuse_held(seen.document.lease, seen.write_id, None)

    # What writes under the lock

    @contextmanager
    def _writing(self, expected: Serial | None, lock: Lock) -> Iterator[_Held]:
        """The lock as it is held, for one change. Raises ConflictError, or why nothing may be written any more."""
        with self._mutex:
            held = self._held
            if held is None or held.lock.id != lock.id:
                raise ConflictError(f"{self.location}: the lock is not held any more; nothing was written")
            if held.over is not None:
                raise held.over
            if held.serial != expected:
                raise ConflictError(f"{self.location}: {_mismatch(held.serial, expected)}; nothing was written")
            yield held

    def _commit(self, held: _Held, make: Make) -> Serial:
        before = held.seen.document
        keeps = before.head is not None and not held.is_version_kept
        version = self._versions.keep(before, held.lock, self._end()) if keeps else None
        after = self._put(held, lambda document: make(document).keeping(version))
        self._versions.trim(before.versions, after.seen.document.versions)
        if after.serial is None:
            raise RuntimeError("a commit left no state")
        return after.serial

    def _put(self, held: _Held, make: Make) -> _Held:
        """Swap the document under the lock that is held. Notes when the lock was lost, or the end cannot be known."""
        attempts: Attempts = {}
        try:
            seen, done = self._slot.swap(held.seen, make, self._mine(held), attempts, self._end())
        except ConflictError as exc:
            self._held = replace(held, over=exc)
            raise
        except UnknownEnd as exc:
            hint = "check the connection to the store; the next run settles what was under way"
            unknown = StateError(f"{exc}; nothing more is sent or written", hint=hint)
            self._held = replace(held, over=unknown)
            raise unknown from exc
        except StateError:
            raise  # certainly not done
        except BaseException:
            self._loose |= attempts.keys()
            raise
        self._loose.clear()
        until = max(held.until, deadline(done.begun, self._lease_seconds))
        is_version_kept = held.seen.document.head is not None
        after = replace(held, seen=seen, until=until, serial=seen.document.serial, is_version_kept=is_version_kept)
        self._held = after
        return after

    def _mine(self, held: _Held) -> Check:
        """Refuses a document in which the lock is not ours, or that another than we brought to another serial."""

        def check(now: Seen, attempts: Attempts) -> None:
            lease = now.document.lease
            # Whoever took the lock after one of our attempts was done has a serial above ours.
            doubt = bool(attempts) and (now.document.serial is None or now.document.serial != held.serial)
            end = "whether the last change was written is not known" if doubt else "nothing was written"
            if lease is None or lease.lock.id != held.lock.id:
                gone = now.tag is None and held.seen.tag is not None
                who = describe(lease.lock) if lease else "the state is gone" if gone else "nobody holds it now"
                raise ConflictError(f"{self.location}: the lock was lost: {who}; {end}")
            if now.document.serial != held.serial and not self._loose:
                raise ConflictError(f"{self.location}: the state moved on to serial {now.document.serial}; {end}")

        return check

    def _beat(self) -> float:
        """Renew the lock, once; in how many seconds to do so again."""
        with self._mutex:
            held = self._held
            if held is None or held.over is not None:
                return self._lease_seconds
            renewed = held.until - deadline(0, self._lease_seconds)
            due = renewed + self._lease_seconds / 6 - self._clock()
            return due if due > 0 else self._renew(held)  # a commit renews it too

    def _renew(self, held: _Held) -> float:
        try:
            seen, done = self._slot.swap(held.seen, lambda document: document, self._mine(held), {}, self._clock())
        except ConflictError as exc:
            _log.warning("the lock is gone: %s", exc)
            self._note_beat(held, replace(held, over=exc))
            return self._lease_seconds
        except StateError as exc:
            _log.warning("the lock could not be renewed, which will be tried again: %s", exc)
            return self._lease_seconds / 24
        self._note_beat(held, replace(held, seen=seen, until=deadline(done.begun, self._lease_seconds)))
        return self._lease_seconds / 6

    def _note_beat(self, before: _Held, after: _Held) -> None:
        with self._note:
            if self._held is before:  # not released meanwhile
                self._held = after

    # What is left when the lock goes, and what is kept

    def _give_back(self, lock: Lock, seen: Seen | None) -> None:
        """Take the lock out of the document, as it was last `seen` or as it is; a warning when that does not work."""

        def check(now: Seen, _attempts: Attempts) -> None:
            if now.document.lease is None or now.document.lease.lock.id != lock.id:
                raise ConflictError(f"{self.location}: the lock is lost already")

        def work() -> None:
            with self._mutex:
                now = seen or self._look()
                self._slot.swap(now, _unlocked, check, {}, self._clock() + RELEASE_SECONDS)

        why = f"no answer in {RELEASE_SECONDS:g} s"
        try:
            if within(RELEASE_SECONDS, work):
                return
            self._stuck = True
        except ConflictError:
            return  # it is lost already
        except StateError as exc:
            why = str(exc)
        _log.warning(
            "%s: the lock could not be given back and runs out by itself in %g s: %s",
            self.location,
            self._lease_seconds,
            why,
        )

    def _look(self) -> Seen:
        found = self._slot.look()
        return Seen(found[0], found[1].write_id, found[1].document()) if found else Seen()

    def _end(self) -> float:
        """Until when an end is looked for: long enough for a short outage, shorter than the lock lasts."""
        return self._clock() + self._lease_seconds / 2


def _unlocked(document: StateDocument) -> StateDocument:
    return replace(document, lease=None)


def _mismatch(serial: Serial | None, expected: Serial | None) -> str:
    if expected is None:
        return "there is a state already"
    return "there is no state yet" if serial is None else f"the state moved on to serial {serial}"
