"""Objects that will still refer to what a plan deletes."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from agentops.domain.address import Address
from agentops.domain.diagnostics import Diagnostic, warning
from agentops.domain.fields import UNSET
from agentops.domain.plan import Action, Cause, Change, FieldChange
from agentops.domain.platform import Platform
from agentops.domain.provider import LiveObject
from agentops.domain.values import Ref, RemoteId
from agentops.engine.identity import Identities, Live
from agentops.engine.links import MANIFEST_KINDS, references


def still_pointing(
    changes: Iterable[Change], live: Live, platform: Platform, identities: Identities
) -> Iterator[Diagnostic]:
    """A warning for each object that will still refer to one that the plan deletes."""
    by_id = {(change.kind, change.remote_id): change for change in changes if change.remote_id is not None}
    gone = {key: change for key, change in by_id.items() if change.action is Action.DELETE}
    if not gone:
        return
    owners = {
        (platform.kind_by_prefix[address.prefix].name, known.live.id): address
        for address, known in identities.known.items()
        if known.live is not None
    }
    kinds = {
        name: platform.kind_by_prefix[prefix].name
        for name, prefix in MANIFEST_KINDS.items()
        if prefix in platform.kind_by_prefix
    }
    for kind in platform.kinds:
        for id_, item in live.get(kind.name, {}).items():
            if (kind.name, id_) in gone:
                continue
            change = by_id.get((kind.name, id_))
            after = {**item.values, **({part.name: part.desired for part in change.writes} if change else {})}
            for path, ref in references(after):
                target = gone.get((kinds.get(ref.kind, ""), ref.id)) if ref.id is not None else None
                if target is not None:
                    yield _pointing(owners.get((kind.name, id_)), item, str(path[0]), target)


def unlinked(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """The changes, with those that forget an object made to let go first of what the plan deletes."""
    gone = {(change.address.prefix, change.remote_id) for change in changes if change.action is Action.DELETE}
    return tuple(_letting_go(change, gone) if change.action is Action.FORGET else change for change in changes)


def _letting_go(change: Change, gone: Collection[tuple[str, RemoteId | None]]) -> Change:
    fields = tuple(
        FieldChange(name, Cause.REMOVED, UNSET, value, None, write=True)
        for name, value in change.live.items()
        if isinstance(value, Ref) and (MANIFEST_KINDS.get(value.kind, ""), value.id) in gone
    )
    return replace(change, fields=fields) if fields else change


def still_used(
    changes: Iterable[Change], users: Mapping[str, Mapping[RemoteId, Iterable[str]]]
) -> Iterator[Diagnostic]:
    """A warning for each thing on the platform, by kind and ID, that relies on what the plan deletes."""
    for change in changes:
        if change.action is Action.DELETE and change.remote_id is not None:
            for words in users.get(change.kind, {}).get(change.remote_id, ()):
                message = f"{change.address} ({change.remote_id}) will be deleted although {words}"
                yield warning("in-use", message, hint="end that first")


def _pointing(owner: Address | None, item: LiveObject, name: str, target: Change) -> Diagnostic:
    who = str(owner) if owner else f"{item.name!r} ({item.id}), which agentops does not manage,"
    message = f"{who} will still refer to {target.address} ({target.remote_id}) in {name} when that is deleted"
    return warning("refers-to-deleted", message, hint=f"change {name} of {owner or item.name} first")
