"""The order of keys: the one that is wanted, as far as anchors stay before their aliases."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from agentops.domain.values import Path
from agentops.yamlio.tree import Entry, Form, Node

Order: TypeAlias = Callable[[Path], Sequence[str]]
"""The keys of the map at a path in the order that they should have; those that it does not name come behind."""


def no_order(path: Path) -> Sequence[str]:  # noqa: ARG001
    """Keys stay where they are, and new ones go to the end."""
    return ()


def in_order(node: Node, keys: Sequence[str]) -> list[Entry]:
    """The entries of a map as `keys` has them. An entry with an alias stays behind the one with its anchor."""
    ranks = {key: rank for rank, key in enumerate(keys)}
    last = len(ranks)
    waiting = sorted(node.entries, key=lambda entry: ranks.get(entry.key or "", last))
    if waiting == node.entries or (needs := _needs(node)) is None:
        return node.entries
    if not any(needs.values()):
        return waiting
    done: list[Entry] = []
    while waiting:
        ready = next(entry for entry in waiting if not needs[id(entry)] & {id(other) for other in waiting})
        waiting.remove(ready)
        done.append(ready)
    return done


def _needs(node: Node) -> dict[int, set[int]] | None:
    """For each entry those whose anchors it uses; None if an anchor is given twice, so that any move may change it."""
    homes: dict[int, int] = {}
    names: list[str] = []
    for entry in node.entries:
        for each in entry.node.walk():
            if each.anchor and each.form is not Form.ALIAS:
                homes[id(each)] = id(entry)
                names.append(each.anchor)
    if len(set(names)) < len(names) or _is_mixed(node, homes, names):
        return None
    return {
        id(entry): {homes[id(each.target)] for each in entry.node.walk() if id(each.target) in homes} - {id(entry)}
        for entry in node.entries
    }


def _is_mixed(node: Node, homes: dict[int, int], names: list[str]) -> bool:
    """Whether an alias takes its value from before the map although the map gives that anchor anew."""
    return any(
        each.form is Form.ALIAS and each.anchor in names and id(each.target) not in homes for each in node.walk()
    )
