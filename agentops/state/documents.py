"""Where remote states lie: named documents, each changed only by compare-and-swap."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Document:
    """One version of a document. `tag` is what a swap of exactly this version has to name."""

    body: bytes = field(repr=False)
    tag: str


class RefusedSwap(Exception):
    """The store says that the precondition failed. That is no proof: a write that was sent twice is told the same."""


class UnclearSwap(Exception):
    """No answer, or none that can be trusted: the swap may have been done, or may still be."""


class Documents(Protocol):
    """A store of documents by name; names are relative paths. Fit for several threads.

    Every method raises StateError for what trying again does not mend: no access, no such bucket or database.
    """

    location: str  # for messages, without a secret

    def get(self, name: str) -> Document | None:
        """The document as it is now; None if there is none. Raises StateError also when there is no answer."""

    def put(self, name: str, body: bytes, *, replacing: str | None) -> str:
        """Swap the version with the tag `replacing`, or nothing at all (None), for `body`; returns the new tag.

        Sent once. Raises RefusedSwap and UnclearSwap.
        """

    def names(self, prefix: str) -> Sequence[str]:
        """The names that begin with `prefix`, sorted."""

    def delete(self, name: str) -> None:
        """Remove a document; gone already is fine."""

    def close(self) -> None:
        """Free connections."""
