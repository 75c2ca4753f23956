"""Runs a GitHub workflow: real shell steps and composite actions, in a real checkout; foreign actions are emulated.

It follows GitHub's documentation ("Workflow syntax", "Metadata syntax", "Variables reference", "Workflow commands"),
and raises for whatever it does not know.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from tests.pipelines.expressions import ExpressionError, Scope, as_text, condition, filled

PATIENCE = 120
BASH: Final = ("bash", "--noprofile", "--norc", "-eo", "pipefail")
"""What `shell: bash` means."""

_STEP_KEYS = {"name", "id", "if", "uses", "with", "env", "run", "shell"}
_JOB_KEYS = {
    "name", "if", "needs", "runs-on", "timeout-minutes", "permissions", "strategy", "concurrency", "environment",
    "steps", "outputs",
}  # fmt: skip


@dataclass(frozen=True)
class Event:
    """What started a workflow; `commit` is checked out."""

    name: str
    commit: str
    ref: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    is_trusted: bool = True  # False: of a fork; GitHub gives no secrets, and a token that cannot write


@dataclass
class Step:
    """What became of a step."""

    name: str
    outcome: str = "skipped"  # success, failure, skipped
    outputs: dict[str, str] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)
    log: str = ""


@dataclass
class Job:
    """What became of a job of a matrix. `steps` has those of composite actions too."""

    id: str
    matrix: Mapping[str, str]
    result: str = "skipped"
    summary: str = ""
    steps: list[Step] = field(default_factory=list)
    permissions: Mapping[str, str] = field(default_factory=dict)
    environment: str = ""
    concurrency: Mapping[str, Any] = field(default_factory=dict)

    @property
    def log(self) -> str:
        return "".join(step.log for step in self.steps)

    @property
    def annotations(self) -> list[str]:
        """The commands in the log that GitHub takes for annotations."""
        return [line for line in commands(self.log) if re.match(r"::(error|warning|notice)", line)]


@dataclass
class Run:
    """What became of a workflow; `artifacts`: what was uploaded, name -> folder."""

    number: int
    event: Event
    jobs: list[Job] = field(default_factory=list)
    artifacts: dict[str, Path] = field(default_factory=dict)

    def job(self, id_: str, environment: str = "") -> Job:
        (found,) = (
            (job for job in self.jobs if job.id == id_ and job.matrix.get("environment", "") in ("", environment))
            if environment
            else (job for job in self.jobs if job.id == id_)
        )
        return found

    @property
    def results(self) -> dict[str, str]:
        return {job.id: job.result for job in self.jobs}

    @property
    def succeeded(self) -> bool:
        return all(job.result in ("success", "skipped") for job in self.jobs)


def commands(log: str) -> list[str]:
    """The lines that GitHub takes for workflow commands: none between stop-commands and its mark."""
    found, mark = [], ""
    for line in log.splitlines():
        text = line.lstrip()
        if mark:
            mark = "" if text.startswith(f"::{mark}::") else mark
        elif text.startswith("::stop-commands::"):
            mark = text.removeprefix("::stop-commands::")
        elif text.startswith("::"):
            found.append(text)
    return found


@dataclass
class GitHub:
    """A repository on GitHub and its runners.

    `origin` is a bare repository, `tools` the folder of the command agentops, `api` where the double of the API is.
    """

    origin: Path
    folder: Path
    tools: Path
    api: str = ""
    token: str = ""
    repository: str = "acme/voice"
    secrets: Mapping[str, str] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)

    def start(self, event: Event, workflow: str = ".github/workflows/agentops.yml") -> Run:
        run = Run(len(self.runs) + 101, event)
        self.runs.append(run)
        _WorkflowRun(self, run, workflow).run_all()
        return run


@dataclass
class _WorkflowRun:
    host: GitHub
    run: Run
    workflow: str

    def run_all(self) -> None:
        document = yaml.safe_load(self._file(self.workflow))
        if document["permissions"]:
            raise ExpressionError("permissions of the whole workflow")
        if not self._is_started_by(document[True]):  # YAML 1.1 reads the key `on` as true
            return
        waiting = dict(document["jobs"])
        while waiting:
            ready = [name for name, job in waiting.items() if not set(_listed(job.get("needs"))) & waiting.keys()]
            for name in ready:
                self._run_job(name, waiting.pop(name))

    def _file(self, path: str) -> str:
        return _git(self.host.origin, "show", f"{self.run.event.commit}:{path}")

    def _is_started_by(self, triggers: Mapping[str, Any]) -> bool:
        event = self.run.event
        if event.name not in triggers:
            return False
        only = (triggers[event.name] or {}) if event.name in ("push", "pull_request") else {}
        if set(only) - {"branches"}:
            raise ExpressionError(f"filters of {event.name}: {sorted(only)}")
        branch = event.payload["pull_request"]["base"]["ref"] if event.name == "pull_request" else event.ref
        return not only or branch.removeprefix("refs/heads/") in only["branches"]

    def _run_job(self, name: str, job: Mapping[str, Any]) -> None:
        _known(job, _JOB_KEYS, f"job {name}")
        needs = {each: {"result": self._result(each)} for each in _listed(job.get("needs"))}
        scope = self._scope(needs=needs, status=_status(all(n["result"] == "success" for n in needs.values())))
        if not condition(str(job.get("if", "success()")), scope):
            self.run.jobs.append(Job(name, {}))
            return
        matrix = job.get("strategy", {}).get("matrix", {})
        _known(matrix, {"environment"}, "matrix")
        for value in matrix.get("environment", [None]):
            chosen = {"environment": value} if value else {}
            made = Job(name, chosen, permissions=job.get("permissions", {}))
            self.run.jobs.append(made)
            scope = self._scope(needs=needs, matrix=chosen)
            made.environment = filled(str(job.get("environment", "")), scope)
            made.concurrency = {k: filled(as_text(v), scope) for k, v in job.get("concurrency", {}).items()}
            _JobRun(self, made, scope).run_all(job["steps"])

    def _result(self, name: str) -> str:
        found = {job.result for job in self.run.jobs if job.id == name}
        return next(result for result in ("failure", "success", "skipped") if result in found)

    def _scope(self, *, status: Mapping[str, Callable[[], bool]] | None = None, **contexts: Any) -> Scope:
        event = self.run.event
        base = event.payload.get("pull_request", {}).get("base", {}).get("ref", "")
        github = {
            "event_name": event.name,
            "event": event.payload,
            "ref": event.ref,
            "sha": event.commit,
            "base_ref": base,
            "repository": self.host.repository,
            "run_id": self.run.number,
            "run_attempt": 1,
            "token": self.host.token,
        }
        secrets = self.host.secrets if event.is_trusted else {}
        every = {"github": github, "secrets": secrets, "inputs": event.inputs, "matrix": {}, **contexts}
        return Scope(every, status or _status(True))


class _JobRun:
    """One job on a fresh runner."""

    def __init__(self, workflow: _WorkflowRun, job: Job, scope: Scope) -> None:
        self.workflow, self.job, self.host, self.scope = workflow, job, workflow.host, scope
        self.home = self.host.folder / f"runner-{workflow.run.number}-{job.id}-{'-'.join(job.matrix.values())}"
        self.workspace, self.temp = self.home / "work", self.home / "temp"
        self.paths: list[str] = [str(self.host.tools)]
        for folder in (self.workspace, self.temp):
            folder.mkdir(parents=True)
        (self.temp / "event.json").write_text(json.dumps(dict(workflow.run.event.payload)), encoding="utf-8")
        self.contexts = {**scope.contexts, "runner": {"temp": str(self.temp)}}

    def run_all(self, steps: Sequence[Mapping[str, Any]]) -> None:
        done = self._run_steps(steps, self.contexts, {})
        self.job.result = "failure" if any(step.outcome == "failure" for step in done) else "success"

    def _run_steps(
        self, steps: Sequence[Mapping[str, Any]], contexts: Mapping[str, Any], environ: Mapping[str, str]
    ) -> list[Step]:
        """Steps of a job or of a composite action, one after the other; `environ` is what surrounds them."""
        done: list[Step] = []
        named: dict[str, Any] = {}
        for step in steps:
            _known(step, _STEP_KEYS, "step")
            failed = any(each.outcome == "failure" for each in done)
            scope = Scope({**contexts, "steps": named}, _status(not failed))
            made = Step(step.get("name") or step.get("uses") or "run")
            self.job.steps.append(made)
            if condition(str(step.get("if", "success()")), scope):
                inner = {name: filled(as_text(text), scope) for name, text in (step.get("env") or {}).items()}
                self._run_step(step, made, scope, {**environ, **inner})
            done.append(made)
            if "id" in step:
                named[step["id"]] = {"outcome": made.outcome, "outputs": made.outputs}
        return done

    def _run_step(self, step: Mapping[str, Any], made: Step, scope: Scope, environ: Mapping[str, str]) -> None:
        if "run" in step:
            self._run_script(step, made, environ)
            return
        given = {name: filled(as_text(text), scope) for name, text in (step.get("with") or {}).items()}
        uses = step["uses"]
        if uses.startswith("./"):
            self._run_composite(uses, given, made, environ, scope)
        else:
            EMULATED[uses](self, given, made)
            made.outcome = made.outcome if made.outcome == "failure" else "success"

    def _run_composite(
        self, uses: str, given: Mapping[str, str], made: Step, environ: Mapping[str, str], scope: Scope
    ) -> None:
        action = yaml.safe_load((self.workspace / uses / "action.yml").read_text(encoding="utf-8"))
        unknown = given.keys() - action["inputs"].keys()
        if unknown:
            raise ExpressionError(f"the action has no inputs {sorted(unknown)}")
        inputs = {
            name: given[name] if name in given else filled(as_text(each.get("default", "")), scope)
            for name, each in action["inputs"].items()
        }
        contexts = {name: scope.contexts[name] for name in ("github", "runner")} | {"inputs": inputs}
        done = self._run_steps(action["runs"]["steps"], contexts, environ)
        made.outcome = "failure" if any(step.outcome == "failure" for step in done) else "success"

    def _run_script(self, step: Mapping[str, Any], made: Step, environ: Mapping[str, str]) -> None:
        script = step["run"]
        if "${{" in script:
            raise ExpressionError(f"a script with an expression in it: {made.name}")
        if script.startswith('echo "::group::Install agentops"'):  # emulated: it is installed on this machine already
            made.outcome = "success"
            return
        file, files = self.temp / "script.sh", self._files()
        file.write_text(script, encoding="utf-8")
        made.environ = {**self._environ(), **files, **environ}
        done = subprocess.run(
            [*BASH, file], cwd=self.workspace, env=dict(made.environ), text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=PATIENCE,
        )  # fmt: skip
        made.log = done.stdout
        made.outcome = "failure" if done.returncode else "success"
        made.outputs = _outputs(Path(files["GITHUB_OUTPUT"]).read_text(encoding="utf-8"))
        self.job.summary += Path(files["GITHUB_STEP_SUMMARY"]).read_text(encoding="utf-8")
        if Path(files["GITHUB_ENV"]).read_text(encoding="utf-8") or Path(files["GITHUB_PATH"]).read_text():
            raise ExpressionError("a step changes the environment of those after it")

    def _files(self) -> dict[str, str]:
        """The files that a step may write to, empty."""
        names = ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV", "GITHUB_PATH")
        paths = {name: self.temp / f"{name.lower()}-{len(self.job.steps)}" for name in names}
        for path in paths.values():
            path.write_text("", encoding="utf-8")
        return {name: str(path) for name, path in paths.items()}

    def _environ(self) -> dict[str, str]:
        """The variables that every step has: the documented ones, and nothing of this process but the way to Python."""
        event, number = self.workflow.run.event, str(self.workflow.run.number)
        file = self.workflow.workflow
        return {
            "PATH": os.pathsep.join([*self.paths, os.environ["PATH"]]),
            "HOME": str(self.home),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": self.host.api,
            "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_REPOSITORY": self.host.repository,
            "GITHUB_EVENT_NAME": event.name,
            "GITHUB_EVENT_PATH": str(self.temp / "event.json"),
            "GITHUB_REF": event.ref,
            "GITHUB_SHA": event.commit,
            "GITHUB_RUN_ID": number,
            "GITHUB_WORKFLOW_REF": f"{self.host.repository}/{file}@{event.ref}",
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self.temp),
        }

    # Emulations of GitHub's own actions

    def checkout(self, given: Mapping[str, str], _step: Step) -> None:
        _known(given, {"fetch-depth", "persist-credentials"}, "actions/checkout")
        assert given["persist-credentials"] == "false"
        event = self.workflow.run.event
        _git(self.workspace, "init", "--quiet")
        whole = given.get("fetch-depth") == "0"
        wanted = [event.commit, *(["+refs/heads/*:refs/remotes/origin/*"] if whole else [])]
        depth = [] if whole else ["--depth=1"]
        _git(self.workspace, "fetch", "--quiet", "--no-tags", *depth, f"file://{self.host.origin}", *wanted)
        _git(self.workspace, "checkout", "--quiet", "--detach", event.commit)

    def setup_python(self, given: Mapping[str, str], _step: Step) -> None:
        _known(given, {"python-version"}, "actions/setup-python")

    def upload_artifact(self, given: Mapping[str, str], step: Step) -> None:
        _known(given, {"name", "path", "if-no-files-found", "overwrite", "retention-days"}, "actions/upload-artifact")
        kept = self.host.folder / "artifacts" / str(self.workflow.run.number) / given["name"]
        assert any(Path(given["path"]).iterdir())
        shutil.copytree(given["path"], kept)
        self.workflow.run.artifacts[given["name"]] = kept
        step.outputs["artifact-url"] = f"https://github.example/artifacts/{given['name']}"

    def download_artifact(self, given: Mapping[str, str], step: Step) -> None:
        _known(given, {"name", "path", "run-id", "github-token"}, "actions/download-artifact")
        runs = {str(run.number): run for run in self.host.runs}
        if given["run-id"] not in runs or given["name"] not in runs[given["run-id"]].artifacts:
            step.outcome = "failure"
            return
        shutil.copytree(runs[given["run-id"]].artifacts[given["name"]], given["path"])


EMULATED: Final[Mapping[str, Callable[[_JobRun, Mapping[str, str], Step], None]]] = {
    "actions/checkout@v6": _JobRun.checkout,
    "actions/setup-python@v6": _JobRun.setup_python,
    "actions/upload-artifact@v6": _JobRun.upload_artifact,
    "actions/download-artifact@v7": _JobRun.download_artifact,
}


def _status(succeeded: bool) -> dict[str, Callable[[], bool]]:
    return {
        "success": lambda: succeeded,
        "failure": lambda: not succeeded,
        "always": lambda: True,
        "cancelled": lambda: False,
    }


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or [])


def _known(given: Iterable[str], keys: set[str], what: str) -> None:
    unknown = set(given) - keys
    if unknown:
        raise ExpressionError(f"{what}: {sorted(unknown)} are not known here")


def _outputs(text: str) -> dict[str, str]:
    """The lines of a file GITHUB_OUTPUT: name=value, or name<<end, lines, end."""
    found, lines = {}, iter(text.splitlines())
    for line in lines:
        name, equals, value = line.partition("=")
        if "<<" in name:
            name, _, end = line.partition("<<")
            value = "\n".join(iter(lambda: next(lines), end))
        elif not equals:
            raise ExpressionError(f"GITHUB_OUTPUT: {line}")
        found[name] = value
    return found


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE).stdout
