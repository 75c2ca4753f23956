"""Manifests in compared form without an account: references are as written, and equal when they mean the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from agentops.domain.address import Address
from agentops.domain.fields import Reference
from agentops.domain.manifest import EnvSecret, Manifest
from agentops.domain.platform import Platform
from agentops.domain.values import Path, Ref, Secret, Value, Values, canonical_json
from agentops.engine.links import MANIFEST_KINDS
from agentops.engine.names import fold
from agentops.engine.normalise import Convert, converters

Renames = Mapping[Address, Address]
"""Former address of a manifest -> the one that it has now."""
_NAME: Final = frozenset({"name"})


@dataclass(frozen=True, slots=True, eq=False)
class _Named(Ref):
    """A reference whose `id` is what it means as far as its spelling tells; `written` is what the manifest says."""

    written: Value = None


class AsWritten:
    """Brings the manifests of one revision into compared form; `renames` are those that came after it."""

    def __init__(self, platform: Platform, renames: Renames | None = None) -> None:
        self._renames = renames or {}
        self._rows: dict[str, Mapping[str, Convert]] = {
            kind.name: converters(kind.table, self) for kind in platform.kinds
        }

    def values(self, manifest: Manifest) -> Values:
        """The declared fields; `plain` gives back what the manifest says of them."""
        rows, spec = self._rows[manifest.kind], manifest.spec
        return {name: rows[name](value, (name,), spec) for name, value in spec.items()}

    def reference(self, written: Value, path: Path, reference: Reference, siblings: Values) -> Ref:  # noqa: ARG002
        prefix = MANIFEST_KINDS.get(reference.kind)
        if prefix is None or not isinstance(written, str):
            return _Named(reference.kind, canonical_json(_folded(written, bare=prefix is None)), written=written)
        address = Address(prefix, written.strip())
        return _Named(reference.kind, f"manifest {self._renames.get(address, address)}", written=written)

    def secret(self, written: EnvSecret, path: Path) -> Secret:  # noqa: ARG002
        return Secret(written.env)

    def literal(self, written: str) -> Secret:
        return Secret("", None, written)

    def suited(self, reference: Reference, ref: Ref, settings: Values, path: Path) -> None:
        """Only an account knows."""

    def repeated(self, value: Value, path: Path) -> None:
        """No fault of a difference: a plan tells it."""


def plain(value: Value) -> Value:
    """`value` with references as they are written."""
    match value:
        case _Named():
            return value.written
        case Mapping():
            return {key: plain(item) for key, item in value.items()}
        case list():
            return [plain(item) for item in value]
    return value


def _folded(written: Value, *, bare: bool) -> Value:
    """What all spellings of a reference have in common; with `bare` a map of the name alone is that name."""
    if isinstance(written, str):
        return fold(written)
    if not isinstance(written, Mapping):
        return written
    if bare and written.keys() == _NAME:
        return _folded(written["name"], bare=False)
    return {key: _folded(item, bare=True) for key, item in written.items()}
