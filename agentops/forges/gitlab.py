"""GitLab, by its REST API v4 (docs.gitlab.com: "Notes API", "Merge requests API", "Commits API", "Jobs API")."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote

from agentops.forges.calls import Caller
from agentops.forges.download import downloaded
from agentops.forges.fields import Data, inner, integer, text, texts
from agentops.forges.forge import Artifact, Comment, Merged, Run
from agentops.providers.rest.http import Request

HEADERS: Final[Mapping[str, str]] = {}
HINTS: Final[Mapping[int, str]] = {
    401: "the token is wrong or has run out: check GITLAB_TOKEN (the job's own CI_JOB_TOKEN may not do this)",
    403: "the token may not do this: a report needs a project access token with the scope `api` and the role Developer,"
    " a fetch one with `read_api` and the role Reporter",
    404: "there is no such thing, or the token may not see it: check CI_PROJECT_ID or --repository, the number of the"
    " merge request, and the scope and role of the token",
}


@dataclass(frozen=True)
class GitLab:
    """A project, by ID or full path."""

    caller: Caller
    project: str
    title: str = "GitLab"
    request_noun: str = "merge request"

    def comments(self, number: int) -> Sequence[Comment]:
        query = {"order_by": "created_at", "sort": "asc"}
        found = self.caller.pages(Request("GET", self._path("merge_requests", number, "notes"), query))
        here = self._address(number)
        return [_note(item, here) for item in found if not item.get("system")]

    def create_comment(self, number: int, body: str) -> Comment:
        data = self.caller.write(Request("POST", self._path("merge_requests", number, "notes"), body={"body": body}))
        return Comment(0, body) if data is None else _note(data, self._address(number))

    def update_comment(self, number: int, comment: Comment, body: str) -> Comment:
        path = self._path("merge_requests", number, "notes", comment.id)
        self.caller.write(Request("PUT", path, body={"body": body}))
        return replace(comment, body=body)

    def labels(self, number: int) -> frozenset[str]:
        found = self._merge_request(number).get("labels")
        return frozenset(name for name in found if isinstance(name, str)) if isinstance(found, list) else frozenset()

    def change_labels(self, number: int, *, add: frozenset[str], remove: frozenset[str]) -> None:
        changes = {"add_labels": add, "remove_labels": remove}
        body = {key: ",".join(sorted(names)) for key, names in changes.items() if names}
        if body:
            self.caller.write(Request("PUT", self._path("merge_requests", number), body=body))

    def newest(self, branch: str) -> str:
        data = self.caller.read(Request("GET", self._path("repository", "branches", quote(branch, safe=""))))
        return text(inner(data if isinstance(data, dict) else {}, "commit"), "id")

    def merged(self, commit: str) -> Sequence[Merged]:
        path = self._path("repository", "commits", quote(commit, safe=""), "merge_requests")
        found = self.caller.pages(Request("GET", path))
        return [_merged(item) for item in found if item.get("state") == "merged"]

    def runs(self, merged: Merged, workflow: str) -> Sequence[Run]:  # noqa: ARG002
        found = self.caller.pages(Request("GET", self._path("merge_requests", merged.number, "pipelines")))
        newest = sorted(found, key=lambda item: integer(item, "id"), reverse=True)
        return [self._run(item, merged) for item in newest]

    def _run(self, item: Data, merged: Merged) -> Run:
        succeeded = item.get("status") == "success"
        commit = text(item, "sha")
        result = f"refs/merge-requests/{merged.number}/merge"
        if succeeded and commit != merged.head and item.get("ref") == result and self._has_parent(commit, merged.head):
            commit = merged.head  # a merged results pipeline: of the head, as merged into the branch for a try
        is_own = item.get("source") == "merge_request_event"
        return Run(integer(item, "id"), commit, succeeded, is_own, str(item.get("web_url") or ""))

    def _has_parent(self, commit: str, parent: str) -> bool:
        data = self.caller.read(Request("GET", self._path("repository", "commits", quote(commit, safe=""))))
        parents = data.get("parent_ids") if isinstance(data, dict) else None
        return isinstance(parents, list) and parent in parents

    def artifacts(self, run: Run, name: str) -> Sequence[Artifact]:
        found = self.caller.pages(Request("GET", self._path("pipelines", run.id, "jobs"), {"scope[]": "success"}))
        every = [_artifact(item, name) for item in found if _bears(item, name)]
        return sorted(every, key=lambda artifact: artifact.id, reverse=True)

    def download(self, artifact: Artifact) -> bytes:
        return downloaded(self.caller, Request("GET", self._path("jobs", artifact.id, "artifacts")))

    def _merge_request(self, number: int) -> Data:
        data = self.caller.read(Request("GET", self._path("merge_requests", number)))
        return data if isinstance(data, dict) else {}

    def _address(self, number: int) -> str:
        return str(self._merge_request(number).get("web_url") or "")

    def _path(self, *parts: str | int) -> str:
        return "/".join(["", "projects", quote(self.project, safe=""), *map(str, parts)])


def _note(item: Data, merge_request: str) -> Comment:
    note = integer(item, "id")
    return Comment(note, str(item.get("body") or ""), f"{merge_request}#note_{note}" if merge_request else "")


def _merged(item: Data) -> Merged:
    head = text(item, "sha")
    # A fast-forward merge makes no commit of its own: the head itself, or the squashed one, is on the branch.
    landed = texts(item, "merge_commit_sha", "squash_commit_sha") or frozenset({head})
    is_fork = item.get("source_project_id") != integer(item, "target_project_id")  # null: the fork was deleted
    return Merged(integer(item, "iid"), head, landed, is_fork)


def _bears(job: Data, name: str) -> bool:
    """Whether the job's archive has the name: by `artifacts: name`, else by that of the job."""
    return name in (str(job.get("name")), str(inner(job, "artifacts_file").get("filename")).removesuffix(".zip"))


def _artifact(job: Data, name: str) -> Artifact:
    """The archive of a job; what is not there any more has expired, or was never made."""
    archive = inner(job, "artifacts_file")
    size = archive.get("size")
    return Artifact(integer(job, "id"), name, size if isinstance(size, int) else 0, expired=not archive)
