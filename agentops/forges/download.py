"""Downloads: a forge may send them from another host, which must not get the token."""

from typing import Final
from urllib.parse import urlsplit

from agentops.domain.errors import ForgeError, ProjectError
from agentops.forges.calls import Caller
from agentops.providers.rest.body import UnreadableError
from agentops.providers.rest.http import Client, LostError, NotSentError, Request

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


def downloaded(caller: Caller, request: Request) -> bytes:
    """The body of the answer, or of the one address that it redirects to: over https, or on this machine."""
    answer = caller.call(request, accept=_REDIRECTS)
    if answer.status not in _REDIRECTS:
        return answer.content
    location = answer.headers.get("location", "")
    parts = urlsplit(location)
    if not parts.netloc:
        raise ForgeError(f"{caller.title}: {request}: redirects to nowhere")
    try:
        client = Client(f"{parts.scheme}://{parts.netloc}", None, headers={"Accept": "*/*"}, proxied=caller.proxied)
    except ProjectError as exc:
        raise ForgeError(f"{caller.title}: {request}: redirects to an address that is not safe to use") from exc
    try:
        return _fetched(caller, client, Request("GET", parts.path or "/", signed_query=parts.query), parts.netloc)
    finally:
        client.close()


def _fetched(caller: Caller, client: Client, request: Request, host: str) -> bytes:
    # Its path and query give access, so neither is in a message.
    head = f"{caller.title}: the download from {host}"
    last = ""
    for pause in (1.0, 3.0, 0.0):
        try:
            answer = client.send(request)
        except UnreadableError as exc:
            raise ForgeError(f"{head} cannot be used: {exc}") from exc
        except (NotSentError, LostError) as exc:
            last = str(exc)
        else:
            if answer.status == 200:
                return answer.content
            last = f"status {answer.status}"
            if answer.status < 500:
                break
        caller.sleep(pause)
    raise ForgeError(f"{head} failed: {last}", hint="run the same command again")
