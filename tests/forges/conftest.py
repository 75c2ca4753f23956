"""A double of each forge behind a port of this machine, and `agentops` run in this process as a pipeline runs it."""

import io
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

import pytest

from agentops.cli.main import run
from agentops.domain.plan import Plan
from agentops.engine.planfile import dump
from tests.render.plans import creates
from tests.support.forge_double import GitHubDouble, GitLabDouble, Storage, Upload, archive, served
from tests.support.forge_double.core import HEAD, MERGE, REPOSITORY, TOKEN
from tests.support.project import Outcome

MARK = "<!-- agentops: acme-voice/production -->"
PR = "7"


@dataclass
class Job:
    """A job of a pipeline. `environ` is all that the process sees of its environment."""

    forge: str
    double: GitHubDouble | GitLabDouble
    storage: Storage
    folder: Path
    environ: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str) -> Outcome:
        out, err = io.StringIO(), io.StringIO()
        with (
            patch.dict(os.environ, {"PATH": os.environ["PATH"], **self.environ}, clear=True),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            code = run([*arguments, "-C", str(self.folder)])
        shown = Outcome(code, out.getvalue(), err.getvalue())
        assert TOKEN not in shown.out + shown.err
        return shown

    def planfile(self, *plans: Plan) -> str:
        path = self.folder / "production.plan"
        path.write_text(dump(plans or (creates(),)), encoding="utf-8")
        return str(path)

    def report(self, *plans: Plan, options: Sequence[str] = ()) -> Outcome:
        return self.run("report", self.planfile(*plans), "--to", self.forge, *options)

    def fetch(self, *options: str) -> Outcome:
        out = str(self.folder / "fetched.plan")
        return self.run("fetch", "--from", self.forge, "--env", "production", "--out", out, *options)

    def upload(self, text: str = "", **more: object) -> Upload:
        """A successful run for the head that uploaded the plan."""
        files = {"production.plan": text or dump([creates()]), "plan.html": "<p>"}
        made = Upload(9000 + len(self.double.uploads), archive(files))
        for name, value in more.items():
            setattr(made, name, value)
        self.double.uploads.append(made)
        return made

    def on_branch(self, commit: str = MERGE) -> None:
        """The job runs after a push to the default branch."""
        if self.forge == "github":
            self.environ.pop("GITHUB_EVENT_PATH", None)
            self.environ |= {"GITHUB_REF": "refs/heads/main", "GITHUB_SHA": commit}
        else:
            self.environ = {name: value for name, value in self.environ.items() if "MERGE_REQUEST" not in name}
            self.environ |= {"CI_COMMIT_SHA": commit, "CI_COMMIT_BRANCH": "main"}

    def merged(self, **more: object) -> None:
        """The request that the branch's commit comes from."""
        if isinstance(self.double, GitHubDouble):
            self.double.pull(**more)  # type: ignore[arg-type]
        else:
            self.double.merge_request(**more)  # type: ignore[arg-type]

    def event(self, pull_request: Mapping[str, object] | None) -> None:
        path = self.folder / "event.json"
        path.write_text(json.dumps({"pull_request": pull_request} if pull_request else {"ref": "x"}), encoding="utf-8")
        self.environ["GITHUB_EVENT_PATH"] = str(path)


def _github(double: GitHubDouble, storage: Storage, folder: Path) -> Job:
    job = Job("github", double, storage, folder)
    job.environ = {
        "GITHUB_API_URL": double.base,
        "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_RUN_ID": "123",
        "GITHUB_SERVER_URL": "https://github.example",
        "GITHUB_SHA": "c" * 40,
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        "GITHUB_TOKEN": TOKEN,
        "GITHUB_WORKFLOW_REF": f"{REPOSITORY}/.github/workflows/plan.yml@refs/heads/main",
    }
    job.event({"number": int(PR), "head": {"sha": HEAD, "repo": {"full_name": REPOSITORY}}})
    return job


def _gitlab(double: GitLabDouble, storage: Storage, folder: Path) -> Job:
    job = Job("gitlab", double, storage, folder)
    job.environ = {
        "CI_API_V4_URL": double.base,
        "CI_COMMIT_SHA": HEAD,
        "CI_JOB_TOKEN": "job-token-that-is-of-no-use",
        "CI_JOB_URL": "https://gitlab.example/acme/voice/-/jobs/123",
        "CI_MERGE_REQUEST_IID": PR,
        "CI_MERGE_REQUEST_PROJECT_ID": "42",
        "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "42",
        "CI_PROJECT_ID": "42",
        "GITLAB_TOKEN": TOKEN,
    }
    return job


@pytest.fixture(params=["github", "gitlab"])
def job(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Job]:
    """A job on each forge."""
    yield from _opened(request.param, tmp_path)


@pytest.fixture
def on_github(tmp_path: Path) -> Iterator[Job]:
    yield from _opened("github", tmp_path)


@pytest.fixture
def on_gitlab(tmp_path: Path) -> Iterator[Job]:
    yield from _opened("gitlab", tmp_path)


def _opened(forge: str, folder: Path) -> Iterator[Job]:
    double = GitHubDouble() if forge == "github" else GitLabDouble()
    with served(double) as storage:
        job = _github(double, storage, folder) if isinstance(double, GitHubDouble) else _gitlab(double, storage, folder)
        yield job
    assert double.refused == [], "requests that the documentation does not know"
    assert storage.leaked == [], "the token reached another host"
