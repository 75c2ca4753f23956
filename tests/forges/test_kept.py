"""What a job keeps of a plan: outputs, summary, annotations, and the reports that GitLab shows."""

import json
import re
import subprocess
from dataclasses import replace

import pytest

from agentops.domain.diagnostics import Severity, SourcePos, warning
from agentops.domain.plan import Cause, Finding, Plan
from agentops.render.comment import Link, job_summary
from agentops.render.outputs import dotenv, github_output, outputs
from tests.forges.conftest import Job
from tests.render.plans import BINDING, CASES, address, creates, field, plan, update


def parsed(text: str) -> dict[str, str]:
    """GITHUB_OUTPUT as the runner reads it: `name=value`, or `name<<end`, lines, `end`."""
    found, lines = {}, iter(text.split("\n"))
    for line in lines:
        if not line:
            continue
        equals, heredoc = line.find("="), line.find("<<")
        if equals >= 0 and (heredoc < 0 or equals < heredoc):
            name, _, found[line[:equals]] = line.partition("=")
            continue
        name, _, end = line.partition("<<")
        assert end, line
        value: list[str] = []
        for inner in lines:
            if inner == end:
                break
            value.append(inner)
        found[name] = "\n".join(value)
    return found


def drifted(number: int = 1) -> Plan:
    """Voices that somebody changed elsewhere, at line 10 of the manifests."""
    changed = replace(
        field("voice", Cause.DRIFT, "Sarah", "Emma", "Sarah"), pos=SourcePos("assistants/sales.yaml", 10, 3)
    )
    changes = [replace(update(changed), address=address(f"sales-{index}")) for index in range(number)]
    return plan(*changes)


def test_outputs_say_what_later_steps_decide_by(on_github: Job) -> None:
    on_github.report()
    found = parsed((on_github.folder / "output").read_text(encoding="utf-8"))

    assert {name: found[name] for name in ("has_changes", "applyable", "verdict", "environment")} == {
        "has_changes": "true",
        "applyable": "true",
        "verdict": "changes",
        "environment": "production",
    }
    assert [found[name] for name in ("add", "change", "destroy", "import", "blocked", "drift")] == list("100000")
    assert found["plan_file"] == str(on_github.folder / "production.plan")
    assert found["comment_url"].startswith("https://github.example/acme/voice/pull/7#issuecomment-")
    (of_plan,) = json.loads(found["plans"])
    assert (of_plan["environment"], of_plan["add"]) == ("production", 1)


def test_outputs_of_several_plans_are_sums_and_each_is_in_the_list() -> None:
    staging = replace(drifted(), binding=replace(BINDING, environment="staging"))
    found = outputs([creates(), staging, plan()], "x.plan", {})
    assert (found["add"], found["change"], found["drift"]) == ("1", "1", "1")
    assert found["environment"] == "production,staging,production"
    assert [each["verdict"] for each in json.loads(found["plans"])] == ["changes", "changes", "no-changes"]


def test_a_plan_that_apply_refuses_is_not_applyable() -> None:
    finding = Finding("protected", Severity.ERROR, "protected", (address("sales-outbound"),))
    found = outputs([replace(creates(), findings=(finding,))], "x.plan", {})
    assert (found["applyable"], found["verdict"], found["has_changes"]) == ("false", "refused", "true")


@pytest.mark.parametrize("value", ["a\nverdict=none", "x\r\ny", "a<<b", "end-1\nend-2", "é", "", "=", "a\n\nb", "%0A"])
def test_no_value_can_set_another_output(value: str) -> None:
    found = parsed(github_output({"environment": value, "verdict": "changes"}))
    assert found == {"environment": value, "verdict": "changes"}


@pytest.mark.parametrize("case", sorted(CASES))
def test_a_dotenv_report_is_one_that_gitlab_takes(case: str) -> None:
    made = CASES[case]()
    hostile = replace(made, binding=replace(made.binding, environment="x\nPATH=/tmp\n" + "y" * 500))
    written = dotenv(outputs([hostile], "a.plan", {}))
    assert all(re.fullmatch(r"AGENTOPS_PLAN_[A-Z_]+=[ -~]*", line) for line in written.splitlines())
    assert len(written.encode()) < 5 * 1024
    assert len(written.splitlines()) < 20


def test_dotenv_names_are_those_of_the_outputs(on_gitlab: Job) -> None:
    path = on_gitlab.folder / "plan.env"
    on_gitlab.report(options=["--dotenv", str(path)])
    found = dict(line.split("=", 1) for line in path.read_text(encoding="utf-8").splitlines())
    assert found["AGENTOPS_PLAN_HAS_CHANGES"] == "true"
    assert found["AGENTOPS_PLAN_ADD"] == "1"
    assert found["AGENTOPS_PLAN_FILE"].endswith("production.plan")
    assert found["AGENTOPS_PLAN_COMMENT_URL"].startswith("https://gitlab.example/")


def test_the_summary_is_appended_to_what_is_there(on_github: Job) -> None:
    (on_github.folder / "summary.md").write_text("# Before\n", encoding="utf-8")
    on_github.report()
    text = (on_github.folder / "summary.md").read_text(encoding="utf-8")
    assert text.startswith("# Before\n")
    assert "1 to add" in text
    assert "<!--" not in text


