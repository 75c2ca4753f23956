"""Saved plans: the lossless JSON of environment plans, and what makes a saved plan stale."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from agentops.domain.errors import ProjectError
from agentops.domain.plan import Change, Plan
from agentops.domain.values import Ref, Secret, Value, Values
from agentops.engine.links import references
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


def _other_resources(saved: Plan, fresh: Plan) -> Iterator[str]:
    now = {change.address: change for change in fresh.changes if change.is_shown}
    for change in saved.changes:
        if change.is_shown and not change.blocked:
            yield from (f"{change.address}: {reason}" for reason in _moved_on(change, now.get(change.address)))


def _moved_on(saved: Change, fresh: Change | None) -> Iterator[str]:
    if fresh is None:
        yield "there is nothing to change any more"
        return
    if (saved.prior, saved.moved_from) != (fresh.prior, fresh.moved_from):
        yield "it was applied, imported, moved or forgotten since"
    if saved.intent != fresh.intent:
        yield "a create of it was begun or settled since"
    if saved.remote_id != fresh.remote_id:
        yield f"it was object {saved.remote_id}, it is object {fresh.remote_id} now"
    edited = sorted(name for name in saved.live.keys() | fresh.live.keys() if not _same(name, saved.live, fresh.live))
    if edited:
        yield f"{', '.join(edited)} changed on the platform since"
    renamed = sorted({str(path[0]) for path, _ in _refs(saved.desired) ^ _refs(fresh.desired)})
    if renamed:
        yield f"{', '.join(renamed)} means another ID now"
    if not edited and not renamed and not _says_the_same(saved, fresh):
        # From the same manifests, state and platform the same plan is made: somebody wrote into the file.
        yield "the plan file says something else than what was planned: it was changed after it was made"


def _says_the_same(saved: Change, fresh: Change) -> bool:
    """Whether both tell apply to write the same; what a secret is may have changed, which one it is not."""
    if (saved.action, _declared(saved.desired)) != (fresh.action, _declared(fresh.desired)):
        return False
    now = {field.name: field.desired for field in fresh.fields}
    return all(
        _declared(field.desired) == _declared(saved.desired.get(field.name, now.get(field.name)))
        for field in saved.writes
    )


def _declared(value: Value) -> object:
    if isinstance(value, Secret):
        return (Secret, value.env, value.text)
    if isinstance(value, Mapping):
        return {key: _declared(item) for key, item in value.items()}
    return [_declared(item) for item in value] if isinstance(value, list) else (type(value), value)


def _same(name: str, a: Values, b: Values) -> bool:
    return name in a and name in b and _strict(a[name]) == _strict(b[name])


def _strict(value: Value) -> object:
    """`value` in a form whose `==` tells 1 from True and 1.0."""
    if isinstance(value, dict):
        return {key: _strict(item) for key, item in value.items()}
    return [_strict(item) for item in value] if isinstance(value, list) else (type(value), value)


def _refs(values: Values) -> set[tuple[tuple[str | int, ...], Ref]]:
    return set(references(values))
