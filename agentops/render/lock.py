"""Who holds a lock, for those who have to wait for it."""

from datetime import datetime

from agentops.domain.state import Lock
from agentops.render.events import duration
from agentops.render.visible import printable


def lock_text(lock: Lock, now: datetime) -> str:
    """All that the holder said of itself, a line each, indented."""
    age = duration((now - lock.created).total_seconds())
    rows = {
        "ID": lock.id,
        "Who": lock.who,
        "Operation": lock.operation,
        "Created": f"{lock.created:%Y-%m-%d %H:%M:%S} UTC ({age} ago)",
        "Version": f"agentops {lock.version}",
        "CI": lock.ci_url,
    }
    return "\n".join(f"  {name + ':':<11}{printable(value)}" for name, value in rows.items() if value)
