"""A draft of a manifest as the text of its file."""

import os
from textwrap import wrap
from typing import Final

from agentops.engine.manifest_of import Draft
from agentops.yamlio.write import Comment, Layout, document

_WIDTH: Final = 100


def manifest_text(draft: Draft, path: str, schema: str) -> str:
    """The file at `path`, for editors with the schema at `schema`; both relative to the project folder."""
    comments = {place: Comment(tuple(_wrapped(text))) for place, text in draft.comments.items()}
    line = f"yaml-language-server: $schema={os.path.relpath(schema, os.path.dirname(path))}"
    return document(draft.value, Layout(width=_WIDTH, comments=comments), head=(line,))


def _wrapped(text: str) -> list[str]:
    return [row for line in text.split("\n") for row in wrap(line, _WIDTH, break_long_words=False)]
