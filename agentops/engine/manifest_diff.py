"""What two sets of manifests say differently, whatever the platform has. Spelling, layout and files do not count."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from agentops.domain.address import Address
from agentops.domain.fields import UNSET, Field, FieldTable, Type, Unset
from agentops.domain.manifest import Manifest
from agentops.domain.plan import Action, Cause, Change, Edit, FieldChange
from agentops.domain.platform import Platform
from agentops.domain.values import Value, Values
from agentops.engine.as_written import AsWritten, Renames, plain
from agentops.engine.causes import Row, Rows, fields_of_create, rows_of
from agentops.engine.diff import edits, is_whole, same
from agentops.engine.places import placed

_METADATA: Final = "metadata."
_ABOUT: Final = (
    Field(name="metadata.labels", type=Type.MAP),
    Field(name="metadata.protect", type=Type.BOOLEAN),
    Field(name="metadata.import"),
    Field(name="metadata.ignore", type=Type.LIST),
    Field(name="metadata.previous_names", type=Type.LIST),
)
"""What a manifest says for agentops alone, as fields; what a reviewer should see as well."""


@dataclass(frozen=True, slots=True)
class Side:
    """The valid manifests of an environment in one revision."""

    platform: Platform
    manifests: Sequence[Manifest]


def changes_between(base: Side, head: Side) -> tuple[Change, ...]:
    """What `head` says differently, sorted by address; see ManifestDiff for what stands where.

    Between two vocabularies nothing can be compared: there all of `base` is removed, and all of `head` added.
    """
    before, after = _by_address(base), _by_address(head)
    alike = base.platform.api_version == head.platform.api_version
    former = _former(before, after) if alike else {}
    moved = {new: old for old, new in former.items()}
    said, says = _Said(base.platform, former), _Said(head.platform, {})
    changes = [
        says.added(after[address]) for address in after if not alike or moved.get(address, address) not in before
    ]
    changes += [
        said.removed(before[address]) for address in before if not alike or former.get(address, address) not in after
    ]
    for address, manifest in after.items() if alike else ():
        old = before.get(moved.get(address, address))
        change = None if old is None else says.changed(old, said.values(old), manifest)
        if change is not None:
            changes.append(change)
    return tuple(sorted(changes, key=lambda change: change.address))


def _by_address(side: Side) -> Mapping[Address, Manifest]:
    return {manifest.address: manifest for manifest in side.manifests}


def _former(before: Mapping[Address, Manifest], after: Mapping[Address, Manifest]) -> Renames:
    """The manifests that got another name and say so: the address before -> the address after."""
    found: dict[Address, Address] = {}
    for address, manifest in after.items():
        names = () if address in before else manifest.previous_names
        olds = (Address(address.prefix, name) for name in names)
        old = next((old for old in olds if old in before and old not in after and old not in found), None)
        if old is not None:
            found[old] = address
    return found


class _Said:
    """What the manifests of one side say, in compared form."""

    def __init__(self, platform: Platform, renames: Renames) -> None:
        self._form = AsWritten(platform, renames)
        self._rows: dict[str, Rows] = {
            kind.name: rows_of(FieldTable(kind.name, (*kind.table.fields, *_ABOUT))) for kind in platform.kinds
        }

    def values(self, manifest: Manifest) -> Values:
        return {**self._form.values(manifest), **_about(manifest)}

    def added(self, manifest: Manifest) -> Change:
        values = _plain(self.values(manifest))
        fields = fields_of_create(self._rows[manifest.kind], values)
        return replace(_change(manifest, Action.CREATE, fields), desired=values, pos=manifest.position())

    def removed(self, manifest: Manifest) -> Change:
        return replace(_change(manifest, Action.DELETE, ()), live=_plain(self.values(manifest)))

    def changed(self, old: Manifest, before: Values, new: Manifest) -> Change | None:
        """What becomes of a manifest that both sides have; None when both say the same."""
        after = self.values(new)
        moved = None if old.address == new.address else old.address
        before, after = (_without_move(values, moved) for values in (before, after))
        fields = tuple(_differing(self._rows[new.kind], before, after))
        if not fields and moved is None:
            return None
        action = Action.UPDATE if fields else Action.NO_OP
        change = _change(new, action, _placed(fields, new))
        return replace(change, desired=_plain(after), live=_plain(before), moved_from=moved, pos=new.position())


def _change(manifest: Manifest, action: Action, fields: tuple[FieldChange, ...]) -> Change:
    return Change(
        manifest.address,
        manifest.kind,
        action,
        fields=fields,
        protect=manifest.protect,
        name=str(manifest.spec.get("name", "")),
        labels=manifest.labels,
    )


def _about(manifest: Manifest) -> Values:
    """The metadata that is written, by the names in `_ABOUT`."""
    ignore = [
        {"field": ".".join(map(str, entry.path)), "reason": entry.reason}
        | ({"until": entry.until.isoformat()} if entry.until else {})
        for entry in manifest.ignore
    ]
    found: dict[str, Value] = {
        "metadata.labels": dict(manifest.labels),
        "metadata.protect": manifest.protect,
        "metadata.import": manifest.import_id,
        "metadata.ignore": ignore,
        "metadata.previous_names": list(manifest.previous_names),
    }
    return {name: value for name, value in found.items() if value}


def _without_move(values: Values, moved: Address | None) -> Values:
    """`values` without the former name that the move itself tells already."""
    names = values.get("metadata.previous_names")
    if moved is None or not isinstance(names, list):
        return values
    kept = [name for name in names if name != moved.name]
    rest = {name: value for name, value in values.items() if name != "metadata.previous_names"}
    return {**rest, "metadata.previous_names": kept} if kept else rest


def _differing(rows: Rows, before: Values, after: Values) -> Iterator[FieldChange]:
    """The fields that do not mean the same, in the order of the table."""
    for name in sorted(before.keys() | after.keys(), key=lambda name: rows[name].place):
        row, live, desired = rows[name], before.get(name, UNSET), after.get(name, UNSET)
        if live is UNSET or desired is UNSET:
            yield _field_change(row, live, desired)
        elif not same(row.field, live, desired):
            yield _field_change(row, live, desired, edits(row.field, live, desired) if is_whole(row.field) else ())


def _field_change(row: Row, live: Value | Unset, desired: Value | Unset, parts: Sequence[Edit] = ()) -> FieldChange:
    inner = tuple(Edit(edit.path, plain(edit.live), plain(edit.desired)) for edit in parts)
    return FieldChange(
        row.field.name, Cause.MANIFEST, UNSET, plain(live), plain(desired), True, row.field.secret, inner
    )


def _placed(fields: Sequence[FieldChange], manifest: Manifest) -> tuple[FieldChange, ...]:
    locate = manifest.document.locate
    return tuple(
        replace(change, pos=locate(("metadata", change.name.removeprefix(_METADATA))))
        if change.name.startswith(_METADATA) and change.desired is not UNSET
        else change
        for change in placed(fields, manifest)
    )


def _plain(values: Values) -> Values:
    return {name: plain(value) for name, value in values.items()}
