"""What is written reads back as the same value, to strict reading and to every plain YAML reader."""

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from agentops.yamlio.read import read
from agentops.yamlio.words import UnwritableError, is_misread, key_word, word
from agentops.yamlio.write import Comment, Layout, document
from tests.yamlio.values import MAPS, ODD_TEXTS, TEXTS, VALUES, exact

TALL = Layout(is_flow=lambda path, value: False)
WIDE = Layout(is_flow=lambda path, value: True, width=100_000)
LOOSE = Layout(step=4, list_step=0)
LAYOUTS = {"usual": Layout(), "tall": TALL, "wide": WIDE, "loose": LOOSE}


def strict(text: str) -> Any:
    file, faults = read(text.encode(), "f.yaml", parser="pure" if len(text) % 2 else "c")
    assert file is not None, (faults, text)
    return file.value


def yaml_1_2(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def yaml_1_1(text: str) -> Any:
    return yaml.safe_load(text)


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
@settings(max_examples=150)
@given(value=MAPS)
def test_strict_reading_gives_the_value_again(layout: str, value: dict[str, Any]) -> None:
    assert exact(strict(document(value, LAYOUTS[layout]))) == exact(value)


@pytest.mark.parametrize("layout", ["usual", "tall"])
@settings(max_examples=100)
@given(value=MAPS)
def test_plain_readers_give_the_value_again(layout: str, value: dict[str, Any]) -> None:
    text = document(value, LAYOUTS[layout])
    assert exact(yaml_1_1(text)) == exact(value)
    assert exact(yaml_1_2(text)) == exact(value)


@pytest.mark.parametrize("text", ODD_TEXTS)
@pytest.mark.parametrize("reader", [strict, yaml_1_1, yaml_1_2])
def test_odd_texts_stay_texts_to_every_reader(text: str, reader: Any) -> None:
    value = {"a": text, "b": [text, {"c": text}], "d": {"e": {"f": text}}, "g": [[text]]}
    for layout in LAYOUTS.values():
        assert reader(document(value, layout)) == value


@given(TEXTS, VALUES)
def test_the_layout_does_not_change_the_value(key: str, value: Any) -> None:
    whole = {key or "k": value, "z": value}
    assert len({str(exact(strict(document(whole, layout)))) for layout in LAYOUTS.values()}) == 1


@pytest.mark.parametrize(
    "text, line",
    [
        ("plain words", "plain words"),
        ("Hello {{name}}, how are you?", "Hello {{name}}, how are you?"),
        ("{{name}}", '"{{name}}"'),
        ("+4915112345678", '"+4915112345678"'),
        ("off", '"off"'),
        ("10am", "10am"),
        ("https://a.example/b?c=d", "https://a.example/b?c=d"),
        ("call #5 now", '"call #5 now"'),
        ("a: b", '"a: b"'),
        ("it's", "it's"),
        ('"x" he said', "'\"x\" he said'"),
        ("- it's", '"- it\'s"'),
        ("a\\b", "a\\b"),
        ("# \\d", "'# \\d'"),
        ("", '""'),
        ("a\u2028b", '"a\\u2028b"'),
    ],
)
def test_quotes_stand_only_where_they_are_needed(text: str, line: str) -> None:
    assert word(text) == line


@pytest.mark.parametrize("quote, line", [("", "b"), ("'", "'b'"), ('"', '"b"')])
def test_quotes_are_taken_over(quote: str, line: str) -> None:
    assert word("b", like=quote) == line


def test_a_quote_that_cannot_hold_the_text_is_not_taken_over() -> None:
    assert word("a\tb", like="'") == '"a\\tb"'


def test_keys_of_one_letter_stay_plain() -> None:
    assert document({"position": {"x": 1, "y": 2}}, WIDE) == "position: {x: 1, y: 2}\n"
    assert key_word("on") == '"on"'


@pytest.mark.parametrize("value", ["\0", "a\x07", "\x85", "\ud800", 10**18, float("inf"), float("nan")])
def test_what_cannot_be_read_is_not_written(value: Any) -> None:
    with pytest.raises(UnwritableError):
        document({"a": [value]})


def test_a_manifest_looks_as_a_person_writes_it() -> None:
    value = {
        "apiVersion": "autocalls/v1",
        "metadata": {"name": "front-desk", "labels": {"client": "acme"}},
        "spec": {
            "phone_number": "+4930555501",
            "secondary_languages": ["German", {"id": 3}],
            "voice": {"name": "Sarah", "language": "English"},
            "system_prompt": "You answer.\n\n- Be kind: always.\n",
            "tools": [
                {"type": "end_call", "description": "At the end.\nSay goodbye."},
                {"type": "collect_keypad", "stop_key": "#", "timeout": 5},
            ],
            "variables": {},
            "max_duration": None,
        },
    }
    comments = {
        ("metadata", "name"): Comment(beside="the address"),
        ("spec", "voice"): Comment(above=("Two voices bear this name.",)),
        ("spec", "tools", 1): Comment(above=("not readable", "on this platform")),
        ("spec", "tools", 1, "type"): Comment(above=("first",), beside="kind"),
    }
    assert document(value, Layout(comments=comments), head=("yaml-language-server: $schema=x", "")) == (
        "# yaml-language-server: $schema=x\n"
        "#\n"
        "apiVersion: autocalls/v1\n"
        "metadata:\n"
        "  name: front-desk # the address\n"
        "  labels: {client: acme}\n"
        "spec:\n"
        '  phone_number: "+4930555501"\n'
        "  secondary_languages: [German, {id: 3}]\n"
        "  # Two voices bear this name.\n"
        "  voice: {name: Sarah, language: English}\n"
        "  system_prompt: |\n"
        "    You answer.\n"
        "\n"
        "    - Be kind: always.\n"
        "  tools:\n"
        "    - type: end_call\n"
        "      description: |-\n"
        "        At the end.\n"
        "        Say goodbye.\n"
        "    # not readable\n"
        "    # on this platform\n"
        "    # first\n"
        "    - type: collect_keypad # kind\n"
        '      stop_key: "#"\n'
        "      timeout: 5\n"
        "  variables: {}\n"
        "  max_duration: null\n"
    )


def test_a_key_too_long_for_parsers_is_marked() -> None:
    value = {"k" * 2000: {"b" * 1500: [1]}}
    assert strict(document(value, TALL)) == value
    assert strict(document(value, WIDE)) == value


@given(st.sampled_from(ODD_TEXTS))
def test_what_is_called_misread_is_never_written_plain(text: str) -> None:
    assert not is_misread(text) or word(text) != text
