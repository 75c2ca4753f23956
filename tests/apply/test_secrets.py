"""Secrets reach the platform, and of everything that agentops keeps only their digests."""

import json

import pytest

from agentops.state.codec import dump_state
from tests.apply.world import KEY, SECRET_TOOL, World, spec


@pytest.mark.parametrize("keyed", [True, False])
def test_the_state_holds_digests_only(keyed: bool, world: World) -> None:
    world.keyed = keyed
    world.apply(a=spec("a", tools=[SECRET_TOOL]))
    assert KEY in str(world.stored("a")["tools"])
    files = [file for file in world.folder.iterdir() if file.name.startswith("state.db")]
    assert files
    assert not [file for file in files if KEY.encode() in file.read_bytes()]
    entry = json.loads(dump_state(world.state))["entries"]["assistant.a"]
    digest = world.keyed_secrets().digest(KEY)
    assert digest is not None
    assert entry["values"]["tools"][0]["calcom_api_key"] == {"$secret": {"env": "CALCOM_KEY", "digest": digest}}


def test_the_pulled_state_is_json_with_digests_and_without_the_key(world: World) -> None:
    world.apply(a=spec("a", tools=[SECRET_TOOL]))
    text = dump_state(world.state)
    digest = world.keyed_secrets().digest(KEY)
    assert json.loads(text)["entries"]["assistant.a"]["remote_id"] == world.id_of("a")
    assert digest is not None
    assert digest in text
    assert KEY not in text
    assert world.state.digest_key.hex() not in text


def test_no_event_and_no_request_log_line_shows_a_secret(world: World) -> None:
    world.apply(a=spec("a", tools=[SECRET_TOOL]))
    assert KEY not in repr(world.events)
    assert KEY not in repr(world.state)


def test_a_changed_secret_is_sent_again(world: World) -> None:
    manifests = {"a": spec("a", tools=[SECRET_TOOL])}
    world.apply(manifests)
    world.rotate("rotated-key")
    assert not world.plan(manifests).is_empty


def test_the_state_remembers_the_secret_that_was_sent_not_the_one_that_was_planned(world: World) -> None:
    manifests = {"a": spec("a", tools=[SECRET_TOOL])}
    world.apply(manifests)
    world.rotate("planned-key")
    live = world.live()
    desired = world.desired(live, manifests)
    plan = world.plan(manifests)
    world.rotate("sent-key")
    world.carry_out(plan, desired, live)
    assert "sent-key" in str(world.stored("a")["tools"])
    assert world.plan(manifests).is_empty
    world.rotate("planned-key")
    assert not world.plan(manifests).is_empty
