"""Plans for the renderers' tests: one for each kind of change, and one of everything that is odd."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from agentops.domain.address import Address
from agentops.domain.diagnostics import Severity, SourcePos, warning
from agentops.domain.fields import UNSET
from agentops.domain.plan import (
    Action,
    Basis,
    Cause,
    Change,
    Edit,
    FieldChange,
    Finding,
    OnConflict,
    Plan,
    PlanOptions,
)
from agentops.domain.state import Binding, Entry, Intent
from agentops.domain.values import Ref, Secret, Value

BINDING: Final = Binding("acme-voice", "production", "famulor", "https://app.famulor.de/api", "ops@acme.example")
BASIS: Final = Basis("5f0c", 7, "d1f2", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "abc1234")
SARAH: Final = Ref("voices", 12, "Sarah", "Sarah")
EMMA: Final = Ref("voices", 31, "Emma", "Emma")
NUMBER: Final = Ref("phone_numbers", 7, "+4915112345678", "+4915112345678")
KEY: Final = Secret("CALCOM_KEY", "deadbeef" * 8)
PROMPT: Final = "\n".join(
    [
        "# Role",
        "You are a polite sales assistant of Acme.",
        "",
        "# Rules",
        *(f"{number}. Rule number {number} has to be kept at all times." for number in range(1, 31)),
        "",
        "# End",
        "Say goodbye.",
    ]
)


def address(name: str) -> Address:
    return Address("assistant", name)


def plan(*changes: Change, **more: object) -> Plan:
    values: dict[str, object] = {"options": PlanOptions(), "sandbox": False, "unchanged": 3, **more}
    return Plan(binding=BINDING, basis=BASIS, changes=changes, **values)  # type: ignore[arg-type]


def field(name: str, cause: Cause, prior: Value, live: Value, desired: Value, **more: object) -> FieldChange:
    values: dict[str, object] = {"write": desired is not UNSET, **more}
    return FieldChange(name, cause, prior, live, desired, **values)  # type: ignore[arg-type]


def update(*fields: FieldChange, **more: object) -> Change:
    """An update of 789 that declares what `fields` say, and three fields that do not change."""
    same: dict[str, Value] = {"name": "Sales Assistant", "type": "outbound", "mode": "pipeline"}
    desired = same | {item.name: item.desired for item in fields if item.desired is not UNSET}
    live = same | {item.name: item.live for item in fields if item.live is not UNSET}
    prior = same | {item.name: item.prior for item in fields if item.prior is not UNSET}
    values: dict[str, object] = {
        "action": Action.UPDATE,
        "remote_id": 789,
        "desired": desired,
        "live": live,
        "prior": Entry(789, prior),
        "name": "Sales Assistant",
        "status": "inactive",
        **more,
    }
    return Change(address("sales-outbound"), "Assistant", fields=fields, **values)  # type: ignore[arg-type]


def creates() -> Plan:
    values: dict[str, Value] = {
        "name": "Sales Assistant",
        "type": "outbound",
        "mode": "pipeline",
        "voice": SARAH,
        "language": Ref("languages", 5, "German", "de"),
        "secondary_languages": [Ref("languages", 1, "English", "en"), Ref("languages", 3, "French", "fr")],
        "phone_number": NUMBER,
        "folder": None,
        "record": True,
        "speech_speed": 1.05,
        "max_duration": 600,
        "system_prompt": PROMPT,
        "tools": [
            {"type": "end_call", "description": "End the call when the customer is satisfied"},
            {"type": "dtmf_input"},
            {
                "type": "assistant_transfer",
                "assistant": Ref("assistants", None, "", "support-inbound", "assistant.support-inbound"),
                "message_before_transfer": "One moment.\nI connect you.",
            },
            {
                "type": "calendar_integration",
                "calcom_api_key": KEY,
                "calcom_event_slug": "demo",
                "calcom_booking_fields": [
                    {"slug": "email", "type": "email", "label": "Your address for the confirmation", "required": True},
                    {"slug": "size", "type": "select", "label": "Company size", "options": ["1-10", "11-100", "more"]},
                ],
            },
        ],
        "post_call_schema": [{"name": "status", "type": "bool", "description": "Whether the goal was reached"}],
        "variables": {"company": "Acme", "city": "Berlin"},
        "webhook_url": "https://hooks.acme.example/calls",
    }
    return plan(Change(address("sales-outbound"), "Assistant", Action.CREATE, desired=values))


def updates() -> Plan:
    desired = PROMPT.replace("polite", "friendly").replace("12. Rule number 12 has", "12. Rule twelve has")
    desired = desired.replace("Say goodbye.", "Say goodbye.\nHang up.")
    return plan(
        update(
            field("voice", Cause.MANIFEST, SARAH, SARAH, EMMA),
            field("speech_speed", Cause.DRIFT, 1.1, 1.0, 1.1),
            field("system_prompt", Cause.MANIFEST, PROMPT, PROMPT, desired),
            field("knowledgebase", Cause.MANIFEST, UNSET, None, Ref("knowledgebases", 4, "Product FAQ", "Product FAQ")),
            field("webhook_url", Cause.MANIFEST, "https://a.example", "https://a.example", None),
            field(
                "llm_model",
                Cause.CATALOG,
                Ref("llm_models", 2, "gpt", "gpt"),
                Ref("llm_models", 2, "gpt", "gpt"),
                Ref("llm_models", 9, "gpt", "gpt"),
            ),
            field(
                "initial_message",
                Cause.MANIFEST,
                UNSET,
                "Hello! You are talking to the assistant of Acme. How can I help you today?",
                "Hello! You are talking to the digital assistant of Acme. What can I do for you today?",
            ),
        )
    )


def whole_values() -> Plan:
    """Tools with edits as the engine gives them; a schema, variables and labels without."""
    tools_live: list[Value] = [
        {"type": "call_transfer", "phone_number": "+4930123", "warm_transfer": False},
        {"type": "end_call", "description": "End the call."},
        {"type": "collect_keypad", "timeout": 5},
        {"type": "calendar_integration", "calcom_api_key": Secret("", "cafe" * 16), "calcom_event_slug": "demo"},
    ]
    tools: list[Value] = [
        tools_live[0],
        {"type": "end_call", "description": "End the call when the customer is satisfied."},
        {"type": "calendar_integration", "calcom_api_key": KEY, "calcom_event_slug": "demo"},
        {"type": "dtmf_input", "description": "Press keys."},
    ]
    edits = (
        Edit((1, "description"), "End the call.", "End the call when the customer is satisfied."),
        Edit((2,), tools_live[2], UNSET),
        Edit((2, "calcom_api_key"), Secret("", "cafe" * 16), KEY),
        Edit((3,), UNSET, tools[3]),
    )
    schema_live = [{"name": "status", "type": "bool", "description": "Done"}, {"name": "old", "type": "string"}]
    schema = [
        {"name": "status", "type": "bool", "description": "Whether it is done"},
        {"name": "new", "type": "string"},
    ]
    tool = [Ref("mid_call_tools", number, f"lookup number {number} in the system") for number in (1, 5, 6)]
    return plan(
        update(
            field("tools", Cause.MANIFEST, tools_live, tools_live, tools, edits=edits),
            field("post_call_schema", Cause.MANIFEST, schema_live, schema_live, schema),
            field("variables", Cause.DRIFT, {"a": "1"}, {"a": "2", "gone": "x"}, {"a": "1"}),
            field("mid_call_tools", Cause.MANIFEST, tool[:2], UNSET, tool[1:]),
            field("secondary_languages", Cause.MANIFEST, [], [], [Ref("languages", 3, "French", "fr")]),
        )
    )


def causes() -> Plan:
    """Each cause once, for short values."""
    return plan(
        update(
            field("mode", Cause.MANIFEST, "pipeline", "pipeline", "multimodal"),
            field("voice", Cause.MODE, SARAH, SARAH, SARAH),
            field("record", Cause.DRIFT, True, False, True),
            field(
                "language",
                Cause.CATALOG,
                Ref("languages", 1, "English"),
                Ref("languages", 1, "English"),
                Ref("languages", 11, "English"),
            ),
            field("ringing_time", Cause.REMOVED, 40, 40, 30),
            field("folder", Cause.RELEASED, Ref("folders", 3, "Acme"), UNSET, UNSET),
            field("labels", Cause.MANIFEST, UNSET, UNSET, [Ref("labels", 3, "vip")]),
            field("min_interrupt_words", Cause.REMOVED, 3, 3, None),
            field("conversation_inactivity_timeout", Cause.MANIFEST, 30, UNSET, 60),
            field(
                "api_secret",
                Cause.MANIFEST,
                Secret("A", "aa" * 32),
                Secret("", "bb" * 32),
                Secret("A", "cc" * 32),
                sensitive=True,
            ),
        )
    )


def conflicts() -> Plan:
    live = PROMPT.replace("goodbye", "bye")
    desired = PROMPT.replace("polite", "friendly")
    fields = (
        field("speech_speed", Cause.CONFLICT, 1.0, 1.1, 1.2, write=False),
        field("system_prompt", Cause.CONFLICT, PROMPT, live, desired, write=False),
    )
    why = "git and the platform changed the same fields; decide with --on-conflict git or --on-conflict live"
    won = Change(
        address("won"),
        "Assistant",
        Action.UPDATE,
        12,
        (field("speech_speed", Cause.CONFLICT, 1.0, 1.1, 1.2),),
        {"speech_speed": 1.2},
        {"speech_speed": 1.1},
        Entry(12, {"speech_speed": 1.0}),
        name="Won",
    )
    return plan(update(*fields, blocked=why), won)


def deletes() -> Plan:
    values: dict[str, Value] = {
        "name": "Old Assistant",
        "phone_number": NUMBER,
        "system_prompt": PROMPT,
        "webhook_url": None,
        "tools": [{"type": "calendar_integration", "calcom_api_key": KEY, "calcom_event_slug": "demo"}],
    }
    gone = Change(
        address("old"),
        "Assistant",
        Action.DELETE,
        77,
        (),
        {},
        values,
        Entry(77, values | {"folder": None}, True),
        name="Old Assistant",
        status="active",
        protect=True,
    )
    findings = (
        Finding(
            "deletes",
            Severity.ERROR,
            "1 assistant would be destroyed",
            (address("old"),),
            override="--allow-deletes",
            overridden=True,
        ),
        Finding(
            "protected",
            Severity.ERROR,
            "assistant.old is protected",
            (address("old"),),
            "set metadata.protect to false and apply that first",
        ),
        Finding(
            "large-change",
            Severity.ERROR,
            "12 of 20 managed resources would change",
            (address("old"),),
            "the limit is 10 and 30 %",
            "--allow-large-change",
        ),
        Finding(
            "points-at-delete",
            Severity.WARNING,
            'unmanaged assistant "Desk" (5) transfers to "Old Assistant" (77)',
            (address("old"),),
        ),
    )
    return plan(gone, findings=findings)


def state_only() -> Plan:
    """Moves, imports, a forgotten one, a create whose intent was left, a recreated one, a silent release."""
    intent = Intent({"name": "B"}, datetime(2026, 1, 2, tzinfo=UTC))
    speed = field("speech_speed", Cause.MANIFEST, 1.0, 1.0, 1.1)
    return plan(
        Change(
            address("adopted"), "Assistant", Action.ADOPT, 41, (), {"name": "A"}, {"name": "A"}, intent=intent, name="A"
        ),
        Change(
            address("adopted-too"),
            "Assistant",
            Action.ADOPT,
            42,
            (speed,),
            {"name": "A", "speech_speed": 1.1},
            {"name": "A", "speech_speed": 1.0},
            intent=intent,
            name="A",
        ),
        Change(address("again"), "Assistant", Action.CREATE, desired={"name": "C"}, prior=Entry(43, {"name": "C"})),
        Change(address("forgotten"), "Assistant", Action.FORGET, 44, prior=Entry(44, {"name": "D"})),
        Change(address("left"), "Assistant", Action.CREATE, desired={"name": "B"}, intent=intent),
        Change(
            address("moved"),
            "Assistant",
            Action.NO_OP,
            45,
            (),
            {"name": "E"},
            {"name": "E"},
            name="E",
            moved_from=address("before"),
        ),
        Change(
            address("moved-too"),
            "Assistant",
            Action.UPDATE,
            46,
            (speed,),
            {"speech_speed": 1.1},
            {},
            name="F",
            moved_from=address("earlier"),
        ),
        Change(
            address("released"),
            "Assistant",
            Action.NO_OP,
            47,
            (field("folder", Cause.RELEASED, 1, UNSET, UNSET),),
            {"name": "G"},
            name="G",
        ),
    )


def nothing() -> Plan:
    return plan()


def nothing_in_the_sandbox() -> Plan:
    diagnostics = (
        warning("released", "assistant.x: folder is no longer managed and stays as it is"),
        warning(
            "unused-variable",
            "the variable 'city' is never used",
            SourcePos("assistants/x.yaml", 12, 3),
            "remove it, or write {{city}} where it belongs",
        ),
    )
    return plan(sandbox=True, diagnostics=diagnostics)


def invisible() -> Plan:
    """Texts that try to steer a terminal or a page, and changes that nobody could see."""
    evil = "\x1b[31mred\x1b[0m\rover\x07 <b>@octocat</b> | `x` [a](http://evil.example) #1 \u202egnp.exe"
    return plan(
        update(
            field(
                "system_prompt",
                Cause.MANIFEST,
                UNSET,
                "a\tb\nsame\nend  of\nx\u200by\n```\nlast",
                "a  b\nsame\nend of \nxy\n````\n<script>\nlast",
            ),
            field("initial_message", Cause.DRIFT, UNSET, "Caf\u00e9\r\nok", "Cafe\u0301\nok"),
            field("voice", Cause.MANIFEST, SARAH, SARAH, Ref("voices", 99, evil)),
            field("variables", Cause.MANIFEST, {}, {evil: evil}, {evil: "x"}),
            name=evil,
            status="\x1b]0;title\x07",
            labels={evil: evil},
        ),
        findings=(Finding("number-taken", Severity.ERROR, f"the number is on {evil}", (), evil),),
        diagnostics=(warning("odd", evil, SourcePos("a\x1b.yaml", 1, 1)),),
        options=PlanOptions(on_conflict=OnConflict.GIT),
    )


CASES: Final[dict[str, Callable[[], Plan]]] = {
    "creates": creates,
    "updates": updates,
    "whole-values": whole_values,
    "causes": causes,
    "conflicts": conflicts,
    "deletes": deletes,
    "state-only": state_only,
    "nothing": nothing,
    "nothing-in-the-sandbox": nothing_in_the_sandbox,
    "invisible": invisible,
}
