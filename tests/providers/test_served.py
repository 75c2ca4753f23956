"""A provider over real connections that break."""

from collections.abc import Callable, Iterator

import pytest

from agentops.domain.errors import ConflictError, UnavailableError, UnclearError
from agentops.providers.registry import connect
from agentops.providers.rest.adapter import RestProvider
from agentops.sandbox import DEFAULT_TOKEN, Fault, FaultKind, Sandbox, Server
from tests.providers.conftest import OpenSandbox
from tests.providers.support import PIPELINE, SECRETS

CUT = [FaultKind.DROP_BEFORE, FaultKind.DROP_AFTER, FaultKind.CUT_BODY]


@pytest.fixture
def served(opened: OpenSandbox) -> Iterator[tuple[Sandbox, RestProvider]]:
    sandbox = opened()
    with Server(sandbox, "127.0.0.1", 0) as server:
        provider = connect(
            "autocalls", token=DEFAULT_TOKEN, secrets=SECRETS, base_url=server.url, sleep=lambda seconds: None
        )
        yield sandbox, provider
        provider.close()


@pytest.mark.parametrize("kind", CUT)
def test_a_read_whose_connection_breaks_is_repeated(served: tuple[Sandbox, RestProvider], kind: FaultKind) -> None:
    sandbox, provider = served
    id_ = provider.create("Assistant", PIPELINE)
    sandbox.faults.add(Fault(kind, method="GET", times=2))
    assert list(provider.list("Assistant")) == [id_]


@pytest.mark.parametrize("kind", CUT)
def test_a_create_whose_connection_breaks_is_unclear(served: tuple[Sandbox, RestProvider], kind: FaultKind) -> None:
    sandbox, provider = served
    sandbox.faults.add(Fault(kind, method="POST"))
    with pytest.raises(UnclearError):
        provider.create("Assistant", PIPELINE)
    assert len(sandbox.store.assistants()) == (0 if kind is FaultKind.DROP_BEFORE else 1)


@pytest.mark.parametrize("kind", CUT)
def test_an_update_and_a_delete_whose_connection_breaks_are_repeated(
    served: tuple[Sandbox, RestProvider], kind: FaultKind
) -> None:
    sandbox, provider = served
    id_ = provider.create("Assistant", PIPELINE)
    sandbox.faults.add(Fault(kind, method="PUT"))
    sandbox.faults.add(Fault(kind, method="DELETE"))
    provider.update("Assistant", id_, {"name": "Renamed"})
    assert provider.list("Assistant")[id_].name == "Renamed"
    provider.delete("Assistant", id_)
    assert provider.list("Assistant") == {}


def test_a_platform_that_is_not_there_is_an_error_that_says_so(sandbox: Sandbox) -> None:
    with Server(sandbox, "127.0.0.1", 0) as server:
        url = server.url
    provider = connect("autocalls", token="1|x", secrets=SECRETS, base_url=url, sleep=lambda seconds: None)
    with pytest.raises(UnavailableError, match="cannot connect") as caught:
        provider.create("Assistant", PIPELINE)
    assert "`base_url`" in caught.value.hint
    provider.close()


@pytest.mark.parametrize("write", ["create", "update", "delete"])
def test_a_permit_that_is_lost_on_the_way_to_the_platform_stops_the_request(
    served: tuple[Sandbox, RestProvider], write: str
) -> None:
    """It is asked for when all is prepared, and again when nothing is left to do but to send."""
    sandbox, provider = served
    id_ = provider.create("Assistant", PIPELINE)
    before = sandbox.store.assistants()
    asked: list[None] = []

    def permit() -> None:
        asked.append(None)
        if len(asked) > 1:
            raise ConflictError("the lock was lost")

    writing = provider.writable(permit)
    acts: dict[str, Callable[[], object]] = {
        "create": lambda: writing.create("Assistant", PIPELINE),
        "update": lambda: writing.update("Assistant", id_, {"name": "B"}),
        "delete": lambda: writing.delete("Assistant", id_),
    }
    with pytest.raises(ConflictError, match="the lock was lost"):
        acts[write]()

    assert len(asked) == 2
    assert sandbox.store.assistants() == before
