"""Names that would steer a terminal: whatever a platform or a repository calls things, none gets through raw."""

import json
import re
from pathlib import Path

import pytest

from agentops.cli.terminal import harmless
from agentops.cli.validate import RENDERERS
from tests.cli.conftest import Run, Served

EVIL = "Evil\x1b[2J\x1b]0;title\x07\x9b31m\u202etxt\u2066\x7f\u200f"
STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
COMMANDS = (
    ("plan",),
    ("plan", "--markdown"),
    ("plan", "--json"),
    ("plan", "--out", "saved.plan"),
    ("show", "saved.plan"),
    ("show", "saved.plan", "--json"),
    ("validate",),
    ("catalog", "folders"),
    ("catalog", "folders", "--json"),
    ("catalog", "assistants", "--json"),
    ("plan", "--env", EVIL),
    ("state", "show", EVIL),
    ("catalog", EVIL),
    ("apply", "--auto-approve", "--json"),
    ("apply", "--auto-approve"),
    ("state", "list"),
    ("state", "list", "--json"),
    ("state", "pull"),
)


def test_no_command_writes_what_a_terminal_would_obey(served: Served, agentops: Run) -> None:
    assert agentops("apply", "--auto-approve").returncode == 0
    store = served.sandbox.store
    one = store.assistants(account=2)[0]["id"]
    store.edit_assistant(one, account=2, name=EVIL, initial_message=EVIL)
    store.add("folder", account=2, name=EVIL)
    for arguments in COMMANDS:
        result = agentops(*arguments)
        assert not STEERING.findall(result.stdout + result.stderr), arguments
        assert arguments[0] != "plan" or EVIL in arguments or "Evil" in result.stdout


def test_json_says_the_same_with_escapes(served: Served, agentops: Run) -> None:
    served.sandbox.store.add("folder", account=2, name=EVIL)
    found = agentops("catalog", "folders", "--json")
    assert EVIL in [item["name"] for item in json.loads(found.stdout)]


@pytest.mark.parametrize(
    "arguments", [("validate",), ("plan",), *(("validate", "--format", form) for form in RENDERERS)]
)
def test_the_name_of_a_file_is_no_better(served: Served, agentops: Run, arguments: tuple[str, ...]) -> None:
    Path(served.project, "small", f"x{EVIL}.yaml").write_text("a: b\n", encoding="utf-8")
    result = agentops(*arguments)
    assert result.returncode == 1
    assert "Evil" in result.stdout + result.stderr
    assert not STEERING.findall(result.stdout + result.stderr)


def test_colours_get_through() -> None:
    text = "\x1b[1mbold\x1b[0m line\n\ttab"
    assert harmless(text) == text
    assert harmless("\x1b[2J \x1b \r") == "\\u001b[2J \\u001b \\u000d"
