"""From a change in git to the account: plan, report, merge, fetch, apply, on the example project and a sandbox."""

import shutil
from pathlib import Path

from tests.forges.conftest import Job
from tests.support.forge_double import Upload, archive

ROOT = Path(__file__).resolve().parents[2]


def test_what_was_reviewed_is_what_is_applied(job: Job) -> None:
    shutil.copy(ROOT / "agentops.yaml", job.folder)
    shutil.copytree(ROOT / "assistants", job.folder / "assistants")
    planned = str(job.folder / "sandbox.plan")
    assert job.run("plan", "--env", "sandbox", "--out", planned).code == 0
    assert job.run("report", planned, "--to", job.forge).code == 0
    (body,) = job.double.bodies()

    job.on_branch()
    job.merged()
    files: dict[str, str | bytes] = {"sandbox.plan": Path(planned).read_bytes(), "sandbox.html": "<p>"}
    job.double.uploads.append(Upload(9000, archive(files), name="agentops-plan-sandbox"))
    fetched = str(job.folder / "fetched.plan")
    done = job.run("fetch", "--from", job.forge, "--env", "sandbox", "--out", fetched)
    assert done.code == 0, str(done)
    applied = job.run("apply", fetched)

    assert applied.code == 0, str(applied)
    assert "5 to add" in body
    assert "5 added" in applied.out
    assert job.double.labels[7] == ["agentops: changes in sandbox"]
    assert job.run("apply", fetched).code == 5  # once is enough
