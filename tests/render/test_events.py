"""Apply's lines, its last words, and the status line."""

import io

import pytest

from agentops.domain.diagnostics import SourcePos, error
from agentops.domain.events import (
    ApplyResult,
    ApplyStarted,
    Event,
    Mismatch,
    Noted,
    StepFailed,
    StepFinished,
    StepSkipped,
    StepStarted,
    Waiting,
)
from agentops.domain.plan import Action
from agentops.domain.values import Secret
from agentops.render.events import duration, event_text, result_text
from agentops.render.paint import COLOUR
from agentops.render.progress import Progress
from tests.render.plans import EMMA, KEY, SARAH, address

X = address("x")
REJECTED = error("rejected", "famulor: voice_id is invalid", SourcePos("assistants/x.yaml", 8, 3), "see the catalog")


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (ApplyStarted(3), ""),
        (StepStarted(X, Action.CREATE), "assistant.x: Creating..."),
        (StepFinished(X, Action.CREATE, 789, 1.9), "assistant.x: Creation complete after 1s [id=789]"),
        (StepStarted(X, Action.UPDATE), "assistant.x: Modifying... [id=5]"),
        (
            StepStarted(X, Action.UPDATE, "unassign phone number"),
            "assistant.x: Modifying... [id=5] (unassign phone number)",
        ),
        (StepFinished(X, Action.UPDATE, 5, 62), "assistant.x: Modifications complete after 1m2s [id=5]"),
        (StepStarted(X, Action.DELETE), "assistant.x: Destroying... [id=5]"),
        (StepFinished(X, Action.DELETE, 5, 0), "assistant.x: Destruction complete after 0s"),
        (StepStarted(X, Action.ADOPT), "assistant.x: Importing... [id=5]"),
        (StepFinished(X, Action.ADOPT, 5, 0), "assistant.x: Import complete [id=5]"),
        (
            StepFailed(X, Action.CREATE, (REJECTED,)),
            "assistant.x: Creation failed\n"
            "  assistants/x.yaml:8:3: error: famulor: voice_id is invalid [rejected]\n"
            "      hint: see the catalog",
        ),
        (
            StepSkipped(X, Action.UPDATE, "it changed meanwhile"),
            "assistant.x: Modifications skipped: it changed meanwhile",
        ),
        (StepSkipped(X, Action.NO_OP, "both changed it"), "assistant.x: Left alone: both changed it"),
        (Waiting(2.2, "rate limit"), "Waiting 3s: rate limit"),
        (
            Noted("the create of an earlier run was done: ID 5", X),
            "assistant.x: the create of an earlier run was done: ID 5",
        ),
        (Noted("stopping"), "stopping"),
        (
            Mismatch(X, "voice", EMMA, SARAH),
            'assistant.x: voice reads back different: sent "Emma" (31), stored "Sarah" (12)',
        ),
        (
            Mismatch(X, "key", KEY, Secret("", "00")),
            "assistant.x: key reads back different: sent (sensitive value), stored (sensitive value)",
        ),
        (
            Mismatch(X, "key", "plain", "other", sensitive=True),
            "assistant.x: key reads back different: sent (sensitive value), stored (sensitive value)",
        ),
    ],
)
def test_event_is_shown_in_terraforms_words(event: Event, expected: str) -> None:
    ids = {} if isinstance(event, StepStarted) and event.action is Action.CREATE else {X: 5}
    assert event_text(event, ids=ids) == expected


@pytest.mark.parametrize(("seconds", "expected"), [(-1, "0s"), (59.9, "59s"), (60, "1m0s"), (3605, "1h0m5s")])
def test_durations_are_terraforms(seconds: float, expected: str) -> None:
    assert duration(seconds) == expected


def test_colour_never_changes_the_words() -> None:
    event = StepFinished(X, Action.CREATE, 789, 1)
    assert event_text(event, palette=COLOUR) == "\x1b[1massistant.x:\x1b[0m Creation complete after 1s [id=789]"


def test_what_a_platform_says_cannot_steer_the_terminal() -> None:
    failed = StepFailed(X, Action.CREATE, (error("rejected", "\x1b[2Jgone"),))
    assert "\x1b" not in event_text(failed)


def test_complete_apply_is_one_line() -> None:
    result = ApplyResult(created=(X, address("y")), updated=(address("z"),))
    assert result_text(result) == "Apply complete! Resources: 2 added, 1 changed, 0 destroyed."
    assert result_text(result, imported=1).startswith("Apply complete! Resources: 1 imported, 2 added,")


def test_activation_is_named_only_after_creates() -> None:
    hint = "New assistants are inactive: activate them in the portal."
    assert result_text(ApplyResult(created=(X,)), activation=hint).endswith(f"\n\n{hint}")
    assert hint not in result_text(ApplyResult(updated=(X,)), activation=hint)


def test_incomplete_apply_says_what_was_done_failed_and_not_started() -> None:
    result = ApplyResult(created=(X,), updated=(address("b"),), failed=(address("c"),), not_started=(address("d"),))
    assert result_text(result).split("\n") == [
        "Apply incomplete! Resources: 1 added, 1 changed, 0 destroyed.",
        "",
        "  done             2  assistant.b, assistant.x",
        "  failed           1  assistant.c",
        "  not started      1  assistant.d",
    ]
    assert result_text(ApplyResult(interrupted=True)).startswith("Apply interrupted!")


def test_mismatches_are_listed_at_the_end() -> None:
    result = ApplyResult(updated=(X,), mismatches=(Mismatch(X, "speech_speed", 1.1, 1.0),))
    assert result_text(result).split("\n")[2:] == [
        "All was written, but 1 value reads back different:",
        "  assistant.x: speech_speed reads back different: sent 1.1, stored 1.0",
    ]


def test_apply_that_could_not_be_read_back_says_why() -> None:
    shown = result_text(ApplyResult(updated=(X,), unverified="the listing changed while it was read"))
    assert shown.endswith("\n\nWhat was written could not be read back: the listing changed while it was read")


def test_status_line_counts_and_foresees() -> None:
    progress = Progress(io.StringIO().write, width=80)
    progress.feed(ApplyStarted(4), 100.0)
    assert progress.line(100.0) == "[                    ] 0/4"
    progress.feed(StepStarted(X, Action.CREATE), 100.0)
    progress.feed(StepFinished(X, Action.CREATE, 1, 2), 102.0)
    assert progress.line(102.0) == "[=====               ] 1/4, 0.5/s, 6s left"
    progress.feed(Waiting(3, "rate limit"), 102.0)
    assert progress.line(102.0).endswith("6s left, waiting 3s: rate limit")


def test_status_line_is_cleared_before_other_text_and_never_wraps() -> None:
    stream = io.StringIO()
    progress = Progress(stream.write, width=30)
    progress.clear()
    assert stream.getvalue() == ""
    progress.feed(ApplyStarted(4), 0.0)
    progress.feed(Waiting(3, "a reason that is much longer than the terminal is wide"), 1.0)
    progress.clear()
    assert stream.getvalue().endswith("\r\x1b[K")
    assert len(progress.line(1.0)) < 30
