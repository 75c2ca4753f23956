"""The rules of the older dialect that look at several fields of an assistant."""

from collections.abc import Iterator
from typing import Final

from agentops.domain.platform import Rule, Violation
from agentops.domain.values import Values
from agentops.providers.autocalls.rules import webhook_address


def one_end_call(spec: Values) -> Iterator[Violation]:
    """The description of one end_call is all that can be written of the tools, and nothing takes it back."""
    entries = spec.get("tools")
    if not isinstance(entries, list) or len(entries) == 1:
        return
    if not entries:
        message = "the older dialect cannot clear the tools"
        yield Violation(("tools",), ("tools",), "not-on-platform", message, "remove the key")
    for index in range(1, len(entries)):
        message = "the older dialect has a single tool, end_call"
        yield Violation(("tools", index), ("tools",), "not-on-platform", message, "keep one end_call")


RULES: Final[tuple[Rule, ...]] = (webhook_address, one_end_call)