@pytest.mark.parametrize("taken", [0, 500_000, 1_000_000, 1_048_000, 2_000_000])
def test_the_summary_stays_below_githubs_limit(taken: int) -> None:
    (change,) = creates().changes
    text = {**change.desired, "system_prompt": "ä€😀" * 6_000}
    many = [replace(change, desired=text, address=replace(change.address, name=f"a{n}")) for n in range(30)]
    made = job_summary([plan(*many), plan(*many)], [Link("run", "https://ci.example/1")], taken=taken)
    assert len(made.encode()) + taken <= 1024 * 1024 or not made
    assert bool(made) is (taken < 1_040_000)


def test_a_full_summary_is_told(on_github: Job) -> None:
    (on_github.folder / "summary.md").write_text("x" * 1_048_000, encoding="utf-8")
    done = on_github.report()
    assert done.code == 0
    assert "summary is full" in done.err


def test_drift_is_an_annotation_at_the_line_of_the_field(on_github: Job) -> None:
    done = on_github.report(drifted())
    (line,) = [line for line in done.out.splitlines() if line.startswith("::")]
    assert line.startswith("::warning file=assistants/sales.yaml,line=10,col=3,")
    assert "somebody changed voice of assistant.sales-0 on the platform" in line


def test_a_conflict_is_an_error_at_the_line_of_the_field(on_github: Job) -> None:
    (change,) = drifted().changes
    kept = replace(change.fields[0], cause=Cause.CONFLICT, write=False)
    fields = (kept, replace(change.fields[0], name="language"))  # drift that apply would undo, if it did anything
    done = on_github.report(plan(replace(change, fields=fields, blocked="voice changed on both sides")))
    (line,) = [line for line in done.out.splitlines() if line.startswith("::")]
    assert line.startswith("::error file=assistants/sales.yaml,line=10,")
    assert "apply leaves assistant.sales-0 alone: voice changed on both sides" in line


def test_findings_and_warnings_are_annotations_errors_first(on_github: Job) -> None:
    finding = Finding("protected", Severity.ERROR, "is protected", (address("sales-0"),), hint="unprotect it")
    (change,) = drifted().changes
    made = replace(
        plan(replace(change, pos=SourcePos("assistants/sales.yaml", 2, 1))),
        findings=(finding,),
        diagnostics=(warning("dropped", "w", SourcePos("a.yaml", 4, 2)),),
    )
    lines = [line for line in on_github.report(made).out.splitlines() if line.startswith("::")]
    assert [line.split(",")[:2] for line in lines] == [
        ["::error file=assistants/sales.yaml", "line=2"],
        ["::warning file=assistants/sales.yaml", "line=10"],
        ["::warning file=a.yaml", "line=4"],
    ]


def test_ten_annotations_are_shown_and_the_rest_is_counted(on_github: Job) -> None:
    lines = [line for line in on_github.report(drifted(25)).out.splitlines() if line.startswith("::")]
    assert sum(line.startswith("::warning") for line in lines) == 10
    assert lines[-1].startswith("::notice::15 more remarks")


def test_annotations_can_be_switched_off(on_github: Job) -> None:
    assert "::" not in on_github.report(drifted(), options=["--no-annotations"]).out.replace("https://", "")


def test_paths_start_at_the_top_of_the_repository(on_github: Job) -> None:
    top = on_github.folder
    subprocess.run(["git", "init", "-q", str(top)], check=True)
    on_github.folder = top / "voice"
    on_github.folder.mkdir()
    (on_github.folder / "agentops.yaml").write_text("", encoding="utf-8")
    assert "file=voice/assistants/sales.yaml," in on_github.report(drifted()).out


def test_without_git_the_workspace_says_where_the_top_is(on_github: Job) -> None:
    on_github.environ |= {"GITHUB_WORKSPACE": str(on_github.folder), "GIT_CEILING_DIRECTORIES": "/"}
    on_github.folder = on_github.folder / "voice" / "agents"
    on_github.folder.mkdir(parents=True)
    assert "file=voice/agents/assistants/sales.yaml," in on_github.report(drifted()).out


def test_the_prefix_can_be_said(on_github: Job) -> None:
    done = on_github.report(drifted(), options=["--path-prefix", "deep/down"])
    assert "file=deep/down/assistants/sales.yaml," in done.out


def test_gitlab_gets_its_two_reports(on_gitlab: Job) -> None:
    counts, quality = on_gitlab.folder / "tf.json", on_gitlab.folder / "quality.json"
    done = on_gitlab.report(drifted(3), options=["--terraform-report", str(counts), "--code-quality", str(quality)])
    assert done.code == 0, str(done)
    assert "::" not in done.out.replace("https://", "")
    assert json.loads(counts.read_text(encoding="utf-8")) == {"create": 0, "update": 3, "delete": 0}
    entries = json.loads(quality.read_text(encoding="utf-8"))
    assert len(entries) == 3
    assert len({entry["fingerprint"] for entry in entries}) == 3
    assert entries[0]["location"] == {"path": "assistants/sales.yaml", "lines": {"begin": 10}}
    assert entries[0]["check_name"] == "edited-elsewhere"


def test_a_plan_without_remarks_makes_an_empty_code_quality_report(on_gitlab: Job) -> None:
    quality = on_gitlab.folder / "quality.json"
    on_gitlab.report(options=["--code-quality", str(quality)])
    assert json.loads(quality.read_text(encoding="utf-8")) == []


def test_a_file_that_cannot_be_written_is_told(on_github: Job) -> None:
    on_github.environ["GITHUB_OUTPUT"] = str(on_github.folder / "no" / "output")
    done = on_github.report()
    assert done.code == 1
    assert "cannot write" in done.err
