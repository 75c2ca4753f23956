"""What `agentops report` does, one place after the other: comment and labels, then what the job keeps."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from agentops.cli.pipeline import Pipeline, forge_token, known_token, path_prefix, pipeline_of, required
from agentops.cli.redaction import redact
from agentops.cli.settings import Settings
from agentops.cli.terminal import Terminal
from agentops.cli.written import write_file
from agentops.domain.diagnostics import Diagnostic
from agentops.domain.errors import AgentopsError, ForgeError, ForgeRefusedError, ProjectError
from agentops.domain.plan import Plan

if TYPE_CHECKING:
    from agentops.forges.forge import Forge
    from agentops.forges.labels import Verdict
    from agentops.providers.rest.http import Request
    from agentops.render.comment import Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """The command line of a report."""

    planfile: Path
    forge: str
    links: tuple[tuple[str, str], ...] = ()
    repository: str = ""
    number: int | None = None
    api_url: str = ""
    path_prefix: str | None = None
    no_comment: bool = False
    no_labels: bool = False
    no_annotations: bool = False
    best_effort: bool = False
    dry_run: bool = False
    terraform_report: Path | None = None
    code_quality: Path | None = None
    dotenv: Path | None = None
    use_proxy: bool = False


@dataclass(frozen=True, slots=True)
class _Report:
    """One run of the command."""

    settings: Settings
    terminal: Terminal
    plans: Sequence[Plan]
    wishes: Wishes
    pipeline: Pipeline
    links: tuple[Link, ...]

    @property
    def number(self) -> int | None:
        return self.wishes.number or self.pipeline.number


def report(settings: Settings, terminal: Terminal, plans: Sequence[Plan], wishes: Wishes) -> None:
    """Raises the ForgeError of a comment or label that failed at the end, after all else was written."""
    from agentops.render.comment import Link

    pipeline = pipeline_of(wishes.forge)
    run = [Link("run", pipeline.run_url)] if pipeline.run_url else []
    here = _Report(
        settings, terminal, plans, wishes, pipeline, (*run, *(Link(text, url) for text, url in wishes.links))
    )
    urls: dict[str, str] = {}
    trouble = _reviewed(here, urls)
    _kept(here, urls)
    if trouble is None:
        return
    if not wishes.best_effort:
        raise trouble
    terminal.tell(f"Warning: {trouble}" + (f"\n  {trouble.hint}" if trouble.hint else ""))


def _reviewed(here: _Report, urls: dict[str, str]) -> ForgeError | None:
    """Place comments and labels; `urls` gets the comments' addresses. What went wrong, if something did."""
    from agentops.forges.connection import FORGES, connected

    wishes, kind = here.wishes, FORGES[here.wishes.forge]
    if wishes.no_comment and wishes.no_labels:
        return None
    if wishes.dry_run and not known_token(wishes.forge):
        _preview(here)
        return None
    if here.number is None:
        here.terminal.tell(
            "This is no pull or merge request, so there is no comment and no label. To name one: --pull-request NUMBER"
        )
        return None
    where = wishes.repository or here.pipeline.repository
    where = required(where, "which repository", "--repository", "GITHUB_REPOSITORY or CI_PROJECT_ID")
    address = wishes.api_url or here.pipeline.api_url or kind.api_url
    announce = _announcer(here.terminal, address) if wishes.dry_run else None
    try:
        token = forge_token(wishes.forge, otherwise=_WITHOUT_TOKEN)
        with connected(kind, address, token, where, announce=announce, proxied=wishes.use_proxy) as forge:
            for plan in here.plans:
                _review(here, forge, here.number, plan, urls)
    except ForgeError as exc:
        return _explained(exc, here.pipeline)
    return None


_WITHOUT_TOKEN: Final = "leave comment and labels out: --no-comment --no-labels; --dry-run shows them without a token"


def _preview(here: _Report) -> None:
    """Show comments and labels as they would be, where nobody can be asked what is there already."""
    from agentops.forges.comments import marker
    from agentops.forges.connection import FORGES
    from agentops.forges.labels import label
    from agentops.render.comment import comment
    from agentops.render.visible import printable

    kind = FORGES[here.wishes.forge]
    here.terminal.tell(
        f"{kind.token_variable} is not set, so {kind.title} is not asked which comment and labels are there already."
    )
    for plan in here.plans:
        environment = plan.binding.environment
        if not here.wishes.no_comment:
            body = redact(comment(plan, marker(plan.binding.project, environment), here.links, here.pipeline.commit))
            here.terminal.show(f"{kind.title}: the comment for environment {printable(environment)} would be")
            here.terminal.show(_quoted(body))
        if not here.wishes.no_labels:
            called = label(_verdict(plan), environment if _are_several(here) else "")
            here.terminal.show(f"{kind.title}: the label would be {called}")


def _quoted(text: str) -> str:
    """No line of it begins a workflow command."""
    return "\n".join(f"  | {line}" for line in text.split("\n"))


