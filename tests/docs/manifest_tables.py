"""What docs/manifest.md must say of each field, read off the field tables."""

import json

from agentops.domain.fields import UNSET, Field, FieldTable, Type

_NUMERIC = {Type.INTEGER: "integer", Type.NUMBER: "number"}


def cells(field: Field) -> tuple[str, str, str, str]:
    """Name, type with limits, default, and what `null` means: the first columns of a row."""
    name = f"`{field.name}`" + (" **required**" if field.required else "")
    return name, _type(field), _default(field), field.nullable


def rows(table: FieldTable) -> dict[str, tuple[str, str, str, str]]:
    return {field.name: cells(field) for field in table}


def _type(field: Field) -> str:
    match field.type:
        case Type.TEXT if field.choices:
            return " \\| ".join(f"`{choice}`" for choice in field.choices)
        case Type.TEXT:
            return _text(field)
        case Type.INTEGER | Type.NUMBER:
            return f"{_NUMERIC[field.type]}{_range(field)}"
        case Type.BOOLEAN:
            return "true or false"
        case Type.REFERENCE:
            assert field.ref is not None
            return f"reference: {field.ref.kind}"
        case Type.MAP:
            return "map of texts"
        case Type.OBJECT if field.qualified:
            assert field.table is not None
            settings = ", ".join(f"`{each.name}`" for each in field.table.fields[1:])
            return f"reference: {field.name}s, with {settings}"
        case Type.OBJECT:
            return f"map, [below](#{field.name})"
        case Type.VARIANT if field.name == "tool":
            return "tool, [below](#tools)"
        case Type.VARIANT:
            return "map with a `type`: " + ", ".join(f"`{table.name}`" for table in field.variants)
        case Type.LIST:
            assert field.item is not None
            below = f", [below](#{field.name})" if field.item.type is Type.OBJECT else ""
            return f"list of {_plural(field.item)}{below}"


def _plural(item: Field) -> str:
    match item.type:
        case Type.REFERENCE:
            assert item.ref is not None
            return f"references: {item.ref.kind}"
        case Type.OBJECT:
            return "maps"
        case Type.VARIANT:
            return "tools"
    return "texts" if not item.choices else ", ".join(f"`{choice}`" for choice in item.choices)


def _text(field: Field) -> str:
    forms = {"timezone": "IANA timezone", "url": "URL", "e164": "phone number, E.164", "": "text"}
    limits = ", not empty" if field.min_length and field.max_length is None else ""
    if field.max_length is not None:
        limits = f", {field.min_length}-{field.max_length}" if field.min_length else f", up to {field.max_length}"
    if field.pattern:
        limits += f", `{field.pattern}`".replace("|", "\\|")
    if field.spelled_out:
        return "text, or a secret: `{env: NAME}`"
    secret = "secret: `{env: NAME}`" if field.secret else ""
    return secret or forms[field.format] + limits + (" or `{file: ...}`" if field.long_text else "")


def _range(field: Field) -> str:
    match field.minimum, field.maximum:
        case None, None:
            return ""
        case low, None:
            return f" from {low:g}"
        case low, high:
            return f" {_plain(low)}-{_plain(high)}"


def _plain(number: float | None) -> str:
    assert number is not None
    return f"{number:.0f}" if number >= 1e6 else f"{number:g}"


def _default(field: Field) -> str:
    if field.default is UNSET:
        return ""
    if isinstance(field.default, str):
        first, _, rest = field.default.partition("\n")
        return f"`{first}`" + (" ..." if rest else "")
    return f"`{json.dumps(field.default)}`"
