"""Every fault, every call, and how a fault meets a call."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from agentops.providers import registry
from agentops.sandbox import Fault, FaultKind

_STATUS, _AFTER = FaultKind.STATUS, FaultKind.STATUS_AFTER

FAULTS: dict[str, Fault] = {
    "refused": Fault(FaultKind.DROP_BEFORE),  # see Meeting.is_refused
    "cut-before": Fault(FaultKind.DROP_BEFORE),
    "cut-after": Fault(FaultKind.DROP_AFTER),
    "cut-body": Fault(FaultKind.CUT_BODY),
    "truncated": Fault(FaultKind.TRUNCATED),
    "429-seconds": Fault(_STATUS, status=429, retry_after=7),
    "429-date": Fault(_STATUS, status=429, retry_after=7, dated=True),
    "500-before": Fault(_STATUS, status=500),
    "500-after": Fault(_AFTER, status=500),
    "502-before": Fault(_STATUS, status=502),
    "502-after": Fault(_AFTER, status=502),
    "503-before": Fault(_STATUS, status=503),
    "503-after": Fault(_AFTER, status=503, retry_after=7, dated=True),
    "504-before": Fault(_STATUS, status=504),
    "504-after": Fault(_AFTER, status=504),
    "web-page": Fault(FaultKind.HTML),
    "wrong-type": Fault(FaultKind.WRONG_TYPE),
    "drip": Fault(FaultKind.DRIP, seconds=1),
    "endless-drip": Fault(FaultKind.DRIP, seconds=6),
    "slow": Fault(FaultKind.SLOW, seconds=200),
}
"""By name. Seconds pass in the time of the test."""

UNCLEAR = tuple(name for name in FAULTS if name not in ("refused", "429-seconds", "429-date", "drip"))
"""Those after which nobody can know whether a create was done."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """`fault` hits `call` of `platform`: once, or always."""

    platform: str
    call: str
    name: str
    fault: Fault

    @property
    def is_refused(self) -> bool:
        return self.name == "refused"

    def __str__(self) -> str:
        return f"{self.platform}: {self.name} {'once' if self.fault.times else 'always'} at {self.call}"


def calls(platform: str) -> dict[str, tuple[str, str]]:
    """Method and path of every request of a run, by name; of catalogs, those that differ."""
    spec = registry.specs()[platform]
    api = spec.objects["Assistant"]
    assert api.create
    assert api.delete
    writes = {
        name: (route.method, route.path.replace("{id}", "*"))
        for name, route in (("create", api.create), ("update", api.update), ("delete", api.delete))
    }
    paths = dict.fromkeys(
        listing.path
        for catalog in spec.catalogs.values()
        for listing in (catalog.listing, *([catalog.join.listing] if catalog.join else []))
    )
    catalogs = {f"catalog {path}": ("GET", path) for path in paths if path != api.listing.path}
    return {**writes, "list": ("GET", api.listing.path), "account": ("GET", spec.account.path), **catalogs}


def meetings(platform: str, wanted: frozenset[str] | None = None) -> Iterator[Meeting]:
    """Every fault at every call (of `wanted`), once and always; listings also late in the run."""
    for call, (method, path) in calls(platform).items():
        if wanted is not None and call not in wanted:
            continue
        for name, fault in FAULTS.items():
            at = replace(fault, method=method, path=path)
            yield Meeting(platform, call, name, at)
            yield Meeting(platform, call, name, replace(at, times=None))
            if call == "list":
                # The first listing is what the run plans by; one more reads back what was written.
                yield Meeting(platform, "list afterwards", name, replace(at, after=1, times=None))
