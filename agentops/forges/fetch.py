"""After a merge: the plan that was reviewed, and no other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from agentops.domain.errors import ForgeError
from agentops.forges.archive import plan_in
from agentops.forges.forge import Artifact, Forge, Merged, Run

_LARGEST: Final = 32 * 1024 * 1024  # what the client reads of one answer
BY_HAND: Final = (
    "plan again by hand, read the plan, and apply it: `agentops plan --env {env} --out {env}.plan`,"
    " then `agentops apply {env}.plan`"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """`commit` is what is on the branch now. `workflow` is the file of a GitHub workflow; GitLab has no use for it.

    With `branch` the commit must still be the newest one there.
    """

    commit: str
    environment: str
    artifact: str
    workflow: str = ""
    branch: str = ""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The plan file's text, and where it comes from."""

    text: str
    number: int
    head: str
    run: Run


def reviewed_plan(forge: Forge, wanted: Wanted) -> Reviewed:
    """The plan that the newest successful run made for the last commit of the request that became `commit`.

    Raises ForgeError, saying what to do, if there is none, or it comes from elsewhere.
    """
    if wanted.branch:
        _refuse_overtaken(forge, wanted)
    merged = _merged_as(forge, wanted)
    run = _run_of(forge, forge.runs(merged, wanted.workflow), merged, wanted)
    artifact = _artifact_of(forge, forge.artifacts(run, wanted.artifact), run, wanted)
    text = plan_in(forge.download(artifact), artifact.name, wanted.environment)
    return Reviewed(text, merged.number, merged.head, run)


def _refuse_overtaken(forge: Forge, wanted: Wanted) -> None:
    """A job that is run again has the manifests of its day: what was decided since, it would undo."""
    newest = forge.newest(wanted.branch)
    if newest != wanted.commit:
        message = (
            f"the commit {wanted.commit[:12]} is not the newest one of {wanted.branch} any more, that is {newest[:12]}"
        )
        raise _refusal(message, wanted)


def _merged_as(forge: Forge, wanted: Wanted) -> Merged:
    every = forge.merged(wanted.commit)
    found = [merged for merged in every if wanted.commit in merged.landed]
    noun, short = forge.request_noun, wanted.commit[:12]
    if not every:
        raise _refusal(f"the commit {short} comes from no merged {noun}, so no plan of it was reviewed", wanted)
    if not found:
        numbers = ", ".join(str(merged.number) for merged in every)
        raise _refusal(f"the commit {short} is not what the {noun} {numbers} was merged as", wanted)
    if len(found) > 1:
        numbers = ", ".join(str(merged.number) for merged in found)
        raise _refusal(f"the commit {short} comes from several {noun}s: {numbers}", wanted)
    if found[0].is_fork:
        raise _refusal(f"the {noun} {found[0].number} comes from a fork, whose plan is not to be trusted", wanted)
    return found[0]


def _run_of(forge: Forge, runs: Sequence[Run], merged: Merged, wanted: Wanted) -> Run:
    of_head = [run for run in runs if run.is_own and run.commit == merged.head]
    head = f"the last commit {merged.head[:12]} of the {forge.request_noun} {merged.number}"
    if not of_head:
        where = f" of the workflow {wanted.workflow}" if wanted.workflow else ""
        raise _refusal(f"there is no run{where} for {head}", wanted, ", or name the workflow with --workflow")
    succeeded = [run for run in of_head if run.succeeded]
    if not succeeded:
        raise _refusal(f"no run for {head} has succeeded", wanted)
    return succeeded[0]


def _artifact_of(forge: Forge, artifacts: Sequence[Artifact], run: Run, wanted: Wanted) -> Artifact:
    where = f"{forge.title}'s run {run.id}"
    if not artifacts:
        message = f"{where} has no artifact {wanted.artifact!r}, or not any more"
        raise _refusal(message, wanted, ", or name it with --artifact")
    there = [artifact for artifact in artifacts if not artifact.expired]
    if not there:
        raise _refusal(f"the artifact {wanted.artifact!r} of {where} has expired", wanted)
    if there[0].size > _LARGEST:
        raise _refusal(f"the artifact {wanted.artifact!r} of {where} is larger than 32 MB", wanted)
    return there[0]


def _refusal(message: str, wanted: Wanted, also: str = "") -> ForgeError:
    return ForgeError(message, hint=BY_HAND.format(env=wanted.environment) + also)
