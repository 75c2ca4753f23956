"""A state and its parts as JSON: for `state pull`, for the rows of the SQLite file, for every other backend."""

import json
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from agentops.domain.address import Address
from agentops.domain.errors import StateError
from agentops.domain.state import Binding, Entry, Intent, Lock, State
from agentops.domain.values import RemoteId, Values, canonical_json, from_json, to_json

FORMAT = 2
"""The number of this format. What an older version wrote is read; a newer one's is refused."""

_LONG = 512  # bytes from which compressing pays
_PLAIN, _PACKED = b"j", b"z"

Json = dict[str, Any]


def encode_entry(entry: Entry) -> Json:
    """`entry` as JSON can hold it."""
    return {
        "remote_id": entry.remote_id,
        "values": to_json(entry.values),
        "protect": entry.protect,
        "form": entry.form,
    } | ({"sending": to_json(entry.sending)} if entry.sending else {})


def decode_entry(data: Json) -> Entry:
    """The inverse of `encode_entry`. Raises TypeError, KeyError or ValueError on anything else."""
    return Entry(
        _remote_id(data["remote_id"]),
        _values(data["values"]),
        bool(data["protect"]),
        whole(data["form"]),
        _values(data.get("sending", {})),
    )


def encode_intent(intent: Intent) -> Json:
    """`intent` without the IDs that existed before it: many share them, so they are kept once."""
    return {
        "values": to_json(intent.values),
        "started": encode_time(intent.started),
        "protect": intent.protect,
    }


def decode_intent(data: Json, existing: frozenset[RemoteId]) -> Intent:
    """The inverse of `encode_intent`. Raises TypeError, KeyError or ValueError on anything else."""
    return Intent(_values(data["values"]), decode_time(data["started"]), existing, bool(data["protect"]))


def encode_ids(ids: frozenset[RemoteId]) -> list[RemoteId]:
    """The IDs in a stable order: numbers before texts."""
    return sorted(ids, key=lambda id_: (isinstance(id_, str), id_))


def decode_ids(data: object) -> frozenset[RemoteId]:
    """The inverse of `encode_ids`. Raises TypeError on anything else."""
    if not isinstance(data, list):
        raise TypeError("not a list of IDs")
    return frozenset(map(_remote_id, data))


def encode_lock(lock: Lock) -> Json:
    """`lock` as JSON can hold it."""
    return {
        "id": lock.id,
        "operation": lock.operation,
        "who": lock.who,
        "version": lock.version,
        "created": encode_time(lock.created),
        "ci_url": lock.ci_url,
    }


def decode_lock(data: Json) -> Lock:
    """The inverse of `encode_lock`. Raises TypeError, KeyError or ValueError on anything else."""
    id_, operation, who, version = (str(data[key]) for key in ("id", "operation", "who", "version"))
    return Lock(id_, operation, who, version, decode_time(data["created"]), str(data.get("ci_url", "")))


def encode_binding(binding: Binding) -> Json:
    """`binding` as JSON can hold it."""
    return {
        "project": binding.project,
        "environment": binding.environment,
        "platform": binding.platform,
        "base_url": binding.base_url,
        "account": binding.account,
    }


def decode_binding(data: Json) -> Binding:
    """The inverse of `encode_binding`. Raises TypeError or KeyError on anything else."""
    return Binding(*(str(data[key]) for key in ("project", "environment", "platform", "base_url", "account")))


def encode_time(time: datetime) -> str:
    """An aware time as ISO 8601 in UTC."""
    return time.astimezone(UTC).isoformat()


def decode_time(text: object) -> datetime:
    """The inverse of `encode_time`. Raises ValueError for a time without a zone."""
    time = datetime.fromisoformat(str(text))
    if time.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return time.astimezone(UTC)


