"""Reviews as one page of HTML that needs nothing but itself: no network, no fonts, no scripts of others.

The one door to Jinja2. Templates, style sheet and script are files beside this module. Whatever a prompt says is text:
everything is escaped, and the page's own policy allows no script and no style but these two.
"""

from base64 import b64encode
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from agentops import __version__
from agentops.render.html_view import page_of
from agentops.render.review import Review

_TEMPLATES: Final = Path(__file__).parent / "templates"


def html_report(reviews: Sequence[Review], *, hide: Callable[[str], str] = str) -> str:
    """The page for these reviews, one section for each. `hide` takes out of any text what must not be shown."""

    def shown(value: object) -> object:
        return hide(value) if isinstance(value, str) and not hasattr(value, "__html__") else value

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    style, script = ((_TEMPLATES / name).read_text(encoding="utf-8") for name in ("report.css", "report.js"))
    return environment.get_template("report.html.j2").render(
        page=page_of(reviews),
        version=__version__,
        policy=_policy(style, script),
        style=style,
        script=script,
    )


def _policy(style: str, script: str) -> str:
    """Nothing may be loaded, nothing sent, and only what is hashed here may run."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
