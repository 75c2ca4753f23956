"""Finds the JSON Schemas: inside the installed package, else in the repository.

Some describe what people write, manifests and the project file; the others what commands print as JSON.
"""

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


def schema_names() -> tuple[str, ...]:
    """The names of the schemas of what people write, sorted: those that an editor needs."""
    return tuple(name for name in _every_name() if not _is_output(name))


def output_names() -> tuple[str, ...]:
    """The names of the schemas of what commands print, sorted."""
    return tuple(name for name in _every_name() if _is_output(name))


def _is_output(name: str) -> bool:
    """Beside the project file there is nothing that people write in the vocabulary of agentops itself."""
    return name.startswith("agentops/") and name != PROJECT


@cache
def _every_name() -> tuple[str, ...]:
    folder = _folder()
    files = (path.relative_to(folder).as_posix() for path in folder.rglob("*" + _SUFFIX))
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in files))


def schema_text(name: str) -> str:
    """The schema as its file has it. Raises KeyError when there is none of that name."""
    if name not in _every_name():
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
