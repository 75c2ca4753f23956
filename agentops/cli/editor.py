"""Settings of a new project for editors: which schema checks which files, and the extension that does it."""

import json
from collections.abc import Mapping
from typing import Final

SETTINGS: Final = ".vscode/settings.json"
_EXTENSIONS: Final = ".vscode/extensions.json"
_YAML: Final = "redhat.vscode-yaml"


def editor_files(vocabulary: str, kinds: int) -> Mapping[str, str]:
    """Path below the project folder -> text.

    Files of a vocabulary with several kinds cannot be told apart by their names: there the first line of each manifest
    names its schema, as it does anyway in what agentops writes.
    """
    schemas = {"./schemas/agentops/v1/project.schema.json": ["agentops.yaml"]}
    if kinds == 1:
        schemas[f"./schemas/{vocabulary}/assistant.schema.json"] = ["assistants/**/*.yaml", "assistants/**/*.yml"]
    return {SETTINGS: _json({"yaml.schemas": schemas}), _EXTENSIONS: _json({"recommendations": [_YAML]})}


def _json(data: Mapping[str, object]) -> str:
    return json.dumps(data, indent=2) + "\n"
