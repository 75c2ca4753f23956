"""Canaries: neither the token nor a secret of a manifest gets out, whatever happens."""

from pathlib import Path

import pytest

from agentops.sandbox import Fault, FaultKind
from tests.cli.conftest import CALCOM_KEY, TOKEN, Run, Served

COMMANDS = (
    ("validate", "--json"),
    ("plan", "--out", "saved.plan"),
    ("plan", "--json"),
    ("plan", "--markdown"),
    ("show", "saved.plan", "--json"),
    ("validate", "--format", "sarif"),
    ("apply", "saved.plan", "--json"),
    ("plan",),
    ("state", "pull"),
    ("state", "show", "assistant.one"),
    ("state", "list", "--json"),
    ("catalog", "voices", "--json"),
)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def check(folder: Path, *texts: str) -> None:
    for secret in (TOKEN, CALCOM_KEY):
        assert not [text for text in texts if secret in text]
        assert not [name for name, content in files(folder).items() if secret.encode() in content]


def test_no_output_log_or_file_holds_a_secret(served: Served, agentops: Run) -> None:
    for arguments in COMMANDS:
        result = agentops(*arguments, "--log-level", "debug", "--log-file", "agentops.log")
        assert result.returncode == 0, result.stderr
        check(served.project, result.stdout, result.stderr)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(FaultKind.STATUS, status=500, times=None),
        Fault(FaultKind.HTML, times=None),
        Fault(FaultKind.WRONG_TYPE, times=None),
        Fault(FaultKind.STATUS, status=401, times=None),
        Fault(FaultKind.STATUS, method="POST", status=422, times=None),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.method}-{fault.status}",
)
def test_no_error_or_traceback_holds_a_secret(served: Served, agentops: Run, fault: Fault) -> None:
    with served.sandbox.faults.on(fault):
        result = agentops("apply", "--auto-approve", "--log-level", "debug")

    assert result.returncode != 0
    check(served.project, result.stdout, result.stderr)


def test_platform_that_repeats_a_secret_does_not_bring_it_on_screen(served: Served, agentops: Run) -> None:
    served.manifest("one").write_text(
        served.manifest("one").read_text(encoding="utf-8").replace("Hello!", CALCOM_KEY), encoding="utf-8"
    )

    result = agentops("plan")

    assert CALCOM_KEY not in result.stdout
