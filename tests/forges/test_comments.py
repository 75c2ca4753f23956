"""One comment per environment: found again, updated in place, never doubled, and nobody else's is harmed."""

import re
from dataclasses import replace

import pytest

from agentops.cli.reporting import Wishes
from agentops.domain.errors import ForgeUnclearError
from agentops.domain.plan import Plan
from agentops.forges.comments import Done, marker, place
from agentops.forges.connection import FORGES, connected
from tests.forges.conftest import MARK, Job
from tests.render.plans import CASES, creates, plan
from tests.support.forge_double import Fault
from tests.support.forge_double.core import TOKEN


def other(project: str = "acme-voice", environment: str = "staging", base: Plan | None = None) -> Plan:
    made = base or creates()
    return replace(made, binding=replace(made.binding, project=project, environment=environment))


def test_a_plan_becomes_a_comment_that_begins_with_the_hidden_marker(job: Job) -> None:
    done = job.report()

    (body,) = job.double.bodies()
    assert done.code == 0, str(done)
    assert body.startswith(f"{MARK}\n")
    assert "1 to add" in body
    assert re.search(r"environment production: comment created: https://\S+7#\w+-?_?\d+", done.out)


def test_the_footer_says_when_from_which_commit_and_where_to_see_more(job: Job) -> None:
    job.report(options=["--link", "HTML report=https://ci.example/plan.html?a=(b)"])

    foot = job.double.bodies()[0].splitlines()[-1]
    assert foot.startswith("<sub>Planned 2026-01-02 03:04 UTC from commit `aaaaaaaaaaaa` · [run](https://git")
    assert foot.endswith(" · [HTML report](https://ci.example/plan.html?a=%28b%29)</sub>")


def test_the_next_plan_takes_the_place_of_the_last(job: Job) -> None:
    job.report()
    done = job.report(plan())

    (body,) = job.double.bodies()
    assert "No changes" in body
    assert "comment updated" in done.out


def test_the_same_text_is_not_sent_again(job: Job) -> None:
    job.report()
    job.double.seen.clear()
    done = job.report()

    assert job.double.written == []
    assert "comment unchanged" in done.out


def test_text_that_the_forge_stored_with_other_line_ends_is_the_same(job: Job) -> None:
    job.report()
    job.double.comments[7][0].body = job.double.bodies()[0].replace("\n", "\r\n") + "\r\n"
    job.double.seen.clear()
    job.report()

    assert job.double.written == []


def test_the_comment_is_found_on_the_third_page(job: Job) -> None:
    for number in range(250):
        job.double.note(f"remark {number}")
    ours = job.double.note(f"{MARK}\nan older plan")
    job.double.note("the last word")
    job.report()

    assert len(job.double.comments[7]) == 252
    assert "1 to add" in ours.body
    assert sum("GET" in line and ("comments" in line or "notes" in line) for line in job.double.seen) == 3


def test_a_comment_that_quotes_the_marker_is_left_alone(job: Job) -> None:
    quote = job.double.note(f"> {MARK}\n> 1 to add\n\nwhy?", foreign=403)
    inside = job.double.note(f"see\n{MARK}")
    job.report()

    assert [note.body for note in (quote, inside)] == [f"> {MARK}\n> 1 to add\n\nwhy?", f"see\n{MARK}"]
    assert len(job.double.comments[7]) == 3


@pytest.mark.parametrize("status", [403, 404])
def test_a_marked_comment_of_somebody_else_leads_to_one_of_our_own(job: Job, status: int) -> None:
    job.double.note(f"{MARK}\ncopied", foreign=status)
    first, second = job.report(), job.report(plan())

    assert (first.code, second.code) == (0, 0)
    foreign, ours = job.double.bodies()
    assert foreign == f"{MARK}\ncopied"
    assert "No changes" in ours


def test_a_copy_that_somebody_made_later_does_not_hide_our_own(job: Job) -> None:
    job.report()
    job.double.note(f"{MARK}\ncopied", foreign=403)
    job.report(plan())

    ours, foreign = job.double.bodies()
    assert "No changes" in ours
    assert foreign == f"{MARK}\ncopied"


def test_each_environment_has_its_own_comment(job: Job) -> None:
    job.report(creates(), other())
    job.report(plan(), other())

    production, staging = job.double.bodies()
    assert production.startswith("<!-- agentops: acme-voice/production -->\n")
    assert staging.startswith("<!-- agentops: acme-voice/staging -->\n")
    assert "No changes" in production
    assert "1 to add" in staging


def test_two_projects_with_the_same_environment_do_not_share_a_comment(job: Job) -> None:
    job.report(creates(), other("other-voice", "production"))
    assert len(job.double.bodies()) == 2


@pytest.mark.parametrize(
    "name", ["a--><script>", "x -- y", "ends-", "two\nlines", "a/b", "@everyone", "\udcff", "--", "a%2D"]
)
def test_no_name_breaks_out_of_the_marker(name: str) -> None:
    for mark in (marker(name, "production"), marker("acme", name)):
        assert re.fullmatch(r"<!-- agentops: [\w.~%-]+/[\w.~%-]+ -->", mark)
        assert "--" not in mark[4:-3]


def test_names_that_differ_have_markers_that_differ() -> None:
    names = ["a--b", "a-%2Db", "a/b", "a", "b", "a-", "a%2D"]
    marks = {marker(one, two) for one in names for two in names}
    assert len(marks) == len(names) ** 2


