"""One comment per environment: found again by a hidden marker, updated in place, never doubled."""

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final
from urllib.parse import quote

from agentops.domain.errors import ForgeRefusedError, ForgeUnclearError
from agentops.forges.calls import Sleep
from agentops.forges.forge import Comment, Forge

_NOT_OURS: Final = (403, 404)
_SETTLE: Final = (2.0, 5.0)  # seconds until a comment that was made would be listed; then it is sent again


class Done(Enum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the comment is now; `url` is empty on a dry run."""

    done: Done
    url: str


def marker(project: str, environment: str) -> str:
    """The first line of an environment's comment; HTML shows nothing of it. No name can end it early."""
    return f"<!-- agentops: {_escaped(project)}/{_escaped(environment)} -->"


def _escaped(name: str) -> str:
    # Two hyphens in a row may end an HTML comment, and `quote` lets them be.
    return re.sub("-(?=-|$)", "%2D", quote(name, safe="", errors="backslashreplace"))


def place(forge: Forge, number: int, mark: str, body: str, sleep: Sleep = time.sleep) -> Placed:
    """Make `body`, which begins with `mark`, the comment of the request.

    Of several that begin so the newest that may be written is taken: somebody may have copied one. If none may be, one
    of our own is made.
    """
    for comment in _marked(forge.comments(number), mark):
        if _same(comment.body, body):
            return Placed(Done.UNCHANGED, comment.url)
        try:
            return Placed(Done.UPDATED, forge.update_comment(number, comment, body).url)
        except ForgeRefusedError as exc:
            if exc.status not in _NOT_OURS:
                raise
    return Placed(Done.CREATED, _created(forge, number, mark, body, sleep).url)


def _created(forge: Forge, number: int, mark: str, body: str, sleep: Sleep) -> Comment:
    """A new comment. After an answer that was lost it is looked for before it is sent again."""
    for pause in _SETTLE:
        try:
            return forge.create_comment(number, body)
        except ForgeUnclearError:
            sleep(pause)
            made = next((one for one in _marked(forge.comments(number), mark) if _same(one.body, body)), None)
            if made is not None:
                return made
    return forge.create_comment(number, body)


def _marked(comments: Iterable[Comment], mark: str) -> list[Comment]:
    """Those that begin with the marker, the newest first; one that only quotes it is somebody's remark."""
    return sorted((one for one in comments if one.body.startswith(mark)), key=lambda one: one.id, reverse=True)


def _same(one: str, other: str) -> bool:
    """Whether two bodies say the same: forges may change line ends, and cut outer whitespace."""
    return one.replace("\r\n", "\n").strip() == other.replace("\r\n", "\n").strip()
