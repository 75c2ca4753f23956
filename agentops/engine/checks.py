"""What a schema cannot say of single values: what this platform lacks, modes, time zones, numbers, references."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Final
from urllib.parse import urlsplit

from agentops.domain.catalog import CatalogKind
from agentops.domain.fields import UNSET, Field, FieldTable, Type
from agentops.domain.platform import Platform
from agentops.domain.values import Path, Value, Values
from agentops.engine.fault import Fault, dotted, either, form, limits, missing, shown
from agentops.engine.leaves import rows_of

_E164: Final = re.compile(r"\+[1-9][0-9]{1,14}")
_SPEC: Final = ("spec",)


def field_faults(spec: Values, table: FieldTable, platform: Platform) -> Iterator[Fault]:
    """Everything wrong with single values of `spec` on this platform. Values of a wrong type are left to the schema."""
    yield from _required(table, spec, _SPEC)
    mode = _valid_mode(table, spec)
    absent: Path | None = None
    for path, row, value in rows_of(table, spec, _SPEC):
        if absent is not None and path[: len(absent)] == absent:
            continue  # part of something that is an error already
        if row.absent:
            absent = path
            yield Fault(path, "not-on-platform", row.absent, "remove it from manifests of this platform", at_key=True)
            continue
        yield from _of_type(path, row, value, platform)
        if row.bound is not None:
            yield from _wrong_mode(path, row, value, mode)


def _of_type(path: Path, row: Field, value: Value, platform: Platform) -> Iterator[Fault]:
    match row.type, value:
        case _, None:
            if not row.nullable:
                yield Fault(path, "wrong-type", f"{dotted(path)} must not be null", "remove the key, or write a value")
        case Type.TEXT, str():
            yield from _text(path, row, value)
        case ((Type.INTEGER | Type.NUMBER), (int() | float())) if not isinstance(value, bool):
            yield from _number(path, row, value)
        case Type.REFERENCE, _:
            yield from _reference(path, row, value, platform)
        case Type.LIST, list() if row.unordered:
            yield from _repeats(path, value)
        case Type.OBJECT, Mapping() if row.table is not None:
            yield from _required(row.table, value, path)
        case Type.VARIANT, Mapping():
            yield from _variant(path, row, value)


def _required(table: FieldTable, values: Values, path: Path) -> Iterator[Fault]:
    return (missing(path, row.name) for row in table if row.required and row.name not in values)


def _variant(path: Path, row: Field, value: Values) -> Iterator[Fault]:
    type_ = value.get("type")
    table = row.variant(type_)
    if table is not None and table.absent:
        yield Fault((*path, "type"), "not-on-platform", table.absent, "remove it from manifests of this platform")
    elif table is not None:
        yield from _required(table, value, path)
    elif isinstance(type_, str):
        names = [variant.name for variant in row.variants if not variant.absent]
        yield _choice((*path, "type"), names, type_)


def _text(path: Path, row: Field, value: str) -> Iterator[Fault]:
    length = len(value)
    if row.choices:
        if value not in row.choices:
            yield _choice(path, row.choices, value, row.limited)
    elif not length and row.min_length:
        yield Fault(path, "wrong-length", f"{dotted(path)} must not be empty", "write something, or remove the key")
    elif length < (row.min_length or 0) or (row.max_length is not None and length > row.max_length):
        allowed = limits(row.min_length if row.min_length and row.min_length > 1 else None, row.max_length)
        message = f"{dotted(path)} has {length} characters; {allowed} are allowed"
        yield Fault(path, "wrong-length", message, row.limited)
    elif row.required and not row.format and not value.strip():  # trimmed, as it is sent
        yield Fault(path, "wrong-length", f"{dotted(path)} must not be empty", "write something")
    elif row.pattern and not re.fullmatch(row.pattern, value):
        yield Fault(path, "wrong-form", f"{dotted(path)} must be {form(row.pattern)}", row.limited)
    if row.format:
        yield from _FORMATS[row.format](path, value)


def _choice(path: Path, choices: "tuple[str, ...] | list[str]", value: str, limited: str = "") -> Fault:
    near = get_close_matches(value, choices, n=1)
    message = f"{dotted(path)} must be {either(choices)}, not {shown(value)}"
    return Fault(path, "wrong-value", message, f"did you mean {near[0]}?" if near else limited)


def _number(path: Path, row: Field, value: float) -> Iterator[Fault]:
    low, high = row.minimum, row.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        message = f"{dotted(path)} must be {limits(low, high)}, not {shown(value)}"
        yield Fault(path, "out-of-range", message, row.limited)


def _time_zone(path: Path, value: str) -> Iterator[Fault]:
    zones = _time_zones()
    if value in zones:
        return
    by_folded = {zone.casefold(): zone for zone in zones}
    wanted = value.strip().replace(" ", "_").casefold()
    near = get_close_matches(wanted, by_folded, n=1) or [name for name in by_folded if name.endswith("/" + wanted)]
    hint = f"did you mean {by_folded[near[0]]}?" if near else "write an IANA name such as Europe/Berlin"
    yield Fault(path, "unknown-timezone", f"there is no time zone {shown(value)}", hint)


@cache
def _time_zones() -> frozenset[str]:
    """All IANA names. From tzdata, so that they are the same on every machine."""
    from importlib.resources import files

    names = files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    return frozenset(names) - {"Factory"}


def _url(path: Path, value: str) -> Iterator[Fault]:
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or re.search(r"[\s\x00-\x1f]", value):
        message = f"{dotted(path)} is no web address: {shown(value)}"
        yield Fault(path, "invalid-url", message, "write it in full: https://example.com/path")


def _e164(path: Path, value: str) -> Iterator[Fault]:
    if not _E164.fullmatch(value):
        yield invalid_number(path, value)


def invalid_number(path: Path, value: str) -> Fault:
    """The fault that `value` is no telephone number in E.164."""
    digits = re.sub(r"[^0-9]", "", value).lstrip("0")
    hint = f'write "+{digits}"' if value.startswith("+") and 7 <= len(digits) <= 15 else 'write it like "+4930123456"'
    return Fault(path, "invalid-number", f"{dotted(path)} is no number in E.164: {shown(value)}", hint)


_FORMATS: Final[Mapping[str, Callable[[Path, str], Iterator[Fault]]]] = {
    "timezone": _time_zone,
    "url": _url,
    "e164": _e164,
}


def _reference(path: Path, row: Field, value: Value, platform: Platform) -> Iterator[Fault]:
    catalog = platform.catalog_by_name.get(row.ref.kind) if row.ref else None
    if catalog is None:
        return
    if isinstance(value, Mapping):
        yield from _qualifiers(path, value, catalog, platform)
        value, path = value.get("name"), (*path, "name")
    if catalog.numbers and isinstance(value, str) and value.startswith("+"):
        yield from _e164(path, value)


def _qualifiers(path: Path, value: Values, catalog: CatalogKind, platform: Platform) -> Iterator[Fault]:
    known = [qualifier.name for qualifier in catalog.qualifiers]
    if "id" in value and len(value) > 1 and not (catalog.id_property and "name" not in value):
        yield Fault(path, "reference-form", "nothing may stand beside an id", "write just {id: ...}")
        return
    for key in value:
        if key not in ("name", "id", "var", *known):
            what = f"{platform.title} cannot tell these apart by {key}"
            hint = f"known here are: {', '.join(known)}" if known else "write just the name, or {id: ...}"
            yield Fault((*path, key), "unknown-qualifier", what, hint, at_key=True)


def _repeats(path: Path, values: list[Value]) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, value in enumerate(values):
        key = json.dumps(value, sort_keys=True, default=repr)
        if key in seen:
            message = (
                f"{dotted(path)} has {shown(value)} twice"
                if isinstance(value, str)
                else f"{dotted(path)} has this twice"
            )
            yield Fault((*path, index), "repeated-entry", message, "remove one of the two")
        seen.add(key)


def _valid_mode(table: FieldTable, spec: Values) -> str:
    """The mode that the other fields must fit; empty without a valid one."""
    mode = spec.get("mode")
    return mode if isinstance(mode, str) and "mode" in table and mode in table["mode"].choices else ""


def _wrong_mode(path: Path, row: Field, value: Value, mode: str) -> Iterator[Fault]:
    bound = row.bound
    if bound is None or not mode or mode in bound.modes:
        return
    modes = either(sorted(bound.modes))
    if bound.only is UNSET:
        message = f"{dotted(path)} has no meaning in {mode} mode, only in {modes}"
        yield Fault(path, "wrong-mode", message, "remove it, or change the mode", at_key=True)
    elif type(value) is type(bound.only) and value == bound.only:
        message = f"{dotted(path)} can be {shown(value)} only in {modes} mode, not in {mode}"
        yield Fault(path, "wrong-mode", message, "remove it, or change the mode")
