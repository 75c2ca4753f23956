"""The brands of the Autocalls API: one row each, for what their documents tell differently."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

_UPSTREAM_TEXTS = {
    "hold_message": "Please hold while I connect you with a supervisor.",
    "summary_instructions": (
        "Introduce the conversation from your perspective:\n"
        "- WHO is calling (name, company if mentioned)\n"
        "- WHY they called (their goal or problem)\n"
        "- WHY a human is needed at this point\n\n"
        "Keep it brief (2-3 sentences)."
    ),
    "briefing_initial_message": (
        "Hello! I have a caller on the line who needs your assistance. May I brief you on the situation?"
    ),
    "connected_message": "You are now connected with a supervisor. I'll leave you to it.",
}

_FAMULOR_TEXTS = {
    "hold_message": "Please wait while I connect you to an agent.",
    "summary_instructions": (
        "Briefly from your perspective: Who is calling, why, why a human is needed. 2\u20133 sentences."
    ),
    "briefing_initial_message": ("Hello! I have a caller who needs assistance. May I briefly explain the situation?"),
    "connected_message": "You are now connected to an agent.",
}


@dataclass(frozen=True, slots=True)
class Brand:
    """What one label of the API shows and says where the labels differ."""

    name: str
    older: bool = False
    """Whether requests are in the dialect of mid 2025; reads have the current names there too."""
    envelope: Literal["full", "short"] = "full"
    decimals: Literal["two", "one"] = "two"
    fraction: str = ".000000"
    """What stands between the seconds of a list's timestamps and their Z."""
    delete_missing: str = "Assistant not found"
    fill_providers: bool = False
    language_code: bool = False
    """Whether the read key `language` holds the language's code; else it is null."""
    extra_keys: tuple[str, ...] = ()
    lacking_keys: frozenset[str] = frozenset()
    new_tools: bool = False
    """Whether mid-call tools have the fields of June 2026."""
    groups: bool = True
    """Whether there are folders and labels."""
    nicknames: bool = True
    knowledgebases: bool = True
    status: Literal["inactive", "active"] = "inactive"
    """What a new assistant is."""
    voice_filters: tuple[str, ...] = ()
    search_country: str = "US"
    transfer_texts: Mapping[str, str] | None = None

    @property
    def texts(self) -> Mapping[str, str]:
        """The default texts of a warm transfer."""
        return self.transfer_texts or _UPSTREAM_TEXTS


BRANDS = (
    Brand(
        "autocalls",
        new_tools=True,
        voice_filters=("synthesizer_provider_id", "gender", "age", "accent", "search"),
    ),
    Brand(
        "famulor",
        envelope="short",
        decimals="one",
        fraction="",
        delete_missing="Assistant not found or does not belong to the authenticated user",
        fill_providers=True,
        language_code=True,
        extra_keys=("ringing_time", "max_initial_silence_duration"),
        search_country="DE",
        transfer_texts=_FAMULOR_TEXTS,
    ),
    Brand(
        "intellixent",
        envelope="short",
        lacking_keys=frozenset(
            {"engine_id", "synthesizer_id", "transcriber_id", "instance_id", "flows_platform_id", "language"}
        ),
        groups=False,
        nicknames=False,
    ),
    Brand(
        "autocalls-legacy",
        older=True,
        status="active",
        groups=False,
        nicknames=False,
        knowledgebases=False,
    ),
)
