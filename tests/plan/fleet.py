"""Fleets of assistants made in Python: links and numbers only, for properties and sizes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from agentops.domain.address import Address
from agentops.domain.desired import Desired, Resource
from agentops.domain.diagnostics import SourcePos
from agentops.domain.manifest import Document, Manifest
from agentops.domain.plan import Plan, PlanOptions
from agentops.domain.provider import LiveObject
from agentops.domain.state import Entry, State
from agentops.domain.values import Ref, Value, Values
from agentops.engine.plan import make_plan
from tests.plan.account import AUTOCALLS, KEY
from tests.plan.case import BINDING, NOW


@dataclass(frozen=True, slots=True)
class Member:
    """One assistant: the names it transfers to, and its number; None is no number."""

    links: tuple[str, ...] = ()
    number: int | None = None
    extra: Mapping[str, Value] = field(default_factory=dict)


Fleet = Mapping[str, Member]


def address(name: str) -> Address:
    return Address("assistant", name)


def number(id_: int | None) -> Ref | None:
    return None if id_ is None else Ref("phone_numbers", id_, f"+1202555{id_:04}", f"+1202555{id_:04}")


def values(name: str, member: Member, ids: Mapping[str, int]) -> Values:
    """The compared form of a member; a name without an ID is known after apply."""
    tools = [
        {"type": "assistant_transfer", "assistant": Ref("assistants", ids.get(to), to, to, str(address(to)))}
        for to in member.links
    ]
    return {"name": name, "type": "inbound", "phone_number": number(member.number), "tools": tools, **member.extra}


def manifest(name: str, spec: Values) -> Manifest:
    document = Document(f"{name}.yaml", None, lambda path: SourcePos(f"{name}.yaml"))
    return Manifest(address(name), "Assistant", spec, document)


def desired_of(fleet: Fleet, ids: Mapping[str, int], digest: str = "digest") -> Desired:
    resources = {
        address(name): Resource(manifest(name, {}), values(name, member, ids)) for name, member in sorted(fleet.items())
    }
    return Desired(resources, (), digest)


def live_of(fleet: Fleet, ids: Mapping[str, int]) -> Mapping[int | str, LiveObject]:
    return {ids[name]: LiveObject(ids[name], name, values(name, member, ids)) for name, member in fleet.items()}


def state_of(fleet: Fleet, ids: Mapping[str, int], protected: Iterable[str] = ()) -> State:
    entries = {
        address(name): Entry(ids[name], values(name, member, ids), name in set(protected))
        for name, member in fleet.items()
    }
    return State("lineage-1", 3, BINDING, KEY, entries)


def numbered(names: Sequence[str]) -> Mapping[str, int]:
    return {name: index for index, name in enumerate(sorted(names), 1)}


def plan_for(wanted: Fleet, there: Fleet, options: PlanOptions | None = None) -> Plan:
    """The plan from `there`, all of it managed, to `wanted`."""
    ids = numbered(list(there))
    return make_plan(
        desired_of(wanted, ids),
        {"Assistant": live_of(there, ids)},
        state_of(there, ids),
        AUTOCALLS,
        {},
        BINDING,
        options or PlanOptions(),
        sandbox=False,
        created=NOW,
    )
