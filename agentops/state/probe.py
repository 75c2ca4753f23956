"""Whether a store keeps its word: one that ignores preconditions would let two runs write at once."""

import logging
import uuid
from typing import Final

from agentops.domain.errors import StateError
from agentops.state.documents import Documents, RefusedSwap, UnclearSwap

_TRIES: Final = 3

_log = logging.getLogger("agentops.state")


def probe(documents: Documents, name: str) -> None:
    """Try on a scratch document beside `name` what a state will rely on.

    Raises StateError when the store ignores preconditions, or gives no clear answer in a few tries.
    """
    for _ in range(_TRIES):
        scratch = f"{name}.probe/{uuid.uuid4()}"
        try:
            fault = _fault(documents, scratch)
        except (RefusedSwap, UnclearSwap) as exc:  # of a document that nobody else knows: the answer of a bad moment
            unclear = exc
            continue
        finally:
            _clean_up(documents, scratch)
        if fault:
            raise StateError(
                f"{documents.location} ignores preconditions: {fault}",
                hint="two runs could overwrite each other there; keep the state in another store",
            )
        return
    raise StateError(f"{documents.location}: no clear answer to the first writes: {unclear}", hint="run again later")


def _fault(documents: Documents, scratch: str) -> str:
    """What the store does that it should not; empty if it is fit. Raises RefusedSwap, UnclearSwap."""
    first = documents.put(scratch, b"1", replacing=None)
    if not _refuses(documents, scratch, None):
        return "a document that exists was created once more"
    second = documents.put(scratch, b"2", replacing=first)
    if not _refuses(documents, scratch, first):
        return "a version that is gone was replaced once more"
    found = documents.get(scratch)
    if found is None or found.body != b"2" or found.tag != second:
        return "what is read is not what was written last"
    return ""


def _clean_up(documents: Documents, scratch: str) -> None:
    try:
        documents.delete(scratch)
    except StateError as exc:
        _log.warning("a scratch document of the first write could not be deleted: %s", exc)


def _refuses(documents: Documents, scratch: str, tag: str | None) -> bool:
    try:
        documents.put(scratch, b"3", replacing=tag)
    except RefusedSwap:
        return True
    return False
