"""Any manifest in any style, any one field edited on the platform: `drift --write` changes its lines and no others."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from agentops.providers import registry
from tests.conformance.cases import Case, cases, peers
from tests.drift.edits import Edited, edit, strays, texts, write_styled
from tests.support.generate import Spec
from tests.support.project import project

SEEDS = (1, 2)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", registry.platforms())
def test_any_field_of_any_style_goes_back_and_nothing_else_changes(name: str, seed: int, tmp_path: Path) -> None:
    with project(tmp_path, name) as used:
        every = [case for case in cases(registry.platform(name), used.account) if case.field != "mode"]
        edits = list(_edits(every, seed))
        write_styled(used, {**peers(used.account), **{each.name: each.before for each in edits}}, seed)
        used.apply()
        before = texts(used)
        edit(used, edits)
        drifted = used.drift()
        shown = [each for each in edits if each.name in drifted]
        outcome = used.run("drift", "--write")
        after = texts(used)
        plan = used.plan()
    left = set(re.findall(r"^  assistant\.(\S+)  \S+: .*secrets are never written", outcome.err, re.MULTILINE))
    assert left <= {each.name for each in shown if _secrets(each.after) - _secrets(each.before)}, outcome
    assert outcome.code == (3 if left else 0), outcome
    faults = [
        f"{each.name} {each.field}: {fault}"
        for each in shown
        for fault in strays(before[each.name], after[each.name], each.field)
    ]
    assert not faults, "\n".join(faults)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == drifted.keys() - left
    assert {change.address.name for change in plan.changes if change.is_shown} == left
    assert len(shown) > 20


def _secrets(spec: Spec) -> set[str]:
    """The environment variables that it asks for."""
    return set(re.findall(r'\{"env": "(\w+)"\}', json.dumps(spec)))


def _edits(every: list[Case], seed: int) -> Iterator[Edited]:
    random = Random(seed)
    for case in every:
        before, after = random.sample(case.values, 2)
        yield Edited(case.name, case.field, case.spec(before), case.spec(after))
