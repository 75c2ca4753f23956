"""The pages say what is there: every code, every command and option, every exit code, a plan as it looks."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from agentops.cli.main import cli
from agentops.cli.settings import global_options
from agentops.domain import errors
from agentops.domain.codes import CODES
from agentops.providers.registry import platforms
from agentops.sandbox import open_sandbox
from tests.cli.conftest import environment

ROOT = Path(__file__).resolve().parents[2]
PAGES = {path.name: path.read_text(encoding="utf-8") for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]}
GLOBAL = {name for option in global_options(from_environment=False) for name in option.opts}


def commands(command: click.Command = cli, name: str = "agentops") -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with the words that call it."""
    if not isinstance(command, click.Group):
        yield name, command
        return
    context = click.Context(command)
    for word in command.list_commands(context):
        below = command.get_command(context, word)
        assert below is not None
        yield from commands(below, f"{name} {word}")


EVERY = dict(commands())


def section(words: str) -> str:
    """What docs/cli.md says of a command: the part below its heading, or below that of its group."""
    parts = re.split(r"^## ", PAGES["cli.md"], flags=re.MULTILINE)
    named = {part.splitlines()[0]: part for part in parts}
    return named[" ".join(words.split()[:2])]


def test_every_code_is_on_the_page_with_its_meaning() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (.*) \|$", PAGES["diagnostics.md"], flags=re.MULTILINE)

    assert dict(rows) == dict(CODES)
    assert len(rows) == len(CODES)


@pytest.mark.parametrize("words", sorted(EVERY))
def test_every_command_is_on_the_page_with_its_options(words: str) -> None:
    text = section(words)
    own = {name for parameter in EVERY[words].params for name in parameter.opts if name.startswith("--")} - GLOBAL

    assert words in text
    assert {name for name in own if name not in text} == set()


def test_page_names_no_option_that_does_not_exist() -> None:
    known = {name for command in EVERY.values() for parameter in command.params for name in parameter.opts} | {"--help"}
    named = set(re.findall(r"`(--[a-z-]+)", PAGES["cli.md"])) | set(re.findall(r" (--[a-z-]+)", PAGES["cli.md"]))

    assert named <= known


def test_every_exit_code_is_on_the_page() -> None:
    table = PAGES["cli.md"].split("## Exit codes")[1].split("## ")[0]
    codes = {value.exit_code for value in vars(errors).values() if hasattr(value, "exit_code")} | {0, 2, 129, 130, 143}

    assert {
        int(number) for number in re.findall(r"^\| ([\d, ]+) \|", table, re.MULTILINE) for number in number.split(",")
    } == codes


def test_every_key_of_the_project_file_is_on_its_page() -> None:
    schema = json.loads((ROOT / "schemas/agentops/v1/project.schema.json").read_text(encoding="utf-8"))
    keys = schema["definitions"]["environment"]["properties"]
    rows = re.findall(r"^\| `(\w+)` \|", PAGES["project.md"].split("## An environment")[1], flags=re.MULTILINE)

    assert sorted(rows) == sorted(keys)
    assert all(f"`spec.{key}`" in PAGES["project.md"] for key in schema["properties"]["spec"]["properties"])
    assert all(f"`{key}`" in PAGES["project.md"] for key in keys["thresholds"]["properties"])


def test_readme_names_every_platform() -> None:
    assert all(f"`{name}`" in PAGES["README.md"] for name in platforms())


@pytest.mark.parametrize("page", sorted(PAGES))
def test_links_between_pages_lead_somewhere(page: str) -> None:
    folder = ROOT if page == "README.md" else ROOT / "docs"
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", PAGES[page])

    assert [target for target in targets if not (folder / target).exists()] == []


@pytest.mark.parametrize("page", sorted(PAGES))
def test_modules_that_a_page_names_exist(page: str) -> None:
    named = re.findall(r"`((?:agentops|assistants|tests|schemas)/[\w/-]+\.\w+)`", PAGES[page])

    assert [name for name in named if not (ROOT / name).exists()] == []


def test_plan_in_the_readme_is_what_agentops_prints(tmp_path: Path) -> None:
    shutil.copy(ROOT / "agentops.yaml", tmp_path)
    shutil.copytree(ROOT / "assistants", tmp_path / "assistants")
    _agentops(tmp_path, "apply", "--auto-approve", "--parallelism", "1")
    _replace(tmp_path / "assistants/autocalls/reception.yaml", "voice: {name: Sarah,", "voice: {name: Emma,")
    _replace(
        tmp_path / "assistants/autocalls/prompts/reception.md",
        "- Short sentences, one question at a time.",
        "- Warm and short: one question at a time.",
    )
    sandbox = open_sandbox("autocalls", tmp_path / ".agentops/sandbox/sandbox.db")
    (number,) = (row["id"] for row in sandbox.store.assistants() if row["name"] == "Support Bot")
    sandbox.store.edit_assistant(number, initial_message="Hi! Support here.")
    sandbox.close()

    printed = _agentops(tmp_path, "plan")

    (shown,) = re.findall(
        r"^```\n\$ agentops plan --env sandbox\n(.*?)^```$", PAGES["README.md"], re.MULTILINE | re.DOTALL
    )
    assert shown == printed


def _agentops(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "agentops", *arguments, "--env", "sandbox"]
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, check=True)
    return done.stdout


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
