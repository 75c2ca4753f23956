"""Where an account's token comes from. It is remembered as a secret the moment it is read."""

import os
import subprocess
from pathlib import Path

from agentops.cli.redaction import remember_secret
from agentops.domain.errors import ProjectError
from agentops.domain.project import CommandToken, EnvToken, FileToken, TokenSource

_LONGEST = 64 * 1024
_PATIENCE = 120  # seconds; a command may ask somebody for a second factor


def read_token(source: TokenSource, root: Path) -> str:
    """The token. Raises ProjectError, saying what to do, when there is none or it cannot be one."""
    match source:
        case EnvToken(name):
            text, place = os.environ.get(name, ""), f"the environment variable {name}"
            hint = f"set {name} to the token of the account"
        case FileToken(path):
            text, place = _from_file(root / path), f"the token file {path}"
            hint = "write the token of the account into it"
        case CommandToken(arguments):
            text, place = _from_command(arguments, root), f"the output of {arguments[0]}"
            hint = "the command must print the token of the account and nothing else"
    token = text.strip()
    remember_secret(token)
    if not token:
        raise ProjectError(f"{place} is {'not set' if isinstance(source, EnvToken) else 'empty'}", hint=hint)
    if not token.isascii() or not token.isprintable() or " " in token:
        raise ProjectError(f"{place} holds more than a token", hint=hint)
    return token


def _from_file(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(_LONGEST)
    except (OSError, UnicodeDecodeError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else "it is no text"
        raise ProjectError(f"cannot read the token file {path}: {reason}") from exc


def _from_command(arguments: tuple[str, ...], root: Path) -> str:
    """What the command prints. Its errors go to the terminal as they are; its output is never shown."""
    try:
        done = subprocess.run(
            arguments, cwd=root, stdout=subprocess.PIPE, timeout=_PATIENCE, check=False, text=True, encoding="utf-8"
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else type(exc).__name__
        raise ProjectError(f"the token command {arguments[0]} failed: {reason}") from None
    if done.returncode:
        raise ProjectError(f"the token command {arguments[0]} ended with exit code {done.returncode}")
    return done.stdout
