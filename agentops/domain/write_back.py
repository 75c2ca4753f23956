"""What `agentops drift --write` puts back into the files of a project, and what it leaves as it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from agentops.domain.address import Address


@dataclass(frozen=True, slots=True)
class PutBack:
    """One drifted field whose live value goes into files: the manifest, a text's own file, the project file.

    `variables` are those of the environment that take the value.
    """

    address: Address
    field: str
    paths: tuple[str, ...]
    variables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Left:
    """Drift that is not written, and why; without a `field` it is about the whole resource.

    With `settled` git says already what the platform has.
    """

    address: Address
    field: str
    reason: str
    settled: bool = False


@dataclass(frozen=True, slots=True)
class WriteBack:
    """The new content of files by path, what is in it, and what is not."""

    texts: Mapping[str, str] = field(default_factory=dict)
    put_back: tuple[PutBack, ...] = ()
    left: tuple[Left, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether git says all that the platform has, once the files are written."""
        return all(item.settled for item in self.left)
