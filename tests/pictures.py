"""The pictures of docs/pictures, made of what real commands write: `make pictures`.

The comment is agentops' own Markdown, set in a plain style; a forge's own style differs a little.
"""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt
from playwright.sync_api import Browser

from tests.demo import command, edit_behind_our_back, environment
from tests.support.browser import chromium

ROOT: Final = Path(__file__).resolve().parents[1]
PICTURES: Final = ROOT / "docs" / "pictures"
STYLE: Final = """
body { font: 14px/1.5 "Segoe UI", Helvetica, Arial, sans-serif; color: #1f2328; margin: 0; padding: 16px; }
article { border: 1px solid #d1d9e0; border-radius: 6px; max-width: 820px; }
article > header { background: #f6f8fa; border-bottom: 1px solid #d1d9e0; padding: 8px 16px; }
article > div { padding: 8px 16px 16px; }
code { font: 12px "DejaVu Sans Mono", monospace; background: #818b981f; padding: .2em .4em; border-radius: 6px; }
pre { background: #f6f8fa; padding: 12px; border-radius: 6px; overflow: auto; }
pre code { background: none; padding: 0; }
table { border-collapse: collapse; }
td, th { border: 1px solid #d1d9e0; padding: 4px 12px; text-align: center; }
.alert { border-left: 4px solid; padding: 4px 16px; margin: 16px 0; }
.alert b { display: block; }
.caution { border-color: #d1242f; } .caution > b { color: #d1242f; }
.warning { border-color: #9a6700; } .warning > b { color: #9a6700; }
.note { border-color: #0969da; } .note > b { color: #0969da; }
.add { background: #dafbe1; display: block; } .del { background: #ffebe9; display: block; }
"""
_ALERT = re.compile(r"<blockquote>\s*<p>\[!(CAUTION|WARNING|NOTE)\]\s*(.*?)</blockquote>", re.DOTALL)
_DIFF = re.compile(r'<pre><code class="language-diff">(.*?)</code></pre>', re.DOTALL)


EDITS: Final = (
    ("assistants/autocalls/reception.yaml", "name: Sarah", "name: Emma"),
    ("assistants/autocalls/prompts/reception.md", "Short sentences, one", "Warm and short: one"),
    ("assistants/autocalls/billing.yaml", "GPT-4.1-mini", "GPT-4.1"),
    ("assistants/autocalls/reception.yaml", "GPT-4.1-mini", "GPT-4.1"),
    ("assistants/autocalls/support-bot.yaml", "GPT-4.1-mini", "GPT-4.1"),
)
"""File, what stands there, what will: the pull request of the pictures."""


def main() -> None:
    """Make all pictures anew."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="agentops-pictures-") as name, chromium() as browser:
        folder = Path(name)
        prepare(folder)
        agentops(folder, "plan", "--out", "p.plan", "--html", "plan.html")
        (folder / "comment.html").write_text(
            page_of(agentops(folder, "show", "p.plan", "--markdown")), encoding="utf-8"
        )
        shoot(browser, folder / "comment.html", "comment.png", width=880)
        shoot(browser, folder / "plan.html", "report.png", width=1200)
        shoot(browser, folder / "plan.html", "report-dark.png", width=1200, dark=True)
        shoot(browser, folder / "plan.html", "report-prompt.png", width=1200, change="assistant.reception")
        shoot(browser, folder / "plan.html", "report-phone.png", width=390)


def prepare(folder: Path) -> None:
    """A project that was applied, then edited in git and on the platform, with one manifest gone."""
    shutil.copy(ROOT / "agentops.yaml", folder)
    shutil.copytree(ROOT / "assistants", folder / "assistants")
    agentops(folder, "apply", "--auto-approve")
    edit_behind_our_back(folder)
    for name, before, after in EDITS:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        if before not in text:
            raise SystemExit(f"{name} has no {before!r}: adapt EDITS")
        path.write_text(text.replace(before, after), encoding="utf-8")
    (folder / "assistants/autocalls/premium-agent.yaml").unlink()


def agentops(folder: Path, *arguments: str) -> str:
    """What a command prints in the sandbox of the examples."""
    words = [*command(), "--env", "sandbox", *arguments]
    return subprocess.run(words, cwd=folder, env=environment(), check=True, capture_output=True).stdout.decode()


def page_of(comment: str) -> str:
    """The Markdown of a comment as a page that looks like one of a forge."""
    body = MarkdownIt("commonmark", {"html": True}).enable("table").render(comment)
    body = _ALERT.sub(lambda m: f'<div class="alert {m[1].lower()}"><b>{m[1].capitalize()}</b><p>{m[2]}</div>', body)
    body = _DIFF.sub(lambda m: f"<pre><code>{_coloured(m[1])}</code></pre>", body)
    return (
        f"<!doctype html><meta charset=utf-8><style>{STYLE}</style><article><header><b>agentops</b> commented</header>\
<div>{body}</div></article>"
    )


def _coloured(diff: str) -> str:
    kinds = {"+": "add", "-": "del"}
    rows = (
        f'<span class="{kinds[row[0]]}">{row}</span>' if row[:1] in kinds else row + "\n" for row in diff.split("\n")
    )
    return "".join(rows)


def shoot(browser: Browser, source: Path, picture: str, *, width: int, dark: bool = False, change: str = "") -> None:
    """A picture of a page as it opens, cut below what a reader sees first; or of one change on it."""
    page = browser.new_page(color_scheme="dark" if dark else "light", viewport={"width": width, "height": 1100})
    page.goto(source.as_uri())
    if change:
        page.locator(f"details.card:has([id='{change}'])").screenshot(path=PICTURES / picture)
        page.close()
        return
    height = min(1200, page.evaluate("document.documentElement.scrollHeight"))
    page.screenshot(path=PICTURES / picture, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": height})
    page.close()


if __name__ == "__main__":
    main()
