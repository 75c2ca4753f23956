"""What edits of a file look like: style, comments, order and line ends stay as their author chose them."""

from typing import Any

import pytest

from agentops.yamlio.events import Parser
from agentops.yamlio.order import Order, no_order
from agentops.yamlio.patch import SpliceError
from agentops.yamlio.read import read
from agentops.yamlio.splice import REMOVED, Edit, splice
from agentops.yamlio.words import UnwritableError


def edited(text: str, *edits: Edit, order: Order = no_order, parser: Parser = "c") -> str:
    file, faults = read(text.encode(), "f.yaml", parser=parser)
    assert file is not None, faults
    return splice(file, edits, order)


def put(text: str, path: str, value: Any) -> str:
    """`text` with `value` at `path`, written a.b.0; the same with both parsers."""
    steps = tuple(int(step) if step.isdigit() else step for step in path.split("."))
    one, other = (edited(text, Edit(steps, value), parser=parser) for parser in ("c", "pure"))
    assert one == other
    return one


@pytest.mark.parametrize(
    "before, value, after",
    [
        ("a: b # c\n", "new", "a: new # c\n"),
        ("a: 'b'  # c\n", "it's", "a: 'it''s'  # c\n"),
        ('a: "b"\n', "new", 'a: "new"\n'),
        ("a: b\n", "+49", 'a: "+49"\n'),
        ("a: 'b'\n", 7, "a: 7\n"),
        ("a: 7\n", "7", 'a: "7"\n'),
        ("a: 0.70\n", 0.7, "a: 0.70\n"),
        ("a: 0.70\n", 0.8, "a: 0.8\n"),
        ("a: b\n", None, "a: null\n"),
        ("a: b # c\n", "d\ne\n", "a: | # c\n  d\n  e\n"),
        ('a: "b\\nc"\n', "d\ne", 'a: "d\\ne"\n'),
        ("a: |  # c\n     b\n", "d\n\n e\n", "a: |  # c\n     d\n\n      e\n"),
        ("a: |\n  b\n\n\nc: d\n", "e\n", "a: |\n  e\n\n\nc: d\n"),
        ("a: |-\n  b\n", "one line", "a: |-\n  one line\n"),
        ("a: |\n  b\nc: d\n", 7, "a: 7\nc: d\n"),
        ("a: >\n  one\n  two\n\n  three\n", "one two\nfour\n", "a: >\n  one\n  two\n\n  four\n"),
        ("a: >-\n  b\n", " c\n d", "a: |2-\n   c\n   d\n"),
        ("a: b\n  c\nd: e\n", "f", "a: f\nd: e\n"),
        ("a:\n  b # c\n", "d", "a:\n  d # c\n"),
        ("a: # c\n  b # d\n", "e\nf", "a: |- # c # d\n  e\n  f\n"),
        ("a: b # c\n", ["x", "yes"], 'a: [x, "yes"] # c\n'),
        ("a: b # c\n", {"x": {"k": ["z", ["z"]]}}, "a: # c\n  x:\n    k:\n      - z\n      - [z]\n"),
        ("a: # c\n  b: c\n  # d\ne: f\n", "g", "a: g # c\ne: f\n"),
        ("a:\n  b: c\n", {}, "a: {}\n"),
        ("a: &x b\n", "c", "a: &x c\n"),
        ("a: b\nd: e", "f", "a: f\nd: e"),
        ("a: b\r\nc: d\r\n", "e\nf\n", "a: |\r\n  e\r\n  f\r\nc: d\r\n"),
        ("---\n? a\n: b\n", "c", "---\n? a\n: c\n"),
        ("a: 😀 ü # é\n", "日本", "a: 日本 # é\n"),
    ],
)
def test_a_value_is_replaced_in_its_own_style(before: str, value: Any, after: str) -> None:
    assert put(before, "a", value) == after


def test_a_byte_order_mark_stays() -> None:
    assert put("\ufeffa: b\n", "a", "c") == "\ufeffa: c\n"


TOOLS = """\
spec:
  tools: # built in
    # the end
    - type: end_call # bye
      description: At the end.
    - {type: dtmf_input, description: 'press'}
  languages: [German, 'French'] # two

  # how warm
  temperature: 0.5
"""


