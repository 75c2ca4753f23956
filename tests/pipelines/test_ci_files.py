"""What `agentops init --ci` writes, as far as it depends on the project."""

import re

import pytest
import yaml

from agentops import __version__
from agentops.cli.ci_files import GITLAB_FILE, GITLAB_INCLUDED, CiEnvironment, ci_environments, ci_files
from agentops.cli.ci_install import source_in
from agentops.domain.errors import ProjectError
from agentops.domain.project import Environment, EnvToken, FileToken, Project
from tests.support.servers import ROOT

ACTION = ".github/actions/agentops/action.yml"
WORKFLOW = ".github/workflows/agentops.yml"
PRODUCTION = CiEnvironment("production", ("AUTOCALLS_TOKEN",))


def test_action_of_a_user_is_the_action_of_this_repository() -> None:
    assert ci_files("github", environments=[PRODUCTION])[ACTION] == (ROOT / "action.yml").read_text(encoding="utf-8")


def test_version_that_wrote_a_pipeline_is_the_one_that_it_installs() -> None:
    action = yaml.safe_load(ci_files("github", environments=[PRODUCTION])[ACTION])
    gitlab = yaml.safe_load(ci_files("gitlab", environments=[PRODUCTION])[GITLAB_FILE])

    assert action["inputs"]["install"]["default"] == f"agentops-reconciler=={__version__}"
    assert gitlab["variables"]["AGENTOPS_INSTALL"] == f"agentops-reconciler=={__version__}"


def test_page_installs_this_version_before_a_commit() -> None:
    page = (ROOT / "docs/review-github.md").read_text(encoding="utf-8")

    assert (
        page.count(f"additional_dependencies: [agentops-reconciler=={__version__}]")
        == page.count("language: python")
        == 2
    )


def test_wheels_in_examples_are_of_this_version() -> None:
    pages = [ROOT / "docs/cli.md", ROOT / "docs/review-github.md", ROOT / "docs/review-gitlab.md"]
    texts = [path.read_text(encoding="utf-8") for path in (*pages, ROOT / "agentops/cli/init.py")]

    assert [set(re.findall(r"agentops_reconciler-([\d.]+)-py3", text)) for text in texts] == [{__version__}] * 4


@pytest.mark.parametrize(
    ("state", "extra"),
    [("s3://acme/voice", "[object-store]"), ("postgresql://db.example.com/voice", "[postgres]"), ("states", "")],
)
def test_what_a_state_needs_is_installed(state: str, extra: str) -> None:
    environment = CiEnvironment("production", ("AUTOCALLS_TOKEN",), state)

    workflow = ci_files("github", environments=[environment])[WORKFLOW]
    gitlab = yaml.safe_load(ci_files("gitlab", environments=[environment])[GITLAB_FILE])

    assert (f'install: "agentops-reconciler{extra}=={__version__}"' in workflow) is bool(extra)
    assert gitlab["variables"]["AGENTOPS_INSTALL"] == f"agentops-reconciler{extra}=={__version__}"


@pytest.mark.parametrize(
    ("source", "installed"),
    [
        ("9.2.0", "agentops-reconciler[object-store]==9.2.0"),
        ("==9.2.0", "agentops-reconciler[object-store]==9.2.0"),
        ("vendor/a-1-py3-none-any.whl", "vendor/a-1-py3-none-any.whl[object-store]"),
        ("./tools/agentops", "./tools/agentops[object-store]"),
        (
            "git+https://git.example.com/a.git@v1",
            "agentops-reconciler[object-store] @ git+https://git.example.com/a.git@v1",
        ),
    ],
)
def test_another_source_is_installed_with_what_a_state_needs(source: str, installed: str) -> None:
    environment = CiEnvironment("production", (), "s3://acme/voice")
    workflow = ci_files("github", environments=[environment], source=source)[WORKFLOW]
    gitlab = ci_files("gitlab", environments=[environment], source=source)[GITLAB_FILE]

    steps = [step for job in yaml.safe_load(workflow)["jobs"].values() for step in job["steps"]]
    assert {step["with"]["install"] for step in steps if "agentops" in step.get("uses", "")} == {installed}
    assert yaml.safe_load(gitlab)["variables"]["AGENTOPS_INSTALL"] == installed
    assert {source_in(workflow), source_in(gitlab)} == {source.removeprefix("==")}


