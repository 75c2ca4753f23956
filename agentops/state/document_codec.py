"""A remote state as one document: gzip of JSON, made so that a commit encodes and compresses only what it changes."""

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Final

from agentops.domain.address import Address
from agentops.domain.errors import StateError
from agentops.domain.state import KEPT_VERSIONS, Lock, Serial, State, StateChange, Version
from agentops.domain.values import canonical_json
from agentops.state import codec
from agentops.state.codec import Json

_LEVEL: Final = 6  # what gzip does by default; a document is sent more often than the processor is short
_LARGEST: Final = 512 * 1024 * 1024  # bytes of JSON
_CUT: Final = 64  # about so many entries are compressed as one block


@dataclass(frozen=True, slots=True)
class Lease:
    """A lock that runs out: free for others once the document has not changed for `seconds`."""

    lock: Lock
    seconds: float


@dataclass(frozen=True, slots=True)
class StateDocument:
    """What the document holds. Before there is a state, that is at most a lease.

    `head` is the state without its entries and its lock; `entries` are the texts of the entries by address. `versions`
    are the former ones that are kept, newest first; in the document of a version: that one.
    """

    head: State | None = None
    entries: Mapping[str, str] = field(default_factory=dict, repr=False)
    lease: Lease | None = None
    versions: tuple[Version, ...] = ()

    @property
    def serial(self) -> Serial | None:
        return self.head.serial if self.head else None

    def state(self, location: str) -> State | None:
        """The whole state, if there is one. Raises StateError, naming `location`, when an entry is damaged."""
        if self.head is None:
            return None
        try:
            entries = {Address.parse(text): codec.decode_entry(json.loads(body)) for text, body in self.entries.items()}
        except (TypeError, KeyError, ValueError, AttributeError, RecursionError) as exc:
            raise damaged(location, exc) from exc
        return replace(self.head, entries=entries, lock=self.lease.lock if self.lease else None)

    def holding(self, state: State) -> "StateDocument":
        """This document with `state` in place of what it held; the lease stays."""
        entries = {str(address): _text(codec.encode_entry(entry)) for address, entry in state.entries.items()}
        return replace(self, head=replace(state, entries={}, lock=None), entries=entries)

    def changed(self, change: StateChange) -> "StateDocument":
        """This document one serial later, after `change`. Raises ValueError when it holds no state."""
        if self.head is None:
            raise ValueError("there is no state to change")
        entries = dict(self.entries)
        for address, entry in change.entries.items():
            if entry is None:
                entries.pop(str(address), None)
            else:
                entries[str(address)] = _text(codec.encode_entry(entry))
        intents = {**self.head.intents, **change.intents}
        head = replace(
            self.head,
            serial=self.head.serial + 1,
            intents={address: intent for address, intent in intents.items() if intent is not None},
            binding=change.binding or self.head.binding,
            moved_to=self.head.moved_to if change.moved_to is None else change.moved_to,
        )
        return replace(self, head=head, entries=entries)

    def keeping(self, version: Version | None) -> "StateDocument":
        """This document with `version` as the newest of its versions, and those that are too old left out."""
        if version is None:
            return self
        older = (kept for kept in self.versions if kept.serial != version.serial)
        return replace(self, versions=(version, *older)[:KEPT_VERSIONS])


@dataclass(frozen=True, slots=True)
class Page:
    """A document as it was read: who wrote it last, and the rest as JSON until somebody asks."""

    location: str  # for messages
    write_id: str
    lease: Lease | None
    data: Json = field(repr=False)

    def document(self) -> StateDocument:
        """All that it holds. Raises StateError when it is damaged."""
        try:
            versions = tuple(_decode_version(item) for item in self.data["versions"])
            if self.data["binding"] is None:
                return StateDocument(lease=self.lease, versions=versions)
            head = codec.decode_state(
                self.data | {"entries": {}, "lock": None}, digest_key=bytes.fromhex(self.data["digest_key"])
            )
            entries = {str(address): _text(entry) for address, entry in self.data["entries"].items()}
        except (TypeError, KeyError, ValueError, AttributeError, RecursionError) as exc:
            raise damaged(self.location, exc) from exc
        except StateError as exc:
            raise StateError(f"{self.location}: {exc}", hint=exc.hint) from exc
        return StateDocument(head, entries, self.lease, versions)


