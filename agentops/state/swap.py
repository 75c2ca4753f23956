"""Changing one document by compare-and-swap, to an end that is known: whatever the store answered, or did not."""

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from agentops.domain.errors import StateError
from agentops.state.document_codec import Encoder, Page, StateDocument, open_page
from agentops.state.documents import Documents, RefusedSwap, UnclearSwap
from agentops.state.lease import Clock

_LONGEST_PAUSE = 5.0


class UnknownEnd(StateError):
    """A swap was sent, and whether it was done cannot be found out; it may also be done later."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A document, and what a swap of exactly this version names: no tag, if there is none yet."""

    tag: str | None = None
    write_id: str = ""
    document: StateDocument = field(default_factory=StateDocument)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A swap that was sent: what it writes, and when it was begun on this process's clock."""

    document: StateDocument
    begun: float


Attempts: TypeAlias = dict[str, Attempt]
"""By write ID. Several of them can be under way at once, and any of them can turn out to be the one that was done."""

Make: TypeAlias = Callable[[StateDocument], StateDocument]
Check: TypeAlias = Callable[[Seen, Attempts], None]
"""Raises if what was seen must not be changed. There are attempts if some were sent, none of which is what was seen."""


class Slot:
    """One document of a store. Raises StateError naming the place."""

    def __init__(
        self,
        documents: Documents,
        name: str,
        *,
        clock: Clock,
        sleep: Callable[[float], None],
        encoder: Encoder | None = None,
    ) -> None:
        self.encoder = encoder or Encoder()
        self._name = name
        self.location = f"{documents.location.rstrip('/')}/{name}"
        self._documents = documents
        self._clock = clock
        self._sleep = sleep

    def beside(self, name: str) -> "Slot":
        """Another document of the same store, whose entries are mostly the same."""
        return Slot(self._documents, name, clock=self._clock, sleep=self._sleep, encoder=self.encoder)

    def look(self) -> tuple[str, Page] | None:
        """The tag and the page of the document as it is now; None if there is none. Nothing of it is decoded yet."""
        found = self._documents.get(self._name)
        if found is None:
            return None
        return found.tag, open_page(found.body, self.location)

    def swap(self, seen: Seen, make: Make, check: Check, attempts: Attempts, until: float) -> tuple[Seen, Attempt]:
        """Put `make(document)` in place of the document that was `seen`; returns it as it is now, and how it got there.

        When the store says no, or says nothing that can be trusted, the document is read back. If one of our own
        writes is there, it is done. If not, `check` decides about what is there, which may be what was seen before,
        and the swap is sent again on top of that: bodies never repeat, so no earlier attempt can still come in after
        a later one was done. `attempts` tells the caller what was sent, also if this is interrupted.

        Raises what `check` raises, and StateError when the store says a certain no; UnknownEnd when no end could be
        found out `until` then.
        """
        pause = 0.1
        check(seen, attempts)
        while True:
            write_id = str(uuid.uuid4())
            attempt = Attempt(make(seen.document), self._clock())
            try:
                tag = self._send(seen, write_id, attempt, attempts)
                return Seen(tag, write_id, attempt.document), attempt
            except (RefusedSwap, UnclearSwap) as exc:
                seen = self._read_back(attempts, until, exc)
            if seen.write_id in attempts:
                return seen, attempts[seen.write_id]
            check(seen, attempts)
            if self._clock() >= until:
                raise self._unknown("the store did not accept it")
            self._sleep(pause * random.uniform(0.5, 1))
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _send(self, seen: Seen, write_id: str, attempt: Attempt, attempts: Attempts) -> str:
        body = self.encoder.encode(attempt.document, write_id)
        attempts[write_id] = attempt
        try:
            return self._documents.put(self._name, body, replacing=seen.tag)
        except StateError as exc:
            del attempts[write_id]  # certainly not done
            if attempts:
                raise self._unknown(str(exc)) from exc
            raise

    def _read_back(self, attempts: Attempts, until: float, cause: Exception) -> Seen:
        pause = 0.1
        while True:
            try:
                found = self.look()
            except StateError as exc:
                if self._clock() >= until:
                    raise self._unknown(f"{cause}; {exc}") from exc
                self._sleep(pause * random.uniform(0.5, 1))
                pause = min(pause * 2, _LONGEST_PAUSE)
                continue
            if found is None:
                return Seen()
            tag, page = found
            mine = attempts.get(page.write_id)
            return Seen(tag, page.write_id, mine.document if mine else page.document())

    def _unknown(self, why: str) -> UnknownEnd:
        return UnknownEnd(f"{self.location}: it cannot be found out whether the last change was written: {why}")
