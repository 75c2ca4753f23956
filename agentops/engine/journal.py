"""The state while it is being written: each step is durable before the next one; one thread owns it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from agentops.domain.address import Address
from agentops.domain.plan import Action, Cause, Change
from agentops.domain.secrets import Secrets
from agentops.domain.state import VALUES_FORM, Backend, Entry, Intent, Lock, Serial, State, StateChange
from agentops.domain.values import RemoteId, Secret, Value, Values

_Item = TypeVar("_Item", Entry, Intent)


class Journal:
    """Commits what apply does, and knows the entries and intents as they are after it.

    What is about to be sent is durable when the method returns; what came of it is durable after the next `flush`, and
    until then the intents are, by which the next run finds it out. Methods raise StateError; ConflictError means that
    the lock or the state was lost, and that nothing more may be sent.
    """

    def __init__(
        self, backend: Backend, lock: Lock, state: State, secrets: Secrets, on_commit: Callable[[Serial], None]
    ) -> None:
        """`on_commit` hears of each commit, once it is durable."""
        self.entries: dict[Address, Entry] = dict(state.entries)
        self.intents: dict[Address, Intent] = dict(state.intents)
        self._backend = backend
        self._lock = lock
        self._serial = state.serial
        self._secrets = Secrets(secrets.environ, state.digest_key)
        self._on_commit = on_commit
        self._noted: dict[Address, Entry | None] = {}
        self._noted_intents: dict[Address, Intent | None] = {}

    def commit(self, change: StateChange) -> None:
        """Make `change`, and what was noted before it, durable."""
        self.note(change)
        self.flush()

    def note(self, change: StateChange) -> None:
        """Let `change` be durable with the next flush."""
        _merge(self.entries, change.entries)
        _merge(self.intents, change.intents)
        self._noted |= change.entries
        self._noted_intents |= change.intents

    def flush(self) -> None:
        """Make durable what was noted, in one commit; none if nothing was."""
        if not self._noted and not self._noted_intents:
            return
        change = StateChange(self._noted, self._noted_intents)
        self._serial = self._backend.commit(self._serial, self._lock, change)
        self._noted, self._noted_intents = {}, {}
        self._on_commit(self._serial)

    def flush_if_cheap(self) -> None:
        """Make durable what was noted, unless that costs a request: then it waits for the end of its wave."""
        if not self._backend.batches:
            self.flush()

    def intend(
        self, creates: Iterable[tuple[Address, Values, bool]], existing: frozenset[RemoteId], now: datetime
    ) -> None:
        """Note creates that are about to be sent, once it is flushed: address, values, protection.

        An entry that is there belongs to an object that is gone: it goes too, so that after a crash the intent counts.
        """
        intents = {address: Intent(self.seal(values), now, existing, protect) for address, values, protect in creates}
        gone = {address: None for address in intents if address in self.entries}
        self.note(StateChange(gone, intents))

    def intend_updates(self, updates: Iterable[tuple[Address, Values]]) -> None:
        """Note updates that are about to be sent, once it is flushed: address, values."""
        self.note(
            StateChange(
                {
                    address: replace(self.entries[address], sending=self.seal(values))
                    for address, values in updates
                    if address in self.entries
                }
            )
        )

    def renew(self, creates: Iterable[tuple[Address, Values]], now: datetime) -> None:
        """Note that creates are about to be sent once more, with these values.

        What existed before the first attempt stays.
        """
        intents = {
            address: replace(self.intents[address], values=self.seal(values), started=now)
            for address, values in creates
        }
        self.note(StateChange(intents=intents))

    def put_off(self, addresses: Iterable[Address], now: datetime) -> None:
        """Note that these creates, as they were intended, are about to be sent only now, or are still under way."""
        self.note(StateChange(intents={address: replace(self.intents[address], started=now) for address in addresses}))

    def created(self, address: Address, remote_id: RemoteId) -> None:
        """The create was done: what was intended is what is managed."""
        intent = self.intents[address]
        entry = Entry(remote_id, intent.values, intent.protect)
        self.note(StateChange({address: entry}, {address: None}))

    def abandoned(self, addresses: Iterable[Address]) -> None:
        """What was about to be sent to these was certainly not done."""
        addresses = list(addresses)
        intents = {address: None for address in addresses if address in self.intents}
        entries = {
            address: replace(entry, sending={})
            for address in addresses
            if (entry := self.entries.get(address)) is not None and entry.sending
        }
        self.note(StateChange(entries, intents))

    def updated(self, address: Address, sent: Values, drops: frozenset[str]) -> None:
        """`sent` is what the platform has now; `drops` are fields that are no longer ours."""
        entry = self.entries[address]
        values = {**_base(entry), **self.seal(sent)}
        kept = {name: value for name, value in values.items() if name not in drops}
        self.note(StateChange({address: replace(entry, values=kept, form=VALUES_FORM, sending={})}))

    def deleted(self, address: Address) -> None:
        """The object is gone."""
        self.note(StateChange({address: None}, {address: None} if address in self.intents else {}))

    def seal(self, values: Values) -> Values:
        """`values` with the digest of each secret as it is sent now, whatever it was when the plan was made.

        Under this state's key. Raises ProjectError for a missing one.
        """
        return {name: self._sealed(value) for name, value in values.items()}

    def _sealed(self, value: Value) -> Value:
        match value:
            case Secret(env) if env:
                return self._secrets.of_env(env)
            case Secret(text=text) if text:  # the digest is enough to compare by
                return Secret("", self._secrets.digest(text))
            case list():
                return [self._sealed(item) for item in value]
            case dict():
                return {key: self._sealed(item) for key, item in value.items()}
        return value


def state_only(changes: Iterable[Change], entries: Mapping[Address, Entry]) -> StateChange:
    """What `changes` mean for the state alone: moves, adoptions, releases, protection, what is gone."""
    new_entries: dict[Address, Entry | None] = {}
    new_intents: dict[Address, Intent | None] = {}
    for change in changes:
        if change.blocked:
            continue
        if change.action is Action.FORGET:
            if change.writes:
                continue  # forgotten once these are done
            new_entries[change.address] = None
            new_intents[change.address] = None
        elif change.action is Action.ADOPT and change.remote_id is not None:
            adopted = Entry(change.remote_id, change.intent.values if change.intent else {})
            new_entries[change.address] = _in_line(adopted, change)
            if change.intent is not None:
                new_intents[change.moved_from or change.address] = None
        elif change.action is not Action.DELETE:
            new_entries |= _moved(change, entries)
            if change.moved_from is not None and change.intent is not None:
                new_intents |= {change.moved_from: None, change.address: change.intent}
    return StateChange(new_entries, new_intents)


def _moved(change: Change, entries: Mapping[Address, Entry]) -> dict[Address, Entry | None]:
    """The entry of a resource that stays managed: at its address, with what the plan found to be settled."""
    before = entries.get(change.moved_from or change.address)
    if before is None:
        return {}
    after = before if change.action is Action.CREATE else _in_line(before, change)
    if change.moved_from is not None:
        return {change.moved_from: None, change.address: after}
    return {} if after == before else {change.address: after}


def _in_line(entry: Entry, change: Change) -> Entry:
    """`entry` without released fields, and with the values that git and the platform agree on."""
    differing = {field.name for field in change.fields}
    released = {field.name for field in change.fields if field.cause is Cause.RELEASED}
    agreed = {name: value for name, value in change.desired.items() if name in change.live and name not in differing}
    values = {name: value for name, value in _base(entry).items() if name not in released} | agreed
    return replace(entry, values=values, protect=change.protect, form=VALUES_FORM)


def _base(entry: Entry) -> Values:
    """What `entry` remembers; nothing, when it is in a form that this version does not read."""
    return dict(entry.values) if entry.form == VALUES_FORM else {}


def _merge(target: dict[Address, _Item], changes: Mapping[Address, _Item | None]) -> None:
    for address, item in changes.items():
        if item is None:
            target.pop(address, None)
        else:
            target[address] = item
