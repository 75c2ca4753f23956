"""A change's way through GitLab: from the merge request to what the platform stores, and what goes wrong on it."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pytest

from agentops.sandbox import DEFAULT_TOKEN
from tests.pipelines.conftest import Make
from tests.pipelines.gitlab import JOB_TOKEN, GitLab, Pipeline, Trigger
from tests.pipelines.repository import MANIFEST, TOKEN_VARIABLE, Account, Repository, tools
from tests.support.forge_double import GitLabDouble, Upload, archive, served
from tests.support.forge_double.core import TOKEN

NUMBER = 7
BRANCH = "change"
PLAN, APPLY, DRIFT = (f"agentops-{word}-production" for word in ("plan", "apply", "drift"))
BY_HAND = "agentops-apply-new-plan-production"


@dataclass
class Team:
    """People who work on a project on GitLab, with one merge request at a time."""

    repository: Repository
    host: GitLab
    double: GitLabDouble
    proposed: str = ""

    @property
    def account(self) -> Account:
        return self.repository.accounts["production"]

    def propose(self, *, fork: bool = False) -> Pipeline:
        """Commits what is in the working copy and pushes it to the source branch."""
        commit = self.proposed = self.repository.commit(BRANCH)
        variables = {
            "CI_PIPELINE_SOURCE": "merge_request_event",
            "CI_MERGE_REQUEST_IID": str(NUMBER),
            "CI_MERGE_REQUEST_PROJECT_ID": "42",
            "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "43" if fork else "42",
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": self.repository.git("merge-base", "main", commit).strip(),
        }
        pipeline = self.host.start(Trigger(commit, variables, is_trusted=not fork))
        for job in pipeline.jobs:
            if job.archive and job.name.startswith("agentops-plan"):
                files = {path: (job.archive / path).read_bytes() for path in job.definition["artifacts"]["paths"]}
                name = job.definition["artifacts"]["name"]
                self.double.uploads.append(Upload(pipeline.number, archive(files), commit, name, pipeline.succeeded))
        return pipeline

    def merge(self) -> Pipeline:
        commit = self.repository.squash(BRANCH)
        self.double.merge_request(NUMBER, commit=commit, sha=self.proposed)
        return self.push(commit)

    def push(self, commit: str) -> Pipeline:
        return self._on_main("push", commit)

    def by_hand(self, *play: str, options: str = "") -> Pipeline:
        form = {"AGENTOPS_PLAN_OPTIONS": options} if options else {}
        return self._on_main("web", self._main(), play, form)

    def at_night(self) -> Pipeline:
        return self._on_main("schedule", self._main())

    def _main(self) -> str:
        return self.repository.git("rev-parse", "main").strip()

    def _on_main(
        self, source: str, commit: str, play: tuple[str, ...] = (), form: Mapping[str, str] | None = None
    ) -> Pipeline:
        variables = {"CI_PIPELINE_SOURCE": source, "CI_COMMIT_BRANCH": "main"}
        return self.host.start(Trigger(commit, variables, play=play, form=form or {}))


def greet(team: Team, greeting: str) -> None:
    text = (team.repository.work / MANIFEST).read_text(encoding="utf-8")
    team.repository.write(MANIFEST, re.sub("initial_message: .*", f"initial_message: {greeting}", text))


def team_of(repository: Repository, double: GitLabDouble) -> Team:
    # AGENTOPS_INSTALL as of a team whose image has agentops in it.
    variables = {TOKEN_VARIABLE: DEFAULT_TOKEN, "GITLAB_TOKEN": TOKEN, "AGENTOPS_INSTALL": ""}
    host = GitLab(repository.origin, repository.folder, tools(repository.folder / "tools"), double.base, variables)
    repository.start("gitlab")
    repository.branch(BRANCH)
    return Team(repository, host, double)


@pytest.fixture
def double() -> Iterator[GitLabDouble]:
    made = GitLabDouble()
    with served(made):
        yield made
    assert made.refused == []


@pytest.fixture
def make_team(make_repository: Make, double: GitLabDouble) -> Iterator[Callable[..., Team]]:
    """A team with an environment for each name. Whatever runs, no secret may be shown or kept in the end."""
    made: list[Team] = []

    def make(*names: str) -> Team:
        made.append(team_of(make_repository(*names), double))
        return made[-1]

    yield make
    said = [job.log for each in made for pipeline in each.host.pipelines for job in pipeline.jobs]
    files = [path for each in made for path in (each.repository.folder / "artifacts").rglob("*") if path.is_file()]
    kept = [path.read_text(encoding="utf-8", errors="replace") for path in files]
    assert not any(secret in text for text in [*said, *kept] for secret in (DEFAULT_TOKEN, TOKEN, JOB_TOKEN))


@pytest.fixture
def team(make_team: Callable[..., Team]) -> Team:
    return make_team("production")


@pytest.fixture
def settled(team: Team) -> Team:
    """The same after a first apply, so that platform, state and git agree."""
    team.repository.agentops("apply", "--env", "production", "--auto-approve")
    return team


def test_a_change_is_reviewed_merged_and_applied_as_it_was_reviewed(team: Team) -> None:
    reviewed = team.propose()

    assert reviewed.results == {"agentops-validate": "success", PLAN: "success"}, reviewed.jobs[-1].log
    (comment,) = team.double.bodies(NUMBER)
    assert "front-desk" in comment
    assert "uncommitted" not in comment
    kept = reviewed.job(PLAN).archive
    assert kept is not None
    report = json.loads((kept / "agentops-plans/production.json").read_text(encoding="utf-8"))
    assert report == {"create": 1, "update": 0, "delete": 0}
    assert "AGENTOPS_PLAN_HAS_CHANGES=true" in (kept / "agentops-plans/production.env").read_text(encoding="utf-8")
    assert team.account.greetings() == []

    applied = team.merge()

    assert applied.results == {APPLY: "success"}, applied.job(APPLY).log
    assert "Apply complete! Resources: 1 added, 0 changed, 0 destroyed." in applied.job(APPLY).log
    assert len(team.account.greetings()) == 1
    assert "No changes." in team.repository.agentops("plan", "--env", "production")


def test_a_second_push_updates_the_comment_and_the_later_plan_is_applied(settled: Team) -> None:
    greet(settled, "Good morning.")
    settled.propose()
    greet(settled, "Good evening.")
    settled.propose()

    (comment,) = settled.double.bodies(NUMBER)
    assert "Good evening." in comment
    assert "Good morning." not in comment
    assert settled.merge().results == {APPLY: "success"}
    assert settled.account.greetings() == ["Good evening."]


def test_a_plan_that_became_stale_is_not_applied_and_a_new_one_is_applied_by_hand(settled: Team) -> None:
    greet(settled, "Good morning.")
    settled.propose()
    settled.account.edit(name="Renamed in the portal")

    merged = settled.merge()

    assert merged.results == {APPLY: "failed"}
    assert "the plan is stale" in merged.job(APPLY).log
    assert f"start its job {BY_HAND}." in merged.job(APPLY).log
    assert "Renamed in the portal" in merged.job(APPLY).log  # the new plan
    assert settled.account.greetings() == ["Hello, this is {{company}}. How can I help?"]

    waiting = settled.by_hand()
    assert waiting.results == {PLAN: "success", BY_HAND: "manual"}, waiting.jobs[0].log
    assert "Renamed in the portal" in waiting.job(PLAN).log
    assert settled.account.greetings() == ["Hello, this is {{company}}. How can I help?"]

    played = settled.by_hand(BY_HAND)
    assert played.results == {PLAN: "success", BY_HAND: "success"}, played.jobs[-1].log
    assert settled.account.greetings() == ["Good morning."]


def test_a_conflict_waits_for_a_decision_which_the_next_plan_by_hand_carries(settled: Team) -> None:
    greet(settled, "Good morning.")
    settled.account.edit(initial_message="Edited in the portal.")
    settled.propose()

    merged = settled.merge()

    assert merged.results == {APPLY: "failed"}
    assert "agentops drift --write --on-conflict live --env production" in merged.job(APPLY).log
    assert "AGENTOPS_PLAN_OPTIONS as --on-conflict git" in merged.job(APPLY).log
    assert settled.by_hand(BY_HAND).results == {PLAN: "success", BY_HAND: "failed"}
    assert settled.account.greetings() == ["Edited in the portal."]

    decided = settled.by_hand(BY_HAND, options="--on-conflict git")
    assert decided.results == {PLAN: "success", BY_HAND: "success"}, decided.jobs[-1].log
    assert settled.account.greetings() == ["Good morning."]


def test_without_a_reviewed_plan_nothing_is_applied(settled: Team) -> None:
    greet(settled, "Good morning.")

    pushed = settled.push(settled.repository.commit("main"))

    assert pushed.results == {APPLY: "failed"}
    assert "Nothing was applied, because there is no reviewed plan." in pushed.job(APPLY).log
    assert settled.account.greetings() == ["Hello, this is {{company}}. How can I help?"]


def test_without_a_reviewed_plan_and_without_anything_to_do_all_is_well(settled: Team) -> None:
    settled.repository.write("README.md", "About us.\n")

    pushed = settled.push(settled.repository.commit("main"))

    assert pushed.results == {APPLY: "success"}, pushed.job(APPLY).log
    assert "No changes." in pushed.job(APPLY).log


def test_a_fault_fails_with_reports_and_stops_the_plan(settled: Team) -> None:
    settled.repository.replace(MANIFEST, "type: inbound", "type: sideways")
    calls = settled.account.calls

    pipeline = settled.propose()

    assert pipeline.results == {"agentops-validate": "failed", PLAN: "skipped"}
    archive_ = pipeline.job("agentops-validate").archive
    assert archive_ is not None
    (fault,) = json.loads((archive_ / "agentops-faults.json").read_text(encoding="utf-8"))
    assert fault["location"]["path"] == MANIFEST
    assert "<failure" in (archive_ / "agentops-junit.xml").read_text(encoding="utf-8")
    assert f"{MANIFEST}:8" in pipeline.job("agentops-validate").log
    assert settled.account.calls == calls


def test_a_fork_gets_the_difference_without_secret_and_without_the_platform(settled: Team) -> None:
    greet(settled, "Good morning.")
    calls = settled.account.calls

    pipeline = settled.propose(fork=True)

    assert pipeline.results == {"agentops-validate": "success", "agentops-diff": "success"}, pipeline.jobs[-1].log
    assert "Good morning." in pipeline.job("agentops-diff").log
    assert not any({TOKEN_VARIABLE, "GITLAB_TOKEN"} & job.environ.keys() for job in pipeline.jobs)
    assert settled.account.calls == calls
    assert settled.double.seen == []


def test_without_a_token_for_the_api_there_are_reports_and_no_comment(settled: Team) -> None:
    settled.host.variables = {TOKEN_VARIABLE: DEFAULT_TOKEN, "AGENTOPS_INSTALL": ""}
    greet(settled, "Good morning.")

    pipeline = settled.propose()

    assert pipeline.results == {"agentops-validate": "success", PLAN: "success"}, pipeline.jobs[-1].log
    assert "no comment, no labels" in pipeline.job(PLAN).log
    assert settled.double.seen == []


def test_a_night_without_drift_is_green_and_one_with_drift_is_red(settled: Team) -> None:
    quiet = settled.at_night()
    settled.account.edit(initial_message="Edited in the portal.")
    loud = settled.at_night()

    assert quiet.results == {DRIFT: "success"}
    assert loud.results == {DRIFT: "failed"}
    assert "Edited in the portal." in loud.job(DRIFT).log
    assert "agentops drift --write --env production" in loud.job(DRIFT).log


@pytest.mark.parametrize("variables", [
    {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": BRANCH},  # with a merge request there would be two pipelines
    {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_TAG": "v1"},
    {"CI_PIPELINE_SOURCE": "web", "CI_COMMIT_BRANCH": BRANCH},
])  # fmt: skip
def test_other_pushes_make_no_pipeline(settled: Team, variables: dict[str, str]) -> None:
    assert settled.host.start(Trigger(settled.repository.head(), variables)).jobs == []


def test_each_environment_has_its_own_jobs(make_team: Callable[..., Team]) -> None:
    team = make_team("production", "staging")

    reviewed = team.propose()
    applied = team.merge()

    assert reviewed.succeeded
    assert applied.results == {APPLY: "success", "agentops-apply-staging": "success"}
    assert len(team.double.bodies(NUMBER)) == 2
    assert all(len(account.greetings()) == 1 for account in team.repository.accounts.values())
    groups = [job.definition["resource_group"] for job in applied.jobs]
    assert groups == ["agentops-production", "agentops-staging"]
