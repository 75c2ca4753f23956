"""The platforms that agentops knows, and the door to each: every folder beside this file that has a provider.py."""

import time
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

import agentops.providers
from agentops.domain.errors import UsageError
from agentops.domain.platform import Platform
from agentops.domain.secrets import Secrets

if TYPE_CHECKING:
    from agentops.providers.rest.adapter import RestProvider
    from agentops.providers.rest.spec import ApiSpec


@cache
def specs() -> "Mapping[str, ApiSpec]":
    """The specs of all platforms, by name."""
    folders = (found.name for found in iter_modules(agentops.providers.__path__) if found.ispkg)
    modules = (f"{agentops.providers.__name__}.{folder}.provider" for folder in folders)
    found = (import_module(module).PROVIDER for module in modules if find_spec(module) is not None)
    return {spec.platform.name: spec for spec in found}


def platforms() -> tuple[str, ...]:
    """The names of all platforms, sorted."""
    return tuple(sorted(specs()))


def platform(name: str) -> Platform:
    """The platform called `name`. Raises UsageError for a name that is none."""
    try:
        return specs()[name].platform
    except KeyError:
        raise UsageError(f"there is no platform {name!r}", hint=f"choose one of {', '.join(platforms())}") from None


def connect(
    name: str,
    *,
    token: str,
    secrets: Secrets,
    base_url: str = "",
    wsgi_app: Callable[..., Any] | None = None,
    read_only: bool = False,
    on_wait: Callable[[float, str], None] | None = None,
    unlimited: bool = False,
    proxied: bool = False,
    sleep: Callable[[float], None] = time.sleep,
) -> "RestProvider":
    """The account that `token` opens on the platform `name`.

    `wsgi_app` answers in process, in place of the network. A `read_only` connection refuses every request that is not
    a GET. `on_wait` is told before a request waits. Requests go at the speed that the platforms allow unless
    `unlimited`, in process, or on an address of this machine. `proxied`: through the proxy that the process's
    environment names, but for this machine. Raises UsageError for an unknown platform and
    ProjectError for a base URL or a token that cannot be one.
    """
    # Here, so that offline commands never import httpx.
    from agentops.providers.rest.adapter import RestProvider
    from agentops.providers.rest.connection import open_caller

    platform(name)
    spec = specs()[name]
    caller = open_caller(
        spec.platform,
        token,
        base_url=base_url,
        wsgi_app=wsgi_app,
        unlimited=unlimited,
        proxied=proxied,
        read_only=read_only,
        on_wait=on_wait,
        sleep=sleep,
    )
    return RestProvider(spec, caller, secrets)
