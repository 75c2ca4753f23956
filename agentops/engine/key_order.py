"""The order of keys in manifests and project files: that of the schemas, which is that of the platforms' documents."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from agentops.domain.values import Path, Value
from agentops.engine.schemas import schema, schema_name, schema_names
from agentops.yamlio.order import Order

_TOP: Final = ("apiVersion", "kind", "metadata", "spec")

Node = Mapping[str, Any]


def key_order(document: Value) -> Order:
    """The order of the keys of `document`, by its apiVersion and kind; of one that is unknown, the first four keys."""
    name = _schema_of(document)
    if name is None:
        return lambda path: () if path else _TOP
    root = schema(name)
    known: dict[Path, tuple[Sequence[Node], Value]] = {(): (tuple(_expanded([root], document, root)), document)}

    def at(path: Path) -> tuple[Sequence[Node], Value]:
        if path not in known:
            nodes, value = at(path[:-1])
            inner = _inside(value, path[-1])
            known[path] = tuple(_expanded(_below(nodes, path[-1]), inner, root)), inner
        return known[path]

    return lambda path: tuple(dict.fromkeys(key for node in at(path)[0] for key in node.get("properties", ())))


def _schema_of(document: Value) -> str | None:
    if not isinstance(document, Mapping):
        return None
    version, kind = document.get("apiVersion"), document.get("kind")
    if not isinstance(version, str) or not isinstance(kind, str):
        return None
    name = schema_name(version, kind)
    return name if name in schema_names() else None


def _inside(value: Value, step: str | int) -> Value:
    if isinstance(value, Mapping):
        return value.get(step)
    return value[step] if isinstance(value, list) and isinstance(step, int) and step < len(value) else None


def _below(nodes: Sequence[Node], step: str | int) -> Iterator[Node]:
    """What the schemas say of the value one step below."""
    for node in nodes:
        if isinstance(step, int):
            found = node.get("items")
        else:
            found = node.get("properties", {}).get(step, node.get("additionalProperties"))
        if isinstance(found, Mapping):
            yield found


def _expanded(nodes: "Iterator[Node] | Sequence[Node]", value: Value, root: Node) -> Iterator[Node]:
    """The schemas with those that they refer to; of alternatives that look at the value, the one that fits."""
    for node in nodes:
        if "$ref" in node:
            yield from _expanded([root["definitions"][node["$ref"].rpartition("/")[2]]], value, root)
            continue
        yield node
        for word in ("allOf", "anyOf", "oneOf"):
            yield from _expanded(node.get(word, ()), value, root)
        if "then" in node and _fits(node["if"], value):
            yield from _expanded([node["then"]], value, root)


def _fits(condition: Node, value: Value) -> bool:
    """Whether a condition of ours, which looks for constants only, holds."""
    wanted: Mapping[str, Node] = condition["properties"]
    return isinstance(value, Mapping) and all(value.get(key) == each["const"] for key, each in wanted.items())
