"""Every code is listed, and every listed code is in use."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from agentops.domain.codes import CODES

PACKAGE = Path(__file__).resolve().parents[2] / "agentops"
LIST = PACKAGE / "domain" / "codes.py"
PLACE = {
    "error": 0,
    "warning": 0,
    "Finding": 0,
    "FileFault": 0,
    "ScalarFault": 0,
    "Refused": 0,
    "_report": 0,
    "Violation": 2,
}
"""What makes a diagnostic or a finding -> which argument the code is."""


def sources() -> Iterator[ast.Module]:
    for path in PACKAGE.rglob("*.py"):
        if path != LIST and "sandbox" not in path.parts:
            yield ast.parse(path.read_text(encoding="utf-8"))


def codes_given() -> Iterator[str]:
    for module in sources():
        for node in ast.walk(module):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                place = PLACE.get(name, len(node.args))
                code = node.args[place] if place < len(node.args) else None
                if isinstance(code, ast.Constant) and isinstance(code.value, str) and " " not in code.value:
                    yield code.value


def texts() -> set[str]:
    return {
        node.value
        for module in sources()
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_code_in_use_is_listed() -> None:
    given = set(codes_given())
    assert len(given) > 40
    assert given - CODES.keys() == set()


def test_every_listed_code_is_in_use() -> None:
    assert CODES.keys() - texts() == set()


def test_codes_have_one_form_and_a_meaning() -> None:
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code) and meaning for code, meaning in CODES.items())
