"""References inside values: where they stand, and which manifests they name."""

from collections.abc import Iterator, Mapping
from typing import Final

from agentops.domain.address import Address
from agentops.domain.values import Path, Ref, Value, Values

MANIFEST_KINDS: Final[Mapping[str, str]] = {"assistants": "assistant"}
"""Catalog kinds in whose fields a plain text names another manifest -> the prefix of that manifest's address."""


def references(value: Value, path: Path = ()) -> Iterator[tuple[Path, Ref]]:
    """Every reference inside `value`, with its path."""
    if isinstance(value, Ref):
        yield path, value
    elif isinstance(value, Mapping | list):
        for key, item in value.items() if isinstance(value, Mapping) else enumerate(value):
            if isinstance(item, Ref | dict | list):  # scalars, nearly everything, cost no generator
                yield from references(item, (*path, key))


def unborn(values: Values) -> Iterator[tuple[Path, Address]]:
    """Every reference to a manifest whose object is not on the platform yet: the path, and the manifest's address."""
    for path, ref in references(values):
        if ref.id is None and ref.address:
            yield path, Address.parse(ref.address)
