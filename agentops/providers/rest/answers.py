"""What a platform says when it says no, in words for the user: never headers, bodies or secrets."""

import http
from collections.abc import Callable, Iterator, Mapping

from agentops.domain.errors import RejectedError
from agentops.domain.values import Path
from agentops.providers.rest.body import UnreadableError, parse
from agentops.providers.rest.http import Answer, Request

_LONGEST = 500
Locate = Callable[[str], Path]

_HINTS = {
    401: "check the token: it comes from `token:` of the environment in agentops.yaml, and must be of this platform",
    403: "the token is valid but may not do this: use one with the right permissions",
    405: "check `base_url` of the environment: this address speaks another API",
}
_HINT_GONE = "the object is gone from the platform: run `agentops plan` again"
_HINT_NO_ROUTE = "check `base_url` of the environment"


def cleaned(text: str, sensitive: tuple[str, ...]) -> str:
    """`text` on one line, of bounded length, with nothing sensitive and nothing a terminal would obey."""
    for secret in sorted(filter(None, sensitive), key=len, reverse=True):  # one may begin with another
        text = text.replace(secret, "(sensitive value)")
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in text[: 4 * _LONGEST]).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def what_it_said(answer: Answer, sensitive: tuple[str, ...]) -> str:
    """The platform's own words: `message`, else `error`, else the name of the status."""
    data = body_of(answer)
    texts = (data.get(key) for key in ("message", "error"))
    said = next((cleaned(text, sensitive) for text in texts if isinstance(text, str) and text.strip()), "")
    return said or _phrase(answer.status)


def _phrase(status: int) -> str:
    try:
        return http.HTTPStatus(status).phrase
    except ValueError:
        return "an unknown status"


def body_of(answer: Answer) -> Mapping[str, object]:
    """The object in the answer; empty when there is none, as an error may come without."""
    try:
        data = parse(answer.content)
    except UnreadableError:
        return {}
    return data if isinstance(data, dict) else {}


def rejection(
    title: str, request: Request, answer: Answer, sensitive: tuple[str, ...], locate: Locate
) -> RejectedError:
    """The error for an answer that says no for good."""
    head = f"{title}: {request}: {answer.status}"
    if 300 <= answer.status < 400:
        return RejectedError(
            f"{head}: the platform answers from another address, and redirects are not followed",
            hint="check `base_url` of the environment: it must be the final address, with https and the right host",
            status=answer.status,
        )
    return RejectedError(
        f"{head}: {what_it_said(answer, sensitive)}",
        hint=_hint(request, answer.status),
        status=answer.status,
        field_errors=field_errors(answer, sensitive, locate),
    )


def _hint(request: Request, status: int) -> str:
    if status == 404:
        return _HINT_GONE if request.method in ("PUT", "PATCH") else _HINT_NO_ROUTE
    return _HINTS.get(status, "")


def field_errors(answer: Answer, sensitive: tuple[str, ...], locate: Locate) -> Mapping[Path, list[str]]:
    """What the platform says of single fields, by their path in the manifest; () when it is none of them."""
    found: dict[Path, list[str]] = {}
    for key, texts in _complaints(body_of(answer)):
        path = locate(key)
        for text in texts if isinstance(texts, list) else [texts]:
            said = cleaned(str(text), sensitive)
            found.setdefault(path, []).append(said if path or not key else f"{cleaned(key, sensitive)}: {said}")
    return found


def _complaints(body: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """What is wrong, by dotted key: from `errors` by key, or from a list of `issues` that each have a path."""
    errors, issues = body.get("errors"), body.get("issues")
    yield from errors.items() if isinstance(errors, dict) else ()
    for issue in issues if isinstance(issues, list) else ():
        if isinstance(issue, dict) and isinstance(issue.get("path"), list) and "message" in issue:
            yield ".".join(map(str, issue["path"])), issue["message"]
