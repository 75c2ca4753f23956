"""How many fields the documents list for each platform: counted by hand, so that a skipped field fails."""

FIELDS = {"autocalls": 57, "famulor": 57, "intellixent": 55}
"""Platform -> fields of `spec` (the documents of Intellixent know neither folders nor labels)."""

TOOL_FIELDS = {
    "call_transfer": 6,
    "warm_call_transfer": 12,
    "end_call": 1,
    "dtmf_input": 1,
    "collect_keypad": 2,
    "calendar_integration": 7,
    "assistant_transfer": 4,
}
"""Tool type -> its fields but for `type`; the same on every platform."""

READABLE = {"autocalls": 43, "famulor": 45, "intellixent": 43}
"""Platform -> fields of `spec` whose edits on the platform can be seen, as the documented list shows them."""
