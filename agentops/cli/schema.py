"""`agentops schema`."""

from __future__ import annotations

from pathlib import Path

import click

from agentops.cli.settings import Command, Settings
from agentops.cli.terminal import terminal_for
from agentops.cli.written import write_file
from agentops.domain.errors import UsageError


@click.command("schema", cls=Command, short_help="Print the JSON Schemas of manifests.")
@click.argument("name", required=False, metavar="[NAME]")
@click.option(
    "--write",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write the schemas below this folder instead.",
)
@click.pass_obj
def command(settings: Settings, name: str | None, folder: Path | None) -> None:
    """Print a JSON Schema, or the names of all. They are draft-07, which editors understand.

    \b
    Examples:
      agentops schema
      agentops schema autocalls/v1/assistant
      agentops schema --write schemas      then, on a manifest's first line:
      # yaml-language-server: $schema=../schemas/autocalls/v1/assistant.schema.json
    """
    terminal = terminal_for(settings)
    texts = schema_texts(name)
    if folder is not None:
        for each, text in texts.items():
            path = folder / f"{each}.schema.json"
            write_file(path, text)
            terminal.show(f"wrote {path}")
    elif name is None:
        terminal.show("\n".join(texts))
    else:
        terminal.show(texts[name])


def schema_texts(name: str | None = None) -> dict[str, str]:
    """Name -> text, of all schemas or of the one that was named. Raises UsageError for an unknown name."""
    from agentops.engine.schemas import schema_names, schema_text

    if name is not None and name not in schema_names():
        raise UsageError(f"there is no schema {name!r}", hint=f"there are: {', '.join(schema_names())}")
    return {each: schema_text(each) for each in ([name] if name else schema_names())}
