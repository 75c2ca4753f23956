"""Positions and spans of values and keys."""

import pytest

from agentops.yamlio.events import Parser
from agentops.yamlio.read import YamlFile, read

TEXT = """\
# comment
name: Sarah
tools:
  - {type: end_call, description: "x: y"}
  - type: other
    items: [a, 'b']
prompt: |
  one
  two
known: &k {deep: value}
again: *k
"""


def file_of(text: str, parser: Parser = "c") -> YamlFile:
    file, faults = read(text.encode(), "dir/f.yaml", parser=parser)
    assert file is not None, faults
    return file


@pytest.mark.parametrize("parser", ["c", "pure"])
@pytest.mark.parametrize(
    "path, place",
    [
        ((), "2:1"),
        (("name",), "2:7"),
        (("tools",), "4:3"),
        (("tools", 0, "description"), "4:35"),
        (("tools", 1), "5:5"),
        (("tools", 1, "items", 1), "6:16"),
        (("prompt",), "7:9"),
        (("again",), "11:8"),
        (("again", "deep"), "10:18"),  # what an alias stands for stands at its anchor
        (("nothing",), "2:1"),
        (("tools", 1, "nothing", 3), "5:5"),
        (("tools", 9), "4:3"),
    ],
)
def test_values_are_located(path: tuple[str | int, ...], place: str, parser: Parser) -> None:
    assert str(file_of(TEXT, parser).locate(path)) == f"dir/f.yaml:{place}"


def test_keys_are_located() -> None:
    file = file_of(TEXT)
    assert str(file.locate_key(("tools", 1, "items"))) == "dir/f.yaml:6:5"
    assert str(file.locate_key(("tools", 1))) == "dir/f.yaml:5:5"  # an entry of a list has no key
    assert str(file.locate_key(())) == "dir/f.yaml:2:1"


@pytest.mark.parametrize("parser", ["c", "pure"])
def test_spans_cut_out_what_was_written(parser: Parser) -> None:
    file = file_of("\ufeffä: 😀 b\nc: [d, 'e f'] # g\n", parser)

    def cut(*path: str | int) -> tuple[str | None, str]:
        key, value = file.spans(path)
        return (file.text[slice(*key)] if key else None), file.text[slice(*value)]

    assert cut("ä") == ("ä", "😀 b")
    assert cut("c") == ("c", "[d, 'e f']")
    assert cut("c", 1) == (None, "'e f'")
    assert file.source(("c", 1)) == "'e f'"
    with pytest.raises(KeyError):
        file.spans(("nothing",))


@pytest.mark.parametrize("breaks", ["\n", "\r\n", "\r"])
def test_lines_are_counted_as_editors_do(breaks: str) -> None:
    file = file_of(breaks.join(["# x", "a: b", "c:", "  d: e", ""]))
    assert str(file.locate(("c", "d"))) == "dir/f.yaml:4:6"
