"""The label that says at a glance what a plan does. Ours are known by their whole names; no others are touched."""

import hashlib
import re
from enum import Enum
from typing import Final

from agentops.forges.forge import Forge

_LONGEST: Final = 50  # characters of a label on GitHub


class Verdict(Enum):
    NO_CHANGES = "no changes"
    CHANGES = "changes"
    DELETES = "deletes"
    BLOCKED = "blocked"
    REFUSED = "refused"


def label(verdict: Verdict, environment: str = "") -> str:
    """`agentops: changes`, or `agentops: changes in production` where a project has several environments."""
    name = f"agentops: {verdict.value}"
    return f"{name} in {_short(environment)}" if environment else name


def _short(environment: str) -> str:
    """A name that fits with every verdict, and has no comma: GitLab takes labels as a list with commas."""
    room = _LONGEST - len(f"agentops: {Verdict.NO_CHANGES.value} in ")
    if len(environment) <= room and re.fullmatch(r"[\w.-]+", environment, re.ASCII):
        return environment
    digest = hashlib.sha256(environment.encode("utf-8", "backslashreplace")).hexdigest()[:6]
    return re.sub(r"[^\w.-]", "-", environment, flags=re.ASCII)[: room - 7] + "." + digest


def set_label(forge: Forge, number: int, verdict: Verdict, environment: str, *, several: bool) -> bool:
    """Give the request the label of this verdict, and take those of others away. False: it was so already."""
    wanted = label(verdict, environment if several else "")
    ours = {label(each, name) for each in Verdict for name in (environment, "")} - {wanted}
    there = {name.casefold(): name for name in forge.labels(number)}  # forges do not tell case apart
    add = frozenset() if wanted.casefold() in there else frozenset({wanted})
    remove = frozenset(there[name.casefold()] for name in ours if name.casefold() in there)
    if add or remove:
        forge.change_labels(number, add=add, remove=remove)
    return bool(add or remove)
