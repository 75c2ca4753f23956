"""A resource's name with us."""

import re
from dataclasses import dataclass

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """`assistant.front-desk`: the kind's prefix and `metadata.name`, unique in an environment."""

    prefix: str
    name: str

    def __str__(self) -> str:
        return f"{self.prefix}.{self.name}"

    @classmethod
    def parse(cls, text: str) -> "Address":
        """The address that `text` spells. Raises ValueError when it is none."""
        prefix, dot, name = text.partition(".")
        if not dot or not is_name(name) or not re.fullmatch(r"[a-z_]+", prefix):
            raise ValueError(f"{text!r} is no address; an address looks like assistant.front-desk")
        return cls(prefix, name)


def is_name(text: str) -> bool:
    """Whether `text` has the form of a DNS label: what `metadata.name` must be."""
    return _NAME.fullmatch(text) is not None
