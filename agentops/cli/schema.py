"""`agentops schema`."""

from __future__ import annotations

from pathlib import Path

import click

from agentops.cli.settings import Command, Settings
from agentops.cli.terminal import terminal_for
from agentops.cli.written import write_file
from agentops.domain.errors import UsageError


@click.command("schema", cls=Command, short_help="Print the JSON Schemas of manifests and JSON outputs.")
@click.argument("name", required=False, metavar="[NAME]")
@click.option(
    "--write",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write the schemas below this folder instead.",
)
@click.option("--all", "everything", is_flag=True, help="With --write: those of JSON outputs, too.")
@click.pass_obj
def command(settings: Settings, name: str | None, folder: Path | None, everything: bool) -> None:
    """Print a JSON Schema, or the names of all. They are draft-07, which editors understand.

    Beside manifests and the project file, all that a command prints as JSON has a schema. --write leaves those out, as
    no editor needs them.

    \b
    Examples:
      agentops schema
      agentops schema autocalls/v1/assistant
      agentops schema agentops/v1/plan     what `plan --json` prints
      agentops schema --write schemas      then, on a manifest's first line:
      # yaml-language-server: $schema=../schemas/autocalls/v1/assistant.schema.json
    """
    if everything and (folder is None or name is not None):
        raise click.UsageError("--all says what --write DIR writes, and stands without a NAME")
    terminal = terminal_for(settings)
    texts = schema_texts(name, everything=everything or folder is None)
    if folder is not None:
        for each, text in texts.items():
            path = folder / f"{each}.schema.json"
            write_file(path, text)
            terminal.show(f"wrote {path}")
    elif name is None:
        terminal.show("\n".join(texts))
    else:
        terminal.show(texts[name])


def schema_texts(name: str | None = None, *, everything: bool = False) -> dict[str, str]:
    """Name -> text: of the schema that was named, else of what an editor needs, or of everything.

    Raises UsageError for an unknown name.
    """
    from agentops.engine.schemas import output_names, schema_names, schema_text

    every = (*schema_names(), *output_names())
    if name is not None and name not in every:
        raise UsageError(f"there is no schema {name!r}", hint=f"there are: {', '.join(every)}")
    wanted = [name] if name else every if everything else schema_names()
    return {each: schema_text(each) for each in wanted}
