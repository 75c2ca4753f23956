"""What is applied while somebody pulls the plug: manifests before, manifests after."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

PLATFORM: Final = "autocalls"

Spec: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scenario:
    """`before` is applied undisturbed, then `declared` is what each trial has to arrive at."""

    name: str
    declared: Mapping[str, Spec]
    before: Mapping[str, Spec] = field(default_factory=dict)
    parallelism: int | None = None  # None: the default
    pause: tuple[float, float] = (0.1, 0.4)  # how long a request that writes takes; carried out halfway
    window: float = 0.5  # the seconds after the first of them in which a random moment lies

    @property
    def creates(self) -> int:
        """How many objects are to be created, by all runs of a trial together."""
        return len(self.declared.keys() | self.before.keys())

    def rows(self) -> dict[str, tuple[str, int | None]]:
        """What the platform should hold in the end: by name, the greeting and the phone number."""
        return {
            spec["name"]: (spec["initial_message"], (spec.get("phone_number") or {}).get("id"))
            for spec in self.declared.values()
        }


def _spec(name: str, *, number: int | None = None, says: str = "Hello!") -> Spec:
    spec = {
        "name": name,
        "type": "inbound",
        "mode": "pipeline",
        "timezone": "Europe/Berlin",
        "language": "English",
        "voice": {"name": "Emma", "language": "English"},
        "llm_model": "GPT-4.1",
        "initial_message": says,
        "system_prompt": f"You are {name}. Be kind.",
    }
    return spec if number is None else {**spec, "phone_number": {"id": number}}


def creates(count: int = 10) -> Scenario:
    """So many assistants, all of them new."""
    return Scenario(f"{count} creates", {f"desk-{n:02}": _spec(f"Desk {n:02}") for n in range(count)})


CREATES: Final = creates()

FEW_AT_ONCE: Final = replace(CREATES, name="10 creates, 3 at once", parallelism=3)

LATE: Final = replace(CREATES, name="10 late creates", pause=(0.8, 1.8))
"""Carried out when the re-run has begun to look for them already, but before they are given up."""

LONG: Final = replace(LATE, name="10 late creates, 3 at once", parallelism=3, window=4.0)
"""The last ones are sent when the intents of the first ones would be old."""

CHANGES: Final = Scenario(
    "4 updates, 2 deletes, 4 creates",
    before={
        "east": _spec("East", number=1),
        "west": _spec("West", number=2),
        "north": _spec("North"),
        "south": _spec("South"),
        "old": _spec("Old", number=3),
        "older": _spec("Older"),
    },
    declared={
        "east": _spec("East", number=2),  # swaps its number with that of west
        "west": _spec("West", number=1, says="Good morning!"),
        "north": _spec("North", says="Good evening!"),
        "south": _spec("South", number=3),  # the number of one that is deleted
        "new-1": _spec("New 1", number=4),
        "new-2": _spec("New 2"),
        "new-3": _spec("New 3"),
        "new-4": _spec("New 4"),
    },
)

SCENARIOS: Final = {"creates": CREATES, "few": FEW_AT_ONCE, "late": LATE, "long": LONG, "changes": CHANGES}
