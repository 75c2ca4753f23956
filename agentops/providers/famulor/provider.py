"""Famulor (Classic), a brand of Autocalls."""

from agentops.domain.fields import UNSET
from agentops.providers.autocalls.dialect import brand

PROVIDER = brand(
    "famulor",
    title="Famulor (Classic)",
    base_url="https://app.famulor.de/api",
    activation="new assistants are inactive: activate them in the Famulor portal",
    tools={
        "warm_call_transfer": {
            "hold_message": {"default": "Please wait while I connect you to an agent."},
            "summary_instructions": {"default": UNSET},  # given in paraphrase only
            "briefing_initial_message": {
                "default": "Hello! I have a caller who needs assistance. May I briefly explain the situation?"
            },
            "connected_message": {"default": "You are now connected to an agent."},
        }
    },
)
