"""Strongly connected parts and levels of a graph, without recursion."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

Node = TypeVar("Node")


def cycles(edges: Mapping[Node, Sequence[Node]]) -> Mapping[Node, int]:
    """For each node the number of its strongly connected part (Tarjan); nodes that lie on a common cycle share one."""
    order: dict[Node, int] = {}
    low: dict[Node, int] = {}
    part: dict[Node, int] = {}
    stack: list[Node] = []
    for root in edges:
        if root in order:
            continue
        work = [(root, iter(edges[root]))]
        order[root] = low[root] = len(order)
        stack.append(root)
        while work:
            node, successors = work[-1]
            following = next((other for other in successors if other in edges and other not in part), None)
            if following is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == order[node]:
                    _close(node, stack, part)
            elif following in order:
                low[node] = min(low[node], order[following])
            else:
                order[following] = low[following] = len(order)
                stack.append(following)
                work.append((following, iter(edges[following])))
    return part


def _close(root: Node, stack: list[Node], part: dict[Node, int]) -> None:
    number = len(part)
    while stack:
        node = stack.pop()
        part[node] = number
        if node == root:
            return


def levels(before: Mapping[Node, Iterable[Node]]) -> list[list[Node]]:
    """The nodes in waves: each after all that it has in `before`. Raises ValueError when there is a cycle."""
    waiting = {node: {other for other in others if other in before} for node, others in before.items()}
    after: dict[Node, list[Node]] = {}
    for node, others in waiting.items():
        for other in others:
            after.setdefault(other, []).append(node)
    ready = [node for node, others in waiting.items() if not others]
    waves: list[list[Node]] = []
    while ready:
        waves.append(ready)
        ready = [node for done in ready for node in after.get(done, ()) if _is_free(waiting[node], done)]
    if sum(map(len, waves)) != len(waiting):
        raise ValueError("the order has a cycle")
    return waves


def _is_free(waits_for: set[Node], done: Node) -> bool:
    waits_for.discard(done)
    return not waits_for
