"""What the state holds as JSON, in the shape that `terraform show -json` gives a state."""

from collections.abc import Iterable
from typing import Final

from agentops.domain.address import Address
from agentops.domain.state import Entry, State
from agentops.render.json import Json, named, plain, secret_marks

FORMAT_VERSION: Final = "1.0"


def state_json(state: State, addresses: Iterable[Address] | None = None) -> Json:
    """All that the state manages, or what is at `addresses`; a create that was left unclear is under `agentops`."""
    wanted = sorted(state.entries.keys() | state.intents.keys() if addresses is None else addresses)
    binding = state.binding
    resources = [_resource(each, state.entries[each], binding.platform) for each in wanted if each in state.entries]
    unclear = [
        {"address": str(each), "values": plain(intent.values), "started": intent.started.isoformat()}
        for each in wanted
        if (intent := state.intents.get(each)) is not None
    ]
    return {
        "format_version": FORMAT_VERSION,
        "values": {"root_module": {"resources": resources}},
        "agentops": {
            "project": binding.project,
            "environment": binding.environment,
            "platform": binding.platform,
            "base_url": binding.base_url,
            "account": binding.account,
            "lineage": state.lineage,
            "serial": state.serial,
            "unclear": unclear,
        },
    }


def _resource(address: Address, entry: Entry, platform: str) -> Json:
    values = {"id": entry.remote_id, **entry.values}
    return named(address, platform) | {
        "values": plain(values),
        "sensitive_values": secret_marks(values),
        "agentops": {"protect": entry.protect, "sending": sorted(entry.sending)},
    }
