"""What is written and read back is what was meant, for generated values of every field."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentops.domain.fields import Reference
from agentops.domain.manifest import EnvSecret
from agentops.domain.secrets import Secrets
from agentops.domain.values import Path, Ref, Secret, Value, Values
from agentops.engine.diff import canonical
from agentops.engine.normalise import converters
from agentops.engine.refresh import listed
from agentops.providers.registry import platform, platforms
from agentops.providers.rest.adapter import RestProvider
from agentops.sandbox import HIDDEN_FIELDS, Options, Sandbox, open_sandbox
from tests.providers.conftest import provider_of
from tests.providers.support import BY_MODE
from tests.support.account import Account, read_account
from tests.support.generate import SECRETS as ENVIRON
from tests.support.generate import Setting, Spec, specs

SECRETS = Secrets(ENVIRON, b"k" * 32)

VARIANTS = {
    "as documented": Options(show_hidden=HIDDEN_FIELDS, calcom_key="shown"),
    "trimmed, one decimal, empty maps as lists": Options(
        show_hidden=HIDDEN_FIELDS, calcom_key="shown", trim=True, decimals="one", empty_map_as_list=True
    ),
}


@dataclass(frozen=True)
class Lookup:
    """Resolves what the generator wrote, by the account's own reading."""

    account: Account
    mode: str
    repeats: list[Path] = field(default_factory=list)

    def reference(self, written: Value, path: Path, reference: Reference, siblings: Values) -> Ref:
        scope = self.mode if reference.scope else ""
        id_ = self.account.id_of(reference.kind, written, scope)
        (target,) = (target for target in self.account.of(reference.kind, scope) if target.id == id_)
        return Ref(reference.kind, id_, str(target.row.get("name", "")))

    def secret(self, written: EnvSecret, path: Path) -> Secret:
        return SECRETS.of_env(written.env)

    def literal(self, written: str) -> Secret:
        return SECRETS.of_text(written)

    def suited(self, reference: Reference, ref: Ref, settings: Values, path: Path) -> None:
        """The generator sees to it."""

    def repeated(self, value: Value, path: Path) -> None:
        self.repeats.append(path)


@dataclass(frozen=True)
class Place:
    """A sandbox, its account and a provider of it."""

    name: str
    sandbox: Sandbox
    provider: RestProvider
    account: Account


@pytest.fixture(scope="module", params=[(name, variant) for name in platforms() for variant in VARIANTS])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    name, variant = request.param
    sandbox = open_sandbox(name, ":memory:", options=VARIANTS[variant])
    account = read_account(sandbox.store.objects, name)
    yield Place(name, sandbox, provider_of(sandbox, name, secrets=SECRETS), account)
    sandbox.close()


def compared(spec: Spec, name: str, account: Account) -> dict[str, Value]:
    """The compared form of a generated `spec`."""
    table = platform(name).kind_by_name["Assistant"].table
    convert = converters(table, Lookup(account, spec.get("mode", "")))
    return {key: convert[key](_composed(value), (key,), spec) for key, value in spec.items()}


def _composed(value: Any) -> Any:
    match value:
        case {"env": str(name)} if len(value) == 1:
            return EnvSecret(name)
        case dict():
            return {key: _composed(item) for key, item in value.items()}
        case list():
            return [_composed(item) for item in value]
    return value


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_value_reads_back_as_it_was_written(place: Place, data: st.DataObject) -> None:
    table = platform(place.name).kind_by_name["Assistant"].table
    setting = Setting(place.account, data.draw(st.sampled_from(place.account.modes)))
    values = compared(data.draw(specs(table, setting, clears=True)), place.name, place.account)
    id_ = place.provider.create("Assistant", values)
    kind = place.provider.platform.kind_by_name["Assistant"]
    live = listed(place.provider, kind, {id_})[id_].values
    place.provider.delete("Assistant", id_)
    if values.get("knowledgebase") is None:
        values.pop("knowledgebase_mode", None)  # means nothing without one, and reads show odd words there
    assert {name: canonical(table[name], live[name]) for name in values} == {
        name: canonical(table[name], value) for name, value in values.items()
    }


@pytest.mark.parametrize("mode", BY_MODE)
def test_an_update_writes_its_values_and_nothing_else(mode: str) -> None:
    sandbox = open_sandbox("autocalls", ":memory:")
    provider = provider_of(sandbox)
    id_ = provider.create("Assistant", BY_MODE[mode])
    before = sandbox.store.assistant(int(id_))
    provider.update("Assistant", id_, {"system_prompt": "Another.", "labels": [Ref("labels", 2), Ref("labels", 1)]})
    after = sandbox.store.assistant(int(id_))
    assert {key for key in before if before[key] != after[key]} - {"updated_at"} == {"system_prompt", "label_ids"}
    sandbox.close()


def test_a_link_to_another_assistant_reads_back(place: Place) -> None:
    table = platform(place.name).kind_by_name["Assistant"].table
    item = table["tools"].item if "tools" in table else None
    if item is None or all(variant.absent for variant in item.variants if variant.name == "assistant_transfer"):
        return  # the platform has no such links
    target = place.provider.create("Assistant", BY_MODE["dualplex"])
    tools = [{"type": "assistant_transfer", "assistant": Ref("assistants", target), "description": "Sales."}]
    id_ = place.provider.create("Assistant", BY_MODE["pipeline"] | {"tools": tools})
    assert place.provider.list("Assistant")[id_].values["tools"] == tools
