"""Notices what others edit on the platform while an apply runs long: no platform has conditional writes."""

from collections.abc import Iterable, Mapping
from math import ceil

from agentops.domain.address import Address
from agentops.domain.plan import Change
from agentops.domain.provider import LiveObject, Provider
from agentops.domain.values import RemoteId
from agentops.engine.latest import moved_fields, moved_text
from agentops.engine.refresh import Live, listed

_PAGE = 100  # objects that one request lists
_WRITES_A_PAGE = 5


class Watch:
    """Counts writes, and after some lists the platform again; a listing costs as many requests as it has pages."""

    def __init__(self, provider: Provider, live: Live) -> None:
        self._provider = provider
        self._interval = _interval(live)
        self._writes = 0

    def count(self) -> None:
        """One write was sent."""
        self._writes += 1

    @property
    def is_due(self) -> bool:
        return self._writes >= self._interval

    def moved(self, changes: Iterable[Change]) -> Mapping[Address, str]:
        """Which of `changes` are out of date, and why: a managed field is not as the plan saw it.

        Raises ProviderError when the platform cannot be listed.
        """
        self._writes = 0
        changes = list(changes)
        ids = {(change.kind, change.remote_id) for change in changes if change.remote_id is not None}
        live = {
            kind.name: listed(self._provider, kind, {id_ for name, id_ in ids if name == kind.name})
            for kind in self._provider.platform.kinds
        }
        self._interval = _interval(live)  # a run that creates makes its own listings longer
        found = ((change.address, self._moved_fields(change, live[change.kind])) for change in changes)
        return {address: moved_text(names) for address, names in found if names}

    def _moved_fields(self, change: Change, objects: Mapping[RemoteId, LiveObject]) -> list[str]:
        now = objects.get(change.remote_id) if change.remote_id is not None else None
        if now is None:
            return []  # gone, if it is, will be the platform's answer
        return moved_fields(self._provider.platform.kind_by_name[change.kind].table, change.live, now.values)


def _interval(live: Live) -> int:
    """After how many writes a listing is due, so that it costs a fraction of them whatever its length."""
    return _WRITES_A_PAGE * sum(max(1, ceil(len(objects) / _PAGE)) for objects in live.values())
