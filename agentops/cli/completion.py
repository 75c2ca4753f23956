"""`agentops completion`."""

import click

from agentops.cli.settings import Command, Settings
from agentops.cli.terminal import terminal_for

SHELLS = ("bash", "zsh", "fish")


@click.command("completion", cls=Command, short_help="Print a script that completes commands in your shell.")
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_obj
@click.pass_context
def command(context: click.Context, settings: Settings, shell: str) -> None:
    """Print a script that completes commands, options and environment names.

    \b
    Examples:
      eval "$(agentops completion bash)"                 in ~/.bashrc
      eval "$(agentops completion zsh)"                  in ~/.zshrc
      agentops completion fish > ~/.config/fish/completions/agentops.fish
    """
    from click.shell_completion import get_completion_class

    complete = get_completion_class(shell)
    assert complete is not None
    script = complete(context.find_root().command, {}, "agentops", "_AGENTOPS_COMPLETE").source()
    terminal_for(settings).show(script)
