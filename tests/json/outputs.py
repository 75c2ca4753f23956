"""Which schema describes what a command prints as JSON, and the check of an output by it."""

import json
from typing import Any, Final

from jsonschema import Draft7Validator

from agentops.engine.schemas import schema
from tests.support.generate import SECRETS
from tests.support.project import Outcome

SCHEMAS: Final = {
    "agentops validate": "validate",
    "agentops fmt": "fmt",
    "agentops plan": "plan",
    "agentops show": "plan",
    "agentops diff": "diff",
    "agentops drift": "drift",
    "agentops apply": "apply-event",
    "agentops destroy": "apply-event",
    "agentops discover": "discover",
    "agentops import": "import",
    "agentops state list": "state",
    "agentops state show": "state",
    "agentops state history": "state-history",
    "agentops state pull": "state-file",
    "agentops catalog": "catalog",
    "agentops platforms": "platforms",
    "agentops version": "version",
}
"""Command -> the schema below agentops/v1 of what it prints, with --json where it has that option."""


def checked(name: str, outcome: Outcome) -> Any:
    """The one value on stdout, which obeys the schema."""
    return obeying(name, json.loads(outcome.out))


def lines(outcome: Outcome) -> list[dict[str, Any]]:
    """The messages of a stream: nothing else is on stdout, each obeys the schema, and no secret is among them."""
    assert outcome.out.endswith("\n"), outcome
    found = [json.loads(line) for line in outcome.out.splitlines()]
    for message in found:
        obeying("apply-event", message)
    assert (found[0]["type"], found[-1]["type"]) == ("version", "ended")
    assert [message["type"] for message in found].count("ended") == 1
    assert found[-1]["agentops"]["exit_code"] == outcome.code
    return found


def of_type(messages: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """Those messages."""
    return [message for message in messages if message["type"] == kind]


def obeying(name: str, value: Any) -> Any:
    """`value`, which obeys the schema and holds no secret."""
    faults = [error.message for error in _VALIDATORS[name].iter_errors(value)]
    assert faults == [], value
    assert not [secret for secret in SECRETS.values() if secret in json.dumps(value)]
    return value


_VALIDATORS: Final = {name: Draft7Validator(schema(f"agentops/v1/{name}")) for name in set(SCHEMAS.values())}
