"""What the parsers complain about, in words for people; the two parsers word one fault differently."""

from collections.abc import Sequence

_INDENT = (
    "the line is not indented like its neighbours, or the line before it is not finished",
    "check the indentation",
)
_ESCAPE = ("this escape is not valid", r"write \\ for a backslash, or use single quotes")
_NO_NAME = ("a name must follow & or *", "quote a text that begins with & or *")
_NO_VALUE = ("a value is missing, or a bracket is not closed", "check brackets, braces and commas")
BLANK_FIRST_LINE = ("the text begins with a line of spaces", "remove that line, or empty it")
BLOCK_HEADER = ("nothing may follow | or > on its line", "begin the text on the next line")
TAB = ("a tab stands here", "use spaces")
_EXPLANATIONS: Sequence[tuple[str, tuple[str, str]]] = (
    ("node content", _NO_VALUE),
    ("alphabetic or numeric character", _NO_NAME),
    ("more indented follow up line", BLANK_FIRST_LINE),
    ("chomping or indentation", BLOCK_HEADER),
    ("comment or a line break", BLOCK_HEADER),
    (
        "mapping values are not allowed",
        ("a colon is not expected here", 'quote a text that contains ": ", or check the indentation'),
    ),
    ("found unexpected ':'", ("a colon is not expected here", "put a space after the colon, or quote the text")),
    ("could not find expected ':'", ("there is no colon after this key", "write key: value")),
    ("cannot start any token", ("a text cannot begin with this character", "quote the text")),
    ("unexpected end of stream", ("these quotes are not closed", "close them where the text ends")),
    ("document indicator", ("these quotes are not closed", "close them where the text ends")),
    ("document separator", ("these quotes are not closed", "close them where the text ends")),
    ("escape", _ESCAPE),
    ("hexdecimal", _ESCAPE),
    ("expected <block end>", _INDENT),
    ("did not find expected key", _INDENT),
    ("did not find expected '-' indicator", _INDENT),
    ("block sequence entries are not allowed", _INDENT),
    ("mapping keys are not allowed", _INDENT),
    ("',' or ']'", ("the list is not closed properly", "put a comma between entries, and ] at the end")),
    ("',' or '}'", ("the map is not closed properly", "put a comma between entries, and } at the end")),
)


def explain(problem: str, character: str) -> tuple[str, str, str]:
    """Code, message and hint for what a parser says of the place where `character` stands."""
    if character == "\t" or "tab character" in problem:
        return ("yaml-tab", *TAB)
    for words, (message, hint) in _EXPLANATIONS:
        if words in problem:
            return "yaml-syntax", message, hint
    first_line = problem.partition("\n")[0]
    return "yaml-syntax", f"this is not valid YAML: {first_line}", "check quotes, brackets and indentation"
