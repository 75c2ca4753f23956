"""Errors, branching by what the caller can do about them; each carries its exit code.

AgentopsError                 1   something is wrong; the message says what to do
+-- UsageError               64   the command line is wrong
+-- ProjectError              1   the project file, or what it points to, is wrong
+-- ManifestError             1   the files are wrong; carries every diagnostic
+-- RefusedError              4   protection, threshold or policy; nothing was written
+-- ProviderError             1
|   +-- RejectedError             the platform said no: trying again will not help; certainly not done
|   +-- UnavailableError          could not be reached or is busy: trying again may help; certainly not done
|   +-- UnclearError              the answer was lost or unreadable: it may have been done
+-- ForgeError                1   GitHub or GitLab said no, or could not be reached; nothing of ours depends on it
|   +-- ForgeRefusedError         it said no
|   +-- ForgeUnclearError         the answer was lost: it may have been done
+-- StateError                1
|   +-- LockedError           5   somebody else is writing
|   +-- ConflictError         5   the state moved on under us; a compare-and-swap lost
|   +-- StalePlanError        5   what the plan was made from has changed
+-- PartialError              3   something was written and something was not
+-- VerifyError               6   all was written, but reads back different
+-- InterruptedRun          130   stopped by the user (143: by SIGTERM, 129: by SIGHUP) after clean-up
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from agentops.domain.diagnostics import Diagnostic
from agentops.domain.values import Path

if TYPE_CHECKING:
    from agentops.domain.state import Lock


class AgentopsError(Exception):
    """The root. `str()` is the message for a user, without secrets; `hint` says what to do next."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(AgentopsError):
    exit_code = 64


class ProjectError(AgentopsError):
    pass


class ManifestError(AgentopsError):
    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__("\n".join(map(str, diagnostics)))
        self.diagnostics = tuple(diagnostics)


class RefusedError(AgentopsError):
    exit_code = 4


class ProviderError(AgentopsError):
    """`field_errors` maps a path in the manifest's `spec` to what the platform says of it; () is the whole object."""

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        status: int | None = None,
        field_errors: Mapping[Path, Sequence[str]] | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.field_errors = dict(field_errors or {})


class RejectedError(ProviderError):
    pass


class UnavailableError(ProviderError):
    pass


class UnclearError(ProviderError):
    pass


class ForgeError(AgentopsError):
    """Of GitHub or GitLab, where the project is reviewed."""


class ForgeRefusedError(ForgeError):
    """`status` is that of the answer: 401, 403, 404, 422 ..."""

    def __init__(self, message: str, *, status: int, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status = status


class ForgeUnclearError(ForgeError):
    pass


class StateError(AgentopsError):
    pass


class LockedError(StateError):
    """`holder` is who holds the lock, if that is known; `free_in` are the seconds until it can be taken over."""

    exit_code = 5

    def __init__(
        self, message: str, *, hint: str = "", holder: Lock | None = None, free_in: float | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.holder = holder
        self.free_in = free_in


class ConflictError(StateError):
    exit_code = 5


class StalePlanError(StateError):
    exit_code = 5


class PartialError(AgentopsError):
    exit_code = 3


class VerifyError(AgentopsError):
    exit_code = 6


class InterruptedRun(AgentopsError):
    """`exit_code` is 130 after SIGINT, 143 after SIGTERM, 129 after SIGHUP."""

    def __init__(self, message: str, *, exit_code: int = 130, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.exit_code = exit_code