@pytest.mark.parametrize(
    "path, value, old, new",
    [
        ("spec.tools.0.description", "New.", "description: At the end.", "description: New."),
        ("spec.tools.1.description", "new", "'press'", "'new'"),
        ("spec.tools.1.description", "a, b", "'press'", "'a, b'"),
        ("spec.languages.1", "Dutch", "'French'", "'Dutch'"),
        ("spec.languages.2", "Dutch", "'French']", "'French', Dutch]"),
        ("spec.languages.0", REMOVED, "[German, 'French']", "['French']"),
        ("spec.languages.1", REMOVED, "[German, 'French']", "[German]"),
        ("spec.languages", ["French", "Greek"], "[German, 'French']", "['French', Greek]"),
        ("spec.languages", [], "[German, 'French'] #", "[] #"),
        ("spec.tools.1", REMOVED, "    - {type: dtmf_input, description: 'press'}\n", ""),
        ("spec.tools.0.description", REMOVED, "      description: At the end.\n", ""),
        ("spec.tools.0.type", REMOVED, "type: end_call # bye\n      description", "description"),
        ("spec.tools.2", {"type": "x", "a": 1}, "'press'}\n", "'press'}\n    - type: x\n      a: 1\n"),
        ("spec.tools.1.timeout", 5, "'press'}", "'press', timeout: 5}"),
        ("spec.tools.0.timeout", 5, "At the end.\n", "At the end.\n      timeout: 5\n"),
        ("spec.temperature", REMOVED, "  temperature: 0.5\n", ""),
        ("spec.voice.speed", 1.5, "0.5\n", "0.5\n  voice: {speed: 1.5}\n"),
        ("spec.prompt", "a\nb\n", "0.5\n", "0.5\n  prompt: |\n    a\n    b\n"),
    ],
)
def test_one_field_of_many_changes(path: str, value: Any, old: str, new: str) -> None:
    assert TOOLS.count(old) == 1
    assert put(TOOLS, path, value) == TOOLS.replace(old, new)


def test_an_entry_goes_before_another() -> None:
    tool = {"type": "collect_keypad", "stop_key": "#"}
    new = '    - type: collect_keypad\n      stop_key: "#"\n'
    first = edited(TOOLS, Edit(("spec", "tools", 0), tool, insert=True))
    assert first == TOOLS.replace("    # the end\n", new + "    # the end\n")
    second = edited(TOOLS, Edit(("spec", "tools", 1), tool, insert=True))
    assert second == TOOLS.replace("    - {", new + "    - {")
    inline = edited(TOOLS, Edit(("spec", "languages", 0), "Dutch", insert=True))
    assert inline == TOOLS.replace("[German", "[Dutch, German")


def test_a_new_list_keeps_the_entries_that_stay() -> None:
    tools = [{"type": "dtmf_input", "description": "press"}, {"type": "end_call", "description": "At last."}]
    text = edited(TOOLS, Edit(("spec", "tools"), tools))
    assert "{type: dtmf_input, description: 'press'}" in text
    assert "# built in" in text
    text = edited(TOOLS, Edit(("spec", "tools"), [tools[1], tools[0]]))
    assert text == TOOLS.replace("At the end.", "At last.")


def test_new_keys_take_their_place_in_the_order() -> None:
    order: dict[Any, tuple[str, ...]] = {
        (): ("kind", "metadata", "spec"),
        ("spec",): ("name", "voice", "tools", "languages", "temperature", "last"),
    }
    edits = [Edit(("spec", key), key) for key in ("last", "unknown", "voice", "name")]
    text = edited(TOOLS, *edits, order=lambda path: order.get(path, ()))
    assert text == (
        TOOLS.replace("spec:\n", "spec:\n  name: name\n  voice: voice\n") + "  last: last\n  unknown: unknown\n"
    )


def test_several_edits_come_one_after_the_other() -> None:
    text = edited(
        TOOLS,
        Edit(("spec", "tools", 0)),
        Edit(("spec", "tools", 0, "description"), "now the first"),
        Edit(("spec", "languages")),
        Edit(("metadata", "labels", "team"), "sales"),
    )
    assert text == (
        "spec:\n  tools: # built in\n    # the end\n"
        "    - {type: dtmf_input, description: 'now the first'}\n\n  # how warm\n  temperature: 0.5\n"
        "metadata:\n  labels: {team: sales}\n"
    )


FLOW = """\
a: [
  b,  # first
  c  # second
]
d: {"x":1, "y": 2}
e: [f: g]
"""


