"""What a schema refuses, in words for the author of a manifest; works on the error values of jsonschema."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final

from agentops.domain.values import Path
from agentops.engine.fault import Fault, dotted, either, limits, missing, shown

_WORDS: Final[Mapping[str, str]] = {
    "string": "a text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a map",
    "null": "null",
}
_NAME: Final = "lower-case letters, digits and hyphens, up to 63, with a letter or digit at both ends"
_FORMS: Final[Mapping[str, str]] = {
    "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$": _NAME,
    "^[A-Za-z_][A-Za-z0-9_]*$": "the name of an environment variable",
    "^[A-Za-z_][A-Za-z0-9_-]*$": "letters, digits, hyphens and underscores, beginning with a letter",
    "^[A-Za-z0-9_]+$": "letters, digits and underscores",
    "^https?://[^\\s/]+": "an address that begins with https:// or http://",
}
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
    wanted = [name for name in types if name != "object" or not _is_marker_place(error.schema)]
    value = error.instance
    message = f"{dotted(path)} must be {either([_WORDS[name] for name in wanted])}, not {_kind(value)}"
    yield Fault(path, "wrong-type", message, _type_hint(wanted, value, path))


def _type_hint(wanted: Sequence[str], value: object, path: Path) -> str:
    first = wanted[0]
    match first, value:
        case "string", bool() | int() | float():
            return f'quote it: "{json.dumps(value)}"' if not isinstance(value, bool) else f'quote it: "{shown(value)}"'
        case _, None:
            return "null cannot clear this: remove the key, or write a value"
        case "boolean", str() if value in _WORDS_FOR_TRUE_FALSE:
            return f"write {_WORDS_FOR_TRUE_FALSE[value]}"
        case "number" | "integer", str():
            return "write it without quotes, with a decimal point: 0.5" if _is_number(value) else ""
        case "integer", float() if value.is_integer():
            return f"write {int(value)}"
        case "array", str() | bool() | int() | float():
            return f"write a list: [{value}]" if isinstance(value, str) else "write a list: [...]"
        case "object", _ if path and path[-1] == "calcom_api_key":
            return "write {env: NAME}"
    return ""


def _additional(path: Path, error: Any) -> Iterator[Fault]:
    known = list(error.schema.get("properties", ()))
    if _is_marker_place(error.schema) and error.validator_value is False:
        yield _no_map_here(path, error)
        return
    for key in error.instance:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known here are: {', '.join(known)}"
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
    keys = [key for branch in error.validator_value for key in branch.get("required", ())]
    yield Fault(path, "missing-key", f"{dotted(path)} needs {either(keys)}", "write {name: ...} or {id: ...}")


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
        yield Fault(path, "wrong-length", f"{dotted(path)} must not be empty", "remove the key if it is not needed")
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
    return _FORMS.get(error.validator_value, "a text that is not empty")


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


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
