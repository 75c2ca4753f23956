"""Documents of the corpus, and random changes to them."""

import copy
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from agentops.yamlio.read import read

CASES = Path(__file__).resolve().parents[1] / "cases" / "bad_input"
VALUES: list[Any] = [
    None,
    True,
    False,
    0,
    1,
    600,
    -1,
    600.0,
    0.5,
    1e9,
    "",
    "x",
    "x" * 300,
    "front-desk",
    "front-desk\n",
]
VALUES += [[], {}, ["x"], [1], {"var": "x"}, {"var": ""}, {"var": "x", "file": "y"}, {"file": "y"}, {"env": "A"}, "#"]
VALUES += [{"env": "a b"}, {"name": "x"}, {"id": 1}, {"id": 1.0}, {"name": "x", "language": "y"}, {"type": "end_call"}]
VALUES += [
    {"type": 1},
    {"name": None},
    {"name": ["x"]},
    {"var": ["x"]},
    "${x}",
    "$${x}",
    "pipeline",
    "multimodal",
    "+49",
]
KEYS = ["name", "type", "var", "mode", "tools", "description", "timeout", "x", "phone_number", "env", "id", "labels"]


@cache
def documents(*, projects: bool) -> list[Any]:
    """The values of all files of the corpus that are YAML: project files, or manifests."""
    paths = [path for path in sorted(CASES.glob("*/*.yaml")) if (path.name == "agentops.yaml") == projects]
    files = [read(path.read_bytes(), path.name)[0] for path in paths]
    return [file.value for file in files if file is not None]


def changed(data: st.DataObject, *, projects: bool) -> Any:
    """One of the documents with up to three changes."""
    document = copy.deepcopy(data.draw(st.sampled_from(documents(projects=projects))))
    for _ in range(data.draw(st.integers(1, 3))):
        _change(document, data)
    return document


def _change(node: Any, data: st.DataObject) -> None:
    """Replace, add or remove one entry somewhere in `node`."""
    steps = list(node) if isinstance(node, dict) else list(range(len(node))) if isinstance(node, list) else []
    if not steps:
        return
    key = data.draw(st.sampled_from([*steps, *KEYS] if isinstance(node, dict) else steps))
    inner = node.get(key) if isinstance(node, dict) else node[key]
    if isinstance(inner, dict | list) and inner and data.draw(st.integers(0, 3)):
        _change(inner, data)
    elif inner is not None and data.draw(st.booleans()):
        del node[key]
    else:
        node[key] = copy.deepcopy(data.draw(st.sampled_from(VALUES)))
