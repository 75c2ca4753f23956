"""Two values for every field, always the same ones, the first never its default: for tests that walk the tables."""

from typing import Any

from agentops.domain.fields import Field, FieldTable, Type
from tests.support.account import MODES
from tests.support.generate import MODEL_OF, SECRETS, ZONES, Setting, Spec, numbers_for

PEERS = ("peer-one", "peer-two")
"""Manifests that sampled transfers point at."""

COMPANIONS: dict[str, Spec] = {
    "is_webhook_active": {"webhook_url": "https://hooks.example.com/call"},
    "knowledgebase_mode": {"knowledgebase": {"id": 1}},
    "custom_caller_id": {"caller_id_mode": "custom"},
    "calcom_custom_endpoint": {"calcom_endpoint": "custom"},
}
"""Field -> what must stand beside it."""

NUMBER_LIKE = {"supervisor_phone": ("+1234567891", "+1234567892"), "custom_caller_id": ("+1234567893", "+1234567894")}
"""Texts that the rules across fields want in the form of a number."""


def base(setting: Setting) -> Spec:
    """The least `spec` that a manifest of this mode may have."""
    return {
        "name": "Plain",
        "type": "outbound",
        "mode": setting.mode,
        "timezone": "Europe/Berlin",
        "voice": {"id": setting.account.of("voices", setting.mode)[0].id},
        "language": "English",
        "initial_message": "Hello!",
        "system_prompt": "You are helpful.",
        MODEL_OF[setting.mode]: {"id": setting.account.of(MODEL_OF[setting.mode] + "s", _scope(setting))[0].id},
    }


def mode_for(row: Field) -> str:
    """A mode in which the field may have any of its values."""
    return next(mode for mode in MODES if row.bound is None or mode in row.bound.modes)


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
            return [one], [other, one]
        case Type.MAP:
            return {"company": "Acme"}, {"company": "Beta", "product": "Widget"}
        case Type.OBJECT:
            assert row.table
            return full(row.table, setting), {**full(row.table, setting), **_seconds(row.table, setting)}
        case Type.VARIANT:
            return entry(row.variants[0], setting), entry(row.variants[-1], setting)


def entry(table: FieldTable, setting: Setting, **keys: Any) -> Spec:
    """A built-in tool of one type with its required fields, and with `keys`."""
    required = {row.name: samples(row, setting)[0] for row in table if row.required}
    beside = {name: value for key in keys for name, value in COMPANIONS.get(key, {}).items()}
    return {"type": table.name, **required, **beside, **keys}


def full(table: FieldTable, setting: Setting) -> Spec:
    """An object with every field of its table."""
    return {row.name: samples(row, setting)[0] for row in table}


def _seconds(table: FieldTable, setting: Setting) -> Spec:
    return {row.name: samples(row, setting)[1] for row in table}


def _texts(row: Field) -> tuple[str, str]:
    if row.secret:
        one, other = sorted(SECRETS)
        return {"env": one}, {"env": other}  # type: ignore[return-value]
    if row.choices:
        others = [choice for choice in row.choices if choice != row.default]
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


def _scope(setting: Setting) -> str:
    return "" if MODEL_OF[setting.mode] == "llm_model" else setting.mode
