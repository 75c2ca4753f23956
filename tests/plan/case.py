"""One case folder as the values that planning takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agentops.domain.address import Address
from agentops.domain.catalog import Catalog, CatalogKey
from agentops.domain.plan import OnConflict, Plan, PlanOptions
from agentops.domain.policy import Deletes, Policy
from agentops.domain.secrets import Secrets
from agentops.domain.state import Binding, Entry, Intent, State
from agentops.domain.values import RemoteId
from agentops.engine.guard import guard
from agentops.engine.identity import Live, known_ids
from agentops.engine.plan import make_plan
from agentops.engine.resolve import resolve
from tests.plan.account import (
    AUTOCALLS,
    CASES,
    KEY,
    Written,
    catalogs,
    live_objects,
    load_json,
    manifests,
    with_assistants,
)

FOLDER = CASES / "plan"
BINDING = Binding("acme", "test", "autocalls", AUTOCALLS.base_url, "me@example.com")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class World:
    """Live and prior state, and the account around them."""

    secrets: Secrets
    catalogs: Mapping[CatalogKey, Catalog]
    live: Live
    prior: State | None


def world(folder: Path) -> World:
    """`live.json`, `prior.json`, `environ.json` and the account of a case."""
    secrets = Secrets(load_json(folder / "environ.json", {"CALCOM_KEY": "k1"}), KEY)
    known = {**catalogs(FOLDER / "account.json"), **catalogs(folder / "account.json")}
    objects = live_objects(load_json(folder / "live.json", []), secrets)
    names: dict[str, dict[RemoteId, str]] = {}
    for (kind, _), catalog in known.items():
        names.setdefault(kind, {}).update((item.id, item.name) for item in catalog.items)
    prior = _state(load_json(folder / "prior.json", None), Written(secrets, names))
    return World(secrets, with_assistants(known, objects), {"Assistant": objects}, prior)


def _state(data: Any, written: Written) -> State | None:
    if data is None:
        return None
    entries = {
        Address.parse(key): Entry(
            row["id"], written.values(row["values"]), row.get("protect", False), row.get("form", 1)
        )
        for key, row in data.get("entries", {}).items()
    }
    intents = {
        Address.parse(key): Intent(written.values(row["values"]), NOW, frozenset(row.get("existing", [])))
        for key, row in data.get("intents", {}).items()
    }
    return State(data.get("lineage", "lineage-1"), 3, BINDING, KEY, entries, intents)


def options(data: Mapping[str, Any]) -> PlanOptions:
    given = dict(data)
    for name in ("targets", "excludes"):
        given[name] = tuple(map(Address.parse, given.get(name, ())))
    given["on_conflict"] = OnConflict(given.get("on_conflict", "fail"))
    return PlanOptions(**given)


def plan_of(folder: Path, commit: str = "") -> Plan:
    """The guarded plan of a case folder."""
    found, given = world(folder), load_json(folder / "options.json", {})
    policy = given.pop("policy", {})
    written = manifests(folder)
    ids = known_ids(written, found.live, found.prior, AUTOCALLS)
    desired, faults = resolve(written, AUTOCALLS, found.catalogs, ids, found.secrets)
    assert not faults, faults
    plan = make_plan(
        desired,
        found.live,
        found.prior,
        AUTOCALLS,
        found.catalogs,
        BINDING,
        options(given),
        sandbox=False,
        created=NOW,
        commit=commit,
    )
    limits = Policy(Deletes(policy.get("deletes", "ask")), policy.get("max_changes", 10), policy.get("max_share", 0.3))
    return guard(plan, found.live, AUTOCALLS, limits, found.prior)
