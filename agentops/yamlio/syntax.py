"""What the parsers complain about, in words for people; the two parsers word one fault differently."""

from collections.abc import Sequence

_INDENT = (
    "the line is not indented like its neighbours, or the line before it is not finished",
    "check the indentation",
)
_EXPLANATIONS: Sequence[tuple[str, tuple[str, str]]] = (
    ("\\t", ("a tab stands here", "use spaces")),
    ("tab character", ("a tab stands here", "use spaces")),
    ("mapping values are not allowed", ("a colon is not expected here", 'quote a text that contains ": "')),
    ("found unexpected ':'", ("a colon is not expected here", "put a space after the colon, or quote the text")),
    ("could not find expected ':'", ("there is no colon after this key", "write key: value")),
    ("cannot start any token", ("a text cannot begin with this character", "quote the text")),
    ("unexpected end of stream", ("the text ends inside quotes", "close the quotes")),
    ("document separator", ("the text ends inside quotes", "close the quotes")),
    ("unknown escape character", ("this escape is unknown", r"write \\ for a backslash, or use single quotes")),
    ("escape", ("this escape is not valid", r"write \\ for a backslash, or use single quotes")),
    ("hexdecimal", ("this escape is not valid", r"write \\ for a backslash, or use single quotes")),
    ("expected <block end>", _INDENT),
    ("did not find expected key", _INDENT),
    ("did not find expected '-' indicator", _INDENT),
    ("block sequence entries are not allowed", _INDENT),
    ("mapping keys are not allowed", _INDENT),
    ("',' or ']'", ("the list is not closed properly", "put a comma between entries, and ] at the end")),
    ("',' or '}'", ("the map is not closed properly", "put a comma between entries, and } at the end")),
)


def explain(problem: str) -> tuple[str, str]:
    """Message and hint for what a parser says."""
    for words, explanation in _EXPLANATIONS:
        if words in problem:
            return explanation
    return f"this is not valid YAML: {problem}", "check quotes, brackets and indentation"