def _review(here: _Report, forge: Forge, number: int, plan: Plan, urls: dict[str, str]) -> None:
    from agentops.forges.comments import marker, place
    from agentops.forges.labels import set_label
    from agentops.render.comment import comment
    from agentops.render.visible import printable

    environment = plan.binding.environment
    name = f"{forge.title}: {forge.request_noun} {number}, environment {printable(environment)}"
    if not here.wishes.no_comment:
        mark = marker(plan.binding.project, environment)
        placed = place(forge, number, mark, redact(comment(plan, mark, here.links, here.pipeline.commit)))
        urls[environment] = placed.url
        done = "would be placed" if here.wishes.dry_run and placed.done.value != "unchanged" else placed.done.value
        here.terminal.show(f"{name}: comment {done}" + (f": {placed.url}" if placed.url else ""))
    if not here.wishes.no_labels:
        set_label(forge, number, _verdict(plan), environment, several=_are_several(here))


def _verdict(plan: Plan) -> Verdict:
    from agentops.forges.labels import Verdict
    from agentops.render.outputs import verdict_of
    from agentops.render.summary import counts

    if counts(plan.changes).destroyed:  # whatever else there is to say of it
        return Verdict.DELETES
    return Verdict(verdict_of(plan).replace("-", " "))


def _are_several(here: _Report) -> bool:
    """Whether labels have to name the environment: the project, or the plan file, has several."""
    from agentops.cli.project import find_project

    if len(here.plans) > 1:
        return True
    try:
        return len(find_project(here.settings).environments) > 1
    except AgentopsError:
        return False  # a saved plan can be reported without its project


def _explained(error: ForgeError, pipeline: Pipeline) -> ForgeError:
    if pipeline.is_fork and isinstance(error, ForgeRefusedError) and error.status in (401, 403, 404):
        hint = "the request comes from a fork, which gets no token that may comment: use --no-comment --no-labels, or"
        return ForgeRefusedError(str(error), status=error.status, hint=f"{hint} --best-effort to go on all the same")
    return error


def _announcer(terminal: Terminal, address: str) -> Callable[[Request], None]:
    """Shows a request in place of sending it. A line of it must not begin a workflow command."""

    def announce(request: Request) -> None:
        terminal.show(f"Would send: {request.method} {address.rstrip('/')}{request.path}")
        for key, value in (request.body or {}).items():
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            terminal.show(_quoted(f"{key}: {text}"))

    return announce


def _kept(here: _Report, urls: Mapping[str, str]) -> None:
    """Write what the job keeps: outputs, summary, annotations, and GitLab's reports."""
    from agentops.render.outputs import dotenv, outputs
    from agentops.render.plan_notes import plan_notes

    wishes, plans = here.wishes, here.plans
    notes = tuple(dict.fromkeys(note for plan in plans for note in plan_notes(plan)))
    values = outputs(plans, str(wishes.planfile), urls)
    prefix = wishes.path_prefix if wishes.path_prefix is not None else path_prefix(here.settings, here.pipeline)
    if wishes.forge == "github":
        _annotate(here, notes, prefix)
        _append_for_github(here, values)
    if wishes.terraform_report:
        _save(here, wishes.terraform_report, _terraform_report(plans))
    if wishes.code_quality:
        _save(here, wishes.code_quality, _code_quality(notes, prefix))
    if wishes.dotenv:
        _save(here, wishes.dotenv, dotenv(values))


def _annotate(here: _Report, notes: Sequence[Diagnostic], prefix: str) -> None:
    from agentops.render.annotations import github_annotations
    from agentops.render.plan_notes import shown_first
    from agentops.render.summary import counted

    if here.wishes.no_annotations or not notes:
        return
    shown, left = shown_first(notes)
    here.terminal.show(github_annotations(shown, prefix))
    if left:
        here.terminal.show(
            f"::notice::{counted(left, 'more remark')} on the plan: see its comment or the job's summary"
        )


def _append_for_github(here: _Report, values: Mapping[str, str]) -> None:
    from agentops.render.comment import job_summary
    from agentops.render.outputs import github_output

    output, summary = (os.environ.get(f"GITHUB_{name}", "") for name in ("OUTPUT", "STEP_SUMMARY"))
    if output:
        _append(here, Path(output), github_output(values))
    if summary:
        path = Path(summary)
        taken = path.stat().st_size if path.exists() else 0
        text = job_summary(here.plans, here.links, here.pipeline.commit, taken=taken)
        if text:
            _append(here, path, text)
        else:
            here.terminal.tell("The job's summary is full, so the plan is not in it.")


def _append(here: _Report, path: Path, text: str) -> None:
    if here.wishes.dry_run:
        here.terminal.tell(f"Would write to {path}")
        return
    try:
        with path.open("a", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(redact(text))
    except OSError as exc:
        raise ProjectError(f"cannot write {path}: {exc.strerror}") from exc


def _save(here: _Report, path: Path, text: str) -> None:
    if here.wishes.dry_run:
        here.terminal.tell(f"Would write {path}")
    else:
        write_file(path, redact(text))


def _terraform_report(plans: Sequence[Plan]) -> str:
    from agentops.render.json import gitlab_report, json_text

    return json_text(gitlab_report(plans)) + "\n"


def _code_quality(notes: Sequence[Diagnostic], prefix: str) -> str:
    from agentops.render.code_quality import code_quality
    from agentops.render.validation import Checked

    return code_quality(Checked(tuple(notes), (), prefix)) + "\n"
