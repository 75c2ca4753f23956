"""The changes of a review as a Markdown list: grouped by action, the same change on many resources in one item."""

from collections.abc import Iterator, Sequence
from typing import Final

from agentops.domain.fields import UNSET
from agentops.domain.plan import Action, Cause, Change, FieldChange
from agentops.domain.values import Value
from agentops.render.fields import field_lines, reason
from agentops.render.groups import Group, label_counts
from agentops.render.markup import code, fenced, fitting, indented, text
from agentops.render.paint import Line, plain
from agentops.render.prose import prose_diff
from agentops.render.review import Review, Subject
from agentops.render.text import causes, change_remarks
from agentops.render.text_facts import text_facts
from agentops.render.texts import Layout
from agentops.render.values import inline, redacted

POINTER: Final = "see `agentops show PLANFILE`"
_NAMED: Final = 5  # addresses of a group that are named
_LINES: Final = 30  # of one field's diff; all of it is in the whole plan
_DEEP: Final = 4
_SHARE: Final = 3  # one item may have this part of the room for all
_TITLES: Final = {
    Subject.PLAN: {
        "destroy": "Destroy",
        "blocked": "Blocked, left alone",
        "update": "Update",
        "create": "Create",
        "import": "Import",
        "move": "Move",
        "forget": "Forget",
    },
    Subject.DIFF: {"destroy": "Removed", "update": "Changed", "create": "Added", "move": "Renamed"},
}
_KEYS: Final = {
    Action.CREATE: "create",
    Action.UPDATE: "update",
    Action.DELETE: "destroy",
    Action.ADOPT: "import",
    Action.FORGET: "forget",
    Action.NO_OP: "move",
}


def change_sections(review: Review, room: int) -> str:
    """A section for each action, with all groups of it, in at most `room` characters: cut by whole items."""
    parts: list[str] = []
    for key, title in _TITLES[review.subject].items():
        members = [group for group in review.groups if key_of(group.first) == key]
        if not members:
            continue
        head = f"#### {title} ({sum(len(group.changes) for group in members)})\n\n"
        left = room - sum(len(part) + 2 for part in parts) - len(head)
        more = f"- ... and {{}} more: {POINTER}"
        most = room // _SHARE
        items = fitting((_bounded(group, review, most) for group in members), len(members), left, more)
        parts.append(head + "\n".join(items))
    return "\n\n".join(parts)


def key_of(change: Change) -> str:
    """Under which section a change stands."""
    return "blocked" if change.blocked else _KEYS[change.action]


def diff_line(item: Line) -> str:
    """A line with its symbol in the first column, where a forge colours it."""
    symbol = "!" if item.symbol == "~" else item.symbol.strip()
    depth = item.indent + (2 if item.symbol else 0)
    return (symbol.ljust(depth) + plain(item)).rstrip(" ")


def _bounded(group: Group, review: Review, most: int) -> str:
    """The item of a group; where it takes too much of the room only what it is about, so that the others are seen."""
    item = _item(group, review)
    if len(item) <= most:
        return item
    names = ", ".join(code(field.name) for field in sorted(group.first.fields, key=lambda field: field.name))
    about = f"{names}: " if names else ""
    return f"- {_who(group)}{_marks(group.first)}\n  - {about}too long for this place: {POINTER}"


def _item(group: Group, review: Review) -> str:
    first = group.first
    rows = [f"- {_who(group)}{_marks(first)}"]
    remarks = [] if group.is_folded or review.subject is Subject.DIFF else change_remarks(first, review.options)
    rows += [f"  - {text(remark)}" for remark in remarks]
    if first.action is Action.CREATE:
        rows.append(f"  - with {', '.join(code(name) for name in sorted(first.desired))}")
    elif first.action is not Action.DELETE:
        rows += [_field(field) for field in sorted(first.fields, key=lambda field: field.name)]
    return "\n".join(rows)


def _who(group: Group) -> str:
    if not group.is_folded:
        return " ".join(part for part in (code(str(group.first.address)), _about(group.first)) if part)
    named = ", ".join(code(str(change.address)) for change in group.changes[:_NAMED])
    more = len(group.changes) - _NAMED
    rest = f" and {more} more" if more > 0 else ""
    labels = "; ".join(
        f"by {code(label)}: " + ", ".join(f"{code(value)} {count}" for value, count in values)
        for label, values in label_counts(group.changes)
    )
    return f"**{len(group.changes)} resources**, each in this way: {named}{rest}" + (f" ({labels})" if labels else "")


def _about(change: Change) -> str:
    declared = change.desired.get("name")
    name = change.name or (declared if isinstance(declared, str) else "")
    ident = f"(ID {code(str(change.remote_id))})" if change.remote_id is not None else ""
    moved = f"moved from {code(str(change.moved_from))}" if change.moved_from else ""
    return " ".join(part for part in (code(name), ident, moved) if part)


def _marks(change: Change) -> str:
    """The causes that nobody should overlook."""
    return "".join(f" **{cause.value}**" for cause in causes(change))


def _field(field: FieldChange) -> str:
    """One field: on one line when it is short, else with the lines that the text view has."""
    lines = list(field_lines(field, f"{field.name}:", Layout(pointer="")))
    why = reason(field)
    note = f" ({text(why)})" if why and field.cause is not Cause.MANIFEST else ""
    if len(lines) == 1:
        return f"  - {code(field.name)}: {_pair(field)}{note}"
    body = [diff_line(item) for item in lines[1:]]
    kept = body[:_LINES]
    cut = len(body) - len(kept)
    shown = "\n".join([*_dedented(kept), *([f"... {cut} more lines below, in the whole plan"] if cut else [])])
    return f"  - {code(field.name)}:{_facts(field)}{note}\n{indented(fenced(shown, 'diff'), _DEEP)}"


def _dedented(rows: Sequence[str]) -> Iterator[str]:
    """The rows with their symbols in the first column, and as little indent after it as all share."""
    depths = [len(row) - len(row[1:].lstrip(" ")) - 1 for row in rows if row[1:].strip()]
    depth = max(0, min(depths, default=0) - 1)
    return (row[:1] + row[1 + depth :] for row in rows)


def _pair(field: FieldChange) -> str:
    live = redacted(field.before, field.sensitive)
    desired = redacted(field.desired, field.sensitive)
    if not field.write or (desired is UNSET and field.cause is not Cause.MANIFEST):
        return code(inline(live))
    return f"{code(inline(live))} → {code(inline(desired))}"


def _facts(field: FieldChange) -> str:
    live: Value = field.before
    desired = field.desired
    if field.sensitive or not (isinstance(live, str) and isinstance(desired, str)):
        return ""
    facts = text_facts(live, desired)
    delta = facts.desired_tokens - facts.live_tokens
    sizes = f"{facts.live_length:,} → {facts.desired_length:,} characters, about {delta:+,} tokens"
    below = dict.fromkeys(passage.heading for passage in prose_diff(live, desired).passages if passage.heading)
    parts = [sizes, f"below {', '.join(map(code, list(below)[:_NAMED]))}" if below else ""]
    for what, names in (("gained", facts.gained), ("lost", facts.lost)):
        parts.append(f"**{what} {', '.join(map(code, names))}**" if names else "")
    return " " + "; ".join(part for part in parts if part)
