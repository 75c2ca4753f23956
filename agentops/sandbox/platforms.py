"""The platforms that the sandbox can be: one row each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from agentops.sandbox import revox
from agentops.sandbox.autocalls.brands import BRANDS, Brand
from agentops.sandbox.autocalls.kinds import KINDS
from agentops.sandbox.autocalls.routes import brand_routes, failure, unauthenticated
from agentops.sandbox.autocalls.seeds import fill
from agentops.sandbox.calls import Answer, Route
from agentops.sandbox.database import Row
from agentops.sandbox.options import Options
from agentops.sandbox.store import Store


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform's routes, the kinds of object it has, and what an account of the sandbox begins with."""

    name: str
    routes: Callable[[Options], tuple[Route, ...]]
    kinds: Mapping[str, Row]
    seed: Callable[[Store], None]
    first_ids: Mapping[str, int]
    failure: Callable[[str, str], Answer]
    """The documented answer 500 of a method and path."""
    unauthenticated: Callable[[str, Options], Answer]
    """The answer to a request with this key, which is unknown; empty: to one without."""
    identify: Callable[[str, int], Any] = lambda _kind, number: number
    """The id of the object of a kind that is the first, second, third ... of it."""


def _autocalls(brand: Brand) -> Platform:
    return Platform(
        name=brand.name,
        routes=lambda options: brand_routes(brand, options),
        kinds=KINDS,
        seed=lambda store: fill(store, brand),
        first_ids={"assistant": 789},
        failure=failure,
        unauthenticated=unauthenticated,
    )


_REVOX = Platform(
    name="revox",
    routes=revox.routes,
    kinds=revox.KINDS,
    seed=revox.fill,
    first_ids={},
    failure=revox.failure,
    unauthenticated=revox.unauthenticated,
    identify=revox.identify,
)

PLATFORMS: Mapping[str, Platform] = {platform.name: platform for platform in (*map(_autocalls, BRANDS), _REVOX)}
