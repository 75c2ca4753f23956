"""Objects that will still refer to what a plan deletes."""

from collections.abc import Iterable, Iterator

from agentops.domain.address import Address
from agentops.domain.diagnostics import Diagnostic, warning
from agentops.domain.plan import Action, Change
from agentops.domain.platform import Platform
from agentops.domain.provider import LiveObject
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


def _pointing(owner: Address | None, item: LiveObject, name: str, target: Change) -> Diagnostic:
    who = str(owner) if owner else f"{item.name!r} ({item.id}), which agentops does not manage,"
    message = f"{who} will still refer to {target.address} ({target.remote_id}) in {name} when that is deleted"
    return warning("refers-to-deleted", message, hint=f"change {name} of {owner or item.name} first")
