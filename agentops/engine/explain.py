"""What a schema refuses, in words for the author of a manifest; works on the error values of jsonschema."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final

from agentops.domain.values import Path
from agentops.engine.fault import Fault, dotted, either, form, limits, missing, shown

_WORDS: Final[Mapping[str, str]] = {
    "string": "a text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a map",
    "null": "null",
}
_LISTED: Final = 12
"""Up to so many known keys are listed."""
_NO_NULL: Final = "null cannot clear this: remove the key, or write a value"
_WORDS_FOR_TRUE_FALSE: Final = {
    "yes": "true",
    "on": "true",
    "True": "true",
    "TRUE": "true",
    "no": "false",
    "off": "false",
} | {
    "False": "false",
    "FALSE": "false",
}


def explain(error: Any) -> Iterator[Fault]:
    """What `error`, an error of jsonschema, means."""
    path = tuple(error.absolute_path)
    if "propertyNames" in error.absolute_schema_path:
        key = str(error.instance)
        yield Fault((*path, key), "wrong-form", f"the key {shown(key)} must be {_form(error)}", at_key=True)
        return
    explanation = _EXPLANATIONS.get(error.validator)
    if explanation is None:
        yield Fault(path, "wrong-value", f"{dotted(path)} is not valid: {error.validator} refuses it")
    else:
        yield from explanation(path, error)


def _type(path: Path, error: Any) -> Iterator[Fault]:
    types = _as_list(error.validator_value)
    value, schema = error.instance, error.schema
    if "allOf" in schema and "string" in types:
        yield _no_reference(path, value, nullable="null" in types)
        return
    if "env" in schema.get("properties", {}) and "string" not in types:
        yield Fault(path, "wrong-type", f"{dotted(path)} is a secret, so it must be {{env: NAME}}")
        return
    wanted = [name for name in types if name != "object" or not _is_marker_place(schema)]
    message = f"{dotted(path)} must be {either([_WORDS[name] for name in wanted])}, not {_kind(value)}"
    yield Fault(path, "wrong-type", message, _type_hint(wanted, value))


def _no_reference(path: Path, value: object, *, nullable: bool) -> Fault:
    forms = ["a name", "{name: ...}", "{id: ...}", *(["null"] if nullable else [])]
    hint = ""
    if value is None:
        hint = _NO_NULL
    elif isinstance(value, int) and not isinstance(value, bool):
        hint = f'quote a name: "{value}"; write an ID as {{id: {value}}}'
    return Fault(path, "wrong-type", f"{dotted(path)} must be {either(forms)}, not {_kind(value)}", hint)


def _type_hint(wanted: Sequence[str], value: object) -> str:
    match wanted[0], value:
        case _, None:
            return _NO_NULL
        case "string", bool() | int() | float():
            return f'quote it: "{shown(value)}"'
        case "boolean", str() if value in _WORDS_FOR_TRUE_FALSE:
            return f"write {_WORDS_FOR_TRUE_FALSE[value]}"
        case "number" | "integer", str():
            return _number_hint(value, whole=wanted[0] == "integer")
        case "integer", float() if value.is_integer():
            return f"write {int(value)}"
        case "array", str():
            return f"write a list: [{value}]"
    return ""


def _number_hint(text: str, *, whole: bool) -> str:
    """How to write the number that `text` seems to mean."""
    try:
        number = float(text)
    except ValueError:
        return ""
    if text.startswith("+") or abs(number) >= 1e15 or (whole and not number.is_integer()):
        return ""
    return f"write {number:g}, without quotes" if abs(number) < 1e5 else f"write {number:.0f}, without quotes"


def _additional(path: Path, error: Any) -> Iterator[Fault]:
    known = list(error.schema.get("properties", ()))
    if _is_marker_place(error.schema) and error.validator_value is False:
        yield _no_map_here(path, error)
        return
    for key in error.instance:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            all_known = (
                f"known here are: {', '.join(known)}" if len(known) <= _LISTED else "docs/manifest.md has all fields"
            )
            hint = f"did you mean {near[0]}?" if near else all_known
            yield Fault((*path, key), "unknown-key", f"unknown key {key} in {dotted(path)}", hint, at_key=True)


def _no_map_here(path: Path, error: Any) -> Fault:
    """A map where a plain value belongs; {file: ...} and {var: ...} are the only ones that may stand there."""
    wanted = [name for name in _as_list(error.schema["type"]) if name != "object"]
    markers = " or ".join(f"{{{name}: ...}}" for name in error.schema["properties"])
    message = f"{dotted(path)} must be {either([_WORDS[name] for name in wanted])}, not a map"
    return Fault(path, "wrong-type", message, f"the only map that may stand here is {markers}")


def _required(path: Path, error: Any) -> Iterator[Fault]:
    for key in error.validator_value:
        if key not in error.instance:
            yield missing(path, key)


def _choice(path: Path, error: Any) -> Iterator[Fault]:
    yield _one_of(
        path, [error.validator_value] if error.validator == "const" else error.validator_value, error.instance
    )


def _any_of(path: Path, error: Any) -> Iterator[Fault]:
    choices = next((branch["enum"] for branch in error.validator_value if "enum" in branch), None)
    if choices is not None:
        yield _one_of(path, choices, error.instance)
        return
    yield Fault(path, "missing-key", f"{dotted(path)} needs a name or an id", "write {name: ...} or {id: ...}")


def _one_of(path: Path, choices: Sequence[object], value: object) -> Fault:
    words = [str(choice) for choice in choices]
    message = f"{dotted(path)} must be {either(words)}, not {shown(value)}"
    near = get_close_matches(value, words, n=1) if isinstance(value, str) else []
    if isinstance(value, bool) and ("off" if value is False else "on") in words:
        return Fault(path, "wrong-value", message, "quote it")
    return Fault(path, "wrong-value", message, f"did you mean {near[0]}?" if near else "")


def _range(path: Path, error: Any) -> Iterator[Fault]:
    low, high = error.schema.get("minimum"), error.schema.get("maximum")
    allowed = limits(low, high if high is not None and high < 1e15 else None)
    yield Fault(path, "out-of-range", f"{dotted(path)} must be {allowed}, not {shown(error.instance)}")


def _length(path: Path, error: Any) -> Iterator[Fault]:
    low, high, length = error.schema.get("minLength"), error.schema.get("maxLength"), len(error.instance)
    if not length:
        yield Fault(path, "wrong-length", f"{dotted(path)} must not be empty", "write something, or remove the key")
        return
    allowed = limits(low if low and low > 1 else None, high)
    yield Fault(path, "wrong-length", f"{dotted(path)} has {length} characters; {allowed} are allowed")


def _pattern(path: Path, error: Any) -> Iterator[Fault]:
    # The value is not repeated: where the name of an environment variable belongs, somebody may have put a secret.
    yield Fault(path, "wrong-form", f"{dotted(path)} must be {_form(error)}")


def _count(path: Path, error: Any) -> Iterator[Fault]:
    keys = list(error.schema.get("properties", ()))
    if error.instance and keys:
        yield Fault(path, "wrong-type", f"{dotted(path)} takes only one of {either(keys)}")
    elif _is_marker_place(error.schema):
        yield _no_map_here(path, error)
    elif keys:
        yield Fault(path, "missing-key", f"{dotted(path)} needs {either(keys)}")
    else:
        yield Fault(path, "wrong-length", f"{dotted(path)} must not be empty")


_EXPLANATIONS: Final[Mapping[str, Callable[[Path, Any], Iterator[Fault]]]] = {
    "type": _type,
    "additionalProperties": _additional,
    "required": _required,
    "const": _choice,
    "enum": _choice,
    "anyOf": _any_of,
    "minimum": _range,
    "maximum": _range,
    "minLength": _length,
    "maxLength": _length,
    "pattern": _pattern,
    "minProperties": _count,
    "maxProperties": _count,
    "minItems": _count,
}


def _is_marker_place(schema: Mapping[str, Any]) -> bool:
    """Whether the schema is of a plain value, where a map can only be a marker."""
    types = _as_list(schema.get("type", ()))
    return "object" in types and len(set(types) - {"null"}) > 1 and "allOf" not in schema


def _form(error: Any) -> str:
    return form(error.validator_value) if error.validator == "pattern" else "a text that is not empty"


def _as_list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return shown(value)
        case int() | float():
            return f"the number {shown(value)}"
        case str():
            return f"the text {shown(value)}"
    return shown(value)
