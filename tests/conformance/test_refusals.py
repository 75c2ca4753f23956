"""What would hit the wrong account, or the wrong files, is refused with a message that says what to do."""

import json
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree

import pytest

from agentops.providers import registry
from tests.support.generate import Setting, Spec
from tests.support.project import ENVIRONMENT, TOKEN_VARIABLE, Project, project
from tests.support.samples import base

Mistake = Callable[[Project], object]


def fleet(used: Project) -> dict[str, Spec]:
    return {name: base(Setting(used.account)) | {"name": name.title()} for name in ("front-desk", "sales")}


def wrong_token(used: Project) -> None:
    used.sandbox.store.add_account("2|other", "Other", "Other@Example.com")
    used.environ[TOKEN_VARIABLE] = "2|other"


def configured(used: Project, **keys: object) -> None:
    used.extra |= keys
    used.write_project()


def several_environments(used: Project) -> None:
    path = used.folder / "agentops.yaml"
    document = json.loads(path.read_text(encoding="utf-8"))
    environments = document["spec"]["environments"]
    environments["second"] = environments[ENVIRONMENT]
    path.write_text(json.dumps(document), encoding="utf-8")


MISTAKES: dict[str, tuple[Mistake, int, tuple[str, ...]]] = {
    "the token opens another account": (wrong_token, 1, ("sandbox@example.com", "other@example.com")),
    "the token is not valid": (lambda used: used.environ.update({TOKEN_VARIABLE: "nobody"}), 1, ("401", "token")),
    "the token is not set": (lambda used: used.environ.update({TOKEN_VARIABLE: ""}), 1, (TOKEN_VARIABLE,)),
    "the folder of manifests is misspelt": (lambda used: configured(used, manifests=["asistants"]), 1, ("asistants",)),
    "the folder of manifests is empty": (lambda used: used.write({}), 1, ("assistants", "destroy")),
    "there are several environments": (several_environments, 64, ("--env", "second")),
    "the environment is unknown": (lambda used: used.environ.update(AGENTOPS_ENV="prod"), 64, ("prod", ENVIRONMENT)),
    "the platform of the environment changed": (
        lambda used: configured(used, platform=next(name for name in registry.platforms() if name != used.platform)),
        1,
        ("platform",),
    ),
}
"""What went wrong -> how to bring it about, the exit code, and what the message must speak of."""


@pytest.mark.parametrize("command", ("plan", "apply --auto-approve --allow-deletes --allow-large-change"))
@pytest.mark.parametrize("mistake", sorted(MISTAKES))
def test_nothing_is_written_and_the_message_says_what_to_do_when(mistake: str, command: str, tmp_path: Path) -> None:
    bring_about, code, spoken_of = MISTAKES[mistake]
    with project(tmp_path, "autocalls") as used:
        used.write(fleet(used))
        used.apply()
        before = state_files(used)
        used.sandbox.store.clear_log()
        bring_about(used)
        outcome = used.run(*command.split())
        assert outcome.code == code, outcome
        assert not outcome.out.strip(), outcome
        assert all(word in outcome.err for word in spoken_of), outcome
        assert not used.writes()
        assert state_files(used) == before


@pytest.mark.parametrize("name", registry.platforms())
def test_a_lost_state_does_not_create_the_fleet_again(name: str, tmp_path: Path) -> None:
    with project(tmp_path, name) as used:
        used.write(fleet(used))
        used.apply()
        ids = used.ids()
        rmtree(tmp_path / ".agentops" / "state")
        used.sandbox.store.clear_log()
        outcome = used.run("apply", "--auto-approve", "--allow-deletes", "--allow-large-change")
        assert outcome.code == 4, outcome
        for address, number in ids.items():
            assert f"agentops import assistant.{address} {number}" in outcome.err, outcome
        assert "--allow-duplicate-names" in outcome.err
        assert not used.writes()
        for address, number in ids.items():
            used.succeed("import", f"assistant.{address}", str(number))
        assert not used.writes()


def state_files(used: Project) -> dict[str, bytes]:
    folder = used.folder / ".agentops" / "state"
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.db"))}
