"""Names as they are compared, and a catalog indexed by them."""

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from agentops.domain.catalog import Catalog, CatalogItem, CatalogKind
from agentops.domain.values import RemoteId

Test: TypeAlias = Callable[[CatalogItem], bool]
"""Whether an item passes, for example a qualifier."""


def plain(text: str) -> str:
    """`text` in Unicode NFC, trimmed, with one space for each run of white space."""
    spaced = " ".join(text.split())
    return spaced if spaced.isascii() else unicodedata.normalize("NFC", spaced)


def fold(text: str) -> str:
    """The form in which texts and match keys are compared: `plain`, and without case."""
    folded = plain(text).casefold()
    return folded if folded.isascii() else unicodedata.normalize("NFC", folded)


def query_of(written: object) -> str:
    """How a reference is quoted: a text as it is, a map as YAML would write it in one line."""
    if isinstance(written, Mapping):
        return "{" + ", ".join(f"{key}: {query_of(value)}" for key, value in written.items()) + "}"
    if isinstance(written, bool):
        return "true" if written else "false"
    return plain(written) if isinstance(written, str) else str(written)


def noun(kind: str) -> str:
    """`phone_numbers` -> `phone number`."""
    return kind.replace("_", " ").removesuffix("s")


@dataclass(frozen=True, slots=True)
class _Candidate:
    item: CatalogItem
    rank: int  # which match key it was found by; 0 is the name
    exact: bool  # the name, without case folding


class Index:
    """One catalog by its folded match keys."""

    def __init__(self, catalog: Catalog, kind: CatalogKind) -> None:
        self.catalog = catalog
        self.kind = kind
        self._by_key: dict[str, list[tuple[CatalogItem, int, str]]] = {}
        for item in catalog.items:
            for rank, text in self._keys(item):
                self._by_key.setdefault(fold(text), []).append((item, rank, plain(text)))

    def _keys(self, item: CatalogItem) -> Iterator[tuple[int, str]]:
        yield 0, item.name
        for rank, key in enumerate(self.kind.match_keys):
            value = item.properties.get(key)
            if isinstance(value, str) and value and value != item.name:
                yield rank, value

    def candidates(self, text: str, tests: Sequence[Test] = ()) -> tuple[CatalogItem, ...]:
        """The items that `text` may mean and that pass all tests, after the tie-breaks."""
        exact = plain(text)
        best: dict[RemoteId, _Candidate] = {}
        for item, rank, key in self._by_key.get(fold(text), ()):
            known = best.get(item.id)
            if all(test(item) for test in tests) and (known is None or rank < known.rank):
                best[item.id] = _Candidate(item, rank, rank == 0 and key == exact)
        found = tuple(best.values())
        for wins in (lambda c: c.exact, lambda c: c.rank == 0):
            if len(found) > 1:
                found = tuple(filter(wins, found)) or found
        return tuple(candidate.item for candidate in found)

    def has_property(self, name: str) -> bool:
        """Whether any item of the catalog has the property at all."""
        return any(name in item.properties for item in self.catalog.items)

    def nearest(self, text: str) -> tuple[str, ...]:
        """The names that look most like `text`, accents and case ignored."""
        from difflib import get_close_matches

        names: dict[str, str] = {}
        for item in self.catalog.items:
            for _, key in self._keys(item):
                names.setdefault(_bare(key), key)
        return tuple(names[close] for close in get_close_matches(_bare(text), names, n=3, cutoff=0.6))


def nearest_of(text: str, names: Sequence[str]) -> tuple[str, ...]:
    """Those of `names` that look most like `text`."""
    from difflib import get_close_matches

    by_bare = {_bare(name): name for name in names}
    return tuple(by_bare[close] for close in get_close_matches(_bare(text), by_bare, n=3, cutoff=0.6))


def did_you_mean(names: Sequence[str]) -> str:
    """The hint that offers `names`; empty without any."""
    return f"did you mean {either([repr(name) for name in names])}?" if names else ""


def _bare(text: str) -> str:
    """`text` folded, and without accents: only for nearness."""
    return "".join(c for c in unicodedata.normalize("NFD", fold(text)) if not unicodedata.combining(c))


def either(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} or {items[-1]}"
