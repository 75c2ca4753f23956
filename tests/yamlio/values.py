"""Hypothesis strategies: values that manifests can hold, and the same written in all styles that YAML has."""

from typing import Any

from hypothesis import strategies as st

ODD_TEXTS = [
    *("", " ", "a ", " a", "yes", "No", "on", "OFF", "y", "N", "null", "Null", "~", "true", "True", "1", "-1", "0123"),
    *(
        "+4915112345678",
        "1.0",
        ".5",
        "1.",
        "1e3",
        "1e+3",
        "0x1f",
        "0o17",
        "0b1",
        "1_000",
        "1,000",
        "12:30",
        "190:20:30",
    ),
    *("2026-01-02", "2026-01-02T10:00:00Z", "2001-12-14 21:59:43.10 -5", ".inf", "-.INF", ".nan", "=", "<<", "---"),
    *("...", "--- a", "... a", "- a", "-a", "? a", "?a", ": a", ":a", "a: b", "a:", "a:b", "a #b", "#a", "a#b", "&a"),
    *("*a", "!a", "|", ">", "%a", "@a", "`a", "{a", "}", "[a", "]", ",", "a, b", "{{name}}", "Hello {{name}}!", "it's"),
    *(
        "'",
        '"',
        "\\",
        "a\\n",
        'say "x"',
        "'a' \"b\" \\",
        "a\tb",
        "\ta",
        "a\r\nb",
        "a\rb",
        "a\nb",
        "a\nb\n",
        "a\n\nb\n\n",
    ),
    *("\n", "\n\n", "\na", "\n\na\n", " a\nb", "  a\n b\n", "a\n  b\n", "a\n \nb", " \na", "\n a", "\n  \na", "a\n "),
    *("\ta\nb", "a\n\tb\n", "a\nb ", "a \nb", "# a\nb", "- a\n- b", "a: b\nc: d\n", "---\na", "a\n---\n", "a\n...\nb"),
    *("\u2028", "a\u2029b", "\ufeffa", "a\ufeff\nb", "\ufffe", "\u00a0a", "\u3000", "é", "日本語", "😀 a", "a\u200bb"),
]
LETTERS = st.characters(categories=("L", "N", "P", "S", "M", "Zs"), include_characters="\n\t \u2028\ufeff")
TEXTS = st.one_of(st.sampled_from(ODD_TEXTS), st.text(LETTERS, max_size=30), st.text(" \n\ta:#-", max_size=12))
KEYS = st.one_of(st.sampled_from([text for text in ODD_TEXTS if text]), st.from_regex(r"\A[a-z_]{1,8}\Z"))
NUMBERS = st.one_of(
    st.integers(-(10**18) + 1, 10**18 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0, -1, 0.7, 1.0, -0.0, 1e16, 1e-7, 1.5e300]),
)
SCALARS = st.one_of(TEXTS, NUMBERS, st.booleans(), st.none())


def below(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Lists and maps of the leaves, some levels deep."""
    return st.recursive(
        leaves,
        lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
        max_leaves=12,
    )


VALUES = below(SCALARS)
MAPS = st.dictionaries(KEYS, VALUES, min_size=1, max_size=5)


def exact(value: Any) -> Any:
    """`value` in a form where 1, 1.0 and True differ, and -0.0 from 0.0."""
    match value:
        case dict():
            return {key: exact(item) for key, item in value.items()}
        case list():
            return [exact(item) for item in value]
    return (type(value).__name__, repr(value))
