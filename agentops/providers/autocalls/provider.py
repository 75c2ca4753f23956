"""Autocalls, whose API the brands of the dialect share."""

from agentops.providers.autocalls.dialect import brand

PROVIDER = brand(
    "autocalls",
    title="Autocalls",
    base_url="https://app.autocalls.ai/api",
    activation="new assistants are inactive: activate them in the Autocalls portal",
)
