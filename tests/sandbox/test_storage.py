"""A sandbox in a file keeps what was written, and is bound to its platform."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentops.sandbox import open_sandbox
from tests.sandbox.support import connect, created, listed, ok


def test_a_reopened_file_holds_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "sandbox.db"
    first = open_sandbox("autocalls", path)
    created(connect(first), name="Kept")
    first.close()
    second = open_sandbox("autocalls", path)
    client = connect(second)
    assert [item["name"] for item in listed(client)] == ["Kept"]
    assert len(ok(client.get("/user/assistants/voices"))) == 60
    assert created(client) == 790
    second.close()


def test_a_file_of_another_platform_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.db"
    open_sandbox("autocalls", path).close()
    with pytest.raises(ValueError, match="is a sandbox of autocalls"):
        open_sandbox("famulor", path)


def test_two_sandboxes_over_one_file_share_it(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.db"
    first, second = open_sandbox("autocalls", path), open_sandbox("autocalls", path)
    numbers = [created(connect(one)) for one in (first, second, first)]
    assert numbers == [789, 790, 791]
    assert len(listed(connect(second))) == 3
    first.close()
    second.close()


def test_a_sandbox_without_seeds_is_empty() -> None:
    sandbox = open_sandbox("autocalls", ":memory:", seed=False)
    client = connect(sandbox)
    for path in ("languages", "voices", "models", "phone-numbers", "synthesizer-providers"):
        assert ok(client.get(f"/user/assistants/{path}")) == []
    assert ok(client.get("/user/me"))["email"] == "sandbox@example.com"
    sandbox.close()
