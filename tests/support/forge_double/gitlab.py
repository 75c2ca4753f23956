"""GitLab's REST API v4, as far as a report and a fetch need it."""

from collections.abc import Sequence
from typing import Any

from werkzeug.wrappers import Request, Response

from tests.support.forge_double.core import HEAD, MERGE, PAGED, TOKEN, Double, Note, Route, as_json

PROJECT = "42"
_PROJECT = r"/projects/(?:42|acme%2Fvoice)"
_ADDRESS = "https://gitlab.example/acme/voice/-/merge_requests"
_UPDATE = {"add_labels": str, "remove_labels": str, "labels": str, "title": str, "description": str}


class GitLabDouble(Double):
    kind = "gitlab"

    def __init__(self) -> None:
        super().__init__()
        self.parents: dict[str, list[str]] = {}

    def routes(self) -> Sequence[Route]:
        request = rf"{_PROJECT}/merge_requests/(\d+)"
        return [
            # docs.gitlab.com/api/notes: "Merge requests"
            Route("GET", rf"{request}/notes", self._list_notes, PAGED | {"sort", "order_by", "activity_filter"}),
            Route("POST", rf"{request}/notes", self._create_note, body={"body": str}, needs=frozenset({"body"})),
            Route("PUT", rf"{request}/notes/(\d+)", self._update_note, body={"body": str}, needs=frozenset({"body"})),
            # docs.gitlab.com/api/merge_requests: "Retrieve a merge request", "Update a merge request", "... pipelines"
            Route("GET", request, self._show, frozenset({"include_diverged_commits_count"})),
            Route("PUT", request, self._update, body=_UPDATE),
            Route("GET", rf"{request}/pipelines", self._pipelines, PAGED),
            # docs.gitlab.com/api/branches: "Get single repository branch"
            Route("GET", rf"{_PROJECT}/repository/branches/([^/]+)", self._branch),
            # docs.gitlab.com/api/commits: "Retrieve a commit", "List all merge requests associated with a commit"
            Route("GET", rf"{_PROJECT}/repository/commits/([0-9a-f]+)", self._commit, frozenset({"stats"})),
            Route("GET", rf"{_PROJECT}/repository/commits/([0-9a-f]+)/merge_requests", self._merged_as, PAGED),
            # docs.gitlab.com/api/jobs: "List pipeline jobs"; docs.gitlab.com/api/job_artifacts: "Download"
            Route("GET", rf"{_PROJECT}/pipelines/(\d+)/jobs", self._jobs, PAGED | {"scope[]", "include_retried"}),
            Route("GET", rf"{_PROJECT}/jobs/(\d+)/artifacts", self._download, frozenset({"job_token"})),
        ]

    def authenticate(self, request: Request) -> Response | None:
        if request.headers.get("PRIVATE-TOKEN") == TOKEN and "Authorization" not in request.headers:
            return None
        return as_json({"message": "401 Unauthorized"}, 401)

    def pages(self, request: Request, rows: Sequence[object]) -> tuple[Sequence[object], dict[str, str]]:
        """docs.gitlab.com/api/rest: "Offset-based pagination"; empty after the last page."""
        page, size = self.window(request)
        more = page * size < len(rows)
        return rows[(page - 1) * size : page * size], {
            "x-next-page": str(page + 1) if more else "",
            "x-page": str(page),
        }

    def merge_request(self, number: int = 7, *, commit: str = MERGE, **more: Any) -> dict[str, Any]:
        """A merged merge request whose merge commit is `commit`."""
        made = {
            "iid": number,
            "state": "merged",
            "sha": HEAD,
            "merge_commit_sha": commit,
            "squash_commit_sha": None,
            "source_project_id": 42,
            "target_project_id": 42,
            "target_branch": "main",
            "commits": {commit},
            **more,
        }
        self.merged.append(made)
        return made

    def _branch(self, _request: Request, branch: str) -> Response:
        if branch not in self.branches:
            return _missing()
        return as_json({"name": branch, "commit": {"id": self.branches[branch]}})

    def _list_notes(self, request: Request, number: str) -> Response:
        if int(number) not in self.comments:
            return _missing()
        system = {"id": 1, "body": "added 1 commit", "system": True}
        return self.listed(request, [system, *map(_shown, self.comments[int(number)])])

    def _create_note(self, request: Request, number: str) -> Response:
        body = request.get_json()["body"]
        if len(body) > 1_000_000:
            return as_json({"message": {"note": ["is too long (maximum is 1000000 characters)"]}}, 400)
        return as_json(_shown(self.note(body, number=int(number))), 201)

    def _update_note(self, request: Request, number: str, note_id: str) -> Response:
        for note in self.comments[int(number)]:
            if note.id == int(note_id):
                if note.foreign:
                    return as_json({"message": "403 Forbidden"}, note.foreign)
                note.body = request.get_json()["body"]
                return as_json(_shown(note))
        return _missing()

    def _show(self, request: Request, number: str) -> Response:
        if int(number) not in self.labels:
            return _missing()
        shown = {"iid": int(number), "labels": self.labels[int(number)], "web_url": f"{_ADDRESS}/{number}"}
        return as_json(shown)

    def _update(self, request: Request, number: str) -> Response:
        body, labels = request.get_json(), self.labels[int(number)]
        add = [name for name in body.get("add_labels", "").split(",") if name and name not in labels]
        gone = body.get("remove_labels", "").split(",")
        self.labels[int(number)] = [name for name in [*labels, *add] if name not in gone]
        return self._show(request, number)

    def _pipelines(self, request: Request, number: str) -> Response:
        found = [
            {
                "id": upload.run,
                "sha": upload.commit,
                "ref": upload.ref,
                "status": "success" if upload.succeeded else "failed",
                "source": "merge_request_event" if upload.event == "pull_request" else upload.event,
                "web_url": f"https://gitlab.example/acme/voice/-/pipelines/{upload.run}",
            }
            for upload in self.uploads
        ]
        return self.listed(request, found)

    def _commit(self, request: Request, commit: str) -> Response:
        return as_json({"id": commit, "parent_ids": self.parents.get(commit, [])})

    def _merged_as(self, request: Request, commit: str) -> Response:
        found = [{k: v for k, v in each.items() if k != "commits"} for each in self.merged if commit in each["commits"]]
        return self.listed(request, found)

    def _jobs(self, request: Request, run: str) -> Response:
        found = [
            {
                "id": 5000 + index,
                "name": "plan",
                "status": "success",
                "artifacts_file": None
                if upload.expired
                else {"filename": f"{upload.name}.zip", "size": len(upload.archive)},
                "artifacts_expire_at": "2026-01-09T00:00:00Z",
            }
            for index, upload in enumerate(self.uploads)
            if upload.run == int(run)
        ]
        return self.listed(request, found)

    def _download(self, request: Request, job: str) -> Response:
        content = self.uploads[int(job) - 5000].archive
        return Response(content, 200, mimetype="application/zip")


def _shown(note: Note) -> dict[str, object]:
    return {"id": note.id, "body": note.body, "system": False, "author": {"username": "bot"}}


def _missing() -> Response:
    return as_json({"message": "404 Not found"}, 404)
