"""Which resources a plan is about: all of them, or those that `--target` and `--exclude` leave."""

from collections.abc import Collection, Iterable, Iterator

from agentops.domain.address import Address
from agentops.domain.desired import Desired
from agentops.domain.diagnostics import Diagnostic, error
from agentops.domain.plan import PlanOptions
from agentops.engine.identity import Identities
from agentops.engine.links import unborn
from agentops.engine.names import did_you_mean, nearest_of


def scope_of(
    desired: Desired, identities: Identities, options: PlanOptions
) -> tuple[frozenset[Address], tuple[Diagnostic, ...]]:
    """The addresses to plan, and what is wrong with the options.

    A target brings along what it refers to and is not on the platform yet. A destroy is about what the state knows.
    """
    everything = identities.known.keys() | (set() if options.destroy else desired.resources.keys())
    faults = [*_unknown(options.targets, everything, identities), *_unknown(options.excludes, everything, identities)]
    chosen = {identities.moves.get(address, address) for address in options.targets} & everything
    scope = set(everything) if not options.targets else chosen if options.destroy else _with_needed(chosen, desired)
    scope -= {identities.moves.get(address, address) for address in options.excludes}
    if options.excludes and not options.destroy:
        faults += _cut_links(scope, desired)
    return frozenset(scope), tuple(faults)


def _unknown(given: Iterable[Address], known: Collection[Address], identities: Identities) -> Iterator[Diagnostic]:
    for address in given:
        if address not in known and address not in identities.moves:
            names = nearest_of(address.name, sorted(other.name for other in known if other.prefix == address.prefix))
            hint = did_you_mean([str(Address(address.prefix, name)) for name in names])
            message = f"{address} is neither in a manifest nor in the state"
            yield error("unknown-target", message, hint=hint or "`agentops state list` lists what is managed")


def _with_needed(chosen: set[Address], desired: Desired) -> set[Address]:
    scope: set[Address] = set()
    left = list(chosen)
    while left:
        address = left.pop()
        if address not in scope:
            scope.add(address)
            left += _needs(address, desired)
    return scope


def _needs(address: Address, desired: Desired) -> list[Address]:
    resource = desired.resources.get(address)
    return [] if resource is None else [other for _, other in unborn(resource.values)]


def _cut_links(scope: set[Address], desired: Desired) -> Iterator[Diagnostic]:
    for address in sorted(scope & desired.resources.keys()):
        resource = desired.resources[address]
        for path, other in unborn(resource.values):
            if other not in scope:
                message = f"{address} refers to {other}, which is not on the platform yet and is excluded"
                hint = f"exclude {address} as well, or create {other} with it"
                yield error("excluded-link", message, resource.manifest.position(path), hint)