def encode_state(state: State) -> Json:
    """The whole state, but for the digest key: what `state pull` prints."""
    listings = _numbered(state.intents)
    return {
        "format": FORMAT,
        "lineage": state.lineage,
        "serial": state.serial,
        "binding": encode_binding(state.binding),
        "entries": {str(address): encode_entry(entry) for address, entry in state.entries.items()},
        "intents": {
            str(address): encode_intent(intent) | {"listing": listings[intent.existing]}
            for address, intent in state.intents.items()
        },
        "listings": {number: encode_ids(ids) for ids, number in listings.items()},
        "lock": encode_lock(state.lock) if state.lock else None,
        "moved_to": state.moved_to,
    }


def decode_state(data: object, *, digest_key: bytes) -> State:
    """The inverse of `encode_state`. Raises StateError for another format, and for what is no state."""
    if not isinstance(data, dict) or "format" not in data:
        raise StateError("this is no agentops state", hint="restore the state from a backup")
    refuse_format(data["format"])
    try:
        return _decode_state(data, digest_key)
    except (TypeError, KeyError, ValueError, AttributeError, RecursionError) as exc:
        raise StateError(f"the state is damaged: {exc}", hint="restore the state from a backup") from exc


def refuse_format(format_: object) -> None:
    """Raises StateError for a format that this version does not read."""
    if not isinstance(format_, int) or isinstance(format_, bool) or not 1 <= format_ <= FORMAT:
        raise StateError(
            f"the state has format {format_!r}; this version of agentops knows {FORMAT}",
            hint="use the version of agentops that wrote it",
        )


def dump_state(state: State) -> str:
    """The text of `state pull`: sorted keys, one value a line, a line end at the end."""
    return json.dumps(encode_state(state), sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def whole(data: object) -> int:
    """`data` if it is a whole number; raises TypeError otherwise."""
    if type(data) is not int:
        raise TypeError(f"{data!r} is no whole number")
    return data


def pack(data: object) -> bytes:
    """`data` as canonical JSON, compressed when it is long."""
    plain = canonical_json(data).encode()
    return _PLAIN + plain if len(plain) < _LONG else _PACKED + zlib.compress(plain)


def unpack(blob: bytes) -> Any:
    """The inverse of `pack`. Raises ValueError on anything else."""
    mark, body = blob[:1], blob[1:]
    if mark not in (_PLAIN, _PACKED):
        raise ValueError("a row is in no form that this version knows")
    try:
        return json.loads(zlib.decompress(body) if mark == _PACKED else body)
    except (zlib.error, RecursionError) as exc:
        raise ValueError(f"a row is damaged: {exc}") from exc


def _numbered(intents: Mapping[Address, Intent]) -> dict[frozenset[RemoteId], str]:
    """A number for each set of IDs that intents refer to, in the order of their addresses."""
    sets = dict.fromkeys(intents[address].existing for address in sorted(intents))
    return {ids: str(number) for number, ids in enumerate(sets, 1)}


def _decode_state(data: Json, digest_key: bytes) -> State:
    listings = {number: decode_ids(ids) for number, ids in data["listings"].items()}
    return State(
        lineage=str(data["lineage"]),
        serial=whole(data["serial"]),
        binding=decode_binding(data["binding"]),
        digest_key=digest_key,
        entries={Address.parse(text): decode_entry(entry) for text, entry in data["entries"].items()},
        intents={
            Address.parse(text): decode_intent(intent, listings[intent["listing"]])
            for text, intent in data["intents"].items()
        },
        lock=decode_lock(data["lock"]) if data["lock"] else None,
        moved_to=str(data.get("moved_to", "")),
    )


def _remote_id(data: object) -> RemoteId:
    if isinstance(data, bool) or not isinstance(data, int | str):
        raise TypeError(f"{data!r} is no remote ID")
    return data


def _values(data: object) -> Values:
    try:
        value = from_json(data)
    except RecursionError as exc:
        raise ValueError("the values of a resource are nested without end") from exc
    if not isinstance(value, dict):
        raise TypeError("the values of a resource are not a map")
    return value
