"""Two values for every field, always the same ones, the first never its default: for tests that walk the tables."""

from typing import Any

from agentops.domain.fields import Field, FieldTable, Type
from tests.support.account import modes
from tests.support.generate import (
    FIXED,
    SECRETS,
    ZONES,
    Setting,
    Spec,
    mend_object,
    needs,
    numbers_for,
    settings_for,
    unique_names,
)

PEERS = ("peer-one", "peer-two")
"""Manifests that sampled transfers point at."""

COMPANIONS: dict[str, Spec] = {
    "is_webhook_active": {"webhook_url": "https://hooks.example.com/call"},
    "knowledgebase_mode": {"knowledgebase": {"id": 1}},
    "custom_caller_id": {"caller_id_mode": "custom"},
    "calcom_custom_endpoint": {"calcom_endpoint": "custom"},
    "human_transfer_mode": {"transfer_destinations": [{"label": "Desk", "phone_number": "+12025550199"}]},
}
"""Field -> what must stand beside it."""

NUMBER_LIKE = {"supervisor_phone": ("+1234567891", "+1234567892"), "custom_caller_id": ("+1234567893", "+1234567894")}
"""Texts that the rules across fields want in the form of a number."""


PLAIN: Spec = {
    "name": "Plain",
    "type": "outbound",
    "timezone": "Europe/Berlin",
    "language": "English",
    "initial_message": "Hello!",
    "system_prompt": "You are helpful.",
    "prompt": "You are helpful.",
}
"""What a manifest says where it has to say something."""


def base(setting: Setting) -> Spec:
    """The least `spec` that a manifest of this mode may have."""
    needed = needs(setting.account.table, setting.mode)
    spec = {name: value for name, value in PLAIN.items() if name in needed}
    if "mode" in needed:
        spec["mode"] = setting.mode
    for row in setting.account.table:
        if row.name in needed and row.ref and row.name not in spec:
            targets = setting.account.of(row.ref.kind, setting.mode if row.ref.scope else "")
            spec[row.name] = targets[0].spellings[0]
    return spec


def mode_for(row: Field, table: FieldTable) -> str:
    """A mode in which the field may have any of its values."""
    return next(mode for mode in modes(table) if row.bound is None or mode in row.bound.modes)


def samples(row: Field, setting: Setting) -> tuple[Any, Any]:
    """Two different values, in manifest form."""
    if row.name in NUMBER_LIKE:
        return NUMBER_LIKE[row.name]
    match row.type:
        case Type.TEXT:
            return _texts(row)
        case Type.INTEGER | Type.NUMBER:
            return _numbers(row)
        case Type.BOOLEAN:
            return (False, True) if row.default is True else (True, False)
        case Type.REFERENCE:
            return _references(row, setting)
        case Type.LIST:
            assert row.item
            one, other = samples(row.item, setting)
            return [one], [other] if row.limited else unique_names([other, one])
        case Type.MAP:
            return {"company": "Acme"}, {"company": "Beta", "product": "Widget"}
        case Type.OBJECT if row.qualified:
            return _qualified(row, setting)
        case Type.OBJECT:
            assert row.table
            return full(row.table, setting), mend_object({**full(row.table, setting), **_seconds(row.table, setting)})
        case Type.VARIANT:
            possible = [table for table in row.variants if not table.absent]
            one, other = entry(possible[0], setting), entry(possible[-1], setting)
            last = possible[-1].fields[-1]
            return one, other if other != one else {**other, last.name: samples(last, setting)[1]}


def entry(table: FieldTable, setting: Setting, **keys: Any) -> Spec:
    """A built-in tool of one type with its required fields, and with `keys`."""
    required = {row.name: samples(row, setting)[0] for row in table if row.required}
    beside = {name: value for key in keys for name, value in COMPANIONS.get(key, {}).items()}
    return {"type": table.name, **required, **beside, **keys}


def full(table: FieldTable, setting: Setting) -> Spec:
    """An object with every field of its table."""
    return mend_object({row.name: samples(row, setting)[0] for row in table})


def _qualified(row: Field, setting: Setting) -> tuple[Any, Any]:
    """Two items, one with every setting that it can have."""
    assert row.table
    first, *settings = row.table
    assert first.ref
    one, *others = setting.account.of(first.ref.kind)
    found = {each.name: samples(each, setting)[0] for each in settings}
    written = one.spellings[0]
    assert isinstance(written, dict)
    return {**written, **settings_for(one.row, found)}, others[-1].spellings[-1]


def _seconds(table: FieldTable, setting: Setting) -> Spec:
    return {row.name: samples(row, setting)[1] for row in table}


def _texts(row: Field) -> tuple[str, str]:
    if row.secret:
        one, other = sorted(SECRETS)
        return {"env": one}, {"env": other}  # type: ignore[return-value]
    if row.name in FIXED:
        return FIXED[row.name][0], FIXED[row.name][1]
    if row.choices:
        others = [choice for choice in row.choices if choice != row.default]
        if len(row.choices) == 1:
            return row.choices[0], None if row.nullable else row.choices[0]  # type: ignore[return-value]
        return others[0], others[1] if len(others) > 1 else str(row.default)
    match row.format:
        case "timezone":
            return ZONES[1], ZONES[2]
        case "url":
            return "https://one.example.com/a", "https://two.example.com/b?c=1"
        case "e164":
            return "+4915112345678", "+4915187654321"
    if row.pattern:
        return "first_one", "second_one"
    break_ = "\r\n" if row.long_text else " "
    return f"  The first {row.name}{break_}of two lines ", f"Ein zweiter Text – für {row.name} {{{{company}}}}"


def _numbers(row: Field) -> tuple[float, float]:
    low, high = row.minimum or 0, row.maximum or 100
    if row.type is Type.INTEGER:
        return round(low) + 1, round(high) - 1
    return round(low + (high - low) * 0.36, 2), round(low + (high - low) * 0.87, 2)


def _references(row: Field, setting: Setting) -> tuple[Any, Any]:
    assert row.ref
    if row.ref.kind == "assistants":
        return PEERS
    if row.name == "phone_number":
        spellings = numbers_for(setting, inbound=True)
        ids = [setting.account.id_of("phone_numbers", spelling) for spelling in spellings]
        return spellings[0], next(spelling for spelling, number in zip(spellings, ids, strict=True) if number != ids[0])
    targets = setting.account.of(row.ref.kind, setting.mode if row.ref.scope else "")
    return targets[0].spellings[-1], targets[1].spellings[-1]
