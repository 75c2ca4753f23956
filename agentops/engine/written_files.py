"""The files of a project with proposals in them: manifests, texts in files of their own, and the project file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from agentops.domain.address import Address
from agentops.domain.platform import Platform
from agentops.domain.values import Path, Value
from agentops.engine.field_order import order_of
from agentops.engine.rewrite import Ask, Rewritten
from agentops.engine.text_files import with_text
from agentops.yamlio.patch import SpliceError
from agentops.yamlio.read import YamlFile, read
from agentops.yamlio.remarks import with_remark
from agentops.yamlio.splice import Edit, splice
from agentops.yamlio.words import UnwritableError


@dataclass(frozen=True, slots=True)
class Files:
    """The files that may change, by their path in the project: manifests, texts of their own, the project file."""

    manifests: Mapping[str, YamlFile]
    texts: Mapping[str, str]
    project: YamlFile
    environment: str  # whose variables may change


@dataclass(frozen=True, slots=True)
class Proposal:
    """One drifted field, and how it would be written."""

    address: Address
    field: str
    path: str  # of the manifest
    live: Value
    rewritten: Rewritten
    edits: bool  # whether the manifest itself changes

    @property
    def asks(self) -> tuple[Ask, ...]:
        return self.rewritten.asks


Refusal: TypeAlias = tuple[Proposal, str]


def texts_of(
    files: Files, proposals: Sequence[Proposal], platform: Platform
) -> tuple[Mapping[str, str], list[Refusal]]:
    """What the files become, by path, and the proposals for which there is no way to write them, with the reason."""
    texts: dict[str, str] = {}
    refused: list[Refusal] = []
    manifests, failed = _manifests(files, proposals, platform)
    texts |= {each.path: _whole(manifests[each.path]) for each in proposals if each.edits}
    variables: dict[str, Value] = {}
    for each in proposals:
        try:
            if id(each) in failed:
                raise failed[id(each)]
            for ask in each.asks:
                if ask.source == "file":
                    texts[ask.name] = _encodable(with_text(files.texts[ask.name], str(ask.value)))
                elif ask.name not in variables:
                    _project(files, {ask.name: ask.value})
                    variables[ask.name] = ask.value
        except (SpliceError, UnwritableError) as exc:
            refused.append((each, exc.reason if isinstance(exc, SpliceError) else str(exc)))
    if variables and not refused:
        texts[files.project.path] = _whole(_project(files, variables))
    return texts, refused


def _manifests(
    files: Files, proposals: Sequence[Proposal], platform: Platform
) -> tuple[Mapping[str, YamlFile], Mapping[int, SpliceError | UnwritableError]]:
    """The manifests with the edits in them, and what is wrong with those that cannot be, by identity."""
    manifests = dict(files.manifests)
    waiting = [each for each in proposals if each.edits]
    while True:
        failed: dict[int, SpliceError | UnwritableError] = {}
        for each in waiting:
            try:
                manifests[each.path] = _edited(manifests[each.path], each, platform)
            except (SpliceError, UnwritableError) as exc:
                failed[id(each)] = exc
        if len(failed) == len(waiting):
            return manifests, failed
        waiting = [each for each in waiting if id(each) in failed]  # an anchor may be free by now


def _project(files: Files, variables: Mapping[str, Value]) -> YamlFile:
    place = ("spec", "environments", files.environment, "variables")
    return _spliced(files.project, [Edit((*place, name), value) for name, value in variables.items()])


def _edited(file: YamlFile, proposal: Proposal, platform: Platform) -> YamlFile:
    kind = platform.kind_by_prefix[proposal.address.prefix]
    edit = Edit(("spec", proposal.field), proposal.rewritten.value)
    order = order_of(kind.table, proposal.field, proposal.rewritten.value)
    changed = _spliced(file, [edit], order)
    for path, remark in proposal.rewritten.comments.items():
        changed = with_remark(changed, path, remark)
    return changed


def _spliced(file: YamlFile, edits: Sequence[Edit], order: Callable[[Path], Sequence[str]] | None = None) -> YamlFile:
    text = splice(file, edits, order) if order else splice(file, edits)
    changed, faults = read(text.encode(), file.path, parser=file.parser)
    if changed is None:
        raise SpliceError(edits[0].path, f"it cannot be read again: {faults[0].message}")
    return changed


def _whole(file: YamlFile) -> str:
    return ("\ufeff" if file.has_mark else "") + file.text


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UnwritableError("it holds characters that no file can hold") from None
    if "\0" in text:
        raise UnwritableError("it holds a character that no text file can hold")
    return text
