"""What a forge is to us: a pull or merge request with comments and labels, and the runs that made plans for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Comment:
    """`url` is where a person sees it; empty where the forge does not say."""

    id: int
    body: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Merged:
    """A pull or merge request that was merged. `head` is its last commit, `landed` what it became on the branch."""

    number: int
    head: str
    landed: frozenset[str]
    is_fork: bool


@dataclass(frozen=True, slots=True)
class Run:
    """A workflow run or pipeline. `commit` is the head that it was made for; `is_own`: in this repository, for a
    pull request, by the workflow that was asked for."""

    id: int
    commit: str
    succeeded: bool
    is_own: bool
    url: str = ""


@dataclass(frozen=True, slots=True)
class Artifact:
    id: int
    name: str
    size: int
    expired: bool


class Forge(Protocol):
    """A repository on GitHub, or a project on GitLab.

    Every method raises ForgeRefusedError when the forge says no, ForgeUnclearError when a write may have been done all
    the same, else ForgeError. Lists are complete.
    """

    @property
    def title(self) -> str: ...
    @property
    def request_noun(self) -> str: ...  # "pull request"

    def comments(self, number: int) -> Sequence[Comment]: ...
    def create_comment(self, number: int, body: str) -> Comment: ...  # never sent twice by itself
    def update_comment(self, number: int, comment: Comment, body: str) -> Comment: ...
    def labels(self, number: int) -> frozenset[str]: ...
    def change_labels(self, number: int, *, add: frozenset[str], remove: frozenset[str]) -> None: ...

    def newest(self, branch: str) -> str: ...  # its last commit
    def merged(self, commit: str) -> Sequence[Merged]: ...  # the merged requests that have to do with the commit
    def runs(self, merged: Merged, workflow: str) -> Sequence[Run]: ...  # newest first
    def artifacts(self, run: Run, name: str) -> Sequence[Artifact]: ...  # newest first, of that name
    def download(self, artifact: Artifact) -> bytes: ...  # a zip archive
