"""What is mutated, and the tests that should notice: fast ones, as each mutant runs them again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """Modules of one concern. Tests run in the process that was mutated, so none that start others are of use."""

    modules: Sequence[str]
    tests: Sequence[str]
    skip: Sequence[str] = ()  # names of tests that start processes or servers


_STORES = ("[s3", "[gs", "[az", "[postgresql")  # servers, each of which takes longer than all the rest

SUBJECTS: Mapping[str, Subject] = {
    "matcher": Subject(
        ["agentops/engine/adopt.py", "agentops/engine/settle.py"],
        ["tests/apply/test_adopt.py", "tests/apply/test_settle.py", "tests/apply/test_settle_says.py"],
    ),
    "journal": Subject(
        ["agentops/engine/journal.py"],
        ["tests/apply/test_journal.py", "tests/apply/test_journal_commits.py"],
    ),
    "redaction": Subject(
        ["agentops/cli/redaction.py", "agentops/domain/secrets.py", "agentops/providers/rest/answers.py"],
        ["tests/cli/test_redaction.py", "tests/providers/test_answers.py"],
    ),
    "local-swap": Subject(
        ["agentops/state/sqlite.py"],
        [
            "tests/state/test_sqlite.py",
            "tests/state/test_sqlite_swaps.py",
            "tests/state/test_sqlite_faults.py",
            "tests/state/test_backend_conformance.py",
        ],
        ["[memory", *_STORES],
    ),
    # Without the matrix of all faults: two thousand tests for each mutant would take hours.
    "remote-swap": Subject(
        ["agentops/state/swap.py", "agentops/state/lease.py", "agentops/state/remote.py"],
        [
            "tests/state/test_lease.py",
            "tests/state/test_remote.py",
            "tests/state/test_remote_says.py",
            "tests/state/test_backend_conformance.py",
        ],
        ["[local", "many_write", "twenty", *_STORES],
    ),
}
