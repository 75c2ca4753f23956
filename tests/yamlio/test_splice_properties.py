"""Whatever the file and the field: only the lines of that field differ, and loading gives the value with the change."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path as FilePath
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentops.yamlio.patch import SpliceError
from agentops.yamlio.read import YamlFile, read
from agentops.yamlio.splice import REMOVED, Edit, splice
from agentops.yamlio.tree import BREAK, Form, Node, after_break, column, find, line_end, line_start, tree_of
from tests.yamlio.styles import Styles
from tests.yamlio.values import MAPS, SCALARS, VALUES, exact

ROOT = FilePath(__file__).resolve().parents[2]
NEW = [
    "new text",
    "one\ntwo\n",
    "a\n\n b",
    "+49",
    "it's",
    7,
    0.5,
    True,
    None,
    [],
    {},
    ["x", "y: z"],
    {"k": "v", "l": [1]},
]
CORPUS = sorted(
    path
    for folder in ("tests/yamlio/odd", "tests/cases/bad_input", "assistants")
    for path in (ROOT / folder).rglob("*.yaml")
    if read(path.read_bytes(), path.name)[0] is not None
)

Path = tuple[str | int, ...]


def file_of(data: bytes) -> YamlFile:
    file, faults = read(data, "f.yaml")
    assert file is not None, (faults, data)
    return file


def paths_of(value: Any, path: Path = ()) -> Iterator[Path]:
    if path:
        yield path
    for step, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from paths_of(item, (*path, step))


def changed(value: Any, path: Path, new: Any) -> Any:
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(value, dict):
        assert isinstance(step, str)
        if not rest and new is REMOVED:
            return {key: item for key, item in value.items() if key != step}
        return {**value, step: changed(value[step], rest, new)}
    assert isinstance(step, int)
    if not rest and new is REMOVED:
        return value[:step] + value[step + 1 :]
    return [*value[:step], changed(value[step], rest, new), *value[step + 1 :]]


def region(text: str, root: Node, path: Path) -> tuple[int, int]:
    """The lines of the field at `path`: from its key or dash to its end, with comments indented further."""
    entries = find(root, path)
    assert entries
    entry = entries[-1]
    start, end = line_start(text, entry.start), line_end(text, entry.node.end)
    place = column(text, entry.start)
    while end < len(text):
        following = BREAK.match(text, end)
        assert following
        stop = line_end(text, following.end())
        line = text[following.end() : stop]
        if line.strip(" ") and not (line.lstrip(" ").startswith("#") and len(line) - len(line.lstrip(" ")) > place):
            break
        end = stop
    return start, end


def outside_brackets(root: Node, path: Path) -> Path:
    """The path of the outermost map or list between brackets on the way to `path`; `path` itself if there is none."""
    entries = find(root, path)
    assert entries
    return next((path[: index + 1] for index, entry in enumerate(entries[:-1]) if entry.node.is_flow), path)


def following_start(text: str, root: Node, path: Path) -> int:
    """Where the entry behind the one at `path` begins; the end of its region, if it is the last or on the same line."""
    entries = find(root, path)
    assert entries
    above = find(root, path[:-1])
    siblings = (above[-1].node if above else root).entries
    index = siblings.index(entries[-1]) + 1
    end = region(text, root, path)[1]
    return max(siblings[index].start, end) if index < len(siblings) else end


def is_excused(file: YamlFile, path: Path, value: Any) -> bool:
    """Whether a change may be refused: it would touch what an alias shares, or leave the file empty."""
    root = tree_of(file.text, file.parser)
    if any(node.form is Form.ALIAS for node in root.walk()):
        return True
    return value is REMOVED and len(path) == 1 and len(root.entries) == 1


def check(file: YamlFile, path: Path, value: Any) -> None:
    wanted = changed(file.value, path, value)
    try:
        text = splice(file, [Edit(path, value)])
    except SpliceError:
        if is_excused(file, path, value):
            return
        raise
    again = file_of(text.encode())
    assert exact(again.value) == exact(wanted)
    assert again.has_mark == file.has_mark
    root = tree_of(file.text, file.parser)
    around = path
    entries = find(root, path)
    while not entries:  # below an alias that was replaced
        around = around[:-1]
        entries = find(root, around)
    if value is REMOVED and len(around) > 1:
        holder = entries[-2].node
        if len(holder.entries) == 1:
            around = around[:-1]  # what holds nothing any more is written as {} or []
    if value is REMOVED:
        around = outside_brackets(root, around)  # commas go too
    start, end = region(file.text, root, around)
    if value is REMOVED and around == path:
        end = after_break(file.text, end)
        if file.text[start : entries[-1].start].strip(" "):
            end = following_start(file.text, root, around)  # the next key comes up behind the dash
    before, after = file.text[:start], file.text[end:]
    before = _tolerant(file, root, around, before)
    assert again.text.startswith(before), differences(file.text, again.text)
    assert again.text.rstrip("\r\n").endswith(after.rstrip("\r\n")), differences(file.text, again.text)
    if value is not REMOVED and "|" not in file.text + again.text:
        assert (BREAK.search(again.text[-1:]) is None) == (BREAK.search(file.text[-1:]) is None)


def _tolerant(file: YamlFile, root: Node, path: Path, before: str) -> str:
    """`before` without a last line break, which goes with the last line of a file that ends without one."""
    if not BREAK.search(file.text[-1:]):
        return before.rstrip("\r\n")
    return before


def differences(old: str, new: str) -> str:
    matcher = SequenceMatcher(None, old.splitlines(), new.splitlines(), autojunk=False)
    lines = [
        f"{tag} {old.splitlines()[a:b]} -> {new.splitlines()[c:d]}"
        for tag, a, b, c, d in matcher.get_opcodes()
        if tag != "equal"
    ]
    return "\n".join([*lines, old, "=====", new])


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: str(path.relative_to(ROOT)))
def test_any_value_of_the_corpus_can_be_changed(path: FilePath) -> None:
    file = file_of(path.read_bytes())
    for index, place in enumerate(paths_of(file.value)):
        check(file, place, NEW[index % len(NEW)])
        check(file, place, REMOVED)


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_value_of_the_corpus_that_is_set_again_changes_nothing(path: FilePath) -> None:
    file = file_of(path.read_bytes())
    text = path.read_bytes().decode()
    assert splice(file, [Edit(place, value_at(file.value, place)) for place in paths_of(file.value)]) == text


def value_at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


@settings(max_examples=250)
@given(MAPS, st.randoms(use_true_random=False), st.data())
def test_any_value_of_any_file_can_be_changed(value: dict[str, Any], random: Any, data: st.DataObject) -> None:
    file = file_of(Styles(random).file(value))
    assert exact(file.value) == exact(value)
    place = data.draw(st.sampled_from(list(paths_of(value))))
    check(file, place, data.draw(st.one_of(SCALARS, VALUES, st.just(REMOVED))))


@settings(max_examples=100)
@given(MAPS, st.randoms(use_true_random=False))
def test_whatever_is_set_again_changes_nothing(value: dict[str, Any], random: Any) -> None:
    data = Styles(random).file(value)
    assert splice(file_of(data), [Edit(place, value_at(value, place)) for place in paths_of(value)]).encode() == data


@settings(max_examples=100)
@given(MAPS, MAPS, st.randoms(use_true_random=False))
def test_a_file_can_become_any_other(value: dict[str, Any], other: dict[str, Any], random: Any) -> None:
    file = file_of(Styles(random).file(value))
    edits = [Edit((key,), item) for key, item in other.items()]
    edits += [Edit((key,)) for key in value if key not in other]
    assert exact(file_of(splice(file, edits).encode()).value) == exact(other)
