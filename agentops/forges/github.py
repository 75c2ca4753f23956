"""GitHub, by version 2022-11-28 of its REST API (docs.github.com, "REST API endpoints for issue comments" ...)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote

from agentops.domain.errors import ForgeError, ForgeRefusedError
from agentops.forges.calls import Caller
from agentops.forges.download import downloaded
from agentops.forges.fields import Data, inner, integer, text, texts
from agentops.forges.forge import Artifact, Comment, Merged, Run
from agentops.providers.rest.http import Request

HEADERS: Final[Mapping[str, str]] = {
    "Accept": "application/vnd.github+json",
    "X-GitHub-Api-Version": "2022-11-28",
}
HINTS: Final[Mapping[int, str]] = {
    401: "the token is wrong or has run out: check GITHUB_TOKEN",
    403: "the token may not do this: for a report the job needs `permissions: pull-requests: write`, for a fetch"
    " `contents: read`, `pull-requests: read` and `actions: read`; for a pull request from a fork GitHub gives none"
    " that may write",
    404: "there is no such thing, or the token may not see it: check GITHUB_REPOSITORY or --repository, the number of"
    " the pull request, and the permissions of the token",
}


@dataclass(frozen=True)
class GitHub:
    """A repository, `owner/name`."""

    caller: Caller
    repository: str
    title: str = "GitHub"
    request_noun: str = "pull request"

    def comments(self, number: int) -> Sequence[Comment]:
        return [_comment(item) for item in self.caller.pages(Request("GET", self._path("issues", number, "comments")))]

    def create_comment(self, number: int, body: str) -> Comment:
        data = self.caller.write(Request("POST", self._path("issues", number, "comments"), body={"body": body}))
        return Comment(0, body) if data is None else _comment(data)

    def update_comment(self, number: int, comment: Comment, body: str) -> Comment:  # noqa: ARG002
        data = self.caller.write(Request("PATCH", self._path("issues", "comments", comment.id), body={"body": body}))
        return replace(comment, body=body) if data is None else _comment(data)

    def labels(self, number: int) -> frozenset[str]:
        found = self.caller.pages(Request("GET", self._path("issues", number, "labels")))
        return frozenset(text(item, "name") for item in found)

    def change_labels(self, number: int, *, add: frozenset[str], remove: frozenset[str]) -> None:
        labels = self._path("issues", number, "labels")
        for name in sorted(remove):
            try:
                self.caller.write(Request("DELETE", f"{labels}/{quote(name, safe='')}"))
            except ForgeRefusedError as exc:
                if exc.status != 404:  # gone already is what we want
                    raise
        if add:
            self.caller.write(Request("POST", labels, body={"labels": sorted(add)}))

    def newest(self, branch: str) -> str:
        data = self.caller.read(Request("GET", self._path("git", "ref", "heads", quote(branch, safe="/"))))
        return text(inner(data if isinstance(data, dict) else {}, "object"), "sha")

    def merged(self, commit: str) -> Sequence[Merged]:
        found = self.caller.pages(Request("GET", self._path("commits", quote(commit, safe=""), "pulls")))
        return [self._merged(item) for item in found if item.get("merged_at")]

    def _merged(self, item: Data) -> Merged:
        head = inner(item, "head")
        origin = str(inner(head, "repo").get("full_name") or "")
        landed = texts(item, "merge_commit_sha")
        return Merged(integer(item, "number"), text(head, "sha"), landed, not self._is_here(origin))

    def runs(self, merged: Merged, workflow: str) -> Sequence[Run]:
        path = self._path("actions", "workflows", quote(workflow, safe=""), "runs")
        query = {"head_sha": merged.head, "event": "pull_request"}
        try:
            found = self.caller.pages(Request("GET", path, query), "workflow_runs")
        except ForgeRefusedError as exc:
            if exc.status != 404:
                raise
            message = f"GitHub knows no workflow {workflow!r} in {self.repository}"
            raise ForgeError(message, hint=f"name its file with --workflow; else, {exc.hint}") from exc
        return sorted(map(self._run, found), key=lambda run: run.id, reverse=True)

    def _run(self, item: Data) -> Run:
        origin = str(inner(item, "head_repository").get("full_name") or "")
        return Run(
            integer(item, "id"),
            text(item, "head_sha"),
            succeeded=item.get("conclusion") == "success",
            is_own=self._is_here(origin) and item.get("event") == "pull_request",
            url=str(item.get("html_url") or ""),
        )

    def artifacts(self, run: Run, name: str) -> Sequence[Artifact]:
        path = self._path("actions", "runs", run.id, "artifacts")
        found = self.caller.pages(Request("GET", path, {"name": name}), "artifacts")
        every = [
            Artifact(integer(item, "id"), text(item, "name"), integer(item, "size_in_bytes"), bool(item.get("expired")))
            for item in found
            if item.get("name") == name
        ]
        return sorted(every, key=lambda artifact: artifact.id, reverse=True)

    def download(self, artifact: Artifact) -> bytes:
        return downloaded(self.caller, Request("GET", self._path("actions", "artifacts", artifact.id, "zip")))

    def _path(self, *parts: str | int) -> str:
        return "/".join(["", "repos", self.repository, *map(str, parts)])

    def _is_here(self, full_name: str) -> bool:
        return full_name.casefold() == self.repository.casefold()


def _comment(item: Data) -> Comment:
    return Comment(integer(item, "id"), str(item.get("body") or ""), str(item.get("html_url") or ""))
