"""What is written and read back is what was meant, for generated values of every field of every platform."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentops.domain.fields import Field, FieldTable, Reference, Type
from agentops.domain.manifest import EnvSecret
from agentops.domain.secrets import Secrets
from agentops.domain.values import Path, Ref, RemoteId, Secret, Value, Values
from agentops.engine.diff import same
from agentops.engine.normalise import converters
from agentops.providers.registry import platform, platforms
from agentops.providers.rest.adapter import RestProvider
from agentops.sandbox import HIDDEN_FIELDS, Options, Sandbox, open_sandbox
from tests.providers.conftest import provider_of
from tests.providers.support import BY_MODE, plain
from tests.support import samples
from tests.support.account import Account, read_account
from tests.support.generate import SECRETS as ENVIRON
from tests.support.generate import Setting, Spec, allows, entries, fitting, specs
from tests.support.wire import comparable, stored

SECRETS = Secrets(ENVIRON, b"k" * 32)
SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]

VARIANTS = {
    "as documented": Options(show_hidden=HIDDEN_FIELDS, calcom_key="shown"),
    "trimmed, one decimal, empty maps as lists": Options(
        show_hidden=HIDDEN_FIELDS, calcom_key="shown", trim=True, decimals="one", empty_map_as_list=True
    ),
}
OTHER_FORMS = Options(
    show_hidden=HIDDEN_FIELDS,
    calcom_key="shown",
    fill_tool_defaults=True,
    ambient_off_as_null=True,
    schema_boolean=True,
    fill_voice=True,
    fill_retry_config=True,
    empty_list_as_null=True,
    plain_times=True,
    plain_addresses=True,
)
"""Reads that show another form of what was written, wherever the documents allow several."""


@dataclass(frozen=True)
class Lookup:
    """Resolves what the generator wrote, by the account's own reading."""

    account: Account
    mode: str

    def reference(self, written: Value, path: Path, reference: Reference, siblings: Values) -> Ref:
        kind, scope = reference.kind, self.mode if reference.scope else ""
        id_ = self.account.id_of(kind, written, scope)
        row = next(target.row for target in self.account.of(kind, scope) if target.id == id_)
        return Ref(kind, id_, str(row.get("name") or row["phone_number"]))

    def secret(self, written: EnvSecret, path: Path) -> Secret:
        return SECRETS.of_env(written.env)

    def literal(self, written: str) -> Secret:
        return SECRETS.of_text(written)

    def suited(self, reference: Reference, ref: Ref, settings: Values, path: Path) -> None:
        assert reference.suits is not None
        voice = next(target.row for target in self.account.of(reference.kind) if target.id == ref.id)
        wrong = [message for _, severity, message, _ in reference.suits(voice, settings) if severity.value == "error"]
        assert wrong == []

    def repeated(self, value: Value, path: Path) -> None:
        raise AssertionError(f"{value} is in {path} twice")


@dataclass(frozen=True)
class Place:
    """A sandbox and a provider of it."""

    name: str
    sandbox: Sandbox
    provider: RestProvider

    @cached_property
    def account(self) -> Account:
        return read_account(self.sandbox.store.objects, self.name)

    @property
    def table(self) -> FieldTable:
        return self.account.table

    def compared(self, spec: Spec) -> dict[str, Value]:
        """The compared form of a generated `spec`."""
        convert = converters(self.table, Lookup(self.account, spec.get("mode", "")))
        return {key: convert[key](_composed(value), (key,), spec) for key, value in spec.items()}

    def live(self, id_: RemoteId) -> Values:
        """What reads show of an assistant, also of one that lists leave out."""
        found = self.provider.list("Assistant").get(id_) or self.provider.read("Assistant", id_)
        assert found is not None
        return found.values

    def written(self, spec: Spec) -> tuple[Values, Mapping[str, Any]]:
        """What reads show of a new assistant, and what the platform has stored."""
        id_ = self.provider.create("Assistant", self.compared(spec))
        live, row = self.live(id_), self.sandbox.store.assistant(id_)
        self.provider.delete("Assistant", id_)
        return live, row


def _composed(value: Any) -> Any:
    match value:
        case {"env": str(name)} if len(value) == 1:
            return EnvSecret(name)
        case dict():
            return {key: _composed(item) for key, item in value.items()}
        case list():
            return [_composed(item) for item in value]
    return value


def opened(name: str, options: Options) -> Iterator[Place]:
    sandbox = open_sandbox(name, ":memory:", options=options)
    yield Place(name, sandbox, provider_of(sandbox, name, secrets=SECRETS))
    sandbox.close()


@pytest.fixture(scope="module", params=[(name, variant) for name in platforms() for variant in VARIANTS])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    name, variant = request.param
    yield from opened(name, VARIANTS[variant])


@pytest.fixture(scope="module", params=platforms())
def other_forms(request: pytest.FixtureRequest) -> Iterator[Place]:
    yield from opened(request.param, OTHER_FORMS)


@pytest.fixture(scope="module", params=platforms())
def documented(request: pytest.FixtureRequest) -> Iterator[Place]:
    yield from opened(request.param, VARIANTS["as documented"])


def any_spec(data: st.DataObject, place: Place) -> Spec:
    setting = Setting(place.account, data.draw(st.sampled_from(place.account.modes)))
    return data.draw(specs(place.table, setting, clears=True))


