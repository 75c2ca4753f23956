"""Labels say at a glance what a plan does; those of others are never touched."""

from dataclasses import replace

import pytest

from agentops.forges.labels import Verdict, label
from tests.forges.conftest import Job
from tests.render.plans import conflicts, creates, deletes, plan

PROJECT = """\
apiVersion: agentops/v1
kind: Project
metadata: {name: acme-voice}
spec:
  environments:
    staging: {platform: autocalls, sandbox: true, manifests: [a]}
    production: {platform: autocalls, sandbox: true, manifests: [a]}
"""


@pytest.mark.parametrize(
    "made, name",
    [(plan, "no changes"), (creates, "changes"), (deletes, "deletes"), (conflicts, "blocked")],
    ids=["none", "some", "deletes", "blocked"],
)
def test_the_label_says_what_the_plan_does(job: Job, made: object, name: str) -> None:
    job.report(made())  # type: ignore[operator]
    assert job.double.labels[7] == [f"agentops: {name}"]


def test_a_label_that_is_not_true_any_more_goes_and_others_stay(job: Job) -> None:
    job.double.labels[7] = ["bug", "agentops: changes", "agentops: reviewed", "agentops: changes in staging"]
    job.report(plan())
    assert job.double.labels[7] == ["bug", "agentops: reviewed", "agentops: changes in staging", "agentops: no changes"]


def test_a_label_that_is_there_is_not_sent_again(job: Job) -> None:
    job.double.labels[7] = ["AgentOps: Changes", "bug"]
    job.report()
    assert job.double.labels[7] == ["AgentOps: Changes", "bug"]
    assert not any("labels" in line or line.startswith("PUT") for line in job.double.written)


def test_with_several_environments_a_label_names_its_own(job: Job) -> None:
    (job.folder / "agentops.yaml").write_text(PROJECT, encoding="utf-8")
    job.double.labels[7] = ["agentops: changes", "agentops: deletes in staging"]
    job.report(plan())
    assert job.double.labels[7] == ["agentops: deletes in staging", "agentops: no changes in production"]


def test_plans_of_several_environments_have_a_label_each(job: Job) -> None:
    staging = replace(plan(), binding=replace(plan().binding, environment="staging"))
    job.report(creates(), staging)
    assert set(job.double.labels[7]) == {"agentops: changes in production", "agentops: no changes in staging"}


def test_labels_can_be_switched_off(job: Job) -> None:
    job.double.labels[7] = ["agentops: deletes"]
    job.report(options=["--no-labels"])
    assert job.double.labels[7] == ["agentops: deletes"]
    assert len(job.double.bodies()) == 1


@pytest.mark.parametrize("name", ["p" * 63, "a,b", "x\ny", "production", "@team", "é" * 30])
def test_every_label_fits_on_github_and_is_one_on_gitlab(name: str) -> None:
    made = [label(verdict, name) for verdict in Verdict]
    assert all(len(each) <= 50 and each.isprintable() and "," not in each for each in made)
    assert len(set(made)) == len(Verdict)


def test_long_names_that_begin_alike_have_labels_that_differ() -> None:
    assert label(Verdict.CHANGES, "p" * 60 + "a") != label(Verdict.CHANGES, "p" * 60 + "b")
