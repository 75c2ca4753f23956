"""The former versions of a remote state: documents beside it, each named for its serial."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from agentops.domain.errors import StateError
from agentops.domain.state import Lock, Serial, State, Version
from agentops.state.document_codec import StateDocument
from agentops.state.documents import Documents
from agentops.state.swap import Seen, Slot, UnknownEnd

_log = logging.getLogger("agentops.state")


class Versions:
    """The versions of the state in `slot`. Which ones count, the state's own document says."""

    def __init__(self, documents: Documents, name: str, slot: Slot) -> None:
        self._documents = documents
        self._prefix = f"{name}.history/"
        self._slot = slot

    def keep(self, document: StateDocument, lock: Lock, until: float) -> Version:
        """Keep the state as it is, which `lock` is about to change. Raises StateError when that does not work."""
        if document.serial is None:
            raise ValueError("there is no state to keep")
        version = Version(document.serial, datetime.now(UTC), lock.operation, lock.who)
        kept = replace(document, lease=None, versions=(version,))
        slot = self._slot.beside(self._name(version.serial))
        try:
            # If there is one already, it is of a run that ended between this and its commit.
            slot.swap(Seen(), lambda _: kept, lambda _seen, _attempts: None, {}, until)
        except UnknownEnd as exc:
            raise StateError(
                f"the version before this change could not be kept ({exc}); the state was not written",
                hint="check the connection to the store, then run again",
            ) from exc
        return version

    def trim(self, before: Sequence[Version], after: Sequence[Version]) -> None:
        """Delete those that do not count any more. The commit is done: what goes wrong here is but a warning."""
        counting = {version.serial for version in after}
        for name in (self._name(version.serial) for version in before if version.serial not in counting):
            try:
                self._documents.delete(name)
            except StateError as exc:
                _log.warning("the old version %s could not be deleted: %s", name, exc)

    def found(self) -> list[Version]:
        """Those that lie there, newest first, for when the state's own document is gone."""
        pages = (self._slot.beside(name).look() for name in reversed(self._documents.names(self._prefix)))
        return [version for found in pages if found for version in found[1].document().versions]

    def load(self, serial: Serial) -> State:
        """The version with this serial. Raises StateError when it is not kept."""
        slot = self._slot.beside(self._name(serial))
        found = slot.look()
        state = found[1].document().state(slot.location) if found else None
        if state is None:
            raise StateError(
                f"{self._slot.location}: serial {serial} is not kept", hint="`agentops state history` shows what is"
            )
        return replace(state, moved_to="")

    def _name(self, serial: Serial) -> str:
        return f"{self._prefix}{serial:012}"
