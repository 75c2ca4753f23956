"""Documents that are nearly right: real ones, with a few entries replaced, added, moved or taken out."""

import copy
from collections.abc import Sequence
from typing import Any

from tests.fuzz.choices import Choices

ODD: Sequence[Any] = (
    *(None, True, False, 0, 1, -1, 0.0, -0.0, 0.5, 600.0, 1e308, 1e400, 2**31, 2**63, 10**18, 10**400, float("nan")),
    *("", " ", "x", "null", "0", "007", "1e5", "true", "yes", "*" * 9, "\x00", "\x1b[2J", "\u202e", "\ud800", "\uffff"),
    *("x" * 300, "x" * 70_000, "${x}", "$${x}", "{{x}}", "{{", "../../x", "/dev/zero", "+49301234567", "Europe/Berlin"),
    *([], {}, [[]], [{}], [None], ["x"], [1, 1], {"": 1}, {"$ref": 1}, {"$map": {}}, {"$secret": {}}, {"$unset": True}),
    *({"var": "x"}, {"env": "X"}, {"file": "x"}, {"file": "/dev/zero"}, {"id": 1}, {"name": "x"}, {"type": "end_call"}),
    *({"type": "x", "data": {}}, {"id": 1, "name": "x"}, {"id": "x"}, {"name": ["x"]}, {"type": None}, {"type": []}),
)
WORDS = ("id", "name", "type", "data", "mode", "tools", "message", "errors", "total", "last_page", "values", "format")


def changed(choices: Choices, documents: Sequence[Any]) -> Any:
    """One of `documents` with up to seven changes."""
    document = [copy.deepcopy(choices.of(documents))]
    for _ in range(choices.below(8)):
        _change(document, choices)
    return document[0] if document else None


def _change(node: Any, choices: Choices) -> None:
    while True:
        steps = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not steps:
            return _add(node, choices)
        step = choices.of(steps)
        inner = node[step]
        if not isinstance(inner, dict | list) or not choices.below(4):
            return _replace(node, step, choices)
        node = inner


def _replace(node: Any, step: Any, choices: Choices) -> None:
    match choices.below(6):
        case 0:
            del node[step]
        case 1:
            _add(node, choices)
        case 2:
            node[step] = [node[step]]
        case 3:
            node[step] = {choices.of(WORDS): node[step]}
        case 4 if isinstance(node[step], list) and node[step]:
            node[step] = node[step] * 2
        case _:
            node[step] = _value(choices)


def _add(node: Any, choices: Choices) -> None:
    if isinstance(node, dict):
        node[choices.of(WORDS) if choices.below(2) else choices.text()] = _value(choices)
    else:
        node.append(_value(choices))


def _value(choices: Choices) -> Any:
    match choices.below(4):
        case 0:
            return choices.text()
        case 1:
            return int.from_bytes(choices.take(4), "big", signed=True)
        case 2:
            depth = choices.of((1, 20, 41, 70, 120, 300))
            value: Any = choices.text()
            for _ in range(depth):
                value = [value] if depth % 2 else {"x": value}
            return value
    return copy.deepcopy(choices.of(ODD))
