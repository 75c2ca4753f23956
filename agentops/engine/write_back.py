"""Puts drift back into git: from what others changed on the platform to new texts of the files that say otherwise."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, TypeAlias

from agentops.domain.address import Address
from agentops.domain.catalog import Catalog, CatalogKey
from agentops.domain.desired import Resource
from agentops.domain.diagnostics import Diagnostic, Severity
from agentops.domain.drift import Drifted
from agentops.domain.fields import Field
from agentops.domain.manifest import Manifest
from agentops.domain.plan import Cause, FieldChange, OnConflict
from agentops.domain.platform import Kind, Platform
from agentops.domain.secrets import Secrets
from agentops.domain.state import VALUES_FORM, State
from agentops.domain.values import Path, RemoteId, Secret, Value, Values
from agentops.domain.write_back import Left, PutBack, WriteBack
from agentops.engine.causes import Comparison, Rows, rows_of
from agentops.engine.diff import identical, same
from agentops.engine.ignore import as_ignored
from agentops.engine.manifest_of import Surroundings
from agentops.engine.matching import Matcher
from agentops.engine.refresh import Live
from agentops.engine.resolve import Resolver
from agentops.engine.rewrite import Ask, NotWritten, Subject, rewrite
from agentops.engine.written_files import Files, Proposal, Refusal, texts_of
from agentops.yamlio.read import read


@dataclass(frozen=True, slots=True)
class Known:
    """What drift was found in: git, the platform and the state, all that a plan would see."""

    platform: Platform
    manifests: Mapping[Address, Manifest]
    desired: Mapping[Address, Resource]
    live: Live
    state: State
    catalogs: Mapping[CatalogKey, Catalog]
    ids: Mapping[Address, RemoteId]
    secrets: Secrets


@dataclass(frozen=True, slots=True)
class Checked:
    """What the project would say with other files: nothing is desired when there is an error."""

    desired: Mapping[Address, Resource]
    diagnostics: Sequence[Diagnostic]


Check: TypeAlias = Callable[[Mapping[str, str]], Checked]
"""Reads and resolves the project as if files, by path, had another content."""


def write_back(
    drifted: Iterable[Drifted], known: Known, files: Files, check: Check, on_conflict: OnConflict = OnConflict.FAIL
) -> WriteBack:
    """The new files with which git says what the platform has, as far as that can be.

    `check` is asked until what is written loads, is valid, resolves, and leaves a plan nothing to do; what would not
    come through is left, with the reason. Nothing else may mean anything new by it.
    """
    return _Run(known, files, check, on_conflict).result(drifted)


@dataclass
class _Run:
    """What is proposed and what was left so far."""

    known: Known
    files: Files
    check: Check
    on_conflict: OnConflict
    left: list[Left] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)
    rows: dict[str, Rows] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = self.known
        self._secrets = dict(_secrets_of(known))
        manifests = list(known.manifests.values())
        self._resolver = Resolver(manifests, known.platform, known.catalogs, known.ids, known.secrets)
        addresses = {(address.prefix, id_): address.name for address, id_ in known.ids.items()}
        shared = {secret.digest: env for env, secret in self._secrets.items() if secret.digest}
        self._around = Surroundings(
            known.platform, Matcher(known.platform, known.catalogs), addresses, {str(k): v for k, v in shared.items()}
        )

    def result(self, drifted: Iterable[Drifted]) -> WriteBack:
        for item in drifted:
            self._propose(item)
        texts = self._settled()
        put_back = tuple(self._put_back(proposal) for proposal in self.proposals)
        return WriteBack(texts, put_back, tuple(sorted(self.left, key=lambda left: (left.address, left.field))))

    # Proposing

    def _propose(self, item: Drifted) -> None:
        manifest = self.known.manifests.get(item.address)
        if item.gone:
            hint = "`agentops apply` creates it again; to let it go, remove its manifest"
            self.left.append(Left(item.address, "", f"it was deleted on the platform: {hint if manifest else _FORGET}"))
        elif manifest is None:
            self.left.append(Left(item.address, "", f"no manifest describes it any more: {_FORGET}"))
        else:
            causes = {change.name: change for change in self._changes(item.address, self.known.desired)}
            subject = self._subject(item, manifest)
            for drifted in item.fields:
                self._propose_field(subject, drifted.name, causes.get(drifted.name))

    def _propose_field(self, subject: Subject, name: str, change: FieldChange | None) -> None:
        address = subject.manifest.address
        if name not in subject.manifest.spec:
            self.left.append(Left(address, name, "it left the manifest: to manage it again, write it there"))
        elif change is None or change.cause not in _EDITED:
            self.left.append(Left(address, name, "git says what the platform has already", settled=True))
        elif reason := subject.item.blocked.get(name):
            self.left.append(Left(address, name, reason))
        elif change.cause is Cause.CONFLICT and self.on_conflict is OnConflict.FAIL:
            self.left.append(Left(address, name, _CONFLICT))
        elif change.cause is Cause.CONFLICT and self.on_conflict is OnConflict.GIT:
            self.left.append(Left(address, name, "git changed it too, and git's value stays", settled=True))
        else:
            self._propose_value(subject, name, change.live)

    def _propose_value(self, subject: Subject, name: str, shown: Value) -> None:
        manifest = subject.manifest
        desired = self._known_secrets(self.known.desired[manifest.address].values)
        assert isinstance(desired, Mapping), "values are a map"
        live = as_ignored({name: shown}, desired, manifest.ignore)[name]
        try:
            rewritten = rewrite(subject, name, live)
        except NotWritten as exc:
            self.left.append(Left(manifest.address, name, str(exc)))
            return
        edits = not identical(rewritten.value, subject.raw[name])
        self.proposals.append(Proposal(manifest.address, name, manifest.document.path, live, rewritten, edits))

    def _subject(self, item: Drifted, manifest: Manifest) -> Subject:
        kind = self.known.platform.kind_by_name[item.kind]
        raw = self.files.manifests[manifest.document.path].value
        spec = raw.get("spec") if isinstance(raw, Mapping) else None
        assert isinstance(spec, Mapping), "the manifest is valid"
        live = self.known.live[item.kind][item.remote_id]
        return Subject(manifest, spec, live, kind, self._around, partial(self._means, manifest))

    def _means(self, manifest: Manifest, row: Field, written: Value, path: Path, siblings: Values) -> Value:
        return self._known_secrets(self._resolver.part(manifest, row, written, path, siblings))

    def _known_secrets(self, value: Value) -> Value:
        """`value`, with the digests that the state has for secrets that are not set here."""
        match value:
            case Secret(env, None, "") if env in self._secrets:
                return self._secrets[env]
            case dict():
                return {key: self._known_secrets(item) for key, item in value.items()}
            case list():
                return [self._known_secrets(item) for item in value]
        return value

    def _changes(self, address: Address, desired: Mapping[Address, Resource]) -> tuple[FieldChange, ...]:
        """What a plan would do to the resource if that were desired."""
        resource, entry = desired[address], self.known.state.entries[address]
        kind = self.known.platform.kind_by_prefix[address.prefix]
        live = self.known.live[kind.name][entry.remote_id].values
        ignore = resource.manifest.ignore
        prior = as_ignored(entry.values if entry.form == VALUES_FORM else {}, live, ignore)
        values = self._known_secrets(resource.values)
        assert isinstance(values, Mapping), "values are a map"
        return Comparison(self._rows_of(kind), as_ignored(values, live, ignore), live, prior).changes()

    def _rows_of(self, kind: Kind) -> Rows:
        if kind.name not in self.rows:
            self.rows[kind.name] = rows_of(kind.table)
        return self.rows[kind.name]

    # Settling

    def _settled(self) -> Mapping[str, str]:
        """The new texts of the proposals that are left once all that cannot be is refused."""
        while self.proposals:
            refused = list(self._shared())
            texts: Mapping[str, str] = {}
            if not refused:
                texts, refused = texts_of(self.files, self.proposals, self.known.platform)
            if not refused:
                refused = list(self._faults(texts))
            if not refused:
                return texts
            self._refuse(refused)
        return {}

    def _refuse(self, refused: Iterable[Refusal]) -> None:
        reasons: dict[tuple[Address, str], str] = {}
        for proposal, reason in refused:
            reasons.setdefault((proposal.address, proposal.field), reason)
        self.left += [Left(address, name, reason) for (address, name), reason in reasons.items()]
        self.proposals = [each for each in self.proposals if (each.address, each.field) not in reasons]

    def _shared(self) -> Iterator[Refusal]:
        """Proposals to change a file or a variable that somebody else uses for another value."""
        asked = {(each.address, ask.path): ask.value for each in self.proposals for ask in each.asks}
        for each in self.proposals:
            for ask in each.asks:
                others = [
                    (address, path)
                    for address, path in self._users(ask)
                    if not identical(asked.get((address, path)), ask.value)
                ]
                if others:
                    yield each, _other_users(ask, others)

    def _users(self, ask: Ask) -> Iterator[tuple[Address, Path]]:
        for address, manifest in self.known.manifests.items():
            for path, origin in manifest.origins.items():
                if (origin.source, origin.name) == (ask.source, ask.name):
                    yield address, path

    # Checking

    def _faults(self, texts: Mapping[str, str]) -> Iterator[Refusal]:
        """Proposals after which the project would not be valid, or would not say what the platform has."""
        checked = self.check(texts)
        errors = [fault for fault in checked.diagnostics if fault.severity is Severity.ERROR]
        if errors:
            yield from (refusal for fault in errors for refusal in self._blamed(fault, texts))
            return
        written = {(each.address, each.field) for each in self.proposals}
        for each in self.proposals:
            for change in self._changes(each.address, checked.desired):
                if change.name == each.field and change.write:
                    yield each, "what the platform has cannot be said in this manifest"
        moved = sorted(_moved(self.known.desired, checked.desired, self.known.platform, written))
        if moved:
            what = f"it would change {', '.join(moved)} too"
            yield from ((each, what) for each in ([each for each in self.proposals if each.asks] or self.proposals))

    def _blamed(self, fault: Diagnostic, texts: Mapping[str, str]) -> Iterator[Refusal]:
        """The proposals that an error is about: that of its line, else the one without which it is gone, else all."""
        reason = f"{fault.message}{f' ({fault.hint})' if fault.hint else ''}"
        path = fault.pos.path if fault.pos else ""
        near = [each for each in self.proposals if each.path == path and each.edits]
        asking = [each for each in self.proposals if each.asks]
        name = _field_at(texts[path], path, fault.pos.line) if fault.pos and path in texts and near else ""
        found = [each for each in self.proposals if each.path == path and each.field == name]
        suspects = found or [*near, *(each for each in asking if each not in near)] or self.proposals
        if not found and len(suspects) > 1:
            found = [each for each in suspects if self._is_cured_without(each, fault)][:1]
        yield from ((each, reason) for each in found or suspects)

    def _is_cured_without(self, proposal: Proposal, fault: Diagnostic) -> bool:
        rest = [each for each in self.proposals if each is not proposal]
        texts, refused = texts_of(self.files, rest, self.known.platform)
        said = {(each.code, each.message) for each in self.check(texts).diagnostics} if not refused else set()
        return not refused and (fault.code, fault.message) not in said

    def _put_back(self, proposal: Proposal) -> PutBack:
        paths = [proposal.path] if proposal.edits else []
        paths += [ask.name for ask in proposal.asks if ask.source == "file"]
        variables = tuple(dict.fromkeys(ask.name for ask in proposal.asks if ask.source == "var"))
        if variables:
            paths.append(self.files.project.path)
        return PutBack(proposal.address, proposal.field, tuple(dict.fromkeys(paths)), variables)


_EDITED: Final = (Cause.DRIFT, Cause.CONFLICT)
_FORGET: Final = "`agentops apply` ends it, `agentops state rm` forgets it"
_CONFLICT: Final = (
    "git changed it too since the last apply: --on-conflict live writes it over that, --on-conflict git keeps it"
)


def _secrets_of(known: Known) -> Iterator[tuple[str, Secret]]:
    """The secrets that were applied, by environment variable; and those that are set now, which win."""
    for entry in known.state.entries.values():
        yield from _secrets_in(entry.values)
    for resource in known.desired.values():
        yield from _secrets_in(resource.values)


def _secrets_in(value: Value) -> Iterator[tuple[str, Secret]]:
    match value:
        case Secret():
            if value.env and value.digest is not None:
                yield value.env, value
        case Mapping():
            for item in value.values():
                yield from _secrets_in(item)
        case list():
            for item in value:
                yield from _secrets_in(item)


def _other_users(ask: Ask, others: Sequence[tuple[Address, Path]]) -> str:
    who = ", ".join(f"{address} ({'.'.join(map(str, path[1:]))})" for address, path in others)
    if ask.source == "var":
        return (
            f"{{var: {ask.name}}} is the value of {who} too: write one of its own here, or change the variable by hand"
        )
    return f"{ask.name} is the text of {who} too, where the platform has another: give one of them a file of its own"


def _field_at(text: str, path: str, line: int) -> str:
    """The field of `spec` at a line of a manifest; empty if there is none."""
    file, _ = read(text.encode(), path)
    spec = file.value.get("spec") if file is not None and isinstance(file.value, Mapping) else None
    if file is None or not isinstance(spec, Mapping):
        return ""
    starts = [(file.locate_key(("spec", name)).line, str(name)) for name in spec]
    return max(((start, name) for start, name in starts if start <= line), default=(0, ""))[1]


def _moved(
    before: Mapping[Address, Resource],
    after: Mapping[Address, Resource],
    platform: Platform,
    written: set[tuple[Address, str]],
) -> Iterator[str]:
    """The fields that mean something else although they were not to be written."""
    for address, resource in before.items():
        table = platform.kind_by_prefix[address.prefix].table
        now = after[address].values
        for name, value in resource.values.items():
            if (address, name) not in written and (name not in now or not same(table[name], value, now[name])):
                yield f"{address} {name}"
