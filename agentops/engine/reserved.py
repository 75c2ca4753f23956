"""`${` in texts written in YAML is kept free for later; `$${` writes it literally."""

import re

_MARK = re.compile(r"\$?\$\{")


def escape(text: str) -> str:
    """What a manifest writes for `text`: the inverse of `unescape`."""
    return text.replace("${", "$${")


def unescape(text: str) -> str | None:
    """`text` with `$${` as `${`; None when it has a bare `${`."""
    if any(match[0] == "${" for match in _MARK.finditer(text)):
        return None
    return text.replace("$${", "${")
