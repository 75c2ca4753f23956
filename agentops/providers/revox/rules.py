"""The rules of Revox that look at several fields; they hold for manifests and for live values."""

from collections.abc import Iterator, Mapping
from typing import Final

from agentops.domain.diagnostics import Severity
from agentops.domain.platform import Rule, Violation
from agentops.domain.values import Path, Value, Values
from agentops.providers.revox.forms import is_time, time_of_day
from agentops.providers.revox.voices import misfits


def transfer_mode(spec: Values) -> Iterator[Violation]:
    """How to transfer has a meaning only when there is somebody to transfer to."""
    if spec.get("human_transfer_mode") and not spec.get("transfer_destinations"):
        fields = ("human_transfer_mode", "transfer_destinations")
        message = "human_transfer_mode has a meaning only with transfer_destinations"
        yield Violation(("human_transfer_mode",), fields, "without-switch", message, "add transfer_destinations")


def voice(spec: Values) -> Iterator[Violation]:
    """What can be said of the settings when the manifest itself names the provider."""
    written = spec.get("voice")
    if not isinstance(written, Mapping) or not isinstance(written.get("provider"), str):
        return
    for setting, severity, message, hint in misfits({"provider": written["provider"]}, written):
        if severity is Severity.ERROR:
            yield Violation(("voice", setting), ("voice",), "unsuitable-setting", message, hint)


def calling_windows(spec: Values) -> Iterator[Violation]:
    """There is a time to call; each begins before it ends, and no two overlap."""
    config = spec.get("call_retry_config")
    windows = config.get("calling_windows") if isinstance(config, Mapping) else None
    if not isinstance(windows, list):
        return
    place: Path = ("call_retry_config", "calling_windows")
    if not windows:
        message = "call_retry_config needs at least one calling window"
        yield Violation(place, ("call_retry_config",), "wrong-length", message, "without one nobody is ever called")
    earlier: list[tuple[str, str]] = []
    for index, window in enumerate(windows):
        start, end = (time_of_day(_of(window, f"calling_window_{edge}_time")) for edge in ("start", "end"))
        if not (is_time(start) and is_time(end)):
            continue
        if start >= end:
            message = "a calling window must begin before it ends"
            yield Violation((*place, index), ("call_retry_config",), "wrong-value", message, "split it at midnight")
        elif any(start < other_end and other_start < end for other_start, other_end in earlier):
            message = "calling windows must not overlap"
            yield Violation((*place, index), ("call_retry_config",), "wrong-value", message, "make one of the two")
        earlier.append((start, end))


def extractions(spec: Values) -> Iterator[Violation]:
    """What is to be found out has different names, and choices where it is one of several."""
    yield from _entries(spec.get("structured_output_config"), ("structured_output_config",))
    tools = spec.get("custom_tools")
    for index, tool in enumerate(tools if isinstance(tools, list) else []):
        yield from _entries(_of(tool, "input_schema"), ("custom_tools", index, "input_schema"))
    yield from _repeated(tools, ("custom_tools",))


def _entries(entries: Value, place: Path) -> Iterator[Violation]:
    yield from _repeated(entries, place)
    for index, entry in enumerate(entries if isinstance(entries, list) else []):
        options, is_enum = _of(entry, "enum_options"), _of(entry, "type") == "enum"
        if is_enum and not options:
            message = "type: enum needs enum_options"
            yield Violation((*place, index), (str(place[0]),), "missing-key", message, "add enum_options: [...]")
        if options and not is_enum and isinstance(_of(entry, "type"), str):
            message = "enum_options has a meaning only with type: enum"
            path = (*place, index, "enum_options")
            yield Violation(path, (str(place[0]),), "without-switch", message, "write type: enum, or remove it")


def _repeated(entries: Value, place: Path) -> Iterator[Violation]:
    seen: set[str] = set()
    for index, entry in enumerate(entries if isinstance(entries, list) else []):
        name = _of(entry, "name")
        if isinstance(name, str):
            if name in seen:
                message = f"{place[-1]} has two entries named {name}"
                yield Violation((*place, index, "name"), (str(place[0]),), "repeated-entry", message, "rename one")
            seen.add(name)


def _of(entry: Value, key: str) -> Value:
    return entry.get(key) if isinstance(entry, Mapping) else None


RULES: Final[tuple[Rule, ...]] = (transfer_mode, voice, calling_windows, extractions)