def open_page(body: bytes, location: str) -> Page:
    """The page in the bytes of a document. Raises StateError for another format, and for what is no state."""
    try:
        data = json.loads(_decompressed(body))
        format_ = data["format"]
    except (OSError, EOFError, zlib.error, ValueError, TypeError, KeyError, RecursionError) as exc:
        raise StateError(
            f"{location}: this document is no agentops state",
            hint="restore it from a backup, or set `state` in agentops.yaml to another place",
        ) from exc
    try:
        codec.refuse_format(format_)
        lock = codec.decode_lock(data["lock"]) if data["lock"] else None
        lease = Lease(lock, _seconds(data["lease_seconds"])) if lock else None
        return Page(location, str(data["write_id"]), lease, data)
    except StateError as exc:
        raise StateError(f"{location}: {exc}", hint=exc.hint) from exc
    except (TypeError, KeyError, ValueError, AttributeError) as exc:
        raise damaged(location, exc) from exc


def _decompressed(body: bytes) -> bytes:
    """What `body` unpacks to. Raises ValueError before it fills the memory."""
    with gzip.open(BytesIO(body)) as file:
        text = file.read(_LARGEST + 1)
    if len(text) > _LARGEST:
        raise ValueError("it unpacks to too much")
    return text


def _seconds(data: object) -> float:
    if isinstance(data, bool) or not isinstance(data, int | float) or not 0 < data < 1e9:
        raise ValueError(f"{data!r} is no time that a lease runs")
    return float(data)


def damaged(location: str, exc: Exception) -> StateError:
    """What to raise for a document that cannot be decoded."""
    return StateError(f"{location}: the state is damaged: {exc}", hint="restore the document from a backup")


class Encoder:
    """Makes documents into bytes. Remembers the compressed blocks of the last one: what did not change costs nothing.

    The bytes are several gzip members in a row, which every gunzip reads as one text.
    """

    def __init__(self) -> None:
        self._blocks: dict[tuple[str, ...], bytes] = {}

    def encode(self, document: StateDocument, write_id: str) -> bytes:
        """The bytes of `document`, as the write with this ID puts them."""
        known = self._blocks
        blocks = {block: known.get(block) or _compressed(",".join(block)) for block in _blocks(document.entries)}
        self._blocks = blocks
        head = canonical_json(_head(document, write_id))
        return b"".join((_compressed(head[:-1] + ',"entries":{'), _COMMA.join(blocks.values()), _END))


def _head(document: StateDocument, write_id: str) -> Json:
    state: Json = {"format": codec.FORMAT, "binding": None}
    if document.head is not None:
        state = codec.encode_state(document.head) | {"digest_key": document.head.digest_key.hex()}
        del state["entries"]
    lease = document.lease
    return state | {
        "write_id": write_id,
        "lock": codec.encode_lock(lease.lock) if lease else None,
        "lease_seconds": lease.seconds if lease else None,
        "versions": [_encode_version(version) for version in document.versions],
    }


def _blocks(entries: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """The members of the map of entries in blocks. Where one ends depends on its last address alone.

    So an entry that comes or goes changes one block, not all that follow.
    """
    block: list[str] = []
    for address in sorted(entries):
        block.append(f"{json.dumps(address)}:{entries[address]}")
        if zlib.crc32(address.encode()) % _CUT == 0:
            yield tuple(block)
            block = []
    if block:
        yield tuple(block)


def _compressed(text: str) -> bytes:
    return gzip.compress(text.encode(), _LEVEL, mtime=0)


_COMMA: Final = _compressed(",")
_END: Final = _compressed("}}")


def _text(data: Json) -> str:
    return canonical_json(data)


def _encode_version(version: Version) -> Json:
    return {
        "serial": version.serial,
        "saved": codec.encode_time(version.saved),
        "operation": version.operation,
        "who": version.who,
    }


def _decode_version(data: Json) -> Version:
    saved = codec.decode_time(data["saved"])
    return Version(codec.whole(data["serial"]), saved, str(data["operation"]), str(data["who"]))
