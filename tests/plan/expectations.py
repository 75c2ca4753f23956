"""Expected texts as files: a mismatch shows a diff, AGENTOPS_UPDATE_CASES=1 writes them anew."""

import os
from difflib import unified_diff
from pathlib import Path


def check(path: Path, found: str) -> None:
    """Fail with a diff unless the file at `path` holds `found`."""
    if os.environ.get("AGENTOPS_UPDATE_CASES"):
        path.write_text(found, encoding="utf-8")
        return
    expected = path.read_text(encoding="utf-8") if path.exists() else ""
    if found != expected:
        lines = unified_diff(expected.splitlines(), found.splitlines(), "expected", "found", lineterm="")
        raise AssertionError(f"{path.parent.name}/{path.name} differs:\n" + "\n".join(lines))
