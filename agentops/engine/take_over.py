"""Takes objects over that exist already: manifests that describe them as they are, and what the state remembers.

Every manifest is read back and compared before it counts, so that the plan after an import is empty; a field that would
not come through that is left out, and named.
"""

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Final

from agentops.domain.address import Address
from agentops.domain.catalog import Catalog, CatalogKey
from agentops.domain.desired import Resource
from agentops.domain.diagnostics import Diagnostic, Severity
from agentops.domain.discovery import Imported
from agentops.domain.manifest import Manifest
from agentops.domain.platform import Kind, Platform
from agentops.domain.provider import LiveObject
from agentops.domain.secrets import Secrets
from agentops.domain.state import Entry
from agentops.domain.values import RemoteId, Value, Values
from agentops.engine.causes import Comparison, rows_of
from agentops.engine.diff import has_hidden_leaves
from agentops.engine.manifest_of import Draft, Surroundings, manifest_of
from agentops.engine.manifest_text import manifest_text
from agentops.engine.manifests import read_files
from agentops.engine.matching import Matcher
from agentops.engine.resolve import resolve
from agentops.engine.schemas import schema_name
from agentops.engine.secret_leaves import any_secret, with_known

_SECRET_MISSING: Final = "secret-not-set"
_ROUNDS: Final = 20
"""Far more than fields can fall out one after the other."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An object to take over, and the address that it gets."""

    item: LiveObject
    kind: Kind
    address: Address


