"""Names for the IDs that were read from a platform."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from agentops.domain.catalog import Catalog, CatalogKey
from agentops.domain.drift import DriftedField
from agentops.domain.plan import FieldChange
from agentops.domain.values import Ref, RemoteId, Value, Values
from agentops.engine.links import references


class Labels:
    """What the items of an account are called; `names` are those of kinds that have no catalog. What no catalog at hand
    tells, because no manifest refers to that kind any more, is called what it was called in `applied`."""

    def __init__(
        self,
        catalogs: Mapping[CatalogKey, Catalog],
        names: Mapping[str, Mapping[RemoteId, str]],
        applied: Iterable[Values] = (),
    ) -> None:
        self._names = names
        self._applied = applied
        self._catalogs: dict[str, list[Catalog]] = {}
        for (kind, _), catalog in sorted(catalogs.items()):
            self._catalogs.setdefault(kind, []).append(catalog)

    def of(self, ref: Ref) -> str:
        """The name of what `ref` refers to; empty when the account has no such item."""
        if ref.id is None:
            return ""
        named = self._names.get(ref.kind, {}).get(ref.id)
        if named is not None:
            return named
        items = (catalog.by_id.get(ref.id) for catalog in self._catalogs.get(ref.kind, ()))
        found = next((item.name for item in items if item is not None), "")
        return found or ("" if ref.kind in self._catalogs else self._remembered.get((ref.kind, ref.id), ""))

    @cached_property
    def _remembered(self) -> Mapping[tuple[str, RemoteId | None], str]:
        every = (ref for values in self._applied for _, ref in references(values))
        return {(ref.kind, ref.id): ref.label for ref in every if ref.label}

    def put_on_values(self, values: Values) -> Values:
        """The values with a name at every reference."""
        return {name: _labelled(value, self) for name, value in values.items()}

    def put_on(self, changes: Iterable[FieldChange]) -> tuple[FieldChange, ...]:
        """The changes with a name at every reference that was read."""
        return tuple(self._labelled(change) for change in changes)

    def put_on_drift(self, field: DriftedField) -> DriftedField:
        """The field with a name at every reference."""
        parts = tuple(
            replace(edit, live=_labelled(edit.live, self), desired=_labelled(edit.desired, self))
            for edit in field.edits
        )
        applied, live = _labelled(field.applied, self), _labelled(field.live, self)
        return replace(field, applied=applied, live=live, edits=parts)

    def _labelled(self, change: FieldChange) -> FieldChange:
        parts = tuple(replace(edit, live=_labelled(edit.live, self)) for edit in change.edits)
        return replace(change, prior=_labelled(change.prior, self), live=_labelled(change.live, self), edits=parts)


def _labelled(value: Value, labels: Labels) -> Any:
    if isinstance(value, Ref):
        return value if value.label else replace(value, label=labels.of(value))
    if isinstance(value, dict):
        return {key: _labelled(item, labels) for key, item in value.items()}
    return [_labelled(item, labels) for item in value] if isinstance(value, list) else value
