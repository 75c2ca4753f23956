"""Saved plans: the lossless JSON of environment plans, and what makes a saved plan stale."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from agentops.domain.errors import ProjectError
from agentops.domain.plan import Action, Cause, Change, FieldChange, Plan
from agentops.domain.values import Ref, Secret, Value, Values
from agentops.engine.links import references
from agentops.engine.secret_leaves import any_secret
from agentops.engine.shape import from_data, to_data

FORMAT: Final = 2  # 2: changes and fields say where they are written
_KIND: Final = "agentops plan"


def dump(plans: Sequence[Plan]) -> str:
    """The plan file. Equal plans give equal texts; the order of keys inside values is kept, as it is what is sent."""
    lines = ",\n".join(_line(to_data(Plan, plan)) for plan in plans)
    return f'{{"format": {FORMAT}, "kind": "{_KIND}", "plans": [\n{lines}\n]}}\n'


def _line(data: object) -> str:
    text = json.dumps(data, ensure_ascii=False, allow_nan=False)  # indenting would take ten times as long
    try:
        text.encode()
    except UnicodeEncodeError:  # a platform may send halves of characters
        return json.dumps(data, allow_nan=False)
    return text


def parse(text: str) -> tuple[Plan, ...]:
    """The plans that `dump` wrote. Raises ProjectError for anything else."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise ProjectError("this is no plan file of agentops", hint=_AGAIN) from exc
    if not isinstance(body, dict) or body.get("kind") != _KIND:
        raise ProjectError("this is no plan file of agentops", hint=_AGAIN)
    if type(body.get("format")) is not int or body["format"] != FORMAT:
        message = f"this plan file has format {body.get('format')!r}; this version reads format {FORMAT}"
        raise ProjectError(message, hint=_AGAIN)
    try:
        return tuple(from_data(Plan, item) for item in body["plans"])
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as exc:
        raise ProjectError(f"the plan file is damaged: {exc}", hint=_AGAIN) from exc


_AGAIN: Final = "make it again with `agentops plan --out FILE`"


def stale(saved: Plan, fresh: Plan) -> tuple[str, ...]:
    """Why `saved` must not be applied any more, compared with a plan made just now with its options.

    Empty while it is valid: time, commit, and changes to what the plan does not touch make no difference.
    """
    return (*_other_basis(saved, fresh), *_other_resources(saved, fresh))


def to_carry_out(saved: Plan, fresh: Plan) -> Plan:
    """`saved` as apply is to carry it out: what it does in the state alone, which no view shows, is taken from `fresh`,
    as that may have moved on without making it stale."""
    quiet = {change.address for change in saved.changes if not change.is_shown}
    kept = [change for change in saved.changes if change.is_shown]
    kept += [change for change in fresh.changes if not change.is_shown and change.address in quiet]
    return replace(saved, changes=tuple(sorted(kept, key=lambda change: change.address)))


def _other_basis(saved: Plan, fresh: Plan) -> Iterator[str]:
    for name in ("project", "environment", "platform", "base_url", "account"):
        before, now = getattr(saved.binding, name), getattr(fresh.binding, name)
        if before != now:
            yield f"the plan was made for {name.replace('_', ' ')} {before!r}, this is {now!r}"
    # A plan made before there was a state fits the new, empty one: what it touches is compared below.
    if saved.basis.lineage and saved.basis.lineage != fresh.basis.lineage:
        yield "the state is another one than the plan was made from"
    if saved.basis.manifests != fresh.basis.manifests:
        yield "the manifests say something else than when the plan was made"
    if saved.sandbox != fresh.sandbox:
        yield "the plan was made for a sandbox, this is none" if saved.sandbox else "this is a sandbox now"


def _other_resources(saved: Plan, fresh: Plan) -> Iterator[str]:
    now = {change.address: change for change in fresh.changes if change.is_shown}
    for address, times in Counter(change.address for change in saved.changes).items():
        if times > 1:
            yield f"{address}: the plan file has {times} changes of it"
    for change in saved.changes:
        if change.is_shown and not change.blocked:
            found = _moved_on(change, now.get(change.address), edited=saved.basis.manifests != fresh.basis.manifests)
            yield from (f"{change.address}: {reason}" for reason in found)


