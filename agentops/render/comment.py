"""A plan as a comment on a pull request: a hidden marker, the plan, and where it comes from."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from agentops.domain.plan import Plan
from agentops.render.markdown import LIMIT, plan_markdown
from agentops.render.markup import code, text

_SUMMARY_LIMIT: Final = 1024 * 1024  # bytes that GitHub keeps of a step's summary
_SMALLEST: Final = 4_000  # characters: below this a plan says nothing


@dataclass(frozen=True, slots=True)
class Link:
    text: str
    url: str


def comment(plan: Plan, mark: str, links: Sequence[Link], commit: str = "") -> str:
    """The comment, which begins with `mark`. The same plan and links give the same text, whenever it is made."""
    foot = footer(plan, links, commit)
    limit = LIMIT - len(mark) - len(foot) - 3
    while True:
        body = f"{mark}\n{plan_markdown(plan, limit=limit)}\n\n{foot}"
        units = len(body.encode("utf-16-le", "surrogatepass")) // 2
        if units <= LIMIT or limit < _SMALLEST:
            return body
        limit = limit * LIMIT // units - 500  # characters beyond the first 65,536 count twice for some


def footer(plan: Plan, links: Sequence[Link], commit: str = "") -> str:
    """When and from which commit the plan was made, and where to see more."""
    at = commit or plan.basis.commit
    parts = [f"Planned {plan.basis.created:%Y-%m-%d %H:%M} UTC"]
    dirty = " and uncommitted changes" if plan.basis.dirty else ""
    parts[0] += f" from commit {code(at[:12])}{dirty}" if at else ""
    parts += [f"[{text(link.text)}]({_address(link.url)})" for link in links]
    return f"<sub>{' · '.join(parts)}</sub>"


def _address(url: str) -> str:
    """`url` with all escaped that could end a link early."""
    return re.sub(r"[^\w.~:/?#@!$&*+,;=%-]", lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), url)


def job_summary(plans: Sequence[Plan], links: Sequence[Link], commit: str = "", *, taken: int = 0) -> str:
    """All plans for GitHub's page of a run, of which `taken` bytes of the limit are used; empty if there is no room."""
    room = (_SUMMARY_LIMIT - taken) // max(1, len(plans)) - 1_000
    each = min(room, 500_000)
    while each >= _SMALLEST:
        parts = [f"{plan_markdown(plan, limit=each)}\n\n{footer(plan, links, commit)}\n" for plan in plans]
        summary = "\n".join(parts)
        if len(summary.encode()) + taken <= _SUMMARY_LIMIT:
            return summary
        each //= 2
    return ""
