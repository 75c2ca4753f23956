"""After a merge the plan that was reviewed is fetched, and no other; every refusal says what to do."""

import stat
from dataclasses import replace

import pytest

from agentops.engine.planfile import dump
from tests.forges.conftest import Job
from tests.render.plans import creates, plan
from tests.support.forge_double import archive
from tests.support.forge_double.core import HEAD, MERGE, TOKEN

BY_HAND = "plan again by hand, read the plan, and apply it: `agentops plan --env production --out production.plan`"
OTHER = "d" * 40


@pytest.fixture
def ready(job: Job) -> Job:
    """After the merge of a request whose plan was uploaded."""
    job.on_branch()
    job.merged()
    job.upload()
    return job


def refused(job: Job, *options: str) -> str:
    """What a fetch says that must fail, and write nothing."""
    done = job.fetch(*options)
    assert done.code == 1, str(done)
    assert not list(job.folder.glob("fetched*"))
    assert list(job.folder.glob(".fetched*")) == []
    assert done.out == ""
    return done.err


def test_the_reviewed_plan_is_fetched(ready: Job) -> None:
    done = ready.fetch()

    path = ready.folder / "fetched.plan"
    assert done.code == 0, str(done)
    assert path.read_text(encoding="utf-8") == dump([creates()])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "request 7 (commit aaaaaaaaaaaa)" in done.out
    assert ready.double.written == []


def test_a_squash_merge_is_known_by_the_commit_that_it_made(ready: Job) -> None:
    ready.double.merged.clear()
    squashed = "e" * 40
    if ready.forge == "github":
        ready.merged(commit=squashed)
    else:
        ready.merged(commit=None, squash_commit_sha=squashed, commits={squashed})
    ready.on_branch(squashed)
    assert ready.fetch().code == 0


def test_a_fast_forward_merge_on_gitlab_has_no_commit_of_its_own(on_gitlab: Job) -> None:
    on_gitlab.on_branch(HEAD)
    on_gitlab.merged(commit=None, commits={HEAD})
    on_gitlab.upload()
    assert on_gitlab.fetch().code == 0


def test_a_rebase_merge_is_known_by_the_last_commit_of_the_branch(on_github: Job) -> None:
    last = "f" * 40
    on_github.on_branch(last)
    on_github.merged(commit=last, commits={"1" * 40, "2" * 40, last})
    on_github.upload()
    assert on_github.fetch().code == 0
    on_github.on_branch("1" * 40)
    (on_github.folder / "fetched.plan").unlink()
    assert "is not what the pull request 7 was merged as" in refused(on_github)


def test_a_push_without_a_request_has_no_reviewed_plan(ready: Job) -> None:
    said = refused(ready, "--commit", OTHER)
    assert "comes from no merged" in said
    assert BY_HAND in said


def test_a_request_that_is_not_merged_does_not_count(job: Job) -> None:
    job.on_branch()
    job.merged(merged_at=None) if job.forge == "github" else job.merged(state="opened")
    job.upload()
    assert "comes from no merged" in refused(job)


def test_a_fork_is_refused(job: Job) -> None:
    job.on_branch()
    if job.forge == "github":
        job.merged(head={"sha": HEAD, "repo": {"full_name": "stranger/voice"}})
    else:
        job.merged(source_project_id=99)
    job.upload()
    said = refused(job)
    assert "comes from a fork" in said
    assert BY_HAND in said


def test_a_fork_that_was_deleted_is_a_fork(job: Job) -> None:
    job.on_branch()
    if job.forge == "github":
        job.merged(head={"sha": HEAD, "repo": None})
    else:
        job.merged(source_project_id=None)
    job.upload()
    assert "comes from a fork" in refused(job)


def test_a_plan_of_an_earlier_commit_of_the_request_is_refused(ready: Job) -> None:
    ready.double.uploads[0].commit = OTHER
    said = refused(ready)
    assert "there is no run" in said
    assert f"for the last commit {HEAD[:12]}" in said
    assert BY_HAND in said


def test_a_run_that_failed_is_refused(ready: Job) -> None:
    ready.double.uploads[0].succeeded = False
    assert "has succeeded" in refused(ready)


def test_the_newest_successful_run_counts(ready: Job) -> None:
    ready.upload(dump([plan()]))
    ready.upload("broken", succeeded=False)
    assert ready.fetch().code == 0
    assert (ready.folder / "fetched.plan").read_text(encoding="utf-8") == dump([plan()])


@pytest.mark.parametrize("event", ["push", "schedule", "workflow_dispatch"])
def test_a_run_that_was_not_for_the_request_does_not_count(ready: Job, event: str) -> None:
    ready.double.uploads[0].event = event
    assert "there is no run" in refused(ready)


def test_a_run_of_another_workflow_does_not_count(on_github: Job) -> None:
    on_github.on_branch()
    on_github.merged()
    on_github.upload(workflow="other.yml")
    said = refused(on_github)
    assert "there is no run of the workflow plan.yml" in said
    assert "--workflow" in said
    assert on_github.fetch("--workflow", "other.yml").code == 0


def test_a_workflow_that_does_not_exist_is_told(on_github: Job) -> None:
    on_github.on_branch()
    on_github.merged()
    assert "knows no workflow 'nope.yml'" in refused(on_github, "--workflow", "nope.yml")


def test_an_artifact_that_has_expired_is_told(on_github: Job) -> None:
    on_github.on_branch()
    on_github.merged()
    on_github.upload(expired=True)
    said = refused(on_github)
    assert "has expired" in said
    assert BY_HAND in said


def test_a_job_whose_archive_has_expired_is_told(on_gitlab: Job) -> None:
    on_gitlab.on_branch()
    on_gitlab.merged()
    on_gitlab.upload(expired=True)
    assert "has expired" in refused(on_gitlab, "--artifact", "plan")  # only the job's name is left


