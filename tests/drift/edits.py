"""Manifests in many styles, edits of one field each on the platform, and what `drift --write` may touch of a file."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from agentops.yamlio.read import YamlFile, read
from tests.support.generate import Spec
from tests.support.project import Project
from tests.support.wire import stored
from tests.yamlio.styles import Styles

_REMARK = re.compile(r" *# [^\r\n]*: no name tells it from other [^\r\n]*(?:\r\n|\n)")
"""The comment above a reference by ID, which comes and goes with it."""


@dataclass(frozen=True, slots=True)
class Edited:
    """A manifest whose object somebody gave another value of `field`, as `after` says."""

    name: str
    field: str
    before: Spec
    after: Spec


def write_styled(project: Project, specs: Mapping[str, Spec], seed: int) -> None:
    """Makes these the project's manifests, each in a style of its own."""
    project.write({})
    folder = project.folder / "assistants"
    for index, (name, spec) in enumerate(specs.items()):
        value = {"apiVersion": _version(project), "kind": "Assistant", "metadata": {"name": name}, "spec": spec}
        (folder / f"{name}.yaml").write_bytes(Styles(Random(f"{seed} {index}")).file(value))


def edit(project: Project, edits: list[Edited]) -> None:
    """Does the edits on the platform, as its portal would store them."""
    ids, account = project.ids(), project.account
    for each in edits:
        was, now = (stored(spec, account, ids.__getitem__) for spec in (each.before, each.after))
        changed = {key: value for key, value in now.items() if key not in was or was[key] != value}
        changed |= dict.fromkeys(was.keys() - now.keys())
        project.sandbox.store.edit_assistant(ids[each.name], **changed)


def texts(project: Project) -> dict[str, bytes]:
    """The manifests by name."""
    return {path.stem: path.read_bytes() for path in sorted((project.folder / "assistants").rglob("*.yaml"))}


def strays(before: bytes, after: bytes, field: str) -> Iterator[str]:
    """What differs between two manifests besides the lines of one field of `spec`."""
    old, new = (_file(data) for data in (before, after))
    parts = [tuple(_REMARK.sub("", part).rstrip(" ") for part in _around(file, field)) for file in (old, new)]
    if old.has_mark != new.has_mark:
        yield "the byte order mark"
    if parts[0][0] != parts[1][0]:
        yield f"the lines before {field}: {parts[0][0]!r} -> {parts[1][0]!r}"
    if parts[0][1] != parts[1][1]:
        yield f"the lines after {field}: {parts[0][1]!r} -> {parts[1][1]!r}"
    was, now = (_spec(file) for file in (old, new))
    for name in was.keys() | now.keys():
        if name != field and was.get(name) != now.get(name):
            yield f"{name}: {was.get(name)!r} -> {now.get(name)!r}"


def _around(file: YamlFile, field: str) -> tuple[str, str]:
    """The text before the key of a field, and from the next key on, or from its next line if it is the last of `spec`.

    On a line with braces, what stands before and behind there.
    """
    key, (_, end) = file.spans(("spec", field))
    assert key, "a field has a key"
    starts = sorted(span[0] for name in _spec(file) if (span := file.spans(("spec", name))[0]))
    following = next((start for start in starts if start > key[0]), None)
    if following is not None:
        return file.text[: key[0]], file.text[following:]
    behind = file.text[end:]
    return file.text[: key[0]], behind if behind.startswith(("}", ",", " }")) else _below(behind)


def _below(text: str) -> str:
    return "".join(text.splitlines(keepends=True)[1:]) if text.lstrip(" ")[:1] in ("#", "\r", "\n", "") else text


def _file(data: bytes) -> YamlFile:
    file, faults = read(data, "a.yaml")
    assert file is not None, (faults, data)
    return file


def _spec(file: YamlFile) -> Mapping[str, Any]:
    value: Any = file.value
    found: Mapping[str, Any] = value["spec"]
    return found


def _version(project: Project) -> str:
    from agentops.providers import registry

    return registry.platform(project.platform).api_version
