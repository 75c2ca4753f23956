"""States as they are shown: what would change, who holds the lock, former versions."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from agentops.domain.address import Address
from agentops.domain.state import Binding, Entry, Intent, Lock, State, Version
from agentops.render.history import history_json, history_table
from agentops.render.lock import lock_text
from agentops.render.state import state_show, state_table
from agentops.render.state_changes import state_changes

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
BINDING = Binding("acme", "prod", "autocalls", "https://app.example.com/api", "a@example.com")
DESK, SALES, NIGHT = (Address("assistant", name) for name in ("desk", "sales", "night"))
ENTRY = Entry(7, {"name": "Desk", "system_prompt": "A long prompt."})
INTENT = Intent({"name": "Night", "system_prompt": "A long prompt."}, NOON)
STATE = State("lineage", 5, BINDING, b"k" * 32, {DESK: ENTRY}, {NIGHT: INTENT})
LOCK = Lock("id-1", "apply", "alice@laptop (pid 3)", "1.2.0", NOON, "https://ci.example/7")


def test_every_kind_of_change_has_its_line_and_no_value() -> None:
    edited = replace(
        ENTRY, remote_id=8, values={"name": "Desk", "voice": 1}, protect=True, sending={"name": "X"}, form=9
    )
    after = replace(STATE, entries={DESK: edited, SALES: ENTRY}, intents={})

    assert state_changes(STATE, after).splitlines() == [
        "  ~ assistant.desk: ID 7 -> 8, applied values of system_prompt, voice, values that were being sent, protected,"
        " form 1 -> 9",
        "  + assistant.sales will be managed as 7",
        "  - the create of assistant.night that was left unclear will be forgotten",
    ]
    assert state_changes(after, STATE).splitlines() == [
        "  ~ assistant.desk: ID 8 -> 7, applied values of system_prompt, voice, values that were being sent,"
        " no longer protected, form 9 -> 1",
        "  - assistant.sales will be forgotten; 7 stays as it is on the platform",
        "  + a create of assistant.night that was left unclear, begun 2026-03-01 12:00:00 UTC, will be settled by the"
        " next apply",
    ]


def test_equal_states_have_nothing_to_show() -> None:
    assert state_changes(STATE, replace(STATE, serial=9)) == ""


def test_where_there_is_no_state_yet_everything_is_new() -> None:
    assert "+ assistant.desk will be managed as 7" in state_changes(None, STATE)


def test_a_lock_tells_all_that_is_known_on_lines_of_their_own() -> None:
    assert lock_text(LOCK, NOON + timedelta(seconds=83)).splitlines() == [
        "  ID:        id-1",
        "  Who:       alice@laptop (pid 3)",
        "  Operation: apply",
        "  Created:   2026-03-01 12:00:00 UTC (1m23s ago)",
        "  Version:   agentops 1.2.0",
        "  CI:        https://ci.example/7",
    ]


def test_a_lock_of_another_machine_cannot_steer_the_terminal() -> None:
    steering = replace(LOCK, who="eve\x1b[2J\nError: gone", ci_url="")
    shown = lock_text(steering, NOON)

    assert "\x1b" not in shown
    assert len(shown.splitlines()) == 5


def test_former_versions_stand_below_the_state_as_it_is() -> None:
    versions = [Version(4, NOON, "state rm", "alice@laptop"), Version(0, NOON, "apply", "bob@ci")]

    assert history_table(STATE, versions).splitlines() == [
        "SERIAL  WAS THE STATE                  CHANGED BY  WHO",
        "5       now",
        "4       until 2026-03-01 12:00:00 UTC  state rm    alice@laptop",
        "0       until 2026-03-01 12:00:00 UTC  apply       bob@ci",
    ]
    assert history_json(STATE, versions)["versions"][0] == {  # type: ignore[index]
        "serial": 4,
        "saved": "2026-03-01T12:00:00+00:00",
        "operation": "state rm",
        "who": "alice@laptop",
    }


def test_what_is_not_known_yet_is_said_in_the_list_and_in_full() -> None:
    flying = replace(STATE, entries={DESK: replace(ENTRY, protect=True, sending={"voice": "Emma"})})

    assert state_table(flying).splitlines()[1:] == [
        "assistant.desk   7   Desk   protected, an update whose outcome is not known yet",
        "assistant.night      Night  a create whose outcome is not known yet, begun 2026-03-01 12:00:00 UTC",
    ]
    assert 'voice:         "Emma"' in state_show(flying, DESK)
    assert "agentops state resolve" in state_show(flying, NIGHT)
