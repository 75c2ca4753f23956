"""Keeps secrets out of whatever is printed or logged: every secret that was read is remembered here."""

import json
from collections.abc import Iterator, Mapping

PLACEHOLDER = "(sensitive value)"
_SHORTEST = 6  # shorter texts occur by chance in ordinary output

_known: set[str] = set()


def remember_secret(text: str) -> None:
    """From now on `redact` hides `text`, plain and as JSON writes it."""
    for line in (text, text.strip()):
        if len(line) >= _SHORTEST:
            _known.update((line, json.dumps(line)[1:-1], json.dumps(line, ensure_ascii=False)[1:-1]))


def redact(text: str) -> str:
    """`text` without any secret that was read so far."""
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, PLACEHOLDER)
    return text


class WatchedEnvironment(Mapping[str, str]):
    """Environment variables; whatever is taken out as a secret is remembered for `redact`."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def __getitem__(self, name: str) -> str:
        value = self._environ[name]
        remember_secret(value)
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._environ)

    def __len__(self) -> int:
        return len(self._environ)

    def __repr__(self) -> str:
        return "WatchedEnvironment(...)"
