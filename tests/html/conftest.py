"""Pages in a browser; whatever a test does with one, it stays silent and alone."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Route

from agentops.render.html import html_report
from agentops.render.review import Review
from tests.support.browser import chromium

PROBE = "window.pwned = 0; window.alert = window.confirm = window.prompt = () => { window.pwned += 1; };"


@dataclass(slots=True)
class Heard:
    """What a page did besides being shown."""

    console: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)


Show = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Show]:
    """`show(reviews, fragment="", **context)` is their page, opened from a file. At the end of the test: nothing was
    said on the console, nothing was asked for but the page, and no script ran that is not the page's own."""
    heard = Heard()
    opened: list[tuple[Page, bool]] = []

    def shown(reviews: Sequence[Review], fragment: str = "", **context: Any) -> Page:
        path = tmp_path / f"page-{len(opened)}.html"
        path.write_text(html_report(reviews), encoding="utf-8")
        made = browser.new_context(**context)
        made.set_default_timeout(15_000)
        made.route("**/*", lambda route: _let_through(route, path, heard))
        made.add_init_script(PROBE)
        page = made.new_page()
        page.on("console", lambda message: _listen(message, heard))
        page.on("pageerror", lambda error: heard.errors.append(str(error)))
        page.on("dialog", lambda dialog: heard.dialogs.append(dialog.message))
        page.goto(path.as_uri() + fragment)
        opened.append((page, context.get("java_script_enabled", True)))
        return page

    yield shown
    for page, has_scripts in opened:
        assert not has_scripts or page.evaluate("window.pwned") == 0
        page.context.close()
    assert heard == Heard()


def _let_through(route: Route, path: Path, heard: Heard) -> None:
    if route.request.url.partition("#")[0] == path.as_uri():
        route.continue_()
    else:
        heard.requests.append(route.request.url)
        route.abort()


def _listen(message: ConsoleMessage, heard: Heard) -> None:
    if message.type in ("error", "warning"):
        heard.console.append(message.text)
