"""What YAML text means: only true, false, null and decimal numbers are typed."""

from pathlib import Path

import pytest

from agentops.yamlio.read import read

ODD = Path(__file__).parent / "odd"


def value_of(text: str) -> object:
    file, faults = read(text.encode(), "f.yaml")
    assert file is not None, faults
    return file.value


def codes_of(text: str) -> list[str]:
    file, faults = read(text.encode(), "f.yaml")
    assert file is None
    return [fault.code for fault in faults]


@pytest.mark.parametrize(
    "word",
    [
        "+4915112345678",
        "0123",
        "-012",
        "2026-01-02",
        "12:30",
        "1_000",
        "0x1f",
        "yes",
        "on",
        "True",
        "FALSE",
        ".5",
        "1.",
        "+1",
        "nul",
        "none",
        "1e",
        "1-2",
        "a#b",
        "-a",
        "=",
        "it's",
    ],
)
def test_words_stay_as_they_are_written(word: str) -> None:
    assert value_of(f"a: {word}") == {"a": word}


@pytest.mark.parametrize(
    "word, value",
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("0", 0),
        ("-7", -7),
        ("600", 600),
        ("999999999999999999", 999999999999999999),
        ("0.70", 0.7),
        ("-1.5", -1.5),
        ("1e3", 1000.0),
        ("1.5E-2", 0.015),
    ],
)
def test_words_and_numbers_are_typed(word: str, value: object) -> None:
    found = value_of(f"a: {word}")
    assert found == {"a": value}
    assert isinstance(found, dict)
    assert type(found["a"]) is type(value)


@pytest.mark.parametrize("word", ["true", "null", "12", "0.5", "~", ".nan"])
def test_quoted_words_are_texts(word: str) -> None:
    assert value_of(f"a: '{word}'\nb: \"{word}\"") == {"a": word, "b": word}


@pytest.mark.parametrize(
    "text, code",
    [
        ("a: ~", "yaml-null"),
        ("a: Null", "yaml-null"),
        ("a: .nan", "yaml-number"),
        ("a: -.inf", "yaml-number"),
        ("a: +.INF", "yaml-number"),
        ("a: 1e400", "yaml-number"),
        ("a: 9999999999999999999", "yaml-number"),
        (f"a: {'9' * 5000}", "yaml-number"),  # Python itself refuses so many digits with a ValueError
        ("a:", "yaml-empty-value"),
        ("a: [b, , c]", "yaml-syntax"),
        ("a:\n-\n- b", "yaml-empty-value"),
        ("a: {b: }", "yaml-empty-value"),
        ("a: !!int 1", "yaml-tag"),
        ("a: !x {b: c}", "yaml-tag"),
        ("1: a", "yaml-key"),
        ("null: a", "yaml-key"),
        ("0.5: a", "yaml-key"),
        ("'': a", "yaml-key"),
        ("? [a]\n: b", "yaml-key"),
        ("a: b\na: c", "yaml-duplicate-key"),
        ("a: *b", "yaml-anchor"),
        ("a: &b [*b]", "yaml-anchor"),
        ("a: {<<: {b: c}}", "yaml-key"),
        ("%YAML 1.2\n---\na: b", "yaml-directive"),
        ("a: b\n---\nc: d", "yaml-documents"),
        ("a: b\n...", "yaml-documents"),
        ("- a", "yaml-no-map"),
        ("", "yaml-empty"),
        ("a: b\tc", "yaml-tab"),
        ("a:\tb", "yaml-tab"),
        ('a: "\\0"', "yaml-character"),
        ("a: b\u2028c", "yaml-character"),
        ("a: [b:c]", "yaml-syntax"),
        ("a: [b?c]", "yaml-syntax"),
        ("a: {{name}}", "yaml-syntax"),
    ],
)
def test_what_readers_disagree_about_is_refused(text: str, code: str) -> None:
    assert codes_of(text) == [code]


def test_tabs_may_stand_in_quotes_blocks_and_comments() -> None:
    assert value_of('a: "b\tc" # d\te\nf: |\n  g\th\n  \ti\n') == {"a": "b\tc", "f": "g\th\n\ti\n"}


def test_an_alias_stands_for_a_value_of_its_own_place() -> None:
    assert value_of("a: &x [b, {c: 1}]\nd: *x") == {"a": ["b", {"c": 1}], "d": ["b", {"c": 1}]}


def test_a_byte_order_mark_is_no_content() -> None:
    assert value_of("\ufeffa: b") == {"a": "b"}


def test_all_faults_of_a_file_are_told_at_once() -> None:
    assert codes_of("a: ~\nb:\nc: .nan\nc: !x d\n1: e") == [
        "yaml-null",
        "yaml-empty-value",
        "yaml-number",
        "yaml-tag",
        "yaml-duplicate-key",
        "yaml-key",
    ]


@pytest.mark.parametrize("name", ["not-utf8", "utf16", "surrogate-bytes", "overlong"])
def test_only_utf_8_is_read(name: str) -> None:
    file, faults = read((ODD / f"{name}.yaml").read_bytes(), "f.yaml")
    assert file is None
    assert [fault.code for fault in faults] == ["yaml-encoding"]
