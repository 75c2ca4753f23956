"""Secrets: taken from the environment when they are sent, known everywhere else by keyed digest only."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from agentops.domain.errors import ProjectError
from agentops.domain.values import Secret


@dataclass(frozen=True, slots=True)
class Secrets:
    """The environment's variables, and the key of the state's lineage (None while there is no state)."""

    environ: Mapping[str, str] = field(repr=False)
    key: bytes | None = field(default=None, repr=False)

    def digest(self, text: str) -> str | None:
        """The keyed digest of `text`; None without a key."""
        return None if self.key is None else hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()

    def of_env(self, name: str) -> Secret:
        """The secret in environment variable `name`. Raises ProjectError when it is not set or empty."""
        return Secret(name, self.digest(self._value(name)))

    def of_text(self, text: str) -> Secret:
        """The secret that a manifest spells out."""
        return Secret("", self.digest(text), text)

    def reveal(self, secret: Secret) -> str:
        """The plain text to send. Raises ProjectError when the variable is not set or empty."""
        return secret.text or self._value(secret.env)

    def _value(self, name: str) -> str:
        value = self.environ.get(name, "")
        if not value:
            raise ProjectError(
                f"the environment variable {name} is not set", hint=f"set {name} to the secret, then run again"
            )
        return value
