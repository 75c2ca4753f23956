"""Bytes read as a row of choices, so that whoever invents bytes invents documents, statuses and texts."""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Choices:
    """Reads `data` from its beginning; after its end every choice is the first one."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def below(self, count: int) -> int:
        """A number from 0 to `count` - 1."""
        size = 1 if count <= 256 else 2
        return int.from_bytes(self.take(size), "big") % count

    def of(self, items: Sequence[T]) -> T:
        """One of `items`."""
        return items[self.below(len(items))]

    def take(self, count: int) -> bytes:
        """The next `count` bytes, or as many as there are."""
        found = self._data[self._at : self._at + count]
        self._at += count
        return found

    def text(self) -> str:
        """A text of any characters, halves of pairs among them."""
        return self.take(self.below(40)).decode("utf-8", errors="surrogateescape")

    def rest(self) -> bytes:
        """All bytes that are left."""
        found = self._data[self._at :]
        self._at = len(self._data)
        return found
