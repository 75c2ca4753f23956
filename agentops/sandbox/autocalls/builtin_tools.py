"""The built-in tools of an assistant: what may be written for each type, and how they are read back."""

from __future__ import annotations

from agentops.sandbox.autocalls.brands import Brand
from agentops.sandbox.checks import (
    E164,
    Choice,
    Flag,
    Key,
    Reference,
    Several,
    Shape,
    Tagged,
    Text,
    Url,
    Whole,
    Zone,
)
from agentops.sandbox.database import Row
from agentops.sandbox.options import Options

_NUMBER = Text(pattern=E164)

_BOOKING_FIELD = Shape(
    (
        Key("slug", Text(), required=True),
        Key("type", Text(), required=True),
        Key("label", Text(), required=True),
        Key("required", Flag(), default=False),
        Key("options", Several(Text())),
    )
)


def built_in_tools(brand: Brand) -> Tagged:
    """The type of one entry of `tools`."""
    texts = tuple(Key(name, Text(), default=text) for name, text in brand.texts.items())
    shapes = {
        "call_transfer": (
            Key("phone_number", _NUMBER, required=True),
            Key("description", Text()),
            Key("custom", Flag()),
            Key("timezone", Zone()),
            Key("warm_transfer", Flag(), default=False),
            Key("warm_transfer_message", Text()),
        ),
        "warm_call_transfer": (
            # The number's form depends on custom_sip, so rules.py looks at it.
            Key("supervisor_phone", Text(least=1), required=True),
            Key("outbound_phone_id", Reference("phone_number"), required=True),
            Key("description", Text(), required=True),
            Key("custom_sip", Flag(), default=False),
            Key(
                "caller_id_mode",
                Choice(("outbound_number", "customer_number", "custom")),
                default="outbound_number",
            ),
            Key("custom_caller_id", Text()),
            Key("hold_music", Choice(("hold_music", "none")), default="hold_music"),
            Key("hold_music_volume", Whole(0, 100), default=80),
            *texts,
        ),
        "end_call": (Key("description", Text()),),
        "dtmf_input": (Key("description", Text()),),
        "collect_keypad": (
            Key("timeout", Whole(1, 30), default=5),
            Key("stop_key", Choice(("#", "*")), default="#"),
        ),
        "calendar_integration": (
            Key("calcom_api_key", Text(), required=True),
            Key("calcom_event_slug", Text(), required=True),
            Key("calcom_team_slug", Text()),
            Key("calcom_endpoint", Choice(("us", "eu", "custom")), default="us"),
            Key("calcom_custom_endpoint", Url()),
            Key("calcom_booking_fields", Several(_BOOKING_FIELD)),
            Key("description", Text()),
        ),
        "assistant_transfer": (
            Key("assistant_id", Reference("assistant"), required=True),
            Key(
                "description",
                Text(500),
                default="Transfer the conversation to this assistant when appropriate.",
            ),
            Key("message_before_transfer", Text(500)),
            Key("speak_transfer_greeting", Flag(), default=True),
        ),
    }
    return Tagged({tag: Shape(keys) for tag, keys in shapes.items()})


def read_tool(tool: Row, tools: Tagged, options: Options) -> Row:
    """A stored tool as lists show it: {"type", "data"}, the outbound number's id as a text."""
    data = {name: value for name, value in tool.items() if name != "type"}
    shape = tools.shapes.get(tool["type"])
    if shape is not None and options.fill_tool_defaults:
        data = shape.filled(data)
    if isinstance(data.get("outbound_phone_id"), int):
        data["outbound_phone_id"] = str(data["outbound_phone_id"])
    if "calcom_api_key" in data and options.calcom_key != "shown":
        key = data.pop("calcom_api_key")
        if options.calcom_key == "masked":
            data["calcom_api_key"] = "********" + str(key)[-4:]
    return {"type": tool["type"], "data": data}
