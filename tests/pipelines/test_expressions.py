"""The reader of expressions, on which the tests of workflows stand."""

import pytest

from tests.pipelines.expressions import ExpressionError, Scope, condition, evaluate, filled

CONTEXTS = {"inputs": {"a": "x", "on-missing": "", "yes": True}, "github": {"event": {"number": 7}}}


def scope(succeeded: bool = True) -> Scope:
    return Scope(CONTEXTS, {"success": lambda: succeeded, "failure": lambda: not succeeded, "always": lambda: True})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("inputs.a == 'x'", True),
        ("inputs.a != 'X'", False),  # texts are compared whatever their case
        ("inputs.nothing", None),
        ("inputs.on-missing || 'y'", "y"),
        ("inputs.a && 'it''s'", "it's"),
        ("!(inputs.a == 'x') || github.event.number == '7'", True),
        ("inputs.a == 'y' && inputs.a || 'z'", "z"),
    ],
)
def test_values(text: str, value: object) -> None:
    assert evaluate(text, scope()) == value


def test_texts_are_filled() -> None:
    assert filled("a-${{ inputs.a }}-${{ inputs.nothing }}-${{ inputs.yes }}", scope()) == "a-x--true"


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("inputs.a == 'x'", False),
        ("always()", True),
        ("failure() && inputs.a == 'x'", True),
        ("${{ !failure() }}", False),
    ],
)
def test_after_a_failure_only_those_go_on_that_ask_for_it(text: str, holds: bool) -> None:
    assert condition(text, scope(succeeded=False)) is holds


@pytest.mark.parametrize(
    "text",
    ["hashFiles('a')", "inputs.a ==", "(inputs.a", "inputs.a 'x'", "secret.a", "1 + 1", '"x"', "a ${{ inputs.a }}"],
)
def test_what_is_not_known_is_an_error(text: str) -> None:
    with pytest.raises(ExpressionError):
        condition(text, scope())
