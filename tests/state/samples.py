"""Made-up values of the domain."""

from datetime import UTC, datetime

from agentops.domain.address import Address
from agentops.domain.state import Binding, Entry, Intent, Lock
from agentops.domain.values import Ref, Secret

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
BINDING = Binding("acme-voice", "production", "autocalls", "https://app.autocalls.ai/api", "ops@acme.example")
DESK = Address("assistant", "front-desk")
SALES = Address("assistant", "sales")


def lock(id_: str) -> Lock:
    return Lock(id_, "apply", f"{id_}@host", "0.1.0", NOW)


def entry(remote_id: int = 7, **values: object) -> Entry:
    defaults = {
        "name": "Front desk",
        "voice": Ref("voices", 41, "Sarah", "sarah"),
        "tools": [{"type": "calendar_integration", "calcom_api_key": Secret("CALCOM_KEY", "ab" * 32)}],
        "system_prompt": "Be kind. " * 200,
        "voice_stability": 0.7,
        "variables": {"$odd": "key"},
        "folder": None,
    }
    return Entry(remote_id, defaults | values)


def intent(*existing: int) -> Intent:
    return Intent({"name": "Sales"}, NOW, frozenset(existing), protect=True)
