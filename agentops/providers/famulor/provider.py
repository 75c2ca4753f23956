"""Famulor (Classic), a brand of Autocalls."""

from agentops.providers.autocalls.dialect import brand

PROVIDER = brand(
    "famulor",
    title="Famulor (Classic)",
    base_url="https://app.famulor.de/api",
    activation="new assistants are inactive: activate them in the Famulor portal",
    shows=frozenset({"ringing_time", "max_initial_silence_duration"}),
    tools={
        "warm_call_transfer": {
            "hold_message": {"default": "Please wait while I connect you to an agent."},
            "summary_instructions": {
                "default": "Briefly from your perspective: Who is calling, why, why a human is needed. 2–3 sentences."
            },
            "briefing_initial_message": {
                "default": "Hello! I have a caller who needs assistance. May I briefly explain the situation?"
            },
            "connected_message": {"default": "You are now connected to an agent."},
        }
    },
)
