"""Runs a GitLab pipeline: its rules, and the real scripts of its jobs in a real checkout.

It follows GitLab's documentation ("CI/CD YAML syntax reference", "Predefined CI/CD variables"), and raises for whatever
it does not know.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

PATIENCE = 120
JOB_TOKEN = "job-token-canary"
_TOP_KEYS = {"stages", "variables"}
_JOB_KEYS = {
    "extends", "image", "variables", "cache", "before_script", "stage", "rules", "interruptible", "script", "artifacts",
    "resource_group", "environment", "needs",
}  # fmt: skip
_ARTIFACT_KEYS = {"name", "when", "access", "expire_in", "expose_as", "paths", "reports"}
_TERM = re.compile(r'\$(\w+) (==|!=) (?:"([^"]*)"|\$(\w+))')


class UnknownError(Exception):
    """It is none of the keys and rules that are known."""


@dataclass(frozen=True)
class Trigger:
    """What started a pipeline: the commit that is checked out, and the variables that say why."""

    commit: str
    variables: Mapping[str, str]
    is_trusted: bool = True  # False: a fork's pipeline, which has none of the project's variables
    play: tuple[str, ...] = ()  # the manual jobs that somebody starts
    form: Mapping[str, str] = field(default_factory=dict)  # variables of the form "New pipeline"


@dataclass
class Job:
    name: str
    stage: str
    result: str = "skipped"  # success, failed, skipped, manual
    log: str = ""
    environ: Mapping[str, str] = field(default_factory=dict)
    definition: Mapping[str, Any] = field(default_factory=dict)
    archive: Path | None = None


@dataclass
class Pipeline:
    number: int
    jobs: list[Job]

    def job(self, name: str) -> Job:
        (found,) = (job for job in self.jobs if job.name == name)
        return found

    @property
    def results(self) -> dict[str, str]:
        return {job.name: job.result for job in self.jobs}

    @property
    def succeeded(self) -> bool:
        return all(job.result in ("success", "manual") for job in self.jobs)


@dataclass
class GitLab:
    """A project on GitLab and its runners; `variables` are those of the project."""

    origin: Path
    folder: Path
    tools: Path
    api: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    pipelines: list[Pipeline] = field(default_factory=list)

    def start(self, trigger: Trigger, file: str = ".gitlab-ci.yml") -> Pipeline:
        """The pipeline; one without jobs is none, and has an empty list here."""
        show = ["git", "-C", str(self.origin), "show", f"{trigger.commit}:{file}"]
        text = subprocess.run(show, capture_output=True, text=True, check=True, timeout=PATIENCE).stdout
        document = yaml.safe_load(text)
        named = {name: value for name, value in document.items() if name not in _TOP_KEYS}
        defaults = {name: _value(given) for name, given in document.get("variables", {}).items()}
        jobs = {name: _extended(named, name) for name in named if not name.startswith(".")}
        pipeline = Pipeline(101 + len(self.pipelines), [])
        self.pipelines.append(pipeline)
        for stage in document["stages"]:
            started = [(name, job) for name, job in jobs.items() if job["stage"] == stage]
            self._run_stage(pipeline, trigger, defaults, started)
        return pipeline

    def _run_stage(
        self,
        pipeline: Pipeline,
        trigger: Trigger,
        defaults: Mapping[str, str],
        jobs: Sequence[tuple[str, Mapping[str, Any]]],
    ) -> None:
        failed = not all(job.result in ("success", "manual") for job in pipeline.jobs)
        for name, definition in jobs:
            _known(definition, _JOB_KEYS, name)
            environ = self._environ(pipeline, trigger, {**defaults, **definition.get("variables", {})}, name)
            when = _when(definition["rules"], environ)
            if when is None:
                continue
            job = Job(name, definition["stage"], environ=environ, definition=definition)
            earlier = list(pipeline.jobs)
            pipeline.jobs.append(job)
            needed = [each for each in earlier if each.name in definition.get("needs", [])]
            waits = not all(each.result == "success" for each in needed) if needed else failed
            if when == "manual" and name not in trigger.play:
                job.result = "manual"
            elif not waits:
                self._run(pipeline, trigger, job, needed or [each for each in earlier if each.stage != job.stage])

    def _run(self, pipeline: Pipeline, trigger: Trigger, job: Job, earlier: Iterable[Job]) -> None:
        workspace = Path(job.environ["CI_PROJECT_DIR"])
        workspace.mkdir(parents=True)
        for arguments in (
            ["init", "--quiet"],
            ["fetch", "--quiet", f"file://{self.origin}", trigger.commit],
            ["checkout", "--quiet", "--detach", trigger.commit],
        ):
            subprocess.run(["git", "-C", str(workspace), *arguments], check=True, timeout=PATIENCE)
        for each in earlier:
            for path in each.definition.get("artifacts", {}).get("paths", []) if each.archive else []:
                (workspace / path).parent.mkdir(parents=True, exist_ok=True)  # reports are not among what jobs get
                shutil.copy(each.archive / path, workspace / path)
        lines = [*job.definition["before_script"], *job.definition["script"]]
        done = subprocess.run(
            ["bash"], input="set -eo pipefail\n" + "\n".join(lines) + "\n", cwd=workspace, env=dict(job.environ),
            text=True, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE,
        )  # fmt: skip
        job.log = done.stdout
        job.result = "failed" if done.returncode else "success"
        self._keep(pipeline, job, workspace)

    def _keep(self, pipeline: Pipeline, job: Job, workspace: Path) -> None:
        """Uploads what `artifacts` names; a file that is missing is an error here, where GitLab only warns."""
        wanted = job.definition.get("artifacts", {})
        _known(wanted, _ARTIFACT_KEYS, f"artifacts of {job.name}")
        if job.result == "failed" and wanted.get("when") != "always":
            return
        archive = self.folder / "artifacts" / str(pipeline.number) / job.name
        for path in [*wanted.get("paths", []), *wanted.get("reports", {}).values()]:
            assert "$" not in path, f"{path}: GitLab exposes no path with a variable"
            assert (workspace / path).is_file(), f"{job.name} did not write {path}:\n{job.log}"
            (archive / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(workspace / path, archive / path)
        job.archive = archive if wanted else None

    def _environ(self, pipeline: Pipeline, trigger: Trigger, own: Mapping[str, str], name: str) -> Mapping[str, str]:
        home = self.folder / f"runner-{pipeline.number}-{name}"
        given = {
            "PATH": os.pathsep.join([str(self.tools), os.environ["PATH"]]),
            "HOME": str(self.folder),
            "CI": "true",
            "GITLAB_CI": "true",
            "CI_API_V4_URL": self.api,
            "CI_COMMIT_SHA": trigger.commit,
            "CI_DEFAULT_BRANCH": "main",
            "CI_JOB_TOKEN": JOB_TOKEN,
            "CI_JOB_URL": f"https://gitlab.example/acme/voice/-/jobs/{pipeline.number}",
            "CI_PROJECT_DIR": str(home),
            "CI_PROJECT_ID": "42" if trigger.is_trusted else "43",
            **trigger.variables,
        }
        settings = self.variables if trigger.is_trusted else {"AGENTOPS_INSTALL": ""}
        # The variables of the project's settings win over those of the file, and those of the form over both.
        return {
            **given,
            **{name: _expanded(str(text), given) for name, text in own.items()},
            **settings,
            **trigger.form,
        }


def _value(given: Any) -> str:
    """What a variable of the file is set to; one with a description is offered by the form "New pipeline"."""
    if isinstance(given, Mapping):
        _known(given, {"value", "description"}, "variable")
        return str(given["value"])
    return str(given)


def _extended(named: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A job with what it extends: maps are merged, all else is replaced."""
    job = dict(named[name])
    base = job.pop("extends", None)
    return _merged(_extended(named, base), job) if base else job


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    both = {
        name: _merged(below[name], above[name]) for name in below.keys() & above.keys() if _are_maps(below, above, name)
    }
    return {**below, **above, **both}


