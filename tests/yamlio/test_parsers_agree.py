"""The C parser and the pure one read the same values at the same places, or both refuse."""

import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentops.yamlio.events import Parser, fast_parser
from agentops.yamlio.read import YamlFile, read
from agentops.yamlio.spans import Node

ODD = Path(__file__).parent / "odd"
WORDS = [
    "a",
    "b_c",
    "k:",
    ":",
    "-",
    "?",
    "[",
    "]",
    "{",
    "}",
    ",",
    "'",
    '"',
    "|",
    ">",
    "|-",
    ">+",
    "|2",
    "#",
    "&x",
    "*x",
    "!t",
    "%",
    "@",
    "`",
    "~",
    "null",
    "true",
    "1",
    "0123",
    "1.5",
    "=",
    "<<",
    "---",
    "...",
    "\\",
    "\\n",
]
SPACES = [
    "\t",
    " ",
    "  ",
    "    ",
    "\n",
    "\n  ",
    "\n    ",
    "\n- ",
    "\n  - ",
    "\r\n",
    "\r",
    "\n---\n",
    ": ",
    "- ",
    "? ",
    " #",
]
ODDITIES = ["\\x41", "\\ud83d", "é", "😀", "\u00a0", "\u2028", "\ufeff", "\x07"]
WHOLES = ['"a\\nb"', "'it''s'", '""', "[a, b]", "{a: b}", "[a:b]", "{a:b}", "[?a]", "{{name}}", "http://x.y", "a: b"]
BLOCKS = ["|\n  t\n   u\n", ">\n  t\n\n  u\n"]
PIECES = [*WORDS, *SPACES, *ODDITIES, *WHOLES, *BLOCKS]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


def outcome(data: bytes, parser: Parser) -> object:
    """The value with its types, and every place in it; or that it was refused."""
    file, faults = read(data, "f", parser=parser)
    assert (file is None) == bool(faults)
    return "refused" if file is None else (repr(file.value), places(file))


def places(file: YamlFile) -> list[object]:
    return list(_places(file._spans))


def _places(node: Node) -> list[object]:
    # Where a map or list ends, the parsers may see differently; nothing is ever spliced there.
    own = node.span if not node.children else node.span[0]
    return [own, node.key, *(place for child in node.children.values() for place in _places(child))]


def test_the_c_parser_is_found() -> None:
    assert fast_parser() == "c"


def test_without_the_c_parser_the_pure_one_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ruamel.yaml.cyaml", None)  # as if it were not installed
    file, faults = read(b"a: 1", "f")
    assert file is not None, faults
    assert (file.parser, file.value) == ("pure", {"a": 1})


@pytest.mark.parametrize("name", sorted(path.name for path in ODD.iterdir()))
def test_odd_files_mean_the_same_to_both(name: str) -> None:
    data = (ODD / name).read_bytes()
    assert outcome(data, "c") == outcome(data, "pure")


@settings(max_examples=600, deadline=None)
@given(TEXTS)
def test_generated_texts_mean_the_same_to_both(text: str) -> None:
    data = text.encode()
    assert outcome(data, "c") == outcome(data, "pure")


@settings(max_examples=600, deadline=None)
@given(TEXTS)
def test_generated_values_mean_the_same_to_both(text: str) -> None:
    data = f"k: {text}".encode()
    assert outcome(data, "c") == outcome(data, "pure")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused_with_a_place(data: bytes) -> None:
    for parser in ("c", "pure"):
        file, faults = read(b"k: " + data, "f", parser=parser)
        assert (file is None) == bool(faults)
        assert all(fault.pos is not None and fault.code.startswith("yaml-") for fault in faults)
