"""Routes of the catalogs: languages, voices, models, providers and assignable phone numbers."""

from __future__ import annotations

from functools import partial

from agentops.sandbox.autocalls.assistant_fields import MODES, OLDER_MODES
from agentops.sandbox.autocalls.automatic import serves
from agentops.sandbox.autocalls.brands import Brand
from agentops.sandbox.autocalls.requests import catalog
from agentops.sandbox.calls import Answer, Call, Refused, Route
from agentops.sandbox.database import Row

_VOICE_KEYS = (
    *("id", "name", "language_id", "gender", "preview_url", "accent", "age"),
    "synthesizer_provider_id",
)

_SHORT_LABELS = {"normal": "Normal", "sip": "SIP", "caller_id": "Caller ID"}


def routes(brand: Brand) -> tuple[Route, ...]:
    """The routes of this module for one brand."""
    base = "/user/assistants/"
    always = (
        Route("GET", base + "languages", languages),
        Route("GET", base + "phone-numbers", phone_numbers),
    )
    if brand.older:
        return (
            *always,
            Route("GET", base + "voices", older_voices),
            Route("GET", base + "models", older_models),
        )
    return (
        *always,
        Route("GET", base + "voices", partial(voices, brand)),
        Route("GET", base + "models", models),
        Route("GET", base + "synthesizer-providers", partial(providers, "synthesizer_provider")),
        Route("GET", base + "transcriber-providers", partial(providers, "transcriber_provider")),
    )


def languages(call: Call) -> Answer:
    """GET languages"""
    return catalog(call, _picked(call.database.rows("language", call.owner), ("id", "name", "iso_2")))


def voices(brand: Brand, call: Call) -> Answer:
    """GET voices: the public ones and the account's own, as the filters want them."""
    mode = _one_of(call, "mode", MODES)
    language = _number(call, "language_id")
    found = [
        voice
        for voice in call.database.rows("voice", call.owner)
        if (mode is None or mode in voice["modes"])
        and (language is None or voice["language_id"] == language)
        and all(_passes(voice, name, call.query(name)) for name in brand.voice_filters)
    ]
    return catalog(call, _picked(found, _VOICE_KEYS))


def older_voices(call: Call) -> Answer:
    """GET voices as the older dialect has them: each with the one mode that it is for."""
    mode = _one_of(call, "mode", OLDER_MODES)
    items = [
        {"id": voice["id"], "name": voice["name"], "mode": own}
        for voice in call.database.rows("voice", call.owner)
        for own in OLDER_MODES
        if own in voice["modes"] and mode in (None, own)
    ]
    return catalog(call, items)


def older_models(call: Call) -> Answer:
    """GET models, of which the older dialect has one kind only."""
    return catalog(call, _picked(call.database.rows("llm_model", call.owner), ("id", "name")))


def _passes(voice: Row, name: str, wanted: str | None) -> bool:
    """Whether a voice passes one of the newest filters."""
    if wanted is None:
        return True
    if name == "search":
        return wanted.casefold() in str(voice["name"]).casefold()
    return str(voice[name] or "").casefold() == wanted.casefold()


def models(call: Call) -> Answer:
    """GET models, of type llm if none is asked for."""
    kind = _one_of(call, "type", ("llm", "multimodal", "dualplex")) or "llm"
    if kind == "llm":
        return catalog(call, _picked(call.database.rows("llm_model", call.owner), ("id", "name")))
    found = [model for model in call.database.rows("multimodal_model", call.owner) if kind in model["modes"]]
    return catalog(call, _picked(found, ("id", "name", "code")))


def providers(kind: str, call: Call) -> Answer:
    """GET synthesizer or transcriber providers."""
    language = _number(call, "language_id")
    found = [
        provider for provider in call.database.rows(kind, call.owner) if language is None or serves(provider, language)
    ]
    return catalog(call, _picked(found, ("id", "name", "code")))


def phone_numbers(call: Call) -> Answer:
    """GET the numbers that can be assigned; `inbound` leaves out caller IDs and what is taken."""
    kind = _one_of(call, "type", ("inbound", "outbound"))
    items = []
    for number in call.database.rows("phone_number", call.owner):
        kept = call.options.delete_keeps_number
        free = not call.database.holders(number["id"], call.owner, deleted=kept)
        if kind == "inbound" and (not free or number["type"] == "caller_id"):
            continue
        item = {key: number[key] for key in ("id", "phone_number", "country_code")}
        items.append(item | {"type_label": _SHORT_LABELS[number["type"]], "is_available": free})
    return catalog(call, items)


def _picked(rows: list[Row], keys: tuple[str, ...]) -> list[Row]:
    return [{key: row[key] for key in keys} for row in rows]


def _one_of(call: Call, name: str, allowed: tuple[str, ...]) -> str | None:
    value = call.query(name)
    if value is not None and value not in allowed:
        raise _refusal(name, f"The selected {name} is invalid.")
    return value


def _number(call: Call, name: str) -> int | None:
    value = call.query(name)
    if value is not None and not (value.isascii() and value.isdigit()):
        raise _refusal(name, f"The {name.replace('_', ' ')} field must be an integer.")
    return None if value is None else int(value)


def _refusal(name: str, text: str) -> Refused:
    return Refused(Answer(422, {"message": text, "errors": {name: [text]}}))