def _are_maps(below: Mapping[str, Any], above: Mapping[str, Any], name: str) -> bool:
    return isinstance(below[name], Mapping) and isinstance(above[name], Mapping)


def _when(rules: Sequence[Mapping[str, str]], environ: Mapping[str, str]) -> str | None:
    """How the first rule that fits lets the job start; None: it is not part of the pipeline."""
    for rule in rules:
        _known(rule, {"if", "when"}, "rule")
        if all(_holds(term, environ) for term in rule["if"].split(" && ")):
            return rule.get("when", "on_success")
    return None


def _holds(term: str, environ: Mapping[str, str]) -> bool:
    match = _TERM.fullmatch(term)
    if match is None:
        raise UnknownError(f"rule: {term}")
    name, sign, text, other = match.groups()
    right = environ.get(other) if other else text
    return (environ.get(name) == right) is (sign == "==")


def _expanded(text: str, environ: Mapping[str, str]) -> str:
    return re.sub(r"\$(\w+)", lambda found: environ[found[1]], text)


def _known(given: Iterable[str], keys: set[str], what: str) -> None:
    unknown = set(given) - keys
    if unknown:
        raise UnknownError(f"{what}: {sorted(unknown)} are not known here")


def scripts(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Where, and the lines, of all that a file lets a shell run."""
    for name, job in document.items():
        if isinstance(job, Mapping):
            for key in ("before_script", "script"):
                if key in job:
                    yield f"{name} {key}", "\n".join(job[key])
