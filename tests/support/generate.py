"""Hypothesis strategies made from the field tables: values, manifests, and fleets of manifests that link to each other.

What is generated is valid: it fits the table's rows and the rules across fields of the platforms' documents. Values are
in the form that a manifest writes, references in any spelling that means one item of the account.
"""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from agentops.domain.fields import Field, FieldTable, Type
from tests.support.account import MODES, Account

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
    mode: str = "pipeline"
    siblings: tuple[str, ...] = ()  # names of other manifests
    taken: frozenset[int] = field(default_factory=frozenset)  # phone numbers that somebody else needs


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
    return st.fixed_dictionaries(required, optional=optional).filter(bool)


def entries(table: FieldTable, setting: Setting) -> st.SearchStrategy[Spec]:
    """Any built-in tool of one type."""
    return objects(table, setting).map(lambda keys: _mend_tool({"type": table.name, **keys}))


@st.composite
def specs(draw: st.DrawFn, table: FieldTable, setting: Setting, *, clears: bool = False) -> Spec:
    """Any `spec`, of the setting's mode; with `clears`, fields that take null may hold it."""
    rows = [row for row in table if not row.absent and allows(row, setting.mode)]
    needed = {row.name for row in rows if row.required} | {MODEL_OF[setting.mode]}
    asked = draw(st.sets(st.sampled_from([row.name for row in rows])))
    spec: Spec = {}
    for row in rows:
        if row.name in needed | asked:
            nothing = clears and row.nullable and draw(st.integers(0, 4)) == 0
            spec[row.name] = None if nothing else draw(fitting(row, setting))
    spec["mode"] = setting.mode
    return _mend(spec, setting)


@st.composite
def fleets(draw: st.DrawFn, table: FieldTable, account: Account, *, most: int = 4) -> dict[str, Spec]:
    """Manifest name -> spec; they may transfer to each other, also in circles, and never share an inbound number."""
    names = tuple(draw(st.lists(st.from_regex(r"\A[a-z][a-z0-9]{0,8}\Z"), min_size=1, max_size=most, unique=True)))
    fleet: dict[str, Spec] = {}
    taken: frozenset[int] = frozenset()
    for name in names:
        siblings = tuple(other for other in names if other != name)
        mode = draw(st.sampled_from([mode for mode in MODES if account.of("voices", mode)]))
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


def _texts(row: Field) -> st.SearchStrategy[str]:
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
    return st.lists(values(item, setting), min_size=1, max_size=4)


def _possible(row: Field, setting: Setting) -> list[FieldTable]:
    return [table for table in row.variants if setting.siblings or "assistant" not in table]


def _mend(spec: Spec, setting: Setting) -> Spec:
    """The spec with the rules across fields kept: a webhook that is on has an address."""
    if spec.get("is_webhook_active") and not spec.get("webhook_url"):
        spec["webhook_url"] = "https://hooks.example.com/call"
    return spec


def _mend_tool(tool: Spec) -> Spec:
    """The tool with the rules across its fields kept."""
    if "custom_caller_id" in tool:
        tool["caller_id_mode"] = "custom"
    if "calcom_custom_endpoint" in tool:
        tool["calcom_endpoint"] = "custom"
    if "supervisor_phone" in tool:
        tool["supervisor_phone"] = "sip:desk@example.com" if tool.get("custom_sip") else "+1234567891"
    if "calcom_api_key" in tool:
        tool["calcom_api_key"] = {"env": sorted(SECRETS)[len(tool) % len(SECRETS)]}
    return tool


def _whole(limit: float | None, otherwise: int, scale: int = 1) -> int:
    return round((otherwise if limit is None else limit) * scale)


def _fits_length(row: Field, text: str) -> bool:
    return (row.min_length or 0) <= len(text) <= (row.max_length or len(text))
