"""Any plan at all: values, names and texts that nobody would choose."""

from datetime import UTC, datetime
from typing import Final

from hypothesis import strategies as st

from agentops.domain.address import Address
from agentops.domain.diagnostics import Diagnostic, Severity, SourcePos
from agentops.domain.fields import UNSET
from agentops.domain.plan import Action, Cause, Change, FieldChange, Finding, Plan, PlanOptions
from agentops.domain.state import Entry, Intent
from agentops.domain.values import Ref, Secret, Value
from tests.render.plans import BASIS, BINDING

CANARY: Final = "c4nary5ecret"
ODD: Final = "\x00\x07\x1b\r\n\t\x7f\x85\u00a0\u200b\u200d\u202e\u2028\ufeff`@#<>|\\[]{}+-~ abcé你"

MARKUP: Final = (
    *("# a", "- a", "1. a", "2) a", "> a", "---", "===", "+", "*", "=", "```", "    a", "\t", "`", "``", "\\", " "),
    *("<b>", "<!-- x -->", "<!-- agentops: acme-voice/production -->", "</details>", "<script>", "&lt;", "| a |"),
    *("[a](b)", "![a](b)", "[a]: http://x", "<http://a.b>", "http://x.y", "HTTPS://X.Y", "www.x.y", "mailto:a@b.c"),
    *("@bob", "#1", "!1", "%1", "~x", "a/b#1", "a/b!1", "GH-1", "$x$", "[^1]", "- [ ] a", "*a*", "__a__", "~~a~~"),
    *("/close", "\n/close", "\n\n# x", "\u2028/close", "::error::x", "\n::error::x", "\\`", "&#60;", "a@b.c"),
)
markup = st.lists(st.sampled_from([*MARKUP, "a", " "]), min_size=1, max_size=4).map("".join)
texts = st.one_of(st.text(alphabet=ODD, max_size=40), st.text(max_size=40), st.sampled_from(MARKUP), markup)
long_texts = st.lists(
    st.sampled_from([*MARKUP, "", "a b", "a  b", "x\ty", "````", "z" * 90, "- item", "é"]), max_size=25
).map("\n".join)
secrets = st.sampled_from([Secret("KEY", CANARY), Secret("", CANARY), Secret("KEY")])
refs = st.builds(
    Ref,
    st.just("voices"),
    st.one_of(st.integers(1, 99), st.none(), texts),
    texts,
    texts,
    st.sampled_from(["", "assistant.other"]),
)
numbers = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False))
scalars = st.one_of(st.none(), st.booleans(), numbers, texts, long_texts, refs, secrets)
values: st.SearchStrategy[Value] = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(texts, inner, max_size=4),
        st.fixed_dictionaries({"type": st.sampled_from(["end_call", "a b"]), "description": inner}),
    ),
    max_leaves=8,
)
names = st.sampled_from(["name", "voice", "tools", "system_prompt", "phone_number", "send_webhook_only_on_completed"])
maps = st.dictionaries(names, values, max_size=5)
sides = st.one_of(st.just(UNSET), values)


@st.composite
def fields(draw: st.DrawFn) -> FieldChange:
    sensitive = draw(st.booleans())
    prior, live, desired = (CANARY if sensitive else draw(sides) for _ in range(3))
    return FieldChange(
        draw(names), draw(st.sampled_from(Cause)), prior, live, desired, write=draw(st.booleans()), sensitive=sensitive
    )


@st.composite
def changes(draw: st.DrawFn) -> Change:
    found = draw(st.lists(fields(), max_size=4, unique_by=lambda field: field.name))
    hidden = {field.name for field in found if field.sensitive}
    known = {name: value for name, value in draw(maps).items() if name not in hidden}
    return Change(
        address=Address("assistant", draw(st.sampled_from(["a", "b", "c-d"]))),
        kind="Assistant",
        action=draw(st.sampled_from(Action)),
        remote_id=draw(st.one_of(st.none(), st.integers(1, 999), texts)),
        fields=tuple(found),
        desired=known,
        live={name: value for name, value in draw(maps).items() if name not in hidden},
        prior=draw(st.sampled_from([None, Entry(5, known)])),
        intent=draw(st.sampled_from([None, Intent(known, datetime(2026, 1, 1, tzinfo=UTC))])),
        moved_from=draw(st.sampled_from([None, Address("assistant", "old")])),
        protect=draw(st.booleans()),
        blocked=draw(st.one_of(st.just(""), texts)),
        name=draw(texts),
        status=draw(texts),
        labels=draw(st.dictionaries(texts, texts, max_size=2)),
    )


findings = st.builds(
    Finding,
    st.just("deletes"),
    st.sampled_from(Severity),
    texts,
    st.just((Address("assistant", "a"),)),
    texts,
    st.sampled_from(["", "--allow-deletes"]),
    st.booleans(),
)
diagnostics = st.builds(
    Diagnostic,
    st.sampled_from(Severity),
    st.just("code"),
    texts,
    st.one_of(st.none(), st.builds(SourcePos, texts, st.integers(1, 9), st.integers(1, 50))),
    texts,
)
plans = st.builds(
    Plan,
    binding=st.just(BINDING),
    sandbox=st.booleans(),
    basis=st.just(BASIS),
    options=st.just(PlanOptions()),
    changes=st.lists(changes(), max_size=3).map(tuple),
    findings=st.lists(findings, max_size=2).map(tuple),
    diagnostics=st.lists(diagnostics, max_size=2).map(tuple),
)
