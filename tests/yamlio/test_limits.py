"""Reading is bounded, whatever is in the file."""

import pytest

from agentops.yamlio.build import Limits
from agentops.yamlio.events import Parser
from agentops.yamlio.read import LIMITS, read

PARSERS: list[Parser] = ["c", "pure"]
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def refusal(text: str, parser: Parser, limits: Limits = LIMITS) -> str:
    file, faults = read(text.encode(), "f.yaml", parser=parser, limits=limits)
    assert file is None
    (fault,) = faults
    return f"{fault.code}: {fault.message}"


@pytest.mark.parametrize("parser", PARSERS)
def test_an_alias_bomb_is_refused(parser: Parser) -> None:
    assert len(BOMB) < 400
    assert refusal(BOMB, parser) == "yaml-too-large: the file stands for more than 100000 values"


@pytest.mark.parametrize("parser", PARSERS)
def test_nesting_is_bounded(parser: Parser) -> None:
    def nested(depth: int) -> str:  # the map itself is the first level
        return f"a: {'[' * (depth - 1)}{']' * (depth - 1)}"

    assert read(nested(40).encode(), "f", parser=parser)[0] is not None
    assert refusal(nested(41), parser) == "yaml-too-large: more than 40 levels of nesting"
    assert refusal(nested(5000), parser) == "yaml-too-large: more than 40 levels of nesting"


@pytest.mark.parametrize("parser", PARSERS)
def test_aliases_do_not_hide_nesting(parser: Parser) -> None:
    steps = "".join(f"k{index}: &k{index} [[*k{index - 1}]]\n" for index in range(1, 30))
    assert refusal(f"k0: &k0 [x]\n{steps}", parser) == "yaml-too-large: more than 40 levels of nesting"


@pytest.mark.parametrize("parser", PARSERS)
def test_the_number_of_parts_is_bounded(parser: Parser) -> None:
    assert "more than 60 parts" in refusal("a: [" + "b, " * 100 + "]", parser, Limits(events=60))


def test_the_usual_limits_are_those_of_the_design() -> None:
    assert Limits(bytes=1_000_000, events=60_000, depth=40, nodes=100_000) == LIMITS


def test_large_files_are_not_even_parsed() -> None:
    assert refusal("a: [" + " " * 1_000_000, "c").startswith("yaml-too-large: the file has 1000004 bytes")


def test_of_a_file_that_is_no_text_only_the_first_faults_are_told() -> None:
    file, faults = read(b"a: " + b"\x01" * 900_000, "f.yaml")
    assert file is None
    assert [str(fault.pos) for fault in faults] == [f"f.yaml:1:{column}" for column in range(4, 24)]
