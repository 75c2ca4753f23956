"""The command line in this process, in a project whose environments are sandboxes."""

import io
import os
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from agentops.cli.main import run
from tests.support.generate import SECRETS
from tests.support.project import Outcome


@dataclass(frozen=True, slots=True)
class Console:
    """Runs commands in a folder, without a terminal."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str) -> Outcome:
        """The command line with these arguments."""
        out, err = io.StringIO(), io.StringIO()
        with (
            patch.dict(os.environ, {**SECRETS, "CI": "1", "AGENTOPS_ENV": "main", **self.environ}),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            code = run(["-C", str(self.folder), *arguments])
        return Outcome(code, out.getvalue(), err.getvalue())
