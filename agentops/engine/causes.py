"""The three-way comparison of one resource's fields: what differs, why, and what is written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from agentops.domain.fields import UNSET, Field, FieldTable, Unset
from agentops.domain.plan import Cause, FieldChange, OnConflict
from agentops.domain.values import Ref, Value, Values
from agentops.engine.diff import edits, has_hidden_leaves, identical, is_whole, overlay, same
from agentops.engine.names import fold
from agentops.engine.secret_leaves import with_known

MODE: Final = "mode"
"""The field that decides which mode-bound fields have a meaning."""


@dataclass(frozen=True, slots=True)
class Row:
    """A field, and what is worth knowing of it once per run."""

    field: Field
    place: int
    hidden_leaves: bool
    follows_mode: bool  # a change of mode resets it on the platform


Rows = Mapping[str, Row]


def rows_of(table: FieldTable) -> Rows:
    """The rows of `table` by field name."""
    return {
        field.name: Row(field, place, has_hidden_leaves(field), _follows_mode(field))
        for place, field in enumerate(table)
    }


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is known of one resource: the three sides, and who wins a conflict."""

    rows: Rows
    desired: Values
    live: Values
    prior: Values
    on_conflict: OnConflict = OnConflict.FAIL

    def changes(self) -> tuple[FieldChange, ...]:
        """Every field that is written or leaves our care, in the order of the table."""
        found = [change for name in self.desired if (change := self._declared(name)) is not None]
        if any(change.name == MODE and change.write for change in found):
            found += self._sent_again({change.name for change in found})
        found += (self._removed(name) for name in self.prior.keys() - self.desired.keys())
        return tuple(sorted(found, key=lambda change: (self._place(change.name), change.name)))

    def is_remembered(self) -> bool:
        """Whether what was applied last is what git says, as far as a read shows it.

        Otherwise git and the platform came to agree without an apply that lived to note it.
        """
        return all(
            name in self.prior and same(self.rows[name].field, self.prior[name], desired)
            for name, desired in self.desired.items()
            if name in self.live
        )

    def why_released(self, change: FieldChange) -> str:
        """What a user should hear of a released field that stays as it is; empty when there is nothing to hear."""
        row = self.rows.get(change.name)
        if row is None:
            return "this version does not know it"
        reset = row.field.reset_value
        if self._out_of_mode(row.field, reset):
            return ""
        base = change.before
        if reset is not UNSET and same(row.field, base, reset):
            return ""
        return "it was edited on the platform" if reset is not UNSET else "there is no documented way to reset it"

    def _place(self, name: str) -> int:
        return self.rows[name].place if name in self.rows else len(self.rows)

    def _declared(self, name: str) -> FieldChange | None:
        """ARCHITECTURE 5, the first and the last line of the table."""
        desired, live = self.desired[name], self.live.get(name, UNSET)
        if live is not UNSET and identical(desired, live):
            return None
        row, prior, shown = self.rows[name], self.prior.get(name, UNSET), live
        if row.hidden_leaves and prior is not UNSET:
            prior = with_known(prior, desired)
        if row.hidden_leaves and live is not UNSET:
            live = overlay(row.field, live, prior)
        base = prior if live is UNSET else live  # what cannot be read is taken to be as it was applied
        if base is not UNSET and same(row.field, desired, base):
            return None
        cause = self._cause(row.field, desired, base, prior)
        if cause is Cause.CONFLICT and _agrees_as_far_as_shown(row, shown, desired):
            cause = Cause.MANIFEST  # nobody knows the rest: it is sent once, as after an apply that died half-way
        if cause is not Cause.CONFLICT:
            return self._change(row, cause, prior, live, desired)
        return self._change(row, cause, prior, live, desired, write=self.on_conflict is OnConflict.GIT)

    def _cause(self, field: Field, desired: Value, base: Value | Unset, prior: Value | Unset) -> Cause:
        if prior is UNSET:
            return Cause.MANIFEST
        if same(field, prior, base):
            return Cause.CATALOG if only_ids_differ(prior, desired) else Cause.MANIFEST
        return Cause.DRIFT if same(field, prior, desired) else Cause.CONFLICT

    def _sent_again(self, changed: set[str]) -> Iterator[FieldChange]:
        """The mode-bound fields that are as they should be, until the change of mode resets them."""
        for name, desired in self.desired.items():
            row = self.rows[name]
            if row.follows_mode and name not in changed:
                prior, live = self.prior.get(name, UNSET), self.live.get(name, UNSET)
                yield self._change(row, Cause.MODE, prior, live, desired)

    def _removed(self, name: str) -> FieldChange:
        """ARCHITECTURE 5, the second line: a field that was applied and is not in the manifest any more."""
        prior, live, row = self.prior[name], self.live.get(name, UNSET), self.rows.get(name)
        if row is None:
            return FieldChange(name, Cause.RELEASED, prior, live, UNSET, write=False)
        field, reset = row.field, row.field.reset_value
        live = live if live is UNSET else overlay(field, live, prior)
        base = prior if live is UNSET else live
        ours = reset is not UNSET and same(field, base, prior) and not same(field, base, reset)
        if not ours or self._out_of_mode(field, reset):
            return self._change(row, Cause.RELEASED, prior, live, UNSET, write=False)
        return self._change(row, Cause.REMOVED, prior, live, reset)

    def _out_of_mode(self, field: Field, value: Value | Unset) -> bool:
        """Whether `value` may not be sent in the mode that the manifest asks for."""
        return out_of_mode(field, value, self.desired.get(MODE))

    def _change(
        self,
        row: Row,
        cause: Cause,
        prior: Value | Unset,
        live: Value | Unset,
        desired: Value | Unset,
        *,
        write: bool = True,
    ) -> FieldChange:
        base = prior if live is UNSET else live
        inner = is_whole(row.field) and base is not UNSET and desired is not UNSET
        parts = edits(row.field, base, desired) if inner else ()
        return FieldChange(row.field.name, cause, prior, live, desired, write, row.field.secret, parts)


