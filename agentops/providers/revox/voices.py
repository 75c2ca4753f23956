"""The voice of an assistant: a reference by provider and ID, and the settings that go with it."""

from collections.abc import Iterator, Mapping
from typing import Final

from agentops.domain.diagnostics import Severity
from agentops.domain.fields import Field, FieldTable, Reference, Spread, Type
from agentops.domain.values import Value
from agentops.providers.rows import choice

PROVIDERS: Final = ("cartesia", "elevenlabs", "gradium")
_SPEEDS: Final = {"cartesia": (0.6, 1.5), "gradium": (0.6, 1.5), "elevenlabs": (0.7, 1.2)}


def _pair(id_: object) -> Mapping[str, object]:
    provider, _, voice = str(id_).partition("/")
    return {"provider": provider, "id": voice}


def _identity(voice: Mapping[str, object]) -> object:
    provider, id_ = voice.get("provider"), voice.get("id")
    return f"{provider}/{id_}" if isinstance(provider, str) and isinstance(id_, str) else None


def misfits(item: Mapping[str, object], settings: Mapping[str, Value]) -> Iterator[tuple[str, Severity, str, str]]:
    """What the settings ask of a voice that its provider, or the voice itself, cannot do."""
    provider = item.get("provider")
    for name in ("model", "volume"):
        if provider in ("elevenlabs", "gradium") and settings.get(name) is not None:
            yield name, Severity.ERROR, f"voice.{name} is for voices of cartesia only, not of {provider}", "remove it"
    speed = settings.get("speed")
    if isinstance(provider, str) and provider in _SPEEDS and isinstance(speed, int | float):
        low, high = _SPEEDS[provider]
        if not low <= speed <= high:
            yield "speed", Severity.ERROR, f"voice.speed must be {low} to {high} for voices of {provider}", ""
    made_for, model = item.get("model_compat"), settings.get("model", "sonic-3")
    if provider == "cartesia" and made_for not in (None, "universal", model):
        message, hint = f"the voice is made for {made_for}, and voice.model is {model}", f"write model: {made_for}"
        yield "model", Severity.WARNING, message, hint


VOICE: Final = Field(
    name="voice",
    type=Type.OBJECT,
    qualified=True,
    table=FieldTable(
        "voice",
        (
            Field(
                name="name",
                type=Type.REFERENCE,
                ref=Reference("voices", suits=misfits),
                spread=Spread(("provider", "id"), _pair, _identity),
            ),
            choice("model", "sonic-3", "sonic-3.5", default="sonic-3"),
            Field(name="speed", type=Type.NUMBER, minimum=0.6, maximum=1.5, default=1.0),
            Field(name="volume", type=Type.NUMBER, minimum=0.5, maximum=2.0, default=1.0),
        ),
    ),
)
