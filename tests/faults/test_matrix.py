"""Every fault at every call: nothing lost, nothing twice, a true exit code; and the next run ends the matter.

All calls of all platforms, all pairs, and more creates are in `make matrix`.
"""

from pathlib import Path

import pytest

from agentops.sandbox import Server
from tests.faults.table import FAULTS, Meeting, meetings
from tests.faults.trial import pair, trial

CALLS = frozenset({"create", "update", "delete", "list"})
NOT_DONE = frozenset(
    {"refused", "cut-before", "429-seconds", "429-date", "web-page", *(name for name in FAULTS if "before" in name)}
)
FIRST = ("cut-before", "cut-after", "502-before", "truncated")
THEN = ("429-date", "cut-body", "503-before", "web-page", "wrong-type", "endless-drip")


def _meetings(platform: str, *, once: bool) -> list[Meeting]:
    return [meeting for meeting in meetings(platform, CALLS) if bool(meeting.fault.times) == once]


def _code(meeting: Meeting) -> int:
    """0: a repeat helped, or a listing showed that it was done; 3: something was not; 1: nothing could be read."""
    if meeting.fault.times is not None:
        return (
            3 if meeting.name == "web-page" and meeting.call in ("update", "delete") else 0
        )  # what speaks so is no platform
    if meeting.call.startswith("list"):
        return 0 if meeting.name == "drip" else 1
    return 3 if meeting.name in NOT_DONE else 0


@pytest.mark.parametrize("meeting", [*_meetings("autocalls", once=True), *_meetings("revox", once=False)], ids=str)
def test_whatever_a_call_meets_the_code_is_true_and_the_next_run_ends_it(
    meeting: Meeting, tmp_path: Path, server: Server
) -> None:
    assert trial(tmp_path, server, meeting).run.code == _code(meeting)


@pytest.mark.parametrize("then", THEN)
@pytest.mark.parametrize("first", FIRST)
def test_a_fault_while_another_is_looked_into(first: str, then: str, tmp_path: Path, server: Server) -> None:
    pair(tmp_path, server, "autocalls", first, then, always=then in ("429-date", "web-page"))
