"""What a platform said against a request, at the lines of the manifest that it speaks of."""

from agentops.domain.address import Address
from agentops.domain.desired import Desired
from agentops.domain.diagnostics import Diagnostic, SourcePos, error
from agentops.domain.errors import ProviderError, RejectedError, UnavailableError
from agentops.domain.manifest import Manifest
from agentops.domain.platform import Platform
from agentops.domain.values import Path


def blame(exc: ProviderError, address: Address, desired: Desired, platform: Platform) -> tuple[Diagnostic, ...]:
    """One diagnostic for each complaint about a field, else one for the whole."""
    resource = desired.resources.get(address)
    manifest = resource.manifest if resource else None
    complaints = [
        error(_code(exc), f"{platform.title}: {text}", _position(path, manifest, platform), exc.hint)
        for path, texts in exc.field_errors.items()
        for text in texts
    ]
    return tuple(complaints) or (error(_code(exc), str(exc), _position((), manifest, platform), exc.hint),)


def _code(exc: ProviderError) -> str:
    match exc:
        case RejectedError():
            return "rejected"
        case UnavailableError():
            return "unavailable"
    return "unclear"


def _position(path: Path, manifest: Manifest | None, platform: Platform) -> SourcePos | None:
    """Where `path` was written; the start of the manifest for what is no field of it; None without a manifest."""
    if manifest is None:
        return None
    known = bool(path) and path[0] in platform.kind_by_name[manifest.kind].table
    return manifest.position(path) if known else SourcePos(manifest.document.path)
