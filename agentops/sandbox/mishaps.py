"""What each fault does to a request: answers instead, meddles before, spoils the answer after."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any

from agentops.sandbox.calls import Answer, message
from agentops.sandbox.faults import Fault, FaultKind
from agentops.sandbox.options import Options
from agentops.sandbox.ratelimit import too_many
from agentops.sandbox.store import ObjectId, Store

_PAGE = "<!DOCTYPE html><html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"
_FORBIDDEN = {
    "error": "Insufficient permissions",
    "message": "Your API key does not have permission for this resource",
}
_GATEWAY = {502: "502 Bad Gateway", 503: "503 Service Unavailable", 504: "504 Gateway Time-out"}


def instead(fault: Fault, failure: Answer, options: Options, now: datetime) -> Answer | None:
    """What is answered while nothing is done; None if the request is to be carried out."""
    match fault.kind:
        case FaultKind.STATUS:
            return _status(fault, failure, options, now)
        case FaultKind.HTML:
            return Answer(200, raw=_PAGE.format("Maintenance"), content_type="text/html; charset=UTF-8")
    return None


def meddle(fault: Fault, path: str, store: Store, account: int) -> None:
    """What somebody else does just before."""
    if fault.kind not in (FaultKind.EDIT, FaultKind.DELETE, FaultKind.INSERT):
        return
    target = _target(fault, path, store, account)
    match fault.kind:
        case FaultKind.EDIT:
            store.edit_assistant(target, account=account, **fault.changes)
        case FaultKind.DELETE:
            store.delete_assistant(target, account=account)
        case FaultKind.INSERT:
            store.copy_assistant(target, account=account, **fault.changes)


def spoil(fault: Fault, answer: Answer, failure: Answer, options: Options, now: datetime) -> Answer:
    """The answer after the request was carried out, as the fault leaves it."""
    match fault.kind:
        case FaultKind.STATUS_AFTER:
            return _status(fault, failure, options, now)
        case FaultKind.TRUNCATED:
            text = answer.body().decode()
            return replace(answer, raw=text[: len(text) // 2])
        case FaultKind.WRONG_TYPE:
            return replace(answer, value=_other_type(answer.value))
        case FaultKind.CUT_LIST:
            return replace(answer, value=_cut(answer.value))
    return answer


def _status(fault: Fault, failure: Answer, options: Options, now: datetime) -> Answer:
    if fault.status == 429:
        refusal = too_many(60 if fault.retry_after is None else fault.retry_after, options)
        return _dated(refusal, fault, now) if fault.dated else refusal
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    if fault.dated:
        headers = {"Retry-After": _moment(fault, now)}
    if fault.status in _GATEWAY:
        return Answer(fault.status, None, headers, _PAGE.format(_GATEWAY[fault.status]), "text/html")
    if fault.status == 500:
        return replace(failure, headers=headers)
    if fault.status == 403 and options.guide_errors:
        return Answer(403, _FORBIDDEN, headers)
    return replace(message(fault.status, HTTPStatus(fault.status).phrase), headers=headers)


def _dated(refusal: Answer, fault: Fault, now: datetime) -> Answer:
    value = {key: item for key, item in refusal.value.items() if key != "retry_after"}
    return replace(refusal, value=value, headers={"Retry-After": _moment(fault, now)})


def _moment(fault: Fault, now: datetime) -> str:
    """The end of the wait, as headers have it: in whole seconds."""
    wait = timedelta(seconds=60 if fault.retry_after is None else fault.retry_after)
    return format_datetime(now.astimezone(UTC) + wait, usegmt=True)


def _target(fault: Fault, path: str, store: Store, account: int) -> ObjectId:
    if fault.assistant is not None:
        return fault.assistant
    if named := re.search(r"/assistant/(\d+)$", path):
        return int(named[1])
    if named := re.match(r"/assistants/([^/]+)", path):
        return named[1]
    return store.assistants(account=account)[0]["id"]


def _other_type(value: Any) -> Any:
    """A list where an object is documented, and the other way round."""
    return {"items": value} if isinstance(value, list) else [value]


def _cut(value: Any) -> Any:
    if isinstance(value, list):
        return value[:-1]
    if isinstance(value, dict):
        # The items are the list named `data`, or the only value of all.
        key = "data" if "data" in value else next(iter(value), None) if len(value) == 1 else None
        if key is not None and isinstance(value[key], list):
            return value | {key: value[key][:-1]}
    return value