def expected(place: Place, spec: Spec) -> dict[str, Value]:
    values = place.compared(spec)
    if "knowledgebase_mode" in values and values.get("knowledgebase") is None:
        del values["knowledgebase_mode"]  # means nothing without one, and reads show odd words there
    return values


def no_assistant(name: str) -> RemoteId:
    raise AssertionError(f"nothing links to {name}")


def assert_stored(place: Place, spec: Spec, row: Mapping[str, Any]) -> None:
    """The platform has what the spec says, by a reading of the wire form that is not the product's."""
    wanted = comparable(stored(spec, place.account, no_assistant))
    found = comparable(row)
    assert {key: found[key] for key in wanted} == wanted


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(data=st.data())
def test_a_value_reads_back_as_it_was_written(place: Place, data: st.DataObject) -> None:
    spec = any_spec(data, place)
    values = expected(place, spec)
    live, row = place.written(spec)
    assert {name: live[name] for name in values} == values
    assert_stored(place, spec, row)


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
@given(data=st.data())
def test_what_is_read_in_another_form_means_what_was_written(other_forms: Place, data: st.DataObject) -> None:
    spec = any_spec(data, other_forms)
    values = expected(other_forms, spec)
    live, _ = other_forms.written(spec)
    assert [name for name, value in values.items() if not same(other_forms.table[name], live[name], value)] == []


FIELDS = [
    (name, row.name) for name in platforms() for row in platform(name).kind_by_name["Assistant"].table if not row.absent
]


@pytest.fixture(scope="module")
def places() -> Iterator[Mapping[str, Place]]:
    """One place for each platform."""
    running = {name: opened(name, VARIANTS["as documented"]) for name in platforms()}
    yield {name: next(each) for name, each in running.items()}
    for each in running.values():
        next(each, None)


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_no_field_is_without_a_round_trip(places: Mapping[str, Place], name: str, field: str) -> None:
    place = places[name]
    row = place.table[field]

    @settings(max_examples=6, deadline=None, suppress_health_check=SLOW)
    @given(data=st.data())
    def reads_back(data: st.DataObject) -> None:
        setting = Setting(place.account, data.draw(st.sampled_from(modes_of(row, place.account))))
        value = {} if field == "mode" else {field: data.draw(fitting(row, setting))}
        spec = samples.base(setting) | samples.COMPANIONS.get(field, {}) | value
        values = place.compared(spec)
        live, stored_row = place.written(spec)
        assert live[field] == values[field]
        assert_stored(place, spec, stored_row)

    reads_back()


def modes_of(row: Field, account: Account) -> list[str]:
    """The modes in which a manifest may have the field."""
    return [mode for mode in account.modes if allows(row, mode)]


def holds_variants(row: Field) -> tuple[FieldTable, ...]:
    return (row.item or row).variants


ALTERNATIVES = [
    (name, row.name, variant.name)
    for name in platforms()
    for row in platform(name).kind_by_name["Assistant"].table
    for variant in holds_variants(row)
    if not variant.absent and "assistant" not in variant
]


@pytest.mark.parametrize(("name", "field", "type_"), ALTERNATIVES)
def test_no_alternative_is_without_a_round_trip(places: Mapping[str, Place], name: str, field: str, type_: str) -> None:
    place = places[name]
    row = place.table[field]
    variant = next(each for each in holds_variants(row) if each.name == type_)

    @settings(max_examples=15, deadline=None, suppress_health_check=SLOW)
    @given(data=st.data())
    def reads_back(data: st.DataObject) -> None:
        setting = Setting(place.account)
        entry = data.draw(entries(variant, setting))
        spec = samples.base(setting) | {field: [entry] if row.type is Type.LIST else entry}
        values = place.compared(spec)
        live, stored_row = place.written(spec)
        assert live[field] == values[field]
        assert_stored(place, spec, stored_row)

    reads_back()


@settings(max_examples=30, deadline=None, suppress_health_check=SLOW)
@given(data=st.data())
def test_an_update_of_any_fields_leaves_all_others(documented: Place, data: st.DataObject) -> None:
    setting = Setting(documented.account)
    id_ = documented.provider.create("Assistant", documented.compared(samples.base(setting)))
    before = documented.sandbox.store.assistant(id_)
    spec = data.draw(specs(documented.table, setting, clears=True))
    documented.provider.update("Assistant", id_, documented.compared(spec))
    after, live = documented.sandbox.store.assistant(id_), documented.live(id_)
    documented.provider.delete("Assistant", id_)
    written = stored(spec, documented.account, no_assistant)
    assert {key for key in before if before[key] != after[key]} <= written.keys() | {"updated_at"}
    values = expected(documented, spec)
    assert {name: live[name] for name in values} == values


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


TRANSFERRING = [
    name
    for name in platforms()
    for row in platform(name).kind_by_name["Assistant"].table
    for variant in holds_variants(row)
    if variant.name == "assistant_transfer" and not variant.absent
]


@pytest.mark.parametrize("name", TRANSFERRING)
def test_a_link_to_another_assistant_reads_back(places: Mapping[str, Place], name: str) -> None:
    provider = places[name].provider
    target = provider.create("Assistant", plain(name))
    tools = [{"type": "assistant_transfer", "assistant": Ref("assistants", target), "description": "Sales."}]
    id_ = provider.create("Assistant", plain(name) | {"tools": tools})
    assert provider.list("Assistant")[id_].values["tools"] == tools
