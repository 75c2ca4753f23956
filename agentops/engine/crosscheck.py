"""What can only be seen by looking at several manifests: addresses, former names, and links between manifests."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from agentops.domain.address import Address, is_name
from agentops.domain.diagnostics import Diagnostic, SourcePos, error
from agentops.engine.compose import Composed
from agentops.engine.leaves import leaves
from agentops.engine.links import MANIFEST_KINDS


def cross_faults(documents: Sequence[Composed], *, complete: bool) -> Iterator[Diagnostic]:
    """Every fault between the documents of one environment; of links only if they are `complete`."""
    owners: dict[Address, Composed] = {}
    for composed in documents:
        address = address_of(composed)
        if address is None:
            continue  # the schema complains about the name
        first = owners.setdefault(address, composed)
        if first is not composed:
            yield _duplicate(address, first, composed)
    yield from _former_names(owners)
    yield from _same_objects(owners)
    for composed in documents:
        yield from _links(composed, owners, complete=complete)


def address_of(composed: Composed) -> Address | None:
    """The address that the document claims; None when its name is none."""
    name = composed.metadata.get("name")
    return Address(composed.kind.prefix, name) if isinstance(name, str) and is_name(name) else None


def _duplicate(address: Address, first: Composed, second: Composed) -> Diagnostic:
    hint = f"the other one is {first.document.path}; metadata.name must be unique in an environment"
    place = second.document.locate(("metadata", "name"))
    return error("duplicate-address", f"another manifest describes {address} already", place, hint)


def _same_objects(owners: dict[Address, Composed]) -> Iterator[Diagnostic]:
    """Two manifests cannot mean one object of the account."""
    seen: dict[tuple[str, object], Address] = {}
    for address, composed in owners.items():
        key = composed.kind.identity
        value = composed.spec.get(key) if key else None
        if isinstance(value, str):
            first = seen.setdefault((address.prefix, value.strip()), address)
            if first != address:
                place = composed.document.locate(("spec", key))
                yield error("repeated-entry", f"{first} is about {value.strip()} already", place, "keep one of the two")


def _former_names(owners: dict[Address, Composed]) -> Iterator[Diagnostic]:
    claimed: dict[Address, Address] = {}
    for address, composed in owners.items():
        names = composed.metadata.get("previous_names")
        for index, name in enumerate(names if isinstance(names, list) else []):
            former = Address(address.prefix, str(name))
            if former not in owners and claimed.setdefault(former, address) == address:
                continue
            place = composed.document.locate(("metadata", "previous_names", index))
            if former in owners:
                whose = "its name now" if former == address else f"the name of {owners[former].document.path} now"
                yield error("former-name", f"{name} is {whose}, so it is no former name", place, "remove it")
            else:
                message = f"{claimed[former]} has the former name {name} too"
                yield error("former-name", message, place, "a resource can move to one manifest only")


def _links(composed: Composed, owners: dict[Address, Composed], *, complete: bool) -> Iterator[Diagnostic]:
    own = address_of(composed)
    for path, row, value in leaves(composed.kind.table, composed.spec):
        if not isinstance(value, str) or row.ref is None or row.ref.kind not in MANIFEST_KINDS:
            continue
        target = Address(MANIFEST_KINDS[row.ref.kind], value)
        if target != own and (target in owners or not complete):
            continue
        place = composed.document.locate(("spec", *path))
        if target == own:
            yield error("self-transfer", f"{own} cannot transfer to itself", place, "name another manifest")
        else:
            yield _unknown(target, owners, place)


def _unknown(target: Address, owners: dict[Address, Composed], place: SourcePos) -> Diagnostic:
    names = [address.name for address in owners if address.prefix == target.prefix]
    near = get_close_matches(target.name, names, n=1)
    otherwise = "for one that only the account has write {name: ...}"
    hint = f"did you mean {near[0]!r}? Or, {otherwise}" if near else otherwise
    return error("unknown-manifest", f"no manifest is named {target.name!r}", place, hint)
