"""Requests are repeated where that is safe, within bounds, and what a forge says no to is said in its words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from agentops.domain.errors import ForgeError, ForgeRefusedError, ForgeUnclearError
from agentops.forges.calls import KEEP, Caller
from agentops.forges.connection import FORGES, connected
from agentops.forges.forge import Comment, Forge
from agentops.providers.rest.http import Client
from tests.support.forge_double import Fault, GitHubDouble, GitLabDouble
from tests.support.forge_double.core import REPOSITORY, TOKEN

NOW = 1_767_323_045.0


@dataclass
class Line:
    """A connection in this process to a double; `waits` are the seconds that it would have waited."""

    forge: Forge
    double: GitHubDouble | GitLabDouble
    waits: list[float] = field(default_factory=list)


def line(kind: str) -> Line:
    double = GitHubDouble() if kind == "github" else GitLabDouble()
    row, waits = FORGES[kind], list[float]()
    client = Client(
        "http://forge.test",
        TOKEN,
        headers=row.headers,
        token_header=row.token_header,
        keep=KEEP,
        wsgi_app=double,
    )
    caller = Caller(row.title, client, row.hints, sleep=waits.append, wall=lambda: NOW)
    return Line(row.make(caller, REPOSITORY if kind == "github" else "42"), double, waits)


@pytest.fixture(params=["github", "gitlab"])
def here(request: pytest.FixtureRequest) -> Iterator[Line]:
    made = line(request.param)
    yield made
    assert made.double.refused == []


@pytest.fixture
def github() -> Line:
    return line("github")


def test_a_read_is_repeated_after_server_errors(here: Line) -> None:
    here.double.note("there")
    here.double.faults.append(Fault("GET", "(comments|notes)$", 503, times=2))
    assert [comment.body for comment in here.forge.comments(7)] == ["there"]
    assert here.waits == [1.0, 2.0]


def test_an_update_is_repeated_as_it_does_no_harm_twice(here: Line) -> None:
    note = here.double.note("old")
    here.double.faults.append(Fault("PATCH" if here.forge.title == "GitHub" else "PUT", str(note.id), 502, after=True))
    here.forge.update_comment(7, Comment(note.id, "old"), "new")
    assert here.double.bodies() == ["new"]
    assert len(here.double.written) == 2


def test_a_new_comment_is_not_repeated_after_a_server_error(here: Line) -> None:
    here.double.faults.append(Fault("POST", "(comments|notes)$", 500, after=True))
    with pytest.raises(ForgeUnclearError, match="may have been done"):
        here.forge.create_comment(7, "once")
    assert here.double.bodies() == ["once"]
    assert here.waits == []


def test_a_new_comment_is_repeated_when_it_came_too_fast(here: Line) -> None:
    here.double.faults.append(Fault("POST", "(comments|notes)$", 429, {"Retry-After": "7"}))
    here.forge.create_comment(7, "once")
    assert here.double.bodies() == ["once"]
    assert here.waits == [7.0]


@pytest.mark.parametrize(
    "headers, body, wait",
    [
        ({"Retry-After": "30"}, "You have exceeded a secondary rate limit.", 30.0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW) + 45)}, "API rate limit exceeded", 45.0),
        ({}, "You have exceeded a secondary rate limit. Please wait.", 60.0),
        ({"Retry-After": "Fri, 02 Jan 2026 03:04:15 GMT"}, "slow down", 10.0),
    ],
)
def test_githubs_rate_limits_come_as_403_too(github: Line, headers: dict[str, str], body: str, wait: float) -> None:
    github.double.faults.append(Fault("POST", "comments$", 403, headers, {"message": body}))
    github.forge.create_comment(7, "once")
    assert github.waits == [wait]
    assert github.double.bodies() == ["once"]


def test_a_rate_limit_of_an_hour_is_not_waited_for(github: Line) -> None:
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW) + 3600)}
    github.double.faults.append(Fault("GET", "comments$", 403, headers, {"message": "API rate limit exceeded"}))
    with pytest.raises(ForgeError, match="used up for another 3600 s") as told:
        github.forge.comments(7)
    assert told.value.hint == "run the same command again later"
    assert github.waits == []


def test_waiting_ends_after_five_attempts(here: Line) -> None:
    here.double.faults.append(Fault("GET", "(comments|notes)$", 500, times=99))
    with pytest.raises(ForgeError, match="500"):
        here.forge.comments(7)
    assert here.waits == [1.0, 2.0, 4.0, 8.0]


def test_a_wrong_token_is_told_with_where_it_comes_from(here: Line) -> None:
    here.double.faults.append(Fault("GET", "", 401, body={"message": "Bad credentials"}))
    with pytest.raises(ForgeRefusedError, match="401: Bad credentials") as told:
        here.forge.comments(7)
    assert "TOKEN" in told.value.hint


def test_words_of_the_forge_cannot_draw_on_a_terminal(here: Line) -> None:
    here.double.faults.append(Fault("GET", "", 403, body={"message": "no\n::error::\x1b[31m" + "x" * 5000}))
    with pytest.raises(ForgeRefusedError) as told:
        here.forge.comments(7)
    assert str(told.value).isprintable()
    assert len(str(told.value)) < 500


@pytest.mark.parametrize("body", [{"id": "7"}, {"id": True}, {}])
def test_an_answer_without_what_is_documented_is_an_error(here: Line, body: dict[str, object]) -> None:
    here.double.faults.append(Fault("POST", "", 201, body=body or {"x": 1}))
    with pytest.raises(ForgeError, match="`id`"):
        here.forge.create_comment(7, "text")


def test_a_repository_that_was_renamed_is_not_followed(github: Line) -> None:
    github.double.faults.append(Fault("GET", "", 301, {"Location": "https://api.github.com/repositories/1"}))
    with pytest.raises(ForgeRefusedError, match="301") as told:
        github.forge.comments(7)
    assert "renamed" in told.value.hint


@pytest.mark.parametrize(
    "url, problem",
    [("http://ghe.example.com/api/v3", "not https"), ("ghe.example.com", "no usable URL"), ("https://a@b/", "usable")],
)
def test_the_token_goes_over_https_only(url: str, problem: str) -> None:
    with pytest.raises(ForgeError, match=problem) as told, connected(FORGES["github"], url, TOKEN, "acme/voice"):
        pass
    assert "--api-url" in told.value.hint


@pytest.mark.parametrize("name", ["acme", "acme/voice/../x", "a b/c", "acme/voice?x", "/acme/voice", ""])
def test_a_repository_cannot_leave_its_place_in_the_path(name: str) -> None:
    from agentops.domain.errors import UsageError

    with pytest.raises(UsageError), connected(FORGES["github"], "https://api.github.com", TOKEN, name):
        pass


def test_labels_come_from_all_pages(github: Line) -> None:
    github.double.labels[7] = [f"label {number}" for number in range(130)]
    assert len(github.forge.labels(7)) == 130


def test_pages_end_even_if_the_forge_never_says_so(github: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    endless: Callable[..., tuple[list[object], dict[str, str]]] = lambda *_: (  # noqa: E731
        [],
        {"Link": '<https://x/?page=2>; rel="next"'},
    )
    monkeypatch.setattr(github.double, "pages", endless)
    with pytest.raises(ForgeError, match="more than 300 pages"):
        github.forge.comments(7)
