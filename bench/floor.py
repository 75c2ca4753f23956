"""The least that a plan can cost: read, parse and validate manifests, fetch the fleet; nothing else.

    python bench/floor.py SCHEMA FOLDER [BASE_URL]

The same libraries as agentops uses, on the same files, schema and server (the token is in BENCH_TOKEN). Without
BASE_URL nothing is fetched: the floor of `validate`.
"""

import json
import os
import sys
from pathlib import Path

import jsonschema
from ruamel.yaml import YAML


def check(schema_file: str, folder: str) -> list[object]:
    """Reads, parses and validates every manifest of `folder`; returns them, as a plan needs all of them at once."""
    schema = json.loads(Path(schema_file).read_text(encoding="utf-8"))
    validator = jsonschema.Draft7Validator(schema)
    yaml = YAML(typ="safe", pure=False)
    documents = []
    for path in sorted(Path(folder).rglob("*.yaml")):
        documents.append(yaml.load(path.read_text(encoding="utf-8")))
        for fault in validator.iter_errors(documents[-1]):
            raise SystemExit(f"{path}: {fault.message}")
    return documents


def fetch(base_url: str) -> dict[int, object]:
    """Fetches all pages of assistants; returns them by ID."""
    import httpx

    found: dict[int, object] = {}
    with httpx.Client(headers={"Authorization": f"Bearer {os.environ['BENCH_TOKEN']}"}, trust_env=False) as client:
        page, last = 1, 1
        while page <= last:
            answer = client.get(f"{base_url}/user/assistants/get", params={"per_page": 100, "page": page})
            body = answer.raise_for_status().json()
            found.update((item["id"], item) for item in body["data"])
            page, last = page + 1, body["last_page"]
    return found


if __name__ == "__main__":
    manifests = check(sys.argv[1], sys.argv[2])
    assistants = fetch(sys.argv[3]) if len(sys.argv) > 3 else {}
    print(f"{len(manifests)} manifests, {len(assistants)} assistants")
