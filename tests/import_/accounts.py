"""Taking an account over, and building the same one anew from the manifests: what the tests of imports share."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from agentops.providers import registry
from agentops.sandbox import DEFAULT_TOKEN, Options, Sandbox, Server, open_sandbox
from agentops.yamlio.read import read
from tests.support.account import STORE_KINDS
from tests.support.project import Project
from tests.support.wire import SETS

SERVER_MADE = frozenset(
    {
        *("id", "user_id", "uuid", "status", "created_at", "updated_at", "created_by"),
        *("inbound_webhook_url", "widget_settings"),
    }
)
"""Keys of a read that only the server makes, and those that are set elsewhere than on the assistant."""

_SHIFT = 1000
_REFERENCES = {
    **{"language_id": "language", "synthesizer_provider_id": "synthesizer_provider", "language_ids": "language"},
}

Ids = dict[Any, Any]
"""IDs in the first account -> those in the second. Numbers of one kind mean nothing in another: see `Twin.ids`."""


@dataclass
class Twin:
    """A second account of the platform, where everything has the same name and another ID."""

    sandbox: Sandbox
    ids: dict[str, Ids] = field(default_factory=dict)  # kind of the store -> IDs

    @property
    def same(self) -> dict[str, Ids]:
        """The IDs of the first account, as such."""
        return {kind: {number: number for number in known} for kind, known in self.ids.items()}


def twin_of(sandbox: Sandbox, platform: str, options: Options = Options()) -> Twin:  # noqa: B008 - frozen
    """An account without assistants that has all that `sandbox` has else."""
    other = Twin(open_sandbox(platform, ":memory:", options=options, seed=False))
    kinds = dict.fromkeys(
        [*(k for k in STORE_KINDS.values() if k in ("language", "synthesizer_provider")), *STORE_KINDS.values(), "user"]
    )
    for kind in kinds:
        try:
            rows = sandbox.store.objects(kind)
        except KeyError:
            continue
        named = Counter(row.get("name") for row in rows)
        for row in rows:
            # Voices of one name that nothing tells apart are written by ID: these are the same in both accounts.
            shift = platform != "autocalls-legacy" or kind != "voice" or named[row["name"]] == 1
            other.ids.setdefault(kind, {})[row["id"]] = _copy(other, kind, row, _SHIFT if shift else 0)
    other.sandbox.store.reserve("assistant", 5000)
    return other


def _copy(other: Twin, kind: str, row: Mapping[str, Any], shift: int) -> Any:
    fields = {key: value for key, value in row.items() if key not in ("created_at", "updated_at")}
    for key, of in _REFERENCES.items():
        if isinstance(fields.get(key), list):
            fields[key] = [other.ids[of][number] for number in fields[key]]
        elif fields.get(key) is not None:
            fields[key] = other.ids.get(of, {}).get(fields[key])
    if isinstance(fields["id"], int):
        fields["id"] += shift
    else:
        fields["id"] = f"{fields['id']}-b"
    if "voice_id" in fields:
        fields["voice_id"] = f"{fields['voice_id']}-b"
    if "inbound_assistant_id" in fields:
        fields["inbound_assistant_id"] = None
    everybody = ("language", "voice", "llm_model", "multimodal_model", "synthesizer_provider", "transcriber_provider")
    return other.sandbox.store.add(kind, account=0 if kind in everybody else 1, **fields)


@contextmanager
def new_project(server: Server, platform: str) -> Iterator[Project]:
    """A project without manifests and without state on a server that is there already."""
    with tempfile.TemporaryDirectory() as folder:
        used = Project(Path(folder), platform, server)
        used.write_project()
        yield used


def shown(used: Project, kind: str = "Assistant") -> dict[Any, dict[str, Any]]:
    """What the platform's listing shows, by ID."""
    listing = registry.specs()[used.platform].objects[kind].listing
    found: dict[Any, dict[str, Any]] = {}
    for page in range(1, 100):
        query = f"?per_page=100&page={page}" if listing.paged else ""
        answer = _get(used, f"{listing.path}{query}")
        found |= {item["id"]: item for item in answer[listing.key]}
        if not listing.paged or page >= answer["last_page"]:
            break
    return found


def _get(used: Project, path: str) -> Any:
    headers = {"Authorization": f"Bearer {DEFAULT_TOKEN}"}
    return httpx.get(f"{used.server.url}{path}", headers=headers, trust_env=False).raise_for_status().json()


