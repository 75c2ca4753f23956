"""What exists on an account and is not managed."""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Final

from agentops.domain.address import Address
from agentops.domain.catalog import Catalog, CatalogKey
from agentops.domain.discovery import COLUMNS, Discovery, Found
from agentops.domain.errors import UsageError
from agentops.domain.platform import Kind, Platform
from agentops.domain.provider import LiveObject
from agentops.domain.state import State
from agentops.domain.values import Ref, RemoteId
from agentops.engine.identity import Live, identify
from agentops.engine.names import did_you_mean, fold, nearest_of
from agentops.engine.order import NUMBER

_NUMBERS: Final[CatalogKey] = ("phone_numbers", "")


def discover(live: Live, state: State | None, platform: Platform, catalogs: Mapping[CatalogKey, Catalog]) -> Discovery:
    """What is in `live` and not in `state`. `catalogs` may have the phone numbers, for their names."""
    entries = state.entries if state else {}
    begun = dict(_begun(live, state, platform))
    found: list[Found] = []
    managed: dict[str, int] = {}
    for kind in platform.kinds:
        ours = {entry.remote_id for address, entry in entries.items() if address.prefix == kind.prefix}
        objects = live.get(kind.name, {})
        managed[kind.name] = len(ours & objects.keys())
        rest = sorted((item for id_, item in objects.items() if id_ not in ours), key=_place)
        found += (
            Found(kind, item, _number(kind, item, live, platform, catalogs), begun.get((kind.name, item.id)))
            for item in rest
        )
    return Discovery(tuple(found), managed)


def number_catalogs(live: Live) -> frozenset[CatalogKey]:
    """The catalog that names the phone numbers of the objects, if any of them has one."""
    held = (item.values.get(NUMBER) for objects in live.values() for item in objects.values())
    return frozenset({_NUMBERS}) if any(isinstance(value, Ref) for value in held) else frozenset()


def selected(found: Iterable[Found], patterns: Iterable[str]) -> tuple[Found, ...]:
    """Those that `patterns` such as `name=Sales*` ask for: of each field one pattern must fit; case does not count.

    Raises UsageError for a pattern of another form, or of a field that there is not.
    """
    wanted: dict[str, list[str]] = {}
    for pattern in patterns:
        name, equals, glob = pattern.partition("=")
        known = ("kind", *COLUMNS)
        if not equals or not glob:
            raise UsageError(f"{pattern!r} selects nothing", hint="write a field and a pattern, such as name=Sales*")
        if name not in known:
            hint = did_you_mean(nearest_of(name, known)) or f"there are: {', '.join(known)}"
            raise UsageError(f"nothing can be selected by {name!r}", hint=hint)
        wanted.setdefault(name, []).append(fold(glob))
    return tuple(each for each in found if _fits(each.facts(), wanted))


def _fits(facts: Mapping[str, str], wanted: Mapping[str, list[str]]) -> bool:
    return all(any(fnmatchcase(fold(facts[name]), glob) for glob in globs) for name, globs in wanted.items())


def _begun(live: Live, state: State | None, platform: Platform) -> Iterator[tuple[tuple[str, RemoteId], Address]]:
    """The objects that creates may have made whose answers were lost."""
    if state is None or not state.intents:
        return
    for address, known in identify((), live, state, platform).known.items():
        if known.intent is not None and known.entry is None:
            kind = platform.kind_by_prefix[address.prefix].name
            for id_ in (*known.candidates, *((known.live.id,) if known.live else ())):
                yield (kind, id_), address


def _number(
    kind: Kind, item: LiveObject, live: Live, platform: Platform, catalogs: Mapping[CatalogKey, Catalog]
) -> str:
    held = item.values.get(NUMBER)
    if isinstance(held, Ref) and held.kind == _NUMBERS[0]:
        known = catalogs[_NUMBERS].by_id.get(held.id) if _NUMBERS in catalogs and held.id is not None else None
        return known.name if known else str(held.id)
    if isinstance(held, str):
        return held
    answered = (other for each in platform.kinds if each.identity for other in live.get(each.name, {}).values())
    return ", ".join(sorted(other.name for other in answered if _answers(other, item, kind)))


def _answers(number: LiveObject, item: LiveObject, kind: Kind) -> bool:
    """Whether calls to the number go to the object."""
    links = (value for value in number.values.values() if isinstance(value, Ref))
    return kind.creatable and any(link.kind == "assistants" and link.id == item.id for link in links)


def _place(item: LiveObject) -> tuple[str, str, bool, int, str]:
    number = item.id if isinstance(item.id, int) else 0
    return (fold(item.name), item.name, isinstance(item.id, str), number, str(item.id))
