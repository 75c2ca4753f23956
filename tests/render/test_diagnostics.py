"""Diagnostics as text and JSON."""

import json

from agentops.domain.diagnostics import SourcePos, error, warning
from agentops.render.diagnostics import diagnostics_json, diagnostics_summary, diagnostics_text
from agentops.render.paint import COLOUR

VOICE = error(
    "unknown-voice",
    "northline has no voice named 'Ana'",
    SourcePos("assistants/front-desk.yaml", 2, 10),
    "did you mean 'Anna'?",
)
UNUSED = warning("unused-variable", "the variable 'city' is never used", SourcePos("assistants/front-desk.yaml", 3, 3))
LOST = error("lost", "there are no manifests")
SOURCE = "spec:\n  voice: Ana\n  city: Berlin\n"


def test_diagnostic_has_place_code_line_caret_and_hint() -> None:
    assert diagnostics_text([VOICE], source={"assistants/front-desk.yaml": SOURCE}.get).split("\n") == [
        "assistants/front-desk.yaml:2:10: error: northline has no voice named 'Ana' [unknown-voice]",
        "    2 |   voice: Ana",
        "      |          ^",
        "    hint: did you mean 'Anna'?",
    ]


def test_file_that_cannot_be_shown_leaves_the_rest() -> None:
    assert diagnostics_text([VOICE, LOST], source=lambda path: None).split("\n") == [
        "assistants/front-desk.yaml:2:10: error: northline has no voice named 'Ana' [unknown-voice]",
        "    hint: did you mean 'Anna'?",
        "error: there are no manifests [lost]",
    ]


def test_text_without_a_source_is_the_diagnostics_own() -> None:
    assert diagnostics_text([VOICE, UNUSED, LOST]) == "\n".join(map(str, (VOICE, UNUSED, LOST)))


def test_each_file_is_asked_for_once() -> None:
    asked = []

    def source(path: str) -> str:
        asked.append(path)
        return SOURCE

    diagnostics_text([VOICE, UNUSED, VOICE], source=source)
    assert asked == ["assistants/front-desk.yaml"]


def test_caret_stands_under_the_column_after_tabs_and_wide_characters() -> None:
    text = diagnostics_text([error("x", "y", SourcePos("a", 1, 4))], source=lambda path: "\t你a: b")
    assert text.split("\n")[1:] == ["    1 | \\t你a: b", "      |     " + " ^"]


def test_line_with_a_secret_is_not_shown() -> None:
    def shown(row: str) -> str:
        return diagnostics_text([error("type", "must be {env: NAME}", SourcePos("a", 1, 3))], source=lambda path: row)

    for row in (
        "  calcom_api_key: hunter2",
        "- {webhook_token: 'hunter2', b: 1}",
        '  "secret": "hunter2"',
        "cal: sk_live_hunter2",
    ):
        assert "hunter2" not in shown(row)
        assert "(sensitive value)" in shown(row)
    assert "{env: KEY}" in shown("  calcom_api_key: {env: KEY}")
    literal = error("literal-secret", "must be {env: NAME}", SourcePos("a", 1, 3))
    assert "hunter2" not in diagnostics_text([literal], source=lambda path: "  hunter2")


def test_place_beyond_the_file_is_no_fault() -> None:
    assert "|" not in diagnostics_text([error("x", "y", SourcePos("a", 9, 1))], source=lambda path: "one")


def test_controls_in_files_and_messages_are_escaped() -> None:
    text = diagnostics_text([error("x", "bad \x1b[2J", SourcePos("a\x07", 1, 1))], source=lambda path: "\x1b[31m")
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "\x1b[1;31merror:" in diagnostics_text([LOST], palette=COLOUR)


def test_summary_counts_errors_warnings_and_files() -> None:
    assert diagnostics_summary([VOICE, UNUSED, LOST]) == "2 errors, 1 warning in 1 file"
    assert diagnostics_summary([LOST]) == "1 error"
    assert diagnostics_summary([UNUSED]) == "1 warning in 1 file"
    assert diagnostics_summary([]) == "no errors"


def test_json_is_that_of_terraform_with_code_and_hint_apart() -> None:
    place = {"line": 2, "column": 10}
    assert json.loads(json.dumps(diagnostics_json([VOICE, LOST]))) == [
        {
            "severity": "error",
            "summary": "northline has no voice named 'Ana'",
            "detail": "did you mean 'Anna'?",
            "range": {"filename": "assistants/front-desk.yaml", "start": place, "end": place},
            "agentops": {"code": "unknown-voice", "hint": "did you mean 'Anna'?"},
        },
        {
            "severity": "error",
            "summary": "there are no manifests",
            "detail": "",
            "agentops": {"code": "lost", "hint": ""},
        },
    ]
