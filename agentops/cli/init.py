"""`agentops init`."""

import re
from pathlib import Path

import click

from agentops.cli.settings import Command, Settings
from agentops.cli.starter import PLATFORMS, starter_files
from agentops.cli.terminal import terminal_for
from agentops.cli.written import write_file
from agentops.domain.errors import ProjectError


@click.command("init", cls=Command, short_help="Start a project: project file, a first manifest, editor support.")
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path), metavar="[DIR]")
@click.option("--platform", required=True, type=click.Choice(list(PLATFORMS)), help="Where the assistants will live.")
@click.pass_obj
def command(settings: Settings, folder: Path | None, platform: str) -> None:
    """Write agentops.yaml, a first manifest with its prompt, JSON Schemas for the editor, and a .gitignore.

    Existing files are never overwritten: if one is there already, nothing is written.

    \b
    Examples:
      agentops init my-project --platform autocalls
      cd my-project && agentops plan --env sandbox
    """
    base = settings.directory or Path()
    root = base / folder if folder else base
    files = dict(starter_files(_project_name(root), platform)) | _schema_files()
    _refuse_existing(root, files)
    for path, text in files.items():
        write_file(root / path, text)
    _tell(settings, root, files, folder)


def _project_name(root: Path) -> str:
    """A name for the project that its file accepts, after its folder."""
    name = re.sub(r"[^a-z0-9]+", "-", root.resolve().name.lower()).strip("-")
    return name[:63].strip("-") or "project"


def _schema_files() -> dict[str, str]:
    from agentops.cli.schema import schema_texts

    return {f"schemas/{name}.schema.json": text for name, text in schema_texts().items()}


def _refuse_existing(root: Path, files: dict[str, str]) -> None:
    # A .gitignore of one's own is usual; it is left as it is, and mentioned at the end.
    existing = [path for path in files if (root / path).exists() and path != ".gitignore"]
    if existing:
        raise ProjectError(
            f"{root / existing[0]} exists already; nothing was written",
            hint="choose an empty folder: agentops init DIR",
        )
    if (root / ".gitignore").exists():
        files.pop(".gitignore")


def _tell(settings: Settings, root: Path, files: dict[str, str], folder: Path | None) -> None:
    terminal = terminal_for(settings)
    for path in sorted(files):
        if not path.startswith("schemas/"):
            terminal.show(f"wrote {root / path}")
    terminal.show(f"wrote {root / 'schemas'} (for the editor)")
    if ".gitignore" not in files:
        terminal.tell("Warning: there is a .gitignore already; add .agentops/ and *.plan to it.")
    go = f"cd {folder} && " if folder else ""
    terminal.show(f"\nNext: {go}agentops plan --env sandbox")
