"""Every folder in tests/cases/resolve: manifests in, compared values, resolution table and diagnostics out."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agentops.domain.provider import LiveObject
from agentops.domain.secrets import Secrets
from agentops.domain.values import RemoteId
from agentops.engine.resolve import needed, resolve
from tests.plan.account import AUTOCALLS, CASES, KEY, catalogs, load_json, manifests, with_assistants
from tests.plan.dump import show
from tests.plan.expectations import check

FOLDER = CASES / "resolve"
NAMES = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())


@pytest.mark.parametrize("name", NAMES)
def test_the_manifests_resolve_as_the_case_says(name: str) -> None:
    check(FOLDER / name / "resolved.txt", "\n".join(_resolved(FOLDER / name)) + "\n")


def _resolved(folder: Path) -> Iterator[str]:
    secrets = Secrets(load_json(folder / "environ.json", {"CALCOM_KEY": "k1"}), KEY)
    known = {**catalogs(FOLDER / "account.json"), **catalogs(folder / "account.json")}
    objects: dict[RemoteId, LiveObject] = {
        id_: LiveObject(id_, title, {}) for id_, title in ((70, "Support"), (71, "Twin"), (72, "Twin"))
    }
    written = manifests(folder)
    asked = needed(written, AUTOCALLS)
    only = {key: known[key] for key in asked}
    yield f"catalogs: {', '.join('/'.join(filter(None, key)) for key in sorted(asked))}"
    ids = {manifest.address: 90 + index for index, manifest in enumerate(written) if manifest.labels.get("exists")}
    desired, diagnostics = resolve(written, AUTOCALLS, with_assistants(only, objects), ids, secrets)
    for address, resource in desired.resources.items():
        yield f"{address}:"
        yield from (f"  {field}: {show(value)}" for field, value in resource.values.items())
    for row in desired.resolutions:
        path = ".".join(map(str, row.path))
        yield f"{row.address} {path}: {row.kind} {row.query!r} -> {row.id} {row.label!r}"
    yield from map(str, diagnostics)
