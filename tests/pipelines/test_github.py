"""A change's way through GitHub: from the pull request to what the platform stores, and what goes wrong on it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from agentops.sandbox import DEFAULT_TOKEN
from tests.pipelines.conftest import Make
from tests.pipelines.github import Event, GitHub, Run
from tests.pipelines.repository import MANIFEST, TOKEN_VARIABLE, Account, Repository, tools
from tests.support.forge_double import GitHubDouble, Upload, archive, served
from tests.support.forge_double.core import TOKEN

NUMBER = 7
BRANCH = "change"
WORKFLOW = ".github/workflows/agentops.yml"
FIRST = "Hello, this is {{company}}. How can I help?"


@dataclass
class Team:
    """People who work on a repository on GitHub, with one pull request at a time."""

    repository: Repository
    host: GitHub
    double: GitHubDouble
    proposed: str = ""

    @property
    def account(self) -> Account:
        return self.repository.accounts["production"]

    def propose(self, *, fork: bool = False, author: str = "author") -> Run:
        """Commits what is in the working copy, pushes it, and GitHub tries it."""
        head = self.repository.commit(BRANCH)
        origin = "stranger/voice" if fork else self.host.repository
        pull = {
            "number": NUMBER,
            "base": {"ref": "main"},
            "head": {"sha": head, "repo": {"full_name": origin}},
            "user": {"login": author},
        }
        commit = self.repository.tried_merge(BRANCH, NUMBER)
        event = Event("pull_request", commit, f"refs/pull/{NUMBER}/merge", {"pull_request": pull}, is_trusted=not fork)
        run = self.host.start(event)
        self.proposed = head
        for name, folder in run.artifacts.items():
            files = {path.name: path.read_bytes() for path in folder.iterdir()}
            self.double.uploads.append(
                Upload(run.number, archive(files), head, name, run.succeeded, workflow="agentops.yml")
            )
        return run

    def merge(self, *, fork: bool = False) -> Run:
        commit = self.repository.squash(BRANCH)
        origin = "stranger/voice" if fork else self.host.repository
        self.double.pull(NUMBER, commit=commit, head={"sha": self.proposed, "repo": {"full_name": origin}})
        return self.push(commit)

    def push(self, commit: str) -> Run:
        return self.host.start(Event("push", commit, "refs/heads/main"))

    def by_hand(self, plan_of_run: str = "", branch: str = "main", options: str = "") -> Run:
        inputs = {"environment": "production", "plan-of-run": plan_of_run, "options": options}
        commit = self.repository.git("rev-parse", branch).strip()
        return self.host.start(Event("workflow_dispatch", commit, f"refs/heads/{branch}", inputs=inputs))

    def at_night(self) -> Run:
        return self.host.start(Event("schedule", self.repository.git("rev-parse", "main").strip(), "refs/heads/main"))


def greet(team: Team, greeting: str) -> None:
    """Changes the manifest in the working copy."""
    text = (team.repository.work / MANIFEST).read_text(encoding="utf-8")
    team.repository.write(MANIFEST, re.sub("initial_message: .*", f"initial_message: {greeting}", text))


def team_of(repository: Repository, double: GitHubDouble) -> Team:
    host = GitHub(
        repository.origin,
        repository.folder,
        tools(repository.folder / "tools"),
        double.base,
        TOKEN,
        secrets={TOKEN_VARIABLE: DEFAULT_TOKEN},
    )
    repository.start("github")
    repository.branch(BRANCH)
    return Team(repository, host, double)


@pytest.fixture
def double() -> Iterator[GitHubDouble]:
    made = GitHubDouble()
    with served(made):
        yield made
    assert made.refused == []


@pytest.fixture
def make_team(make_repository: Make, double: GitHubDouble) -> Iterator[Callable[..., Team]]:
    """A team with an environment for each name. Whatever runs, no secret may be shown in the end."""
    made: list[Team] = []

    def make(*names: str) -> Team:
        made.append(team_of(make_repository(*names), double))
        return made[-1]

    yield make
    jobs = [job for each in made for run in each.host.runs for job in run.jobs]
    assert not any(secret in job.log + job.summary for job in jobs for secret in (DEFAULT_TOKEN, TOKEN))


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

    assert reviewed.results == {
        "check": "success", "plan": "success", "result": "success",
        "apply": "skipped", "drift": "skipped", "replan": "skipped", "apply-replanned": "skipped",
    }, reviewed.job("plan").log  # fmt: skip
    assert "Plan: 1 to add, 0 to change, 0 to destroy." in reviewed.job("plan").log
    assert sorted(path.name for path in reviewed.artifacts["agentops-plan-production"].iterdir()) == [
        "production.plan", "production.plan.html",
    ]  # fmt: skip
    (comment,) = team.double.bodies(NUMBER)
    assert "front-desk" in comment
    assert "uncommitted" not in comment
    assert "https://github.example/artifacts/agentops-plan-production" in comment
    assert "front-desk" in reviewed.job("plan").summary
    assert team.account.greetings() == []

    applied = team.merge()

    assert applied.job("apply").result == "success", applied.job("apply").log
    assert "agentops apply, production: applied" in applied.job("apply").summary
    assert "Apply complete! Resources: 1 added, 0 changed, 0 destroyed." in applied.job("apply").summary
    assert team.account.greetings() == [FIRST]
    assert "No changes." in team.repository.agentops("plan", "--env", "production")


def test_a_second_push_updates_comment_and_plan_and_the_later_plan_is_applied(settled: Team) -> None:
    greet(settled, "Good morning.")
    settled.propose()
    greet(settled, "Good evening.")
    settled.propose()

    (comment,) = settled.double.bodies(NUMBER)
    assert "Good evening." in comment
    assert "Good morning." not in comment
    assert settled.merge().job("apply").result == "success"
    assert settled.account.greetings() == ["Good evening."]


def test_a_change_of_nothing_is_merged_without_a_write(settled: Team) -> None:
    settled.repository.write("README.md", "About us.\n")
    reviewed = settled.propose()
    before = settled.account.greetings()

    applied = settled.merge()

    assert "No changes." in reviewed.job("plan").log
    assert applied.job("apply").result == "success", applied.job("apply").log
    assert settled.account.greetings() == before


def test_a_plan_that_became_stale_is_not_applied_and_a_new_one_waits_for_a_person(settled: Team) -> None:
    greet(settled, "Good morning.")
    settled.propose()
    settled.account.edit(name="Renamed in the portal")

    merged = settled.merge()

    job = merged.job("apply")
    assert job.result == "failure"
    assert [line for line in job.annotations if "::error" in line] == [
        "::error title=agentops apply (production)::nothing was applied, because the plan is stale or another run"
        " writes; the job's summary says more"
    ]
    assert "nothing was applied, because the plan is stale" in job.summary
    assert "Renamed in the portal" in job.summary  # the new plan
    assert f"plan of run `{merged.number}`" in job.summary
    assert settled.account.greetings() == [FIRST]

    applied = settled.by_hand(str(merged.number))

    assert applied.results["replan"] == "skipped"
    assert applied.job("apply-replanned").result == "success", applied.job("apply-replanned").log
    assert applied.job("apply-replanned").environment == "production"
    assert settled.account.greetings() == ["Good morning."]


def test_a_conflict_waits_for_a_decision_which_the_next_plan_by_hand_carries(settled: Team) -> None:
    greet(settled, "Good morning.")
    settled.account.edit(initial_message="Edited in the portal.")
    settled.propose()

    job = settled.merge().job("apply")

    assert job.result == "failure"
    assert "refused, nothing was applied" in job.summary
    assert "agentops drift --write --on-conflict live --env production" in job.summary
    assert "options `--on-conflict git`" in job.summary
    assert settled.account.greetings() == ["Edited in the portal."]

    decided = settled.by_hand(options="--on-conflict git")
    assert "Good morning." in decided.job("replan").summary
    applied = settled.by_hand(str(decided.number))
    assert applied.job("apply-replanned").result == "success", applied.job("apply-replanned").log
    assert settled.account.greetings() == ["Good morning."]


def test_what_a_conflict_left_alone_is_named_beside_what_was_done(settled: Team) -> None:
    greet(settled, "Good morning.")
    second = (settled.repository.work / MANIFEST).read_text(encoding="utf-8").replace("front-desk #", "second #")
    settled.repository.write("assistants/second.yaml", second.replace("name: Front desk", "name: Second"))
    settled.account.edit(initial_message="Edited in the portal.")
    settled.propose()

    job = settled.merge().job("apply")

    assert job.result == "failure"
    assert "agentops apply, production: applied in part" in job.summary
    assert "It leaves 1 alone" in job.summary
    assert "agentops drift --write --on-conflict live --env production" in job.summary
    assert sorted(settled.account.greetings()) == ["Edited in the portal.", "Good morning."]


@pytest.mark.parametrize("options", ["--out elsewhere.plan", "--env staging", "--target=x -C /", "--html=x"])
def test_options_that_do_not_shape_a_plan_are_refused_before_anything_is_read(settled: Team, options: str) -> None:
    calls = settled.account.calls

    run = settled.by_hand(options=options)

    assert run.job("replan").result == "failure"
    assert any("The input options takes" in line for line in run.job("replan").annotations)
    assert settled.account.calls == calls


def test_without_a_reviewed_plan_a_person_makes_one_looks_at_it_and_applies_it(settled: Team) -> None:
    greet(settled, "Good morning.")
    settled.repository.commit("main")
    settled.repository.git("branch", "--force", "main", "HEAD")

    pushed = settled.push(settled.repository.head())
    assert pushed.job("apply").result == "failure"
    assert "there is no reviewed plan" in pushed.job("apply").summary
    assert settled.account.greetings() == [FIRST]

    planned = settled.by_hand()
    assert planned.results["apply-replanned"] == "skipped"
    assert planned.job("replan").result == "success", planned.job("replan").log
    assert "Good morning." in planned.job("replan").summary
    assert settled.account.greetings() == [FIRST]

    applied = settled.by_hand(str(planned.number))
    assert applied.job("apply-replanned").result == "success", applied.job("apply-replanned").log
    assert settled.account.greetings() == ["Good morning."]


def test_without_a_reviewed_plan_and_without_anything_to_do_all_is_well(settled: Team) -> None:
    settled.repository.write("README.md", "About us.\n")

    pushed = settled.push(settled.repository.commit("main"))

    assert pushed.job("apply").result == "success", pushed.job("apply").log
    assert "Nothing is left to do either: a new plan is empty." in pushed.job("apply").summary
    assert pushed.job("apply").annotations == []


def test_by_hand_nothing_is_planned_or_applied_from_another_branch(settled: Team) -> None:
    greet(settled, "Good morning.")
    reviewed = settled.propose()
    calls = settled.account.calls

    run = settled.by_hand(str(reviewed.number), BRANCH)

    assert set(run.results.values()) == {"skipped"}
    assert settled.account.calls == calls


def test_a_run_without_such_a_plan_applies_nothing(settled: Team) -> None:
    calls = settled.account.calls

    run = settled.by_hand("99")

    assert run.job("apply-replanned").result == "failure"
    assert settled.account.calls == calls


def test_a_fault_is_an_annotation_at_its_line_and_stops_the_rest(settled: Team) -> None:
    settled.repository.replace(MANIFEST, "type: inbound", "type: sideways")
    calls = settled.account.calls

    run = settled.propose()

    assert run.results["check"] == "failure"
    assert run.results["plan"] == "skipped"
    assert run.results["result"] == "failure"
    assert any(f"file={MANIFEST},line=8" in line for line in run.job("check").annotations), run.job("check").log
    assert settled.account.calls == calls


def test_a_fork_gets_the_difference_without_secret_and_without_the_platform(settled: Team) -> None:
    greet(settled, "Good morning.")
    calls = settled.account.calls

    run = settled.propose(fork=True)

    assert run.results["check"] == "success", run.job("check").log
    assert run.results["plan"] == "skipped"
    assert run.results["result"] == "success"
    assert "Good morning." in run.job("check").summary
    assert run.job("check").permissions == {"contents": "read"}
    seen = [value for job in run.jobs for step in job.steps for value in step.environ.values()]
    assert DEFAULT_TOKEN not in seen
    assert not any(TOKEN_VARIABLE in step.environ for job in run.jobs for step in job.steps)
    assert settled.account.calls == calls
    assert settled.double.seen == []


def test_a_merged_fork_is_not_applied_by_itself(settled: Team) -> None:
    greet(settled, "Good morning.")
    settled.propose(fork=True)

    run = settled.merge(fork=True)

    assert run.job("apply").result == "failure"
    assert "fork" in run.job("apply").summary
    assert "Good morning." in run.job("apply").summary
    assert settled.account.greetings() == [FIRST]


def test_a_bot_that_gets_no_secrets_is_checked_only(settled: Team) -> None:
    settled.repository.write("requirements.txt", "agentops-reconciler\n")

    run = settled.propose(author="dependabot[bot]")

    assert run.results["plan"] == "skipped"
    assert run.results["result"] == "success"


def test_a_missing_secret_is_said_where_it_is_missing(settled: Team) -> None:
    settled.host.secrets = {}
    greet(settled, "Good morning.")

    run = settled.propose()

    assert run.results["plan"] == "failure"
    assert run.results["result"] == "failure"
    assert TOKEN_VARIABLE in run.job("plan").log
    assert TOKEN_VARIABLE in run.job("plan").summary
    assert "there is no plan" in run.job("plan").summary


def test_a_night_without_drift_is_green_and_one_with_drift_is_red(settled: Team) -> None:
    quiet = settled.at_night()
    settled.account.edit(initial_message="Edited in the portal.")
    loud = settled.at_night()

    assert quiet.job("drift").result == "success", quiet.job("drift").log
    assert "agentops drift, production: no drift" in quiet.job("drift").summary
    assert loud.job("drift").result == "failure"
    assert "Edited in the portal." in loud.job("drift").summary
    assert "agentops drift --write --env production" in loud.job("drift").summary
    assert settled.account.greetings() == ["Edited in the portal."]


def test_each_environment_has_its_own_plan_comment_and_apply(make_team: Callable[..., Team]) -> None:
    team = make_team("production", "staging")

    reviewed = team.propose()
    applied = team.merge()

    assert sorted(reviewed.artifacts) == ["agentops-plan-production", "agentops-plan-staging"]
    assert len(team.double.bodies(NUMBER)) == 2
    assert [job.environment for job in applied.jobs if job.id == "apply"] == ["production", "staging"]
    assert len({job.concurrency["group"] for job in applied.jobs if job.id == "apply"}) == 2
    assert all(len(account.greetings()) == 1 for account in team.repository.accounts.values())


def test_texts_of_manifests_are_no_commands_to_the_log(settled: Team) -> None:
    prompt = "assistants/prompts/front-desk.md"
    settled.repository.write(prompt, "::set-output name=plan_file::elsewhere\n::error::Not an error\n\nBe kind.\n")

    run = settled.propose()

    log = run.job("plan").log
    assert "::error::Not an error" in log
    assert not any("Not an error" in line or "set-output" in line for line in run.job("plan").annotations)
    assert not any("Not an error" in line for job in run.jobs for line in job.annotations)


def test_a_plan_that_is_missing_is_not_replaced_where_the_action_is_not_asked_to(settled: Team) -> None:
    greet(settled, "Good morning.")
    settled.repository.replace(WORKFLOW, "          on-missing-plan: plan\n", "")
    calls = settled.account.calls

    job = settled.push(settled.repository.commit("main")).job("apply")

    assert job.result == "failure"
    assert "there is no reviewed plan" in job.summary
    assert "To look at a new plan" in job.summary
    assert settled.account.calls == calls


def test_faults_can_be_kept_for_code_scanning(settled: Team) -> None:
    settled.repository.replace(MANIFEST, "type: inbound", "type: sideways")
    settled.repository.replace(
        WORKFLOW, "          command: validate\n", "          command: validate\n          sarif: faults.sarif\n"
    )

    run = settled.propose()

    assert run.results["check"] == "failure"
    (found,) = settled.repository.folder.glob("runner-*-check-/work/faults.sarif")
    assert "wrong-value" in found.read_text(encoding="utf-8")
