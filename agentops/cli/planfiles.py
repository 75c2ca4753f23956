"""Saved plans on disk."""

from collections.abc import Sequence
from pathlib import Path

from agentops.cli.written import write_privately
from agentops.domain.errors import ProjectError
from agentops.domain.plan import Plan

_LARGEST = 512 * 1024 * 1024


def save(path: Path, plans: Sequence[Plan]) -> None:
    """Write the plans, whole or not at all, readable by their owner only: they hold prompts. Raises ProjectError."""
    from agentops.engine.planfile import dump

    write_privately(path, dump(plans))


def load(path: Path) -> tuple[Plan, ...]:
    """The plans of a file. Raises ProjectError when it cannot be read or is no saved plan."""
    from agentops.engine.planfile import parse

    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)  # what has no size, as a pipe, is read no further either
        if len(data) > _LARGEST:
            raise ProjectError(f"{path} is too large for a saved plan")
        text = data.decode("utf-8")
    except OSError as exc:
        raise ProjectError(f"cannot read {path}: {exc.strerror}") from exc
    except UnicodeDecodeError as exc:
        raise ProjectError(f"{path} is no saved plan: it is not text") from exc
    return parse(text)
