"""Routes of voices: the presets of three providers and the organization's own clones."""

from __future__ import annotations

from agentops.sandbox.calls import Answer, Call, Refused, Route, message
from agentops.sandbox.checks import Choice, Key, Number, Shape, Text
from agentops.sandbox.database import Row
from agentops.sandbox.revox.kinds import KINDS
from agentops.sandbox.revox.requests import checked, new_id, refusal, time
from agentops.sandbox.revox.values import Audio

_PROVIDERS = ("cartesia", "elevenlabs", "gradium")
_OPTIONAL = ("accent", "gender", "isCloned", "modelCompat")
_MISSING = message(404, "Voice not found")

_CLONE = Shape(
    (
        Key("name", Text(least=1), required=True),
        Key("language", Choice(("en", "fr", "es", "de", "it", "pt", "ru", "zh")), required=True),
        Key("audio", Audio(), required=True),
        Key(
            "contentType",
            Choice(("audio/webm", "audio/wav", "audio/mpeg", "audio/ogg", "audio/mp4", "video/webm")),
            required=True,
        ),
    )
)

_PREVIEW = Shape(
    (
        Key("provider", Choice(_PROVIDERS), required=True),
        Key("voiceId", Text(), required=True),
        Key("model", Choice(("sonic-3", "sonic-3.5"))),
        Key("speed", Number(0.6, 1.5, exact=True)),
        Key("volume", Number(0.5, 2, exact=True)),
        Key("text", Text(2000)),
    )
)

_SILENCE = "ID3\x03\0\0\0\0\0\0"
"""An MPEG file without a sound: an empty tag."""


def routes() -> tuple[Route, ...]:
    """The routes of this module."""
    return (
        Route("GET", "/voices", list_all),
        Route("GET", "/voices/<object_id>", read),
        Route("DELETE", "/voices/<object_id>", delete),
        Route("POST", "/voices/clone", clone),
        Route("POST", "/voices/preview", preview),
    )


def list_all(call: Call) -> Answer:
    """GET /voices"""
    return Answer(200, {"voices": [_item(row) for row in _rows(call)]})


def read(call: Call, object_id: str) -> Answer:
    """GET /voices/{id}?provider="""
    provider = call.query("provider")
    if provider not in _PROVIDERS:
        raise refusal({"provider": "The provider field is required." if provider is None else "Invalid provider."})
    row = _found(call, provider, object_id)
    return Answer(200, {"voice": {key: _item(row)[key] for key in ("id", "name", "description")}})


def delete(call: Call, object_id: str) -> Answer:
    """DELETE /voices/{id}: a clone that no assistant has."""
    rows = [row for row in _rows(call) if _id(row) == object_id]
    if not rows:
        raise Refused(_MISSING)
    clones = [row for row in rows if row["isCloned"]]
    if not clones:
        raise Refused(message(400, "Only cloned voices can be deleted"))
    for assistant in call.database.rows("assistant", call.owner):
        voice = assistant["voice"] or {}
        if (voice.get("provider"), voice.get("id")) == (clones[0]["provider"], object_id):
            raise Refused(message(409, "The voice is in use by an assistant"))
    call.database.remove("voice", clones[0]["id"])
    return Answer(200, {"success": True})


def clone(call: Call) -> Answer:
    """POST /voices/clone"""
    sent = checked(call, _CLONE)
    row = KINDS["voice"] | {"id": new_id(call, "voice"), "isCloned": True, "modelCompat": "universal"}
    row |= {"name": sent["name"], "language": sent["language"]}
    call.database.insert("voice", row, call.owner)
    made = {"cartesiaVoiceId": new_id(call, "cartesia_voice"), "createdAt": time(call.now)}
    return Answer(200, {"id": row["id"], **made, "language": row["language"], "name": row["name"]})


def preview(call: Call) -> Answer:
    """POST /voices/preview: a recording, which is empty here."""
    sent = checked(call, _PREVIEW)
    _found(call, sent["provider"], sent["voiceId"])
    return Answer(200, raw=_SILENCE, content_type="audio/mpeg")


def _rows(call: Call) -> list[Row]:
    return call.database.rows("voice", call.owner, by_age=True)


def _found(call: Call, provider: str, object_id: str) -> Row:
    for row in _rows(call):
        if (row["provider"], _id(row)) == (provider, object_id):
            return row
    raise Refused(_MISSING)


def _id(row: Row) -> str:
    """The id that the API shows."""
    return str(row["voice_id"] or row["id"])


def _item(row: Row) -> Row:
    """A voice as it is listed; what is not known of it is left out."""
    item = {"id": _id(row)} | {key: row[key] for key in ("provider", "name", "language", "description")}
    return item | {key: row[key] for key in _OPTIONAL if row[key] is not None}
