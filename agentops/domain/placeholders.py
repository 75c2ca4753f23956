"""Placeholders in prompts and messages: `{{name}}`, and `{name}` as the portals write it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z_]\w*)\s*\}\}|(?<![${])\{([A-Za-z_]\w*)\}(?!\})")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One use of a placeholder: as written, what it names, and at which character it stands."""

    written: str
    name: str
    index: int


def placeholders(text: str) -> Iterator[Placeholder]:
    """All placeholders of `text`, in order, repeats included."""
    for match in _PLACEHOLDER.finditer(text):
        yield Placeholder(match[0], match[1] or match[2], match.start())
