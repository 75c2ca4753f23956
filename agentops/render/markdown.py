"""A plan as Markdown for a pull request: the verdict first, then a list, then the whole diff folded away."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from agentops.domain.plan import Action, Change, Finding, Plan
from agentops.render.paint import Line, plain
from agentops.render.summary import SANDBOX_LINE, counted, no_changes, passing, plan_line, refusing, verdict
from agentops.render.text import causes, change_lines
from agentops.render.texts import Layout
from agentops.render.visible import printable

LIMIT: Final = 60_000  # characters: less than a comment may have on the common forges
_ROOM_FOR_LIST: Final = 0.3  # of the limit: the list of changes
_ROOM_FOR_REMARKS: Final = 0.2  # findings and warnings
_LONGEST_NAME: Final = 200
_VERBS: Final = {
    Action.CREATE: "create",
    Action.UPDATE: "update",
    Action.DELETE: "**destroy**",
    Action.ADOPT: "import",
    Action.FORGET: "forget",
    Action.NO_OP: "move",
}
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~&$])")
_UNSPANNABLE: Final = frozenset("`|\\")  # backticks end a code span, the others a table's cell
_LINKED = re.compile(r"(@|#|://|www\.|GH-)", re.IGNORECASE)
_UNSEEN = "&#8203;"  # keeps a forge from taking what follows for a mention, an issue or an address
_POINTER = "see `agentops show PLANFILE` for the rest"


def plan_markdown(plan: Plan, *, limit: int = LIMIT) -> str:
    """The plan for a comment of at most `limit` characters; what does not fit is left out by whole items, with a
    pointer. Names and messages are escaped: nothing in them becomes a link, a mention or markup."""
    changes = [change for change in plan.changes if change.is_shown]
    head = "\n\n".join(part for part in (_title(plan), _summary(plan), *_alerts(plan, limit)) if part)
    if not changes:
        return head
    listed = "\n".join(_fitting(_rows(changes), int(limit * _ROOM_FOR_LIST), "| | ... and {} more | |"))
    table = f"| | resource | what |\n|---|---|---|\n{listed}"
    rest = limit - len(head) - len(table) - 4
    return f"{head}\n\n{table}\n\n{_details(plan, changes, rest)}"


def text(message: str) -> str:
    """`message` as plain text in Markdown, on one line."""
    return _LINKED.sub(lambda match: match[0] + _UNSEEN, _SPECIAL.sub(r"\\\1", printable(message)))


def code(name: str) -> str:
    """`name` as a code span, also inside a table, whatever it holds."""
    shown = printable(name[:_LONGEST_NAME]) + (" ..." if len(name) > _LONGEST_NAME else "")
    if not shown:
        return ""
    if _UNSPANNABLE.isdisjoint(shown):
        return f"`{shown}`"
    return "<code>" + "".join(c if c.isalnum() or c == " " else f"&#{ord(c)};" for c in shown) + "</code>"


def fenced(body: str, language: str = "") -> str:
    """`body` in a code block whose fence is longer than any run of backticks in it."""
    fence = "`" * max(3, _longest_run(body) + 1)
    return f"{fence}{language}\n{body}\n{fence}"


def _longest_run(body: str) -> int:
    return max(map(len, re.findall("`+", body)), default=0)


def _title(plan: Plan) -> str:
    sandbox = f"**{SANDBOX_LINE}**\n\n" if plan.sandbox else ""
    binding = plan.binding
    where = f"{code(binding.environment)} of {code(binding.project)}"
    return f"{sandbox}### Plan for {where} ({text(binding.platform)}, account {code(binding.account)})"


def _summary(plan: Plan) -> str:
    return f"**{no_changes(plan) if plan.is_empty else plan_line(plan)}**"


def _alerts(plan: Plan, limit: int) -> Iterator[str]:
    """Deletes and what blocks first, so that nobody overlooks them; then other findings and warnings."""
    room = int(limit * _ROOM_FOR_REMARKS / 3)
    gone = [change for change in plan.changes if change.action is Action.DELETE]
    if gone:
        items = [
            f"{code(str(change.address))} {code(change.name)} (ID {code(str(change.remote_id))})" for change in gone
        ]
        yield _alert("CAUTION", f"{counted(len(gone), 'resource')} will be destroyed:", items, room)
    refused = refusing(plan)
    if refused:
        yield _alert("WARNING", text(verdict(plan)), map(_finding, refused), room)
    notes = [_finding(finding) for finding in plan.findings if finding not in refused]
    notes += [text(str(diagnostic).replace("\n    ", "; ")) for diagnostic in plan.diagnostics]
    if notes:
        yield _alert("NOTE", "To know:", notes, room)


def _alert(kind: str, first: str, items: Iterable[str], room: int) -> str:
    rows = _fitting([f"> - {item}" for item in items], room, "> - ... and {} more")
    return "\n".join([f"> [!{kind}]", f"> {first}", ">", *rows])


def _finding(finding: Finding) -> str:
    words = (finding.message, "" if finding.overridden else finding.hint, passing(finding))
    return "; ".join(text(part) for part in words if part) + f" ({code(finding.code)})"


def _rows(changes: Iterable[Change]) -> list[str]:
    return [f"| {_verb(change)} | {code(str(change.address))} | {_what(change)} |" for change in changes]


def _verb(change: Change) -> str:
    return "**blocked**" if change.blocked else _VERBS[change.action]


def _what(change: Change) -> str:
    """The fields that change, and what a reviewer should look at."""
    if change.blocked:
        return text(change.blocked[:_LONGEST_NAME])
    names = [code(field.name) for field in sorted(change.fields, key=lambda field: field.name) if field.write]
    declared = change.desired.get("name")
    subject = code(change.name or (declared if isinstance(declared, str) else ""))
    moved = f"moved from {code(str(change.moved_from))}" if change.moved_from else ""
    parts = [subject, ", ".join(names) if change.action is not Action.CREATE else "", moved]
    parts += [f"**{cause.value}**" for cause in causes(change)]
    return "; ".join(part for part in parts if part)


def _details(plan: Plan, changes: list[Change], room: int) -> str:
    opening, closing = "<details><summary>The whole plan</summary>\n\n", "\n\n</details>"
    budget = room - len(opening) - len(closing) - 20
    items = ("\n".join(map(_diff_line, change_lines(change, plan, Layout()))) + "\n" for change in changes)
    body = "\n".join(_fitting_text(items, len(changes), budget))
    while len(block := fenced(body.rstrip("\n"), "diff")) > room - len(opening) - len(closing) and body:
        body = body[: len(body) * 9 // 10].rpartition("\n")[0]  # only for fences that are longer than foreseen
    return opening + block + closing


def _diff_line(item: Line) -> str:
    """A line with its symbol in the first column, where a forge colours it."""
    symbol = "!" if item.symbol == "~" else item.symbol.strip()
    depth = item.indent + (2 if item.symbol else 0)
    return (symbol.ljust(depth) + plain(item)).rstrip(" ")


def _fitting(items: Iterable[str], room: int, more: str) -> list[str]:
    """The first items that fit, and how many do not."""
    every = list(items)
    kept: list[str] = []
    for item in every:
        room -= len(item) + 1
        if room < 0:
            return [*kept, more.format(len(every) - len(kept))]
        kept.append(item)
    return kept


def _fitting_text(items: Iterable[str], number: int, room: int) -> Iterator[str]:
    """As `_fitting` for blocks of lines: the first that does not fit is cut at a line."""
    room -= 200  # for the pointers
    for index, item in enumerate(items):
        if len(item) + 1 <= room:
            yield item
            room -= len(item) + 1
            continue
        if index == 0:
            yield item[: max(0, room)].rpartition("\n")[0] + f"\n... cut: {_POINTER}"
            index = 1
        if number > index:
            yield f"# ... {counted(number - index, 'more change')}: {_POINTER}"
        return
