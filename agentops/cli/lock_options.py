"""The option of every command that takes the lock: how long to wait for it."""

import re
from typing import Any

import click

_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_PART = r"(\d+(?:\.\d+)?)(ms|h|m|s)"


class DurationType(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.2 on only
    """`30s`, `3m`, `1h30m`: seconds, as a number. A bare 0 needs no unit."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        text = str(value).strip()
        if text in ("0", "0.0"):
            return 0.0
        if not re.fullmatch(f"({_PART})+", text):
            self.fail(f"{text!r} is no duration; write it like 30s, 3m or 1h30m", param, ctx)
        return sum(float(number) * _UNITS[unit] for number, unit in re.findall(_PART, text))


lock_timeout_option = click.option(
    "--lock-timeout",
    type=DurationType(),
    default="0s",
    show_default=True,
    metavar="DURATION",
    help="How long to wait for a lock that somebody else holds: 30s, 3m, 1h.",
)