def out_of_mode(field: Field, value: Value | Unset, mode: Value) -> bool:
    """Whether `field` (or this value of it) has no meaning in `mode`."""
    bound = field.bound
    if bound is None or mode is None or mode in bound.modes:
        return False
    return bound.only is UNSET or value is UNSET or same(field, value, bound.only)


def fields_of_create(rows: Rows, desired: Values) -> tuple[FieldChange, ...]:
    """The fields of a create, in the order of the table."""
    changes = [
        FieldChange(name, Cause.MANIFEST, UNSET, UNSET, value, True, rows[name].field.secret)
        for name, value in desired.items()
    ]
    changes.sort(key=lambda change: rows[change.name].place)
    return tuple(changes)


def _agrees_as_far_as_shown(row: Row, shown: Value | Unset, desired: Value) -> bool:
    """Whether nothing but leaves that no read shows can tell `desired` from what the platform has."""
    return row.hidden_leaves and shown is not UNSET and same(row.field, overlay(row.field, shown, desired), desired)


def only_ids_differ(prior: Value, desired: Value) -> bool:
    """Whether both say the same names, which now mean other IDs."""
    return identical(_by_name(prior), _by_name(desired))


def _follows_mode(field: Field) -> bool:
    return field.bound is not None or (field.ref is not None and field.ref.scope == MODE)


def _by_name(value: Value) -> Value:
    """`value` with queries in place of references; what a reference without a query means, nothing else does."""
    match value:
        case Ref():
            return (value.kind, fold(value.query) if value.query else object())
        case dict():
            return {key: _by_name(item) for key, item in value.items()}
        case list():
            names = [_by_name(item) for item in value]
            return sorted(names, key=repr) if value and isinstance(value[0], Ref) else names
    return value
