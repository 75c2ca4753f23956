"""Whatever the file: formatting changes no value, loses no comment, and has nothing to do the second time."""

import re
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from agentops.engine.fmt import formatted
from agentops.engine.key_order import key_order
from agentops.yamlio.order import Order
from agentops.yamlio.read import read
from agentops.yamlio.write import Layout, document
from tests.validate.mutations import changed
from tests.yamlio.styles import Styles
from tests.yamlio.test_splice_properties import CORPUS
from tests.yamlio.values import MAPS, exact

REMARK = re.compile(r"#[^\r\n]*")


def value_of(data: bytes) -> Any:
    file, faults = read(data, "f.yaml")
    assert file is not None, (faults, data)
    return file.value


def check(data: bytes) -> str:
    text, faults = formatted(data, "f.yaml")
    assert text is not None, faults
    assert exact(value_of(text.encode())) == exact(value_of(data))
    assert formatted(text.encode(), "f.yaml") == (text, ())
    return text


def shuffled(value: Any, random: Random) -> Any:
    if isinstance(value, dict):
        keys = list(value)
        random.shuffle(keys)
        return {key: shuffled(value[key], random) for key in keys}
    return [shuffled(item, random) for item in value] if isinstance(value, list) else value


def without_marks(value: Any) -> Any:
    """The value with no `#` in it, so that every one in the file is a comment."""
    if isinstance(value, dict):
        return {key.replace("#", "-"): without_marks(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_marks(item) for item in value]
    return value.replace("#", "-") if isinstance(value, str) else value


def test_formatting_the_corpus_changes_no_value() -> None:
    for path in CORPUS:
        check(path.read_bytes())


@settings(max_examples=250)
@given(MAPS, st.randoms(use_true_random=False))
def test_formatting_changes_no_value(value: dict[str, Any], random: Random) -> None:
    check(Styles(random).file(value))


@settings(max_examples=250)
@given(st.data(), st.booleans(), st.randoms(use_true_random=False))
def test_formatting_a_manifest_changes_no_value(data: st.DataObject, projects: bool, random: Random) -> None:
    document = shuffled(changed(data, projects=projects), random)
    if isinstance(document, dict) and document:
        check(Styles(random).file(document))


@settings(max_examples=150)
@given(st.data(), st.randoms(use_true_random=False))
def test_no_comment_is_lost(data: st.DataObject, random: Random) -> None:
    document = without_marks(shuffled(changed(data, projects=False), random))
    if not isinstance(document, dict) or not document:
        return
    before = Styles(random).file(document)
    after = check(before)
    assert sorted(found.rstrip() for found in REMARK.findall(after)) == sorted(
        found.rstrip() for found in REMARK.findall(before.decode())
    )


def ordered(value: Any, order: Order, path: tuple[str | int, ...] = ()) -> Any:
    """The value with its keys in the order that formatting gives them."""
    if isinstance(value, list):
        return [ordered(item, order, (*path, index)) for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    keys = [key for key in order(path) if key in value]
    keys += [key for key in value if key not in keys]
    return {key: ordered(value[key], order, (*path, key)) for key in keys}


@settings(max_examples=250)
@given(st.data(), st.booleans(), st.randoms(use_true_random=False), st.sampled_from([Layout(), Layout(width=0)]))
def test_what_is_written_new_is_canonical(data: st.DataObject, projects: bool, random: Random, layout: Layout) -> None:
    value = shuffled(changed(data, projects=projects), random)
    if not isinstance(value, dict) or not value:
        return
    order = key_order(value)
    canonical = document(ordered(value, order), layout)
    assert formatted(canonical.encode(), "f.yaml") == (canonical, ())
    assert formatted(document(value, layout).encode(), "f.yaml") == (canonical, ())
