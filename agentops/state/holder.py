"""Who holds a lock, in words."""

from agentops.domain.state import Lock


def describe(lock: Lock) -> str:
    """One line on `lock`: who, since when, what for, its ID, and the CI run, if it is one."""
    since = f"{lock.created:%Y-%m-%d %H:%M:%S} UTC"
    run = f", {lock.ci_url}" if lock.ci_url else ""
    return f"{lock.who} holds the lock since {since} ({lock.operation}, lock {lock.id}{run})"
