"""The sandbox judges the product, so it takes nothing from it."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import sys
import agentops.sandbox
own = {name for name in sys.modules if name.startswith("agentops.") and not name.startswith("agentops.sandbox")}
foreign = {"httpx", "jsonschema", "ruamel.yaml", "deepdiff", "click"} & set(sys.modules)
print(sorted(own | foreign))
"""


def test_importing_the_sandbox_imports_nothing_else_of_agentops() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
