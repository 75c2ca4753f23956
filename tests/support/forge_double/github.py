"""GitHub's REST API, version 2022-11-28, as far as a report and a fetch need it."""

from collections.abc import Sequence
from typing import Any

from werkzeug.wrappers import Request, Response

from tests.support.forge_double.core import (
    HEAD,
    MERGE,
    PAGED,
    REPOSITORY,
    TOKEN,
    Double,
    Note,
    RefusedError,
    Route,
    as_json,
)

_REPO = f"/repos/{REPOSITORY}"
_RUN_FILTERS = {"actor", "branch", "event", "status", "created", "exclude_pull_requests", "check_suite_id", "head_sha"}


class GitHubDouble(Double):
    kind = "github"
    filters_names = True  # of artifacts; older servers know no such filter

    def routes(self) -> Sequence[Route]:
        return [
            # docs.github.com/en/rest/issues/comments
            Route("GET", rf"{_REPO}/issues/(\d+)/comments", self._list_comments, PAGED | {"since"}),
            Route("POST", rf"{_REPO}/issues/(\d+)/comments", self._create_comment, body={"body": str}, needs=_BODY),
            Route("PATCH", rf"{_REPO}/issues/comments/(\d+)", self._update_comment, body={"body": str}, needs=_BODY),
            # docs.github.com/en/rest/issues/labels
            Route("GET", rf"{_REPO}/issues/(\d+)/labels", self._list_labels, PAGED),
            Route("POST", rf"{_REPO}/issues/(\d+)/labels", self._add_labels, body={"labels": list}),
            Route("DELETE", rf"{_REPO}/issues/(\d+)/labels/([^/]+)", self._remove_label),
            # docs.github.com/en/rest/git/refs#get-a-reference
            Route("GET", rf"{_REPO}/git/ref/heads/(.+)", self._reference),
            # docs.github.com/en/rest/commits/commits#list-pull-requests-associated-with-a-commit
            Route("GET", rf"{_REPO}/commits/([0-9a-f]+)/pulls", self._pulls, PAGED),
            # docs.github.com/en/rest/actions/workflow-runs#list-workflow-runs-for-a-workflow
            Route("GET", rf"{_REPO}/actions/workflows/([^/]+)/runs", self._runs, PAGED | _RUN_FILTERS),
            # docs.github.com/en/rest/actions/artifacts
            Route("GET", rf"{_REPO}/actions/runs/(\d+)/artifacts", self._artifacts, PAGED | {"name", "direction"}),
            Route("GET", rf"{_REPO}/actions/artifacts/(\d+)/zip", self._download),
        ]

    def authenticate(self, request: Request) -> Response | None:
        if request.headers.get("Authorization") == f"Bearer {TOKEN}":
            return None
        return as_json({"message": "Bad credentials", "documentation_url": "https://docs.github.com/rest"}, 401)

    def check_headers(self, request: Request) -> None:
        super().check_headers(request)
        if request.headers.get("Accept") != "application/vnd.github+json":
            raise RefusedError(f"Accept: {request.headers.get('Accept')}")
        if request.headers.get("X-GitHub-Api-Version") != "2022-11-28":
            raise RefusedError("no X-GitHub-Api-Version")

    def pages(self, request: Request, rows: Sequence[object]) -> tuple[Sequence[object], dict[str, str]]:
        """docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api: a Link header."""
        page, size = self.window(request)
        here, last = rows[(page - 1) * size : page * size], -(-len(rows) // size)
        if page >= last:
            return here, {}
        # The service answers with addresses of its own, which need not look like the one that was asked.
        address = f"{self.base}/repositories/42/issues?per_page={size}&page="
        return here, {"Link": f'<{address}{page + 1}>; rel="next", <{address}{last}>; rel="last"'}

    def pull(self, number: int = 7, *, commit: str = MERGE, **more: Any) -> dict[str, Any]:
        """A merged pull request whose merge made `commit`."""
        made = {
            "number": number,
            "merged_at": "2026-01-02T03:04:05Z",
            "merge_commit_sha": commit,
            "head": {"sha": HEAD, "repo": {"full_name": REPOSITORY}},
            "base": {"ref": "main", "repo": {"full_name": REPOSITORY}},
            "commits": {commit},
            **more,
        }
        self.merged.append(made)
        return made

    def _list_comments(self, request: Request, number: str) -> Response:
        rows = self.comments.get(int(number))
        return _missing() if rows is None else self.listed(request, [self._shown(note, number) for note in rows])

    def _create_comment(self, request: Request, number: str) -> Response:
        body = request.get_json()["body"]
        if int(number) not in self.comments:
            return _missing()
        if len(body) > 65_536:
            return as_json({"message": "Validation Failed"}, 422)
        return as_json(self._shown(self.note(body, number=int(number)), number), 201)

    def _update_comment(self, request: Request, comment: str) -> Response:
        for number, notes in self.comments.items():
            for note in notes:
                if note.id == int(comment):
                    if note.foreign:
                        return as_json({"message": "Resource not accessible by integration"}, note.foreign)
                    note.body = request.get_json()["body"]
                    return as_json(self._shown(note, str(number)))
        return _missing()

    def _shown(self, note: Note, number: str) -> dict[str, object]:
        url = f"https://github.example/{REPOSITORY}/pull/{number}#issuecomment-{note.id}"
        author = "someone" if note.foreign else "github-actions[bot]"
        return {"id": note.id, "body": note.body, "html_url": url, "user": {"login": author}}

    def _list_labels(self, request: Request, number: str) -> Response:
        return self.listed(request, self._label_rows(int(number)))

    def _label_rows(self, number: int) -> list[dict[str, object]]:
        return [{"id": index, "name": name} for index, name in enumerate(self.labels[number], 1)]

    def _add_labels(self, request: Request, number: str) -> Response:
        names = request.get_json()["labels"]
        if not all(isinstance(name, str) and len(name) <= 50 for name in names):
            return as_json({"message": "Validation Failed"}, 422)
        self.labels[int(number)] += [name for name in names if name not in self.labels[int(number)]]
        return as_json(self._label_rows(int(number)))

    def _remove_label(self, request: Request, number: str, name: str) -> Response:
        if name not in self.labels[int(number)]:
            return as_json({"message": "Label does not exist"}, 404)
        self.labels[int(number)].remove(name)
        return as_json(self._label_rows(int(number)))

    def _reference(self, _request: Request, branch: str) -> Response:
        if branch not in self.branches:
            return _missing()
        return as_json({"ref": f"refs/heads/{branch}", "object": {"type": "commit", "sha": self.branches[branch]}})

    def _pulls(self, request: Request, commit: str) -> Response:
        found = [{k: v for k, v in pull.items() if k != "commits"} for pull in self.merged if commit in pull["commits"]]
        return self.listed(request, found)

    def _runs(self, request: Request, workflow: str) -> Response:
        if not any(upload.workflow == workflow for upload in self.uploads) and workflow != "plan.yml":
            return _missing()
        found = [
            {
                "id": upload.run,
                "head_sha": upload.commit,
                "event": upload.event,
                "status": "completed",
                "conclusion": "success" if upload.succeeded else "failure",
                "path": f".github/workflows/{upload.workflow}",
                "head_repository": {"full_name": REPOSITORY},
                "html_url": f"https://github.example/{REPOSITORY}/actions/runs/{upload.run}",
            }
            for upload in self.uploads
            if upload.workflow == workflow
            and upload.commit == request.args.get("head_sha", upload.commit)
            and upload.event == request.args.get("event", upload.event)
        ]
        return self.listed(request, found, "workflow_runs")

    def _artifacts(self, request: Request, run: str) -> Response:
        found = [
            {"id": 5000 + index, "name": upload.name, "size_in_bytes": len(upload.archive), "expired": upload.expired}
            for index, upload in enumerate(self.uploads)
            if upload.run == int(run)
            and (not self.filters_names or upload.name == request.args.get("name", upload.name))
        ]
        return self.listed(request, found, "artifacts")

    def _download(self, request: Request, artifact: str) -> Response:
        upload = self.uploads[int(artifact) - 5000]
        if upload.expired:
            return as_json({"message": "Artifact has expired"}, 410)
        return Response(status=302, headers={"Location": f"{self.storage}/{artifact}?sig=s3cr3t%2Fsigned"})


_BODY = frozenset({"body"})


def _missing() -> Response:
    return as_json({"message": "Not Found"}, 404)
