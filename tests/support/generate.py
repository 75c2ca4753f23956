"""Hypothesis strategies made from the field tables: values, manifests, and fleets of manifests that link to each other.

What is generated is valid: it fits the table's rows and the rules across fields of the platforms' documents. Values are
in the form that a manifest writes, references in any spelling that means one item of the account.
"""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from agentops.domain.fields import Field, FieldTable, Type
from agentops.domain.values import RemoteId
from tests.support.account import Account

Spec = dict[str, Any]

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC", "America/Argentina/Buenos_Aires")
MODEL_OF = {"pipeline": "llm_model", "multimodal": "multimodal_model", "dualplex": "multimodal_model"}
"""Mode -> the model that a manifest of this mode must name."""

SECRETS = {"CALCOM_KEY_A": "cal_live_0aaaaaaaaaaaaaaa", "CALCOM_KEY_B": "cal_live_0bbbbbbbbbbbbbbb"}
"""Environment variable -> secret: what generated manifests refer to."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a value stands: what it may refer to, and the other fields that decide what is allowed."""

    account: Account
    mode: str = ""  # empty: the first that the platform has
    siblings: tuple[str, ...] = ()  # names of other manifests
    taken: frozenset[RemoteId] = field(default_factory=frozenset)  # phone numbers that somebody else needs

    def __post_init__(self) -> None:
        object.__setattr__(self, "mode", self.mode or self.account.modes[0])