def _moved_on(saved: Change, fresh: Change | None, *, edited: bool) -> Iterator[str]:
    """What has changed for one resource. `edited`: the manifests have, so that a plan says otherwise."""
    if fresh is None:
        yield "there is nothing to change any more: was it applied already?"
        return
    if (saved.prior, saved.moved_from) != (fresh.prior, fresh.moved_from):
        yield "it was applied, imported, moved or forgotten since"
    if saved.intent != fresh.intent:
        yield "a create of it was begun or settled since"
    if saved.remote_id != fresh.remote_id:
        yield f"it was object {saved.remote_id}, it is object {fresh.remote_id} now"
    moved = sorted(name for name in saved.live.keys() | fresh.live.keys() if not _same(name, saved.live, fresh.live))
    if moved:
        yield f"{', '.join(moved)} changed on the platform since"
    renamed = sorted({str(path[0]) for path, _ in _refs(saved.desired) ^ _refs(fresh.desired)})
    if renamed:
        yield f"{', '.join(renamed)} means another ID now"
    if fresh.blocked:
        yield f"it would be left alone now: {fresh.blocked}"
    elif edited:
        differ = sorted(name for name in saved.desired.keys() | fresh.desired.keys() if not _agree(name, saved, fresh))
        if differ:
            yield f"{', '.join(differ)} changed in the manifests since"
    elif not moved and not renamed and not _says_the_same(saved, fresh):
        # From the same manifests, state and platform the same plan is made: most likely somebody wrote into the file.
        yield "the plan file says something else than what would be planned now: was it changed after it was made?"


def _agree(name: str, saved: Change, fresh: Change) -> bool:
    ours, theirs = (_declared(change.desired[name]) if name in change.desired else None for change in (saved, fresh))
    return ours == theirs


def _says_the_same(saved: Change, fresh: Change) -> bool:
    """Whether both show and write the same; what a secret is may have changed, which one it is not."""
    if _outline(saved) != _outline(fresh):
        return False
    ours, theirs = ({field.name: field for field in change.fields} for change in (saved, fresh))
    if len(ours) != len(saved.fields):
        return False
    return all(_fits(ours.get(name), theirs.get(name), saved.desired) for name in ours.keys() | theirs.keys())


def _outline(change: Change) -> object:
    name = change.name if change.action is Action.CREATE else ""  # elsewhere anybody may rename it in the meantime
    return (change.kind, change.action, change.protect, name, _declared(change.desired))


def _fits(saved: FieldChange | None, fresh: FieldChange | None, desired: Values) -> bool:
    """Whether a field that is in either plan is the same in both, but for what secrets are.

    A secret that was replaced may make a field differ that did not when the plan was made, and the other way round:
    then the declared value is the only one that may be written.
    """
    if not any(_has_secret(field) for field in (saved, fresh)):
        return saved is not None and fresh is not None and _told(saved) == _told(fresh)
    if saved is None:
        return True
    if fresh is not None and (saved.cause in _LEAVING or fresh.cause in _LEAVING):
        return saved.cause is fresh.cause and _declared(saved.desired) == _declared(fresh.desired)
    return (
        saved.name in desired
        and saved.cause not in _LEAVING
        and _declared(saved.desired) == _declared(desired[saved.name])
    )


_LEAVING: Final = (Cause.REMOVED, Cause.RELEASED)


def _has_secret(field: FieldChange | None) -> bool:
    values = () if field is None else (field.prior, field.live, field.desired)
    return any(any_secret(value, lambda _: True) for value in values)


def _told(field: FieldChange) -> object:
    """All of a field, but for how its references are called and where it is written."""
    edits = [(edit.path, _declared(edit.live), _declared(edit.desired)) for edit in field.edits]
    sides = [_declared(value) for value in (field.prior, field.live, field.desired)]
    return (field.cause, field.write, field.sensitive, sides, edits)


def _declared(value: Value) -> object:
    if isinstance(value, Secret):
        return (Secret, value.env, value.text)
    if isinstance(value, Mapping):
        return {key: _declared(item) for key, item in value.items()}
    return [_declared(item) for item in value] if isinstance(value, list | tuple) else (type(value), value)


def _same(name: str, a: Values, b: Values) -> bool:
    return name in a and name in b and _strict(a[name]) == _strict(b[name])


def _strict(value: Value) -> object:
    """`value` in a form whose `==` tells 1 from True and 1.0."""
    if isinstance(value, dict):
        return {key: _strict(item) for key, item in value.items()}
    return [_strict(item) for item in value] if isinstance(value, list) else (type(value), value)


def _refs(values: Values) -> set[tuple[tuple[str | int, ...], Ref]]:
    return set(references(values))