def test_the_default_source_is_none_to_keep() -> None:
    for state in ("", "s3://acme/voice"):
        environment = CiEnvironment("production", (), state)
        for kind in ("github", "gitlab"):
            texts = ci_files(kind, environments=[environment]).values()
            assert {source_in(text) for text in texts} == {None}


def test_secrets_are_named_as_the_project_names_them_and_reach_only_jobs_that_call_the_platform() -> None:
    environments = [PRODUCTION, CiEnvironment("staging", ("STAGING_TOKEN",), "s3://acme/voice")]

    jobs = yaml.safe_load(ci_files("github", environments=environments)[WORKFLOW])["jobs"]

    given = {name: {key for step in job["steps"] for key in step.get("env", {})} for name, job in jobs.items()}
    secrets = {"AUTOCALLS_TOKEN", "STAGING_TOKEN", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"}
    calling = {"plan", "apply", "drift", "replan", "apply-replanned"}
    assert {name for name, found in given.items() if secrets <= found} == calling
    assert not given["check"]


def test_a_project_below_the_top_is_found() -> None:
    workflow = yaml.safe_load(ci_files("github", environments=[PRODUCTION], folder="voice")[WORKFLOW])
    gitlab = yaml.safe_load(ci_files("gitlab", environments=[PRODUCTION], folder="voice")[GITLAB_FILE])

    steps = [step for job in workflow["jobs"].values() for step in job["steps"] if "agentops" in step.get("uses", "")]
    assert {step["with"]["folder"] for step in steps} == {"voice"}
    assert gitlab["variables"]["AGENTOPS_DIR"] == "voice"


def test_another_default_branch_is_the_one_that_is_applied() -> None:
    workflow = yaml.safe_load(ci_files("github", environments=[PRODUCTION], default_branch="trunk")[WORKFLOW])

    assert workflow[True]["push"] == {"branches": ["trunk"]}
    assert "'refs/heads/trunk'" in workflow["jobs"]["replan"]["if"]


def test_a_pipeline_that_is_there_already_includes_ours() -> None:
    (included,) = ci_files("gitlab", environments=[PRODUCTION], is_included=True).items()

    assert included[0] == GITLAB_INCLUDED
    assert f"local: {GITLAB_INCLUDED}" in included[1]


def test_accounts_are_worked_on_and_sandboxes_only_where_there_is_nothing_else() -> None:
    sandbox = Environment("sandbox", "autocalls", ("assistants",), sandbox=True)
    real = Environment("production", "autocalls", ("assistants",), token=EnvToken("TOKEN"), state="s3://acme/voice")
    filed = Environment("staging", "autocalls", ("assistants",), token=FileToken("token.txt"))
    every = {each.name: each for each in (sandbox, real, filed)}

    assert ci_environments(Project("voice", ROOT, every)) == (
        CiEnvironment("production", ("TOKEN",), "s3://acme/voice"),
        CiEnvironment("staging"),
    )
    assert ci_environments(Project("voice", ROOT, {"sandbox": sandbox})) == (CiEnvironment("sandbox"),)


@pytest.mark.parametrize("name", ["null", "true", "1e3", "0123", "on", "production"])
def test_an_environment_of_any_name_stays_a_text(name: str) -> None:
    environments = [CiEnvironment(name)]
    workflow = yaml.safe_load(ci_files("github", environments=environments)[WORKFLOW])
    gitlab = yaml.safe_load(ci_files("gitlab", environments=environments)[GITLAB_FILE])

    assert workflow["jobs"]["apply"]["strategy"]["matrix"]["environment"] == [name]
    assert gitlab[f"agentops-apply-{name}"]["environment"]["name"] == name
    assert {job["variables"]["AGENTOPS_ENV"] for key, job in gitlab.items() if key.endswith(f"-{name}")} == {name}


@pytest.mark.parametrize(("branch", "folder"), [("it's", "."), ("a]b", "."), ("main", 'a"b')])
@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_no_name_of_a_branch_or_folder_becomes_code(kind: str, branch: str, folder: str) -> None:
    with pytest.raises(ProjectError, match="code in a pipeline"):
        ci_files(kind, environments=[PRODUCTION], default_branch=branch, folder=folder)


@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_nothing_is_left_to_fill_in(kind: str) -> None:
    assert not [
        path for path, text in ci_files(kind, environments=[PRODUCTION]).items() if re.search("<<[a-z-]+>>", text)
    ]
