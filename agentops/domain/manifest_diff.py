"""What two revisions of an environment's manifests say differently, whatever the platform has."""

from dataclasses import dataclass

from agentops.domain.diagnostics import Diagnostic
from agentops.domain.plan import Change


@dataclass(frozen=True, slots=True)
class ManifestDiff:
    """The difference for one environment, sorted by address.

    In `changes` what `base` says stands as `live`, what `head` says as `desired`: a create is a manifest that was
    added, a delete one that was removed. References stay as they are written, as nobody is asked for IDs.
    """

    project: str
    environment: str
    platform: str
    base: str  # the revision, as the user named it
    head: str
    changes: tuple[Change, ...]
    unchanged: int = 0
    alike: tuple[str, ...] = ()  # other environments whose manifests differ in just the same way
    diagnostics: tuple[Diagnostic, ...] = ()  # warnings
    base_commit: str = ""
    head_commit: str = ""  # empty: the working tree

    @property
    def is_empty(self) -> bool:
        return not self.changes
