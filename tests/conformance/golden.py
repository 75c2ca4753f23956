"""How many fields the documents list for each platform: counted by hand, so that a skipped field fails."""

FIELDS = {"autocalls": 57, "autocalls-legacy": 37, "famulor": 57, "intellixent": 55, "revox": 45}
"""Platform -> fields of `spec` (the documents of Intellixent know neither folders nor labels)."""

_TOOLS = {
    "call_transfer": 6,
    "warm_call_transfer": 12,
    "end_call": 1,
    "dtmf_input": 1,
    "collect_keypad": 2,
    "calendar_integration": 7,
    "assistant_transfer": 4,
}

TYPE_FIELDS = {
    "autocalls": _TOOLS,
    "autocalls-legacy": {"end_call": 1},
    "famulor": _TOOLS,
    "intellixent": _TOOLS,
    "revox": {"dedicated-instance": 1, "openrouter": 2, "custom": 3, "realtime": 3},
}
"""Platform -> type of tool or model -> its fields but for `type`."""

READABLE = {"autocalls": 43, "autocalls-legacy": 36, "famulor": 45, "intellixent": 43, "revox": 45}
"""Platform -> fields of `spec` whose edits on the platform can be seen, as the documented list shows them."""
