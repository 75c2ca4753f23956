"""`python -m tests.pipelines`: what is too long for every run of the tests, as it installs agentops with pip for real."""

import sys
from pathlib import Path

import pytest

if __name__ == "__main__":
    sys.exit(pytest.main([str(Path(__file__).with_name("installations.py")), "-v"]))
