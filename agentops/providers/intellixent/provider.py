"""Intellixent, a brand of Autocalls."""

from agentops.providers.autocalls.dialect import brand

PROVIDER = brand(
    "intellixent",
    title="Intellixent",
    base_url="https://portal.intellixent.ai/api",
    activation=(
        "new assistants are inactive: activate them in the Intellixent portal, or attach a phone number and enable it"
    ),
    lacks=frozenset({"folder", "labels"}),
    nicknames=False,
)
