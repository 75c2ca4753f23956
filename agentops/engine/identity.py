"""Which object on the platform each address means, by what the state says."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from agentops.domain.address import Address
from agentops.domain.manifest import Manifest
from agentops.domain.platform import Platform
from agentops.domain.provider import LiveObject
from agentops.domain.state import Entry, Intent, State
from agentops.domain.values import RemoteId
from agentops.engine.adopt import Made, fitting

Live = Mapping[str, Mapping[RemoteId, LiveObject]]


@dataclass(frozen=True, slots=True)
class Identity:
    """What is known of one address. `live` is None when there is no object, or when it is unclear
    which of the `candidates` it is."""

    entry: Entry | None = None
    moved_from: Address | None = None
    live: LiveObject | None = None
    intent: Intent | None = None
    candidates: tuple[RemoteId, ...] = ()
    imported: bool = False  # the manifest takes over what is there
    instead_of: RemoteId | None = None  # what the address meant before its manifest named another object


_UNKNOWN = Identity()


@dataclass(frozen=True, slots=True)
class Identities:
    """All addresses of the manifests and the state. `left` are those that only the state knows."""

    known: Mapping[Address, Identity]
    left: tuple[Address, ...] = ()
    moves: Mapping[Address, Address] = field(default_factory=dict)  # from -> to

    def __getitem__(self, address: Address) -> Identity:
        return self.known.get(address, _UNKNOWN)


def identify(manifests: Iterable[Manifest], live: Live, prior: State | None, platform: Platform) -> Identities:
    """Join manifests, state and platform by address, by `previous_names` and by intents that were left."""
    wanted = {manifest.address: manifest for manifest in manifests}
    found = _of_state(wanted, live, prior, platform) if prior is not None else Identities({})
    named = dict(_named(wanted, live, found, platform))
    taken_over = dict(_imported(wanted, live, found, prior, platform))
    return replace(found, known={**found.known, **named, **taken_over})


def _imported(
    wanted: Mapping[Address, Manifest], live: Live, found: Identities, prior: State | None, platform: Platform
) -> Iterator[tuple[Address, Identity]]:
    """The manifests that take over an object by its ID, as far as neither of both is managed yet."""
    importing = [manifest for manifest in wanted.values() if manifest.import_id is not None]
    managed = {(a.prefix, entry.remote_id) for a, entry in prior.entries.items()} if importing and prior else set()
    for manifest in importing:
        address, id_ = manifest.address, manifest.import_id
        item = None if id_ is None else live.get(platform.kind_by_prefix[address.prefix].name, {}).get(id_)
        if item is not None and found[address].entry is None and (address.prefix, item.id) not in managed:
            yield address, replace(found[address], live=item, candidates=(), imported=True)


def _named(
    wanted: Mapping[Address, Manifest], live: Live, found: Identities, platform: Platform
) -> Iterator[tuple[Address, Identity]]:
    """The manifests whose objects are there already, and which say themselves which one they mean."""
    for kind in platform.kinds:
        if not kind.identity:
            continue
        objects = {item.values.get(kind.identity): item for item in live.get(kind.name, {}).values()}
        for address in sorted(address for address in wanted if address.prefix == kind.prefix):
            before = found[address]
            item = objects.get(str(wanted[address].spec.get(kind.identity, "")).strip())
            entry = before.entry
            if item is None or entry is None or entry.remote_id == item.id:
                yield address, Identity(entry, before.moved_from, item)
            else:
                yield address, Identity(None, None, item, instead_of=entry.remote_id)


def _of_state(wanted: Mapping[Address, Manifest], live: Live, prior: State, platform: Platform) -> Identities:
    moves = dict(_moves(wanted, prior))
    sources = {to: from_ for from_, to in moves.items()}
    made = _made(live, prior, platform)
    known = {}
    for address in sorted(wanted.keys() | prior.entries.keys() | prior.intents.keys()):
        source = sources.get(address, address)
        if address in moves or (source not in prior.entries and source not in prior.intents):
            continue
        moved = source if source != address else None
        objects = live.get(platform.kind_by_prefix[address.prefix].name, {})
        entry = prior.entries.get(source)
        if entry is not None:
            known[address] = Identity(entry, moved, objects.get(entry.remote_id), prior.intents.get(source))
        else:
            found = made[source]
            one = objects[found.certain] if found.certain is not None else None
            known[address] = Identity(None, moved, one, prior.intents[source], () if one else found.ids)
    return Identities(known, tuple(address for address in known if address not in wanted), moves)


def known_ids(
    manifests: Iterable[Manifest], live: Live, prior: State | None, platform: Platform
) -> Mapping[Address, RemoteId]:
    """The remote IDs of the manifests' objects, as far as these exist: what `resolve` needs."""
    identities = identify(manifests, live, prior, platform)
    return {address: known.live.id for address, known in identities.known.items() if known.live is not None}


def _moves(wanted: Mapping[Address, Manifest], prior: State) -> Iterator[tuple[Address, Address]]:
    """What the state has at an address which a manifest names as its former one: from, to."""
    claimed: set[Address] = set()
    for address in sorted(wanted):
        if address in prior.entries or address in prior.intents:
            continue
        for name in wanted[address].previous_names:
            source = Address(address.prefix, name)
            known = source in prior.entries or source in prior.intents
            if known and source not in wanted and source not in claimed:
                claimed.add(source)
                yield source, address
                break


def _made(live: Live, prior: State, platform: Platform) -> Mapping[Address, Made]:
    """What the creates that were left have made, of each address that the state does not manage."""
    found: dict[Address, Made] = {}
    left = {address: intent for address, intent in prior.intents.items() if address not in prior.entries}
    for prefix in {address.prefix for address in left}:
        kind = platform.kind_by_prefix[prefix]
        intents = {address: intent for address, intent in left.items() if address.prefix == prefix}
        taken = {entry.remote_id for address, entry in prior.entries.items() if address.prefix == prefix}
        found |= fitting(intents, live.get(kind.name, {}), taken, kind.table)
    return found