def secrets_of(used: Project) -> dict[str, str]:
    """The environment variables that the manifests ask for, with what the platform has there."""
    rows = {row["id"]: row for row in used.sandbox.store.assistants()}
    ids = used.ids()
    found: dict[str, str] = {}
    for path in sorted((used.folder / "assistants").glob("*.yaml")):
        file, faults = read(path.read_bytes(), path.name)
        assert file is not None, faults
        value: Any = file.value
        for name, place in _markers(value["spec"]):
            there: Any = rows[ids[value["metadata"]["name"]]]
            for step in place:
                there = there[step]
            assert found.setdefault(name, there) == there, "one variable for two secrets"
    return found


def _markers(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[str, tuple[Any, ...]]]:
    if isinstance(value, dict) and value.keys() == {"env"}:
        yield value["env"], path
    elif isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _markers(item, (*path, key))


def comparable(
    rows: Mapping[Any, Mapping[str, Any]], names: Mapping[Any, str], ids: Mapping[str, Ids]
) -> dict[str, Any]:
    """Reads by manifest name, with the IDs of this account as those of the other; `ids`: as in `Twin.ids`."""
    back = {kind: {str(new): old for old, new in known.items()} for kind, known in ids.items()}
    everything = {"assistant": {str(number): name for number, name in names.items()}, **back}
    return {names[number]: _plain(row, everything) for number, row in rows.items() if number in names}


_KINDS = {
    **{
        "voice_id": "voice",
        "language_id": "language",
        "llm_model_id": "llm_model",
        "knowledgebase_id": "knowledgebase",
    },
    **{"multimodal_model_id": "multimodal_model", "synthesizer_provider_id": "synthesizer_provider"},
    **{"transcriber_provider_id": "transcriber_provider", "phone_number_id": "phone_number"},
    **{"outbound_phone_id": "phone_number", "chat_llm_fallback_id": "llm_model", "assistant_id": "assistant"},
    **{"secondary_language_ids": "language", "tool_ids": "tool", "label_ids": "label", "folder_id": "folder"},
}


_VOICE_DEFAULTS = {"model": "sonic-3", "speed": 1, "volume": 1}
"""What absent settings of a voice mean."""


def _plain(row: Any, back: Mapping[str, Mapping[str, Any]]) -> Any:
    if isinstance(row, list):
        return [_plain(item, back) for item in row]
    if not isinstance(row, dict):
        return row
    if row.get("knowledgebase_id", 0) is None:  # then the mode has no meaning
        row = {**row, "knowledgebase_mode": None}
    return {key: _one(key, item, back) for key, item in sorted(row.items()) if key not in SERVER_MADE}


def _one(key: str, item: Any, back: Mapping[str, Mapping[str, Any]]) -> Any:
    if key in _KINDS and _KINDS[key] in back and item is not None:
        known = back[_KINDS[key]]
        if isinstance(item, list):
            return sorted(str(known.get(str(each), each)) for each in item)
        return str(known.get(str(item), item))
    if key == "voice" and isinstance(item, dict):
        told = {name: each for name, each in item.items() if _VOICE_DEFAULTS.get(name) != each}
        return {**told, "id": item["id"].removesuffix("-b")}
    if key == "inbound_assistant" and isinstance(item, dict):
        return back["assistant"].get(item["id"], item["id"])
    if key in SETS and item:
        return sorted(item)
    if key == "faq_items" and item is not None:
        return [{name: each[name] for name in ("question", "answer")} for each in item]
    return _plain(item, back)


def differences(one: Any, other: Any, path: str = "") -> list[str]:
    """Where two values differ, in words."""
    if isinstance(one, dict) and isinstance(other, dict):
        keys = sorted(one.keys() | other.keys())
        return [line for key in keys for line in differences(one.get(key), other.get(key), f"{path}.{key}")]
    return [] if one == other else [f"{path}: {one!r} became {other!r}"]


def taken_over(used: Project, *, whole: bool = True) -> None:
    """The whole account, with the secrets set; a plan after it has nothing to do. `whole`: no field is left out."""
    done = used.succeed("import", "--all", "--write")
    assert not whole or "Not managed" not in done.out, done
    used.environ |= secrets_of(used)
    done = used.succeed("plan", "--detailed-exitcode")
    assert "No changes." in done.out, done


@contextmanager
def rebuilt(used: Project, options: Options = Options()) -> Iterator[tuple[Project, Twin]]:  # noqa: B008 - frozen
    """The manifests of `used`, applied to an empty account with other IDs."""
    twin = twin_of(used.sandbox, used.platform, options)
    with Server(twin.sandbox) as server, new_project(server, used.platform) as again:
        shutil.copytree(used.folder / "assistants", again.folder / "assistants")
        again.environ = dict(used.environ)
        again.apply()
        yield again, twin
    twin.sandbox.close()
