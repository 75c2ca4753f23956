"""A comment line above one value of a YAML text, put there, changed or taken away."""

import re
from dataclasses import replace

from agentops.domain.values import Path
from agentops.yamlio.read import YamlFile, read

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_INDENT = re.compile(r" *")


def with_remark(file: YamlFile, path: Path, remark: str) -> YamlFile:
    """`file` with `# remark` above the line of the value at `path`, in place of one that ends in the same words.

    An empty remark only takes the old one away. The file is left as it is where a line cannot stand there.
    """
    lines = _LINE.findall(file.text)
    line = file.locate_key(path).line - 1
    start = line - 1 if line > 0 and _is_remark(lines[line - 1]) else line
    newline = lines[line][len(lines[line].rstrip("\r\n")) :] or "\n"
    pad = _INDENT.match(lines[line])
    new = [f"{pad[0] if pad else ''}# {remark}{newline}"] if remark else []
    text = "".join([*lines[:start], *new, *lines[line:]])
    changed, _ = read(text.encode(), file.path, parser=file.parser)
    if changed is None or changed.value != file.value:
        return file
    return replace(changed, has_mark=file.has_mark)


TELLS_APART = ": no name tells it from other "
"""What the remark of a reference by ID says behind the name of what it means."""


def _is_remark(line: str) -> bool:
    return line.lstrip(" ").startswith("# ") and TELLS_APART in line
