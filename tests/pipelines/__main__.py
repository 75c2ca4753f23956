"""`python -m tests.pipelines`: what takes too long for every run of the tests: real installations with pip."""

import sys
from pathlib import Path

import pytest

if __name__ == "__main__":
    sys.exit(pytest.main([str(Path(__file__).with_name("installations.py")), "-v"]))
