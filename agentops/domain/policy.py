"""What an environment lets a plan do without asking."""

from dataclasses import dataclass
from enum import Enum


class Deletes(Enum):
    """`deletes:` of an environment."""

    ASK = "ask"
    ALLOW = "allow"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Policy:
    """A plan is large when it changes more resources than `max_changes`, and also more than `max_share` of them."""

    deletes: Deletes = Deletes.ASK
    max_changes: int = 10
    max_share: float = 0.30