@pytest.mark.parametrize(
    "path, value, old, new",
    [
        ("a.0", "z", "  b,", "  z,"),
        ("a.2", "z", "c  # second\n", "c,  # second\n  z\n"),
        ("a.0", REMOVED, "  b,  # first\n", ""),
        ("a.1", REMOVED, "  c  # second\n", ""),
        ("d.x", "z", '"x":1', '"x":z'),
        ("d.z", {"k": [1]}, "2}", "2, z: {k: [1]}}"),
        ("e.0.f", "h", "f: g", "f: h"),
        ("e.0", "h", "f: g", "h"),
        ("d.x", "one\ntwo", '"x":1', '"x":"one\\ntwo"'),
    ],
)
def test_brackets_keep_their_form(path: str, value: Any, old: str, new: str) -> None:
    assert put(FLOW, path, value) == FLOW.replace(old, new)


@pytest.mark.parametrize(
    "text",
    [
        "a:\n    b:\n        c: d\n    e:\n    - f\n",
        "a:\r\n    b:\r\n        c: d\r\n    e:\r\n    - f\r\n",
    ],
)
def test_new_lines_are_indented_as_the_file_is(text: str) -> None:
    end = "\r\n" if "\r" in text else "\n"
    assert put(text, "a.n", {"o": {"p": [{"type": "q", "r": 1}]}}) == text + end.join(
        ["    n:", "        o:", "            p:", "            - type: q", "              r: 1", ""]
    )


def test_a_file_without_a_last_line_break_keeps_that() -> None:
    assert put("a: b", "c", "d") == "a: b\nc: d"
    assert put("a: b\nc: d", "c", REMOVED) == "a: b"


def test_a_text_that_ends_the_file_does_not_change_when_another_key_follows() -> None:
    assert put("a: |\n  b", "c", "d") == "a: |-\n  b\nc: d"


SHARED = "a: &x\n  b: c\n  d: [e, f]\ng: *x\nh: &y i\nj: [*x, {k: *x}]\n"


@pytest.mark.parametrize(
    "path, value, reason",
    [
        ("a.b", "new", r"a\.b: \*x is used elsewhere too, where the value would change as well"),
        ("a.d.0", REMOVED, r"a\.d\.0: \*x is used elsewhere too"),
        ("a", "new", r"a: \*x is used elsewhere too, and its anchor stands here"),
        ("a", REMOVED, r"a: \*x is used elsewhere too, and its anchor stands here"),
        ("g.b", "new", r"g\.b: the value comes from \*x; change it at &x, or write it out"),
        ("j.1.k.b", "new", r"j\.1\.k\.b: the value comes from \*x"),
    ],
)
def test_what_an_alias_shares_is_not_changed(path: str, value: Any, reason: str) -> None:
    with pytest.raises(SpliceError, match=reason):
        put(SHARED, path, value)


@pytest.mark.parametrize(
    "path, value, old, new",
    [
        ("g", "new", "g: *x", "g: new"),
        ("g", {"b": "new", "d": ["e", "f"]}, "g: *x", "g:\n  b: new\n  d: [e, f]"),
        ("g", REMOVED, "g: *x\n", ""),
        ("h", "new", "&y i", "&y new"),
        ("j.0", "new", "[*x", "[new"),
        ("j.1.k", "new", "k: *x", "k: new"),
    ],
)
def test_a_user_of_an_alias_can_go_its_own_way(path: str, value: Any, old: str, new: str) -> None:
    assert put(SHARED, path, value) == SHARED.replace(old, new)


@pytest.mark.parametrize(
    "path, value, reason",
    [
        ("x.y.0", 1, "there is no list"),
        ("a.b", 1, r"a\.b: there is no map that it could stand in"),
        ("c.3", 1, r"c\.3: the list has no such entry"),
        ("c.b", 1, "there is no map"),
        ("d.0", 1, "there is no list"),
    ],
)
def test_an_edit_of_what_cannot_be_is_refused(path: str, value: Any, reason: str) -> None:
    with pytest.raises(SpliceError, match=reason):
        put("a: b\nc: [d]\nd: {e: f}\n", path, value)


def test_a_value_that_no_file_can_hold_is_refused() -> None:
    with pytest.raises(UnwritableError, match="u0007"):
        put("a: b\n", "a", "\x07")


def test_removing_what_is_not_there_changes_nothing() -> None:
    assert put("a: b\n", "c", REMOVED) == "a: b\n"
    assert put("a: b\n", "c.d", REMOVED) == "a: b\n"
