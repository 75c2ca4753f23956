"""The platforms that agentops knows, and the door to each."""

from agentops.domain.errors import UsageError
from agentops.domain.platform import Platform
from agentops.providers.autocalls.provider import PROVIDER as AUTOCALLS
from agentops.providers.famulor.provider import PROVIDER as FAMULOR
from agentops.providers.intellixent.provider import PROVIDER as INTELLIXENT

_SPECS = {spec.platform.name: spec for spec in (AUTOCALLS, FAMULOR, INTELLIXENT)}


def platforms() -> tuple[str, ...]:
    """The names of all platforms, sorted."""
    return tuple(sorted(_SPECS))


def platform(name: str) -> Platform:
    """The platform called `name`. Raises UsageError for a name that is none."""
    try:
        return _SPECS[name].platform
    except KeyError:
        raise UsageError(f"there is no platform {name!r}", hint=f"choose one of {', '.join(platforms())}") from None
