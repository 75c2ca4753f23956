"""Plans and diagnostics on stdout: as text, JSON or Markdown."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from agentops.cli.settings import Settings
from agentops.cli.terminal import Terminal, terminal_for
from agentops.domain.diagnostics import Diagnostic
from agentops.domain.errors import ManifestError
from agentops.domain.plan import Plan


def show_as(
    plan: Plan, terminal: Terminal, *, as_json: bool = False, as_markdown: bool = False, full: bool = False
) -> None:
    """The plan in the form that was asked for; `full` is for text only."""
    if as_json:
        from agentops.render.json import plan_json_text

        terminal.show(plan_json_text(plan))
    elif as_markdown:
        from agentops.render.markdown import plan_markdown

        terminal.show(plan_markdown(plan))
    else:
        from agentops.render.text import plan_text

        terminal.show(plan_text(plan, palette=terminal.palette, width=terminal.width, full=full))


def complaint(diagnostics: Sequence[Diagnostic], terminal: Terminal, root: Path | None) -> str:
    """The diagnostics, each with the line of the file that it speaks of."""
    from agentops.render.diagnostics import diagnostics_text

    return diagnostics_text(diagnostics, source=_source(root), palette=terminal.error_palette)


def show_manifest_error(error: ManifestError, settings: Settings) -> None:
    """What is wrong with the files, and how much of it."""
    from agentops.cli.project import project_path
    from agentops.render.diagnostics import diagnostics_summary

    terminal = terminal_for(settings)
    project = project_path(settings)
    terminal.tell(complaint(error.diagnostics, terminal, project.parent if project else None))
    terminal.tell(f"\n{diagnostics_summary(error.diagnostics)}")


def _source(root: Path | None) -> Callable[[str], str | None] | None:
    if root is None:
        return None
    from agentops.engine.files import FileFault, read_inside

    real_root = os.path.realpath(root)

    def read(path: str) -> str | None:
        try:
            return read_inside(root / path, real_root, path).decode("utf-8")
        except (FileFault, UnicodeDecodeError):  # then the position has to do
            return None

    return read
