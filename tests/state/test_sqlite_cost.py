"""The cost of a commit does not grow with the state."""

import sys
from pathlib import Path

import pytest

from agentops.domain.address import Address
from agentops.domain.state import StateChange
from agentops.state.sqlite import SqliteBackend
from tests.state.samples import entry, lock


def _bytes_written() -> int:
    lines = Path("/proc/self/io").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("wchar:")))


@pytest.mark.skipif(sys.platform != "linux", reason="counts in /proc")
def test_two_thousand_commits_stay_flat_in_statements_and_bytes(held: SqliteBackend) -> None:
    assert held._writer is not None
    held._writer.execute("PRAGMA synchronous = OFF")  # what is counted stays the same, and the disk is spared
    statements: list[str] = []
    held._writer.set_trace_callback(statements.append)
    costs: list[tuple[int, int]] = []
    for serial in range(2000):
        before = _bytes_written()
        statements.clear()
        address = Address("assistant", f"a{serial}")
        held.commit(serial, lock("mine"), StateChange({address: entry(serial)}, {address: None}))
        costs.append((len(statements), _bytes_written() - before))
    early, late = costs[200:600], costs[-400:]
    assert {count for count, _ in early} == {count for count, _ in late}
    assert sum(written for _, written in late) < 1.5 * sum(written for _, written in early)