def values(row: Field, setting: Setting) -> st.SearchStrategy[Any]:
    """Any value that a manifest may write for the field, but for null."""
    match row.type:
        case Type.TEXT:
            return _texts(row)
        case Type.INTEGER:
            return st.integers(_whole(row.minimum, 0), _whole(row.maximum, 1000))
        case Type.NUMBER:
            low, high = _whole(row.minimum, 0, 100), _whole(row.maximum, 5, 100)
            return st.integers(low, high).map(lambda cents: cents // 100 if cents % 100 == 0 else cents / 100)
        case Type.BOOLEAN:
            return st.booleans()
        case Type.REFERENCE:
            return _references(row, setting)
        case Type.LIST:
            return _lists(row, setting)
        case Type.MAP:
            return st.dictionaries(st.from_regex(r"\A[a-z][a-z_]{0,15}\Z"), _prose(1, 40), min_size=1, max_size=4)
        case Type.OBJECT if row.qualified:
            return _qualified(row, setting)
        case Type.OBJECT:
            assert row.table
            return objects(row.table, setting)
        case Type.VARIANT:
            return st.one_of([entries(table, setting) for table in _possible(row, setting)])


def changed(row: Field, value: Any, setting: Setting) -> st.SearchStrategy[Any]:
    """Any other value of the field."""
    return values(row, setting).filter(lambda other: other != value)


def objects(table: FieldTable, setting: Setting) -> st.SearchStrategy[Spec]:
    """Any map with the keys of the table."""
    rows = {row.name: values(row, setting) for row in table if not row.absent}
    required = {name: rows[name] for name in rows if table[name].required}
    optional = {name: rows[name] for name in rows if name not in required}
    # What a platform makes of an object without any key is undocumented.
    return st.fixed_dictionaries(required, optional=optional).filter(bool).map(mend_object)


def _qualified(row: Field, setting: Setting) -> st.SearchStrategy[Any]:
    """A reference, alone or with settings that its target can have."""
    assert row.table
    first, *settings = row.table
    assert first.ref

    @st.composite
    def drawn(draw: st.DrawFn) -> Any:
        assert first.ref
        target = draw(st.sampled_from(setting.account.of(first.ref.kind)))
        written = draw(st.sampled_from(target.spellings))
        found = {each.name: draw(values(each, setting)) for each in settings if draw(st.booleans())}
        beside = settings_for(target.row, found)
        return {**(written if isinstance(written, dict) else {"name": written}), **beside} if beside else written

    return drawn()


def settings_for(voice: Any, wanted: Spec) -> Spec:
    """Those of the settings that the provider of the voice has, within its limits."""
    if voice["provider"] == "cartesia":
        return wanted
    low, high = (0.7, 1.2) if voice["provider"] == "elevenlabs" else (0.6, 1.5)
    return {name: min(max(value, low), high) for name, value in wanted.items() if name == "speed"}


def entries(table: FieldTable, setting: Setting) -> st.SearchStrategy[Spec]:
    """Any built-in tool of one type."""
    return objects(table, setting).map(lambda keys: _mend_tool({"type": table.name, **keys}))


@st.composite
def specs(draw: st.DrawFn, table: FieldTable, setting: Setting, *, clears: bool = False) -> Spec:
    """Any `spec`, of the setting's mode; with `clears`, fields that take null may hold it."""
    rows = [row for row in table if not row.absent and allows(row, setting.mode)]
    needed = needs(table, setting.mode)
    asked = draw(st.sets(st.sampled_from([row.name for row in rows])))
    spec: Spec = {}
    for row in rows:
        if row.name in needed | asked:
            nothing = clears and row.nullable and draw(st.integers(0, 4)) == 0
            spec[row.name] = None if nothing else draw(fitting(row, setting))
    if "mode" in table:
        spec["mode"] = setting.mode
    return _mend(spec, setting)


def needs(table: FieldTable, mode: str) -> set[str]:
    """The fields that a manifest of this mode must have."""
    model = MODEL_OF.get(mode)
    has_model = model is not None and model in table and not table[model].absent
    return {row.name for row in table if row.required} | ({model} if has_model and model else set())


def _takes(row: Field, value: Any) -> bool:
    return not row.absent and (not row.choices or value in row.choices)


def fitted(spec: Spec, table: FieldTable) -> Spec:
    """`spec` as far as the platform has its fields and tools."""
    kept = {key: value for key, value in spec.items() if key in table and _takes(table[key], value)}
    if "tools" in kept:
        assert table["tools"].item
        known = {variant.name for variant in table["tools"].item.variants if not variant.absent}
        tools = [tool for tool in kept.pop("tools") if tool["type"] in known]
        kept |= {"tools": tools} if tools else {}
    return kept


@st.composite
def fleets(draw: st.DrawFn, table: FieldTable, account: Account, *, most: int = 4) -> dict[str, Spec]:
    """Manifest name -> spec; they may transfer to each other, also in circles, and never share an inbound number."""
    names = tuple(draw(st.lists(st.from_regex(r"\A[a-z][a-z0-9]{0,8}\Z"), min_size=1, max_size=most, unique=True)))
    fleet: dict[str, Spec] = {}
    taken: frozenset[RemoteId] = frozenset()
    for name in names:
        siblings = tuple(other for other in names if other != name)
        mode = draw(st.sampled_from(account.modes))
        spec = draw(specs(table, Setting(account, mode, siblings, taken)))
        if spec.get("phone_number") is not None:
            taken |= {account.id_of("phone_numbers", spec["phone_number"])}
        fleet[name] = spec
    return fleet


def fitting(row: Field, setting: Setting) -> st.SearchStrategy[Any]:
    """Any value of a field of `spec` that the mode allows."""
    only = row.bound.only if row.bound and setting.mode not in row.bound.modes else None
    return values(row, setting).filter(lambda value: only is None or value != only)


def allows(row: Field, mode: str) -> bool:
    """Whether the field may stand in a manifest of this mode at all."""
    return row.bound is None or mode in row.bound.modes or isinstance(row.bound.only, bool | str)


def numbers_for(setting: Setting, *, inbound: bool) -> tuple[Any, ...]:
    """References to the phone numbers that an assistant may hold."""
    return tuple(
        spelling
        for target in setting.account.of("phone_numbers")
        if target.id not in setting.taken and not (inbound and target.row["type"] == "caller_id")
        for spelling in target.spellings
    )


FIXED: dict[str, tuple[str, ...]] = {
    "calling_window_start_time": ("08:00", "9am", "10:30am"),
    "calling_window_end_time": ("17:00", "6pm", "6:30pm"),
    "precall_lookup_url": ("https://crm.example.com/a?p={{phone}}", "http://b.example.com/{{phone}}/x"),
    "email_notification_address": ("a@example.com", "b@example.com, a@example.com"),
}
"""Texts that rules across fields, or documents, want in a form of their own."""


def _texts(row: Field) -> st.SearchStrategy[Any]:
    if row.secret:
        secrets: st.SearchStrategy[Any] = st.sampled_from([{"env": name} for name in sorted(SECRETS)])
        return st.one_of(secrets, _prose(1, 40)) if row.spelled_out else secrets
    if row.name in FIXED:
        return st.sampled_from(FIXED[row.name])
    if row.choices:
        return st.sampled_from(row.choices)
    match row.format:
        case "timezone":
            return st.sampled_from(ZONES)
        case "url":
            return st.from_regex(r"\Ahttps://[a-z]{1,10}\.example\.com(/[a-z0-9]{1,8}){0,2}(\?[a-z]=[0-9]{1,3})?\Z")
        case "e164":
            return st.from_regex(r"\A\+[1-9][0-9]{6,13}\Z")
    if row.pattern:
        return st.from_regex(rf"\A(?:{row.pattern.removeprefix('^').removesuffix('$')})\Z").filter(
            lambda text: _fits_length(row, text)
        )
    return _prose(max(row.min_length or 0, 1), min(row.max_length or 120, 120))


def _prose(least: int, most: int) -> st.SearchStrategy[str]:
    """Texts of many scripts, on several lines; without outer white space and without the reserved `${`."""
    letters = st.characters(
        categories=("L", "N", "P", "S", "M"), include_characters=" \n", exclude_characters="$\ufeff"
    )
    return st.text(letters, min_size=least, max_size=most).map(str.strip).filter(lambda text: len(text) >= least)


def _references(row: Field, setting: Setting) -> st.SearchStrategy[Any]:
    assert row.ref
    if row.ref.kind == "assistants":
        return st.sampled_from(setting.siblings) if setting.siblings else st.nothing()
    if row.ref.kind == "phone_numbers" and row.name == "phone_number":
        return st.sampled_from(numbers_for(setting, inbound=True))
    targets = setting.account.of(row.ref.kind, setting.mode if row.ref.scope else "")
    return (
        st.sampled_from(targets).flatmap(lambda target: st.sampled_from(target.spellings)) if targets else st.nothing()
    )


def _lists(row: Field, setting: Setting) -> st.SearchStrategy[list[Any]]:
    item = row.item
    assert item
    if item.type is Type.REFERENCE and item.ref:
        kind = item.ref.kind
        return st.lists(
            _references(item, setting), min_size=1, max_size=4, unique_by=lambda ref: setting.account.id_of(kind, ref)
        )
    if item.type is Type.VARIANT and not _possible(item, setting):
        return st.just([])
    most = 1 if row.limited else 4  # a list that is limited holds one entry
    if row.unordered:
        return st.lists(values(item, setting), min_size=1, max_size=most, unique=True)
    return st.lists(values(item, setting), min_size=1, max_size=most).map(unique_names)


def unique_names(entries: list[Any]) -> list[Any]:
    """The entries with the names of all that have one made different; of hours to call, which overlap, the first."""
    if entries and isinstance(entries[0], dict) and "calling_window_start_time" in entries[0]:
        return entries[:1]
    return [
        entry | {"name": f"{entry['name']}_{index}"[-64:]} if is_named(entry) and index else entry
        for index, entry in enumerate(entries)
    ]


def is_named(entry: Any) -> bool:
    """Whether it is one of the entries whose names must differ: something to find out, or a tool."""
    return isinstance(entry, dict) and "name" in entry and ("required" in entry or "method" in entry)


def mend_object(value: Spec) -> Spec:
    """A map with the rules across its keys kept: choices go with the type enum, and with no other."""
    if "required" not in value or "type" not in value or "slug" in value:
        return value
    kept = {key: item for key, item in value.items() if key != "enum_options"}
    return kept | ({"enum_options": value.get("enum_options") or ["yes", "no"]} if value["type"] == "enum" else {})


def _possible(row: Field, setting: Setting) -> list[FieldTable]:
    return [table for table in row.variants if not table.absent and (setting.siblings or "assistant" not in table)]


def _mend(spec: Spec, setting: Setting) -> Spec:
    """The spec with the rules across fields kept: a webhook that is on has an address."""
    if spec.get("is_webhook_active") and not spec.get("webhook_url"):
        spec["webhook_url"] = "https://hooks.example.com/call"
    if spec.get("human_transfer_mode") and not spec.get("transfer_destinations"):
        spec["transfer_destinations"] = [{"label": "Desk", "phone_number": "+12025550199"}]
    return spec


def _mend_tool(tool: Spec) -> Spec:
    """The tool with the rules across its fields kept."""
    if "custom_caller_id" in tool:
        tool["caller_id_mode"] = "custom"
    if "calcom_custom_endpoint" in tool:
        tool["calcom_endpoint"] = "custom"
    if "supervisor_phone" in tool:
        tool["supervisor_phone"] = "sip:desk@example.com" if tool.get("custom_sip") else "+1234567891"
    return tool


def _whole(limit: float | None, otherwise: int, scale: int = 1) -> int:
    return round((otherwise if limit is None else limit) * scale)


def _fits_length(row: Field, text: str) -> bool:
    return (row.min_length or 0) <= len(text) <= (row.max_length or len(text))