def test_a_hostile_name_mentions_nobody_and_ends_no_comment(job: Job) -> None:
    bad = other("acme", "@acme/all --> <b>\n::error::x")
    done = job.report(bad)

    (body,) = job.double.bodies()
    assert body.splitlines()[0].endswith(" -->")
    assert body.splitlines()[0].count("-->") == 1
    # In a code span nobody is notified.
    assert not re.search(r"(?<![`;\w])@acme", body)
    assert not any(line.lstrip().startswith("::error") for line in (done.out + done.err).splitlines())


@pytest.mark.parametrize("case", sorted(CASES))
def test_every_plan_fits_into_a_comment(on_github: Job, case: str) -> None:
    assert on_github.report(CASES[case]()).code == 0
    assert len(on_github.double.bodies()[0]) <= 60_000


def test_a_plan_of_a_thousand_changes_is_cut_to_the_limit_with_its_footer(on_github: Job) -> None:
    (change,) = creates().changes
    many = [replace(change, address=replace(change.address, name=f"assistant-{n}")) for n in range(1000)]
    done = on_github.report(plan(*many), options=["--link", f"https://ci.example/{'x' * 5_000}"])

    (body,) = on_github.double.bodies()
    assert done.code == 0, str(done)
    assert 20_000 < len(body) <= 60_000
    assert body.endswith("</sub>")


def test_of_two_that_may_be_written_the_newest_is_kept_up_to_date(job: Job) -> None:
    old, new = job.double.note(f"{MARK}\nold"), job.double.note(f"{MARK}\nnew")
    job.report()

    assert old.body == f"{MARK}\nold"
    assert "1 to add" in new.body
    assert len(job.double.bodies()) == 2


def test_a_connection_cut_after_the_comment_was_made_makes_no_second_one(job: Job) -> None:
    job.double.faults.append(Fault("POST", "/(comments|notes)$", 0, after=True))
    waits: list[float] = []
    with connected(FORGES[job.forge], job.double.base, TOKEN, "acme/voice") as forge:
        placed = place(forge, 7, MARK, f"{MARK}\nplan", waits.append)

    assert job.double.bodies() == [f"{MARK}\nplan"]
    assert placed.done is Done.CREATED
    assert placed.url
    assert waits == [2.0]


def test_a_server_error_before_the_comment_was_made_is_tried_again_after_a_look(job: Job) -> None:
    job.double.faults.append(Fault("POST", "/(comments|notes)$", 502))
    with connected(FORGES[job.forge], job.double.base, TOKEN, "acme/voice") as forge:
        place(forge, 7, MARK, f"{MARK}\nplan", lambda _: None)

    assert job.double.bodies() == [f"{MARK}\nplan"]
    posted = [index for index, line in enumerate(job.double.seen) if line.startswith("POST")]
    between = job.double.seen[posted[0] + 1 : posted[1]]
    assert any(line.startswith("GET") and line.endswith(("comments", "notes")) for line in between)


def test_after_three_unclear_answers_it_gives_up(job: Job) -> None:
    job.double.faults.append(Fault("POST", "/(comments|notes)$", 502, times=9))
    with (
        connected(FORGES[job.forge], job.double.base, TOKEN, "acme/voice") as forge,
        pytest.raises(ForgeUnclearError, match="it may have been done all the same"),
    ):
        place(forge, 7, MARK, f"{MARK}\nplan", lambda _: None)

    assert sum(line.startswith("POST") for line in job.double.written) == 3


def test_a_dry_run_shows_each_request_and_sends_none_that_writes(job: Job) -> None:
    done = job.report(options=["--dry-run"])

    assert job.double.written == []
    assert job.double.bodies() == []
    assert f"Would send: POST {job.double.base}/" in done.out
    assert f"  | body: {MARK}" in done.out
    assert "agentops: changes" in done.out
    assert "comment would be placed" in done.out
    assert not list(job.folder.glob("output*"))
    assert not list(job.folder.glob("summary*"))


def test_without_a_token_a_dry_run_shows_comment_and_label_and_asks_nobody(job: Job) -> None:
    job.environ = {}
    done = job.report(options=["--dry-run"])

    assert done.code == 0
    assert f"  | {MARK}" in done.out
    assert "to add" in done.out
    assert "the label would be agentops: changes" in done.out
    assert "is not set, so" in done.err
    assert job.double.seen == []
    assert "label would" not in job.report(options=["--dry-run", "--no-labels"]).out
    assert MARK not in job.report(options=["--dry-run", "--no-comment"]).out


def test_without_a_comment_or_labels_the_forge_is_not_asked(job: Job) -> None:
    del job.environ["GITHUB_TOKEN" if job.forge == "github" else "GITLAB_TOKEN"]
    assert job.report(options=["--no-comment", "--no-labels"]).code == 0
    assert job.double.seen == []


def test_options_beat_what_the_job_says(job: Job) -> None:
    base = job.double.base
    token = "GITHUB_TOKEN" if job.forge == "github" else "GITLAB_TOKEN"
    job.environ = {token: TOKEN}
    job.double.comments[8], job.double.labels[8] = [], []
    options = ["--repository", "acme/voice", "--pull-request", "8", "--api-url", base]

    assert job.report(options=options).code == 0
    assert len(job.double.bodies(8)) == 1
    assert job.double.bodies(7) == []


def test_a_wish_has_a_row_for_each_option_of_the_command() -> None:
    from agentops.cli.report import command

    names = {parameter.name for parameter in command.params if parameter.expose_value}
    assert names == set(Wishes.__dataclass_fields__)
