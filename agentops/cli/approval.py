"""A question that only `yes` answers."""

from agentops.cli.terminal import Terminal
from agentops.domain.errors import AgentopsError, UsageError


def ask_for_yes(terminal: Terminal, question: str, *, hint: str) -> None:
    """Return if somebody said yes. Raises UsageError with `hint` where nobody can be asked, AgentopsError for a no."""
    if not terminal.can_ask:
        raise UsageError("there is no terminal to ask for approval; nothing was written", hint=hint)
    terminal.tell(f"\n{question}\n  Only 'yes' will be accepted to approve.\n")
    try:
        answer = terminal.ask("  Enter a value: ")
    except EOFError:
        answer = ""
    if answer != "yes":
        raise AgentopsError("not approved; nothing was written")