def test_an_artifact_of_another_name_is_not_taken(ready: Job) -> None:
    ready.double.uploads[0].name = "agentops-plan-staging"
    said = refused(ready)
    assert "has no artifact 'agentops-plan-production'" in said
    assert "--artifact" in said
    assert ready.fetch("--artifact", "agentops-plan-staging").code == 0


def test_a_server_that_does_not_filter_by_name_makes_no_difference(on_github: Job) -> None:
    on_github.on_branch()
    on_github.merged()
    on_github.upload()
    on_github.upload(dump([plan()]), run=9000, name="something-else")
    on_github.double.filters_names = False  # type: ignore[union-attr]
    assert on_github.fetch().code == 0
    assert (on_github.folder / "fetched.plan").read_text(encoding="utf-8") == dump([creates()])


def test_a_plan_for_another_environment_is_refused(ready: Job) -> None:
    staging = replace(creates(), binding=replace(creates().binding, environment="staging"))
    ready.double.uploads[0].archive = archive({"x.plan": dump([staging])})
    assert "is for staging, not for production" in refused(ready)


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"format": 99, "kind": "agentops plan", "plans": []}'])
def test_what_is_no_plan_is_refused(ready: Job, text: str) -> None:
    ready.double.uploads[0].archive = archive({"x.plan": text})
    assert "holds no usable plan" in refused(ready)


def test_a_plan_file_without_plans_is_refused(ready: Job) -> None:
    ready.double.uploads[0].archive = archive({"x.plan": dump([])})
    assert "is empty" in refused(ready)


def test_a_commit_that_came_by_two_requests_is_refused(ready: Job) -> None:
    ready.merged(number=8)
    assert "comes from several" in refused(ready)


def test_a_merged_results_pipeline_on_gitlab_counts_for_its_head(on_gitlab: Job) -> None:
    on_gitlab.on_branch()
    on_gitlab.merged()
    on_gitlab.upload(commit=OTHER, ref="refs/merge-requests/7/merge")
    assert "there is no run" in refused(on_gitlab)
    on_gitlab.double.parents[OTHER] = ["1" * 40, HEAD]  # type: ignore[union-attr]
    assert on_gitlab.fetch().code == 0


def test_the_download_from_another_host_gets_no_token(on_github: Job) -> None:
    on_github.on_branch()
    on_github.merged()
    on_github.upload()
    assert on_github.fetch().code == 0
    assert on_github.storage.leaked == []


@pytest.mark.parametrize("target", ["http://storage.example.com", "ftp://x", "//", ""])
def test_a_download_leads_to_a_safe_address_only(on_github: Job, target: str) -> None:
    on_github.on_branch()
    on_github.merged()
    on_github.upload()
    on_github.double.storage = target
    said = refused(on_github, "--log-level", "debug")
    assert "redirects to" in said
    assert "s3cr3t" not in said


def test_a_download_that_redirects_again_is_not_followed(on_github: Job) -> None:
    on_github.on_branch()
    on_github.merged()
    on_github.upload()
    on_github.double.storage = on_github.double.base  # answers 401: it has no such path, and no token comes
    said = refused(on_github, "--log-level", "debug")
    assert "status 401" in said
    assert "s3cr3t" not in said
    on_github.double.refused.clear()


def test_a_project_may_be_named_by_its_path(on_gitlab: Job) -> None:
    on_gitlab.on_branch()
    on_gitlab.merged()
    on_gitlab.upload()
    assert on_gitlab.fetch("--repository", "acme/voice").code == 0


def test_options_are_enough_without_a_pipeline(job: Job) -> None:
    job.merged()
    job.upload()
    job.environ = {"GITHUB_TOKEN": TOKEN, "GITLAB_TOKEN": TOKEN}
    options = ["--repository", "acme/voice", "--commit", MERGE, "--api-url", job.double.base, "--workflow", "plan.yml"]
    assert job.fetch(*options).code == 0


def test_what_is_missing_is_wrong_usage(job: Job) -> None:
    job.environ = {"GITHUB_TOKEN": TOKEN, "GITLAB_TOKEN": TOKEN}
    done = job.fetch("--repository", "acme/voice", "--workflow", "plan.yml")
    assert done.code == 64
    assert "--commit" in done.err


def test_a_token_that_may_not_read_is_told_what_it_needs(ready: Job) -> None:
    ready.environ["GITHUB_TOKEN" if ready.forge == "github" else "GITLAB_TOKEN"] = "wrong-canary-beef"
    said = refused(ready)
    assert "401" in said
    assert "wrong-canary-beef" not in said


def test_a_job_that_is_run_again_gets_no_plan_once_the_branch_has_moved_on(ready: Job) -> None:
    assert ready.fetch("--if-newest").code == 0
    (ready.folder / "fetched.plan").unlink()
    ready.double.branches["main"] = OTHER
    assert "is not the newest one of main any more, that is dddddddddddd" in refused(ready, "--if-newest")
    assert ready.fetch().code == 0  # in its first run others may have been merged: each applies its own plan


def test_a_branch_of_any_name_can_be_asked_for(ready: Job) -> None:
    ready.environ |= {"GITHUB_REF": "refs/heads/release/a b", "CI_COMMIT_BRANCH": "release/a b"}
    assert ready.fetch("--if-newest").code == 0


def test_without_a_branch_nothing_is_the_newest(on_github: Job) -> None:
    on_github.on_branch()
    on_github.environ["GITHUB_REF"] = "refs/tags/v1"
    done = on_github.fetch("--if-newest")
    assert done.code == 64
    assert "which branch" in done.err
