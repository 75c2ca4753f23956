"""Finds the JSON Schemas: inside the installed package, else in the repository."""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import agentops

_SUFFIX = ".schema.json"
PROJECT = "agentops/v1/project"


def schema_name(api_version: str, kind: str) -> str:
    """The schema of a kind of manifest: `autocalls/v1/assistant`, `revox/v1/phone_number`."""
    return f"{api_version}/{re.sub(r'(?<=[a-z])(?=[A-Z])', '_', kind).lower()}"


@cache
def schema_names() -> tuple[str, ...]:
    """The names of all schemas, sorted."""
    folder = _folder()
    files = (path.relative_to(folder).as_posix() for path in folder.rglob("*" + _SUFFIX))
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in files))


def schema_text(name: str) -> str:
    """The schema as its file has it. Raises KeyError when there is none of that name."""
    if name not in schema_names():
        raise KeyError(name)
    return (_folder() / (name + _SUFFIX)).read_text(encoding="utf-8")


@cache
def schema(name: str) -> Mapping[str, Any]:
    """The schema as a value. Raises KeyError when there is none of that name."""
    parsed: Mapping[str, Any] = json.loads(schema_text(name))
    return parsed


def _folder() -> Path:
    package = Path(agentops.__file__).parent
    inside = package / "schemas"
    return inside if inside.is_dir() else package.parent / "schemas"
