"""Reads the project file, agentops.yaml."""

import os
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path as FilePath

from agentops.domain.address import Address
from agentops.domain.diagnostics import Diagnostic, error, in_order
from agentops.domain.errors import ManifestError, ProjectError
from agentops.domain.policy import Deletes, Policy
from agentops.domain.project import CommandToken, Environment, EnvToken, FileToken, Project, TokenSource
from agentops.domain.values import Value, Values
from agentops.engine.fault import Fault, shown
from agentops.engine.files import FileFault, read_regular
from agentops.engine.schemas import PROJECT
from agentops.engine.validate import schema_faults
from agentops.yamlio.events import Parser
from agentops.yamlio.read import YamlFile, read


def read_project(path: FilePath, platforms: Collection[str] | None = None, *, parser: Parser | None = None) -> Project:
    """The project that the file at `path` describes; `platforms` are the names that an environment may give.

    Raises ManifestError with every fault of the file, and ProjectError if it cannot be read at all.
    """
    try:
        data = read_regular(os.path.realpath(path), str(path))
    except FileFault as fault:
        raise ProjectError(f"the project file cannot be read: {fault}") from fault
    return parse_project(data, path, platforms, parser=parser)


def parse_project(
    data: bytes, path: FilePath, platforms: Collection[str] | None = None, *, parser: Parser | None = None
) -> Project:
    """The same of a file at `path` whose content is `data`."""
    file, diagnostics = read(data, path.name, parser=parser)
    if file is None:
        raise ManifestError(in_order(diagnostics))
    faults = tuple(_faults(file.value, platforms))
    if faults:
        raise ManifestError(in_order(_diagnostic(fault, file) for fault in faults))
    return _project(file, path.resolve().parent)


def _faults(value: Value, platforms: Collection[str] | None) -> Iterator[Fault]:
    yield from schema_faults(PROJECT, value)
    spec = _map(value, "spec")
    environments = _map(spec, "environments")
    for name, environment in environments.items():
        if isinstance(environment, Mapping):
            yield from _environment_faults(("spec", "environments", name), environment, platforms)
    default = spec.get("default_environment")
    if isinstance(default, str) and environments and default not in environments:
        message = f"there is no environment {shown(default)}"
        hint = f"there are: {', '.join(environments)}"
        yield Fault(("spec", "default_environment"), "unknown-environment", message, hint)


def _environment_faults(
    path: tuple[str, ...], environment: Values, platforms: Collection[str] | None
) -> Iterator[Fault]:
    platform = environment.get("platform")
    if isinstance(platform, str) and platforms is not None and platform not in platforms:
        near = get_close_matches(platform, platforms, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(sorted(platforms))}"
        yield Fault((*path, "platform"), "unknown-platform", f"there is no platform {shown(platform)}", hint)
    if "token" not in environment and environment.get("sandbox") is not True:
        message = f"the environment {path[-1]} has no token"
        hint = "add token: {env: NAME}, or sandbox: true to try it without an account"
        yield Fault(path, "no-token", message, hint, at_key=True)


def _texts(value: Values, key: str) -> list[str]:
    part = value.get(key, [])
    return [text for text in part if isinstance(text, str)] if isinstance(part, list) else []


def _map(value: Value, key: str) -> Values:
    part = value.get(key) if isinstance(value, Mapping) else None
    return part if isinstance(part, Mapping) else {}


def _diagnostic(fault: Fault, file: YamlFile) -> Diagnostic:
    position = file.locate_key(fault.path) if fault.at_key else file.locate(fault.path)
    return error(fault.code, fault.message, position, fault.hint)


def _project(file: YamlFile, root: FilePath) -> Project:
    """The project in a file that the schema accepts."""
    spec = _map(file.value, "spec")
    return Project(
        name=str(_map(file.value, "metadata")["name"]),
        root=root,
        environments={
            name: _environment(name, _map(spec["environments"], name)) for name in _map(spec, "environments")
        },
        default_environment=str(spec.get("default_environment", "")),
        removed=frozenset(map(Address.parse, _texts(spec, "removed"))),
        locate=file.locate,
        locate_key=file.locate_key,
    )


def _environment(name: str, values: Values) -> Environment:
    manifests = values["manifests"]
    assert isinstance(manifests, list), "the schema says so"
    return Environment(
        name=name,
        platform=str(values["platform"]),
        manifests=tuple(manifests),
        base_url=str(values.get("base_url", "")).rstrip("/"),
        token=_token(_map(values, "token")),
        sandbox=values.get("sandbox") is True,
        variables={key: item for key, item in _map(values, "variables").items() if isinstance(item, str | int | float)},
        state=str(values.get("state", "")),
        policy=_policy(values),
        settle_seconds=_number(values, "settle_seconds"),
        is_proxied="proxy" in values,
        lease_seconds=_number(values, "lease_seconds"),
    )


def _number(values: Values, key: str) -> float | None:
    number = values.get(key)
    return float(number) if isinstance(number, int | float) else None


def _token(values: Values) -> TokenSource | None:
    match values:
        case {"env": str(name)}:
            return EnvToken(name)
        case {"file": str(path)}:
            return FileToken(path)
        case {"command": list(arguments)}:
            return CommandToken(tuple(map(str, arguments)))
    return None


def _policy(values: Values) -> Policy:
    usual, thresholds = Policy(), _map(values, "thresholds")
    changes, share = thresholds.get("max_changes"), thresholds.get("max_share")
    return Policy(
        deletes=Deletes(values.get("deletes", usual.deletes.value)),
        max_changes=changes if isinstance(changes, int) else usual.max_changes,
        max_share=float(share) if isinstance(share, int | float) else usual.max_share,
    )
