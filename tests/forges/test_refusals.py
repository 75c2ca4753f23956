"""What happens where no comment can be made: the message says why, and the pipeline decides whether that fails it."""

import pytest

from tests.forges.conftest import Job
from tests.support.forge_double import Fault
from tests.support.forge_double.core import HEAD


def forbid(job: Job) -> None:
    message = {"message": "Resource not accessible by integration"}
    job.double.faults.append(Fault("POST", "(comments|notes)$", 403, body=message, times=9))


def test_outside_a_pull_request_there_is_no_comment_but_all_else(on_github: Job) -> None:
    on_github.event(None)
    on_github.environ["GITHUB_REF"] = "refs/heads/main"
    done = on_github.report()

    assert done.code == 0
    assert on_github.double.seen == []
    assert "This is no pull or merge request" in done.err
    assert "has_changes=true" in (on_github.folder / "output").read_text(encoding="utf-8")
    assert "1 to add" in (on_github.folder / "summary.md").read_text(encoding="utf-8")


def test_outside_a_merge_request_there_is_no_comment_but_all_else(on_gitlab: Job) -> None:
    on_gitlab.on_branch()
    done = on_gitlab.report(options=["--dotenv", str(on_gitlab.folder / "plan.env")])

    assert done.code == 0
    assert on_gitlab.double.seen == []
    assert (on_gitlab.folder / "plan.env").exists()


def test_a_pull_request_is_known_by_its_ref_as_well(on_github: Job) -> None:
    del on_github.environ["GITHUB_EVENT_PATH"]
    on_github.environ["GITHUB_REF"] = "refs/pull/7/merge"
    assert on_github.report().code == 0
    assert len(on_github.double.bodies()) == 1


def test_a_comment_that_is_refused_fails_the_step_after_all_else_was_written(on_github: Job) -> None:
    forbid(on_github)
    done = on_github.report()

    assert done.code == 1
    assert "403: Resource not accessible by integration" in done.err
    assert "pull-requests: write" in done.err
    assert "has_changes=true" in (on_github.folder / "output").read_text(encoding="utf-8")
    assert (on_github.folder / "summary.md").exists()


def test_with_best_effort_a_refusal_is_a_warning(job: Job) -> None:
    forbid(job)
    done = job.report(options=["--best-effort"])

    assert done.code == 0
    assert "Warning: Git" in done.err
    assert "403" in done.err


def test_a_fork_is_told_what_to_do(on_github: Job) -> None:
    on_github.event({"number": 7, "head": {"sha": HEAD, "repo": {"full_name": "stranger/voice"}}})
    forbid(on_github)
    done = on_github.report()

    assert done.code == 1
    assert "comes from a fork" in done.err
    assert "--no-comment --no-labels" in done.err


def test_a_missing_token_is_told_with_where_to_put_it(job: Job) -> None:
    del job.environ["GITHUB_TOKEN" if job.forge == "github" else "GITLAB_TOKEN"]
    done = job.report()

    assert done.code == 1
    assert ("github.token" if job.forge == "github" else "CI_JOB_TOKEN cannot write notes") in done.err
    assert "--no-comment --no-labels" in done.err
    assert job.report(options=["--best-effort"]).code == 0
    assert job.double.seen == []


def test_a_wrong_token_is_not_shown(job: Job) -> None:
    wrong = "wrong-canary-token-beef"
    job.environ["GITHUB_TOKEN" if job.forge == "github" else "GITLAB_TOKEN"] = wrong
    done = job.report(options=["--log-level", "debug"])

    assert done.code == 1
    assert "401" in done.err
    assert wrong not in done.out + done.err


def test_a_request_that_does_not_exist_is_told(job: Job) -> None:
    done = job.report(options=["--pull-request", "99"])
    assert done.code == 1
    assert "404" in done.err


def test_labels_that_are_refused_leave_the_comment(job: Job) -> None:
    method = "POST" if job.forge == "github" else "PUT"
    job.double.faults.append(Fault(method, "(labels|merge_requests/7)$", 403, body={"message": "no"}))
    done = job.report()

    assert done.code == 1
    assert len(job.double.bodies()) == 1
    assert "comment created" in done.out


def test_a_repository_that_nobody_names_is_wrong_usage(job: Job) -> None:
    for name in ("GITHUB_REPOSITORY", "CI_PROJECT_ID", "CI_MERGE_REQUEST_PROJECT_ID"):
        job.environ.pop(name, None)
    done = job.report()
    assert done.code == 64
    assert "--repository" in done.err


@pytest.mark.parametrize("content", ["", "[]", "{", '{"pull_request": 7}', '{"pull_request": {"number": "x"}}'])
def test_an_event_file_that_is_odd_is_no_traceback(on_github: Job, content: str) -> None:
    (on_github.folder / "event.json").write_text(content, encoding="utf-8")
    done = on_github.report()
    assert done.code in (0, 1)
    assert "unexpectedly" not in done.err


def test_what_is_no_plan_is_told_before_anything_is_sent(job: Job) -> None:
    (job.folder / "other.plan").write_text("{}", encoding="utf-8")
    done = job.run("report", str(job.folder / "other.plan"), "--to", job.forge)
    assert done.code == 1
    assert job.double.seen == []
