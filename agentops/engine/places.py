"""Where the values of a change are written, for whoever reviews them."""

from collections.abc import Iterable
from dataclasses import replace

from agentops.domain.diagnostics import SourcePos
from agentops.domain.manifest import Manifest
from agentops.domain.plan import FieldChange


def placed(fields: Iterable[FieldChange], manifest: Manifest) -> tuple[FieldChange, ...]:
    """The fields with the places where `manifest` gives them their values."""
    return tuple(replace(change, pos=_place(change.name, manifest)) for change in fields)


def _place(name: str, manifest: Manifest) -> SourcePos | None:
    if name not in manifest.spec:
        return None
    origin = manifest.origins.get(("spec", name))
    if origin is not None and origin.source == "file":
        return SourcePos(origin.name)
    return manifest.position((name,))