@dataclass(frozen=True, slots=True)
class Account:
    """What the platform has, as far as manifests refer to it; `ids` are those of what manifests describe already."""

    platform: Platform
    catalogs: Mapping[CatalogKey, Catalog]
    manifests: Sequence[Manifest] = ()
    ids: Mapping[Address, RemoteId] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """One manifest: its path and text, and the texts that go into files of their own, by path."""

    choice: Choice
    draft: Draft
    path: str
    text: str
    files: Mapping[str, str]
    values: Values = field(default_factory=dict)  # what it says, in compared form

    def imported(self) -> Imported:
        """What a user hears of it."""
        item, draft = self.choice.item, self.draft
        unknown = tuple(key for key in item.unknown if "." not in key)
        secrets = frozenset(draft.secrets.values())
        return Imported(
            draft.address, item.id, item.name, self.path, tuple(self.files), draft.left_out, unknown, secrets
        )


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What an import writes, and the objects that no manifest can describe: address and reason."""

    written: tuple[Written, ...]
    impossible: Mapping[Address, str] = field(default_factory=dict)


def take_over(choices: Sequence[Choice], account: Account, folder: str, secrets: Secrets) -> TakenOver:
    """Manifests for all of `choices`, in `folder` (relative to the project); each of them plans to nothing."""
    refused: dict[Address, dict[str, str]] = {}
    impossible: dict[Address, str] = {}
    for _ in range(_ROUNDS * max(len(choices), 1)):
        left = [choice for choice in choices if choice.address not in impossible]
        drafts = _drafts(left, account, refused)
        lacking = {draft.address: draft.missing for draft in drafts if draft.missing}
        if lacking:
            impossible |= lacking
            continue
        written = [_written(choice, draft, account, folder) for choice, draft in zip(left, drafts, strict=True)]
        checked, faults = _check(written, account, secrets)
        if not faults:
            return TakenOver(tuple(checked), impossible)
        for address, name, reason in faults:
            refused.setdefault(address, {}).setdefault(name, reason)
    raise RuntimeError("the manifests of an import never came to rest")


def entry_of(written: Written, resource: Resource) -> Entry:
    """What the state remembers of an object that was taken over: all that its manifest says."""
    table = written.choice.kind.table
    values = {
        name: value
        for name, value in resource.values.items()
        # A secret that is not known yet is taken as it is, unless a read shows it: then it is compared.
        if not _holds_unknown_secret(value) or (has_hidden_leaves(table[name]) and not _shows_secret(written, name))
    }
    return Entry(written.choice.item.id, values)


def resolved(
    written: Sequence[Written], account: Account, secrets: Secrets, root: FilePath
) -> Mapping[Address, Resource]:
    """What the files say that were written below `root`."""
    found = read_files(root, [each.path for each in written], account.platform, {})
    desired, _ = _resolve(found.manifests, written, account, secrets)
    return desired


def _drafts(choices: Sequence[Choice], account: Account, refused: Mapping[Address, Mapping[str, str]]) -> list[Draft]:
    known = {(address.prefix, id_): address.name for address, id_ in account.ids.items()}
    named = {(choice.address.prefix, choice.item.id): choice.address.name for choice in choices}
    around = Surroundings(account.platform, Matcher(account.platform, account.catalogs), {**known, **named})
    return [
        manifest_of(choice.item, choice.kind, choice.address, around, refused.get(choice.address, {}))
        for choice in choices
    ]


def manifest_path(folder: str, kind: Kind, name: str) -> str:
    """Where an import writes the manifest: assistants in `folder` itself, other kinds in one of their own below it."""
    below = "" if kind.creatable else f"{kind.prefix}s/"
    return f"{folder}/{below}{name}.yaml"


def _written(choice: Choice, draft: Draft, account: Account, folder: str) -> Written:
    path = manifest_path(folder, choice.kind, choice.address.name)
    schema = f"schemas/{schema_name(account.platform.api_version, choice.kind.name)}.schema.json"
    home = path.rpartition("/")[0]
    files = {f"{home}/{name}": text for name, text in draft.files.items()}
    return Written(choice, draft, path, manifest_text(draft, path, schema), files)


_Fault = tuple[Address, str, str]
"""Address, field and what is wrong with it."""


def _check(written: Sequence[Written], account: Account, secrets: Secrets) -> tuple[list[Written], list[_Fault]]:
    """Reads everything back as a plan would, and compares; what does not come through are faults."""
    with tempfile.TemporaryDirectory() as name:
        root = FilePath(name)
        for each in written:
            for path, text in {**each.files, each.path: each.text}.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_bytes(text.encode("utf-8", "surrogatepass"))
        found = read_files(root, [each.path for each in written], account.platform, {}) if written else None
    if found is None:
        return [], []
    resources, unresolved = _resolve(found.manifests, written, account, secrets)
    faults = list(_placed(found.diagnostics, written)) + list(_placed(unresolved, written))
    if faults:
        return [], faults
    checked = [replace(each, values=resources[each.choice.address].values) for each in written]
    return checked, [fault for each in checked for fault in _differences(each, resources[each.choice.address])]


def _resolve(
    manifests: Sequence[Manifest], written: Sequence[Written], account: Account, secrets: Secrets
) -> tuple[Mapping[Address, Resource], Sequence[Diagnostic]]:
    new = {manifest.address for manifest in manifests}
    # The others are there to be referred to; what they say themselves is none of our business.
    others = [replace(manifest, spec={}) for manifest in account.manifests if manifest.address not in new]
    ids = {**account.ids, **{each.choice.address: each.choice.item.id for each in written}}
    desired, faults = resolve([*others, *manifests], account.platform, account.catalogs, ids, secrets)
    return desired.resources, [fault for fault in faults if fault.code != _SECRET_MISSING]


def _placed(diagnostics: Iterable[Diagnostic], written: Sequence[Written]) -> Iterator[_Fault]:
    """Errors as the fields that they speak of."""
    by_path = {each.path: each for each in written}
    for fault in diagnostics:
        if fault.severity is not Severity.ERROR:
            continue
        each = by_path.get(fault.pos.path) if fault.pos else None
        if each is None or fault.pos is None:
            raise RuntimeError(f"an import made something that cannot be read: {fault}")
        yield each.choice.address, _field_at(each, fault.pos.line), fault.message


def _field_at(written: Written, line: int) -> str:
    """The field of `spec` that stands at a line of the manifest."""
    from agentops.yamlio.read import read

    file, faults = read(written.text.encode("utf-8", "surrogatepass"), written.path)
    spec = written.draft.value["spec"]
    assert isinstance(spec, Mapping), "a draft has a spec"
    if file is None:
        raise RuntimeError(f"an import made something that is no YAML: {faults[0]}")
    starts = [(file.locate_key(("spec", name)).line, name) for name in spec]
    return max((place, str(name)) for place, name in starts if place <= line)[1]


def _differences(written: Written, resource: Resource) -> Iterator[_Fault]:
    """The fields that a plan would change."""
    live, table = written.choice.item.values, written.choice.kind.table
    desired = {
        name: with_known(value, live[name]) if name in live else value for name, value in resource.values.items()
    }
    compared = Comparison(rows_of(table), desired, live, entry_of(written, resource).values)
    for change in compared.changes():
        yield written.choice.address, change.name, "what the platform shows cannot be written in a manifest"


def _holds_unknown_secret(value: Value) -> bool:
    return any_secret(value, lambda secret: secret.digest is None and not secret.text)


def _shows_secret(written: Written, name: str) -> bool:
    return any_secret(written.choice.item.values.get(name), lambda _: True)
