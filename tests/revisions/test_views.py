"""What a reviewer reads of a difference: as text, as Markdown and as JSON."""

import json
from pathlib import Path

import pytest

from tests.json.outputs import checked
from tests.revisions.conftest import MANIFEST, PROJECT, Repository

EXPECTED = Path(__file__).parent / "expected"


@pytest.fixture
def branch(desk: Repository) -> Repository:
    """A commit more, with a bit of everything, in two environments of which one differs by a variable."""
    sandbox = "    sandbox:\n      platform: famulor\n      sandbox: true\n      manifests: [assistants]\n"
    desk.edit("system_prompt: Be kind.", "system_prompt: {file: prompts/desk.md}")
    desk.write(
        {
            "agentops.yaml": PROJECT + sandbox + "      variables: {company: Beispiel}\n",
            "assistants/prompts/desk.md": "# Manners\n\nBe kind. Speak slowly.\n\n# Task\n\nAnswer the phone.\n",
            "assistants/billing.yaml": MANIFEST.replace("front-desk", "billing").replace("Front desk", "Billing"),
            "assistants/sales.yaml": MANIFEST.replace("front-desk", "sales").replace("Front desk", "Sales"),
        }
    )
    desk.commit()
    desk.edit("Speak slowly.", "Speak clearly.", "assistants/prompts/desk.md")
    desk.edit("  llm_temperature: 0.2\n", "  max_duration: 600\n")
    desk.edit("name: Sarah", "name: Emma")
    desk.edit("{env: CALCOM_KEY}", "{env: CALCOM_KEY_2}")
    desk.edit("  name: front-desk\n", "  name: front-desk\n  protect: true\n")
    desk.edit("  name: billing\n", "  name: invoices\n  previous_names: [billing]\n", "assistants/billing.yaml")
    (desk.folder / "assistants/sales.yaml").unlink()
    desk.write({"assistants/night.yaml": MANIFEST.replace("front-desk", "night").replace("Front desk", "Night")})
    desk.edit("company: Beispiel", "company: Beispiel GmbH", "agentops.yaml")
    desk.commit()
    return desk


@pytest.mark.parametrize(("name", "options"), [("diff.txt", []), ("diff.md", ["--markdown"])])
def test_views_are_as_expected(branch: Repository, name: str, options: list[str]) -> None:
    result = branch.run("diff", "HEAD~1", "HEAD", *options)

    assert result.code == 0, result
    assert result.err == ""
    assert result.out == (EXPECTED / name).read_text(encoding="utf-8")


def test_json_obeys_its_schema(branch: Repository) -> None:
    result = branch.run("diff", "HEAD~1", "HEAD", "--json")

    assert checked("diff", result)
    assert result.err == ""


def test_page_for_reviewers_has_every_environment(branch: Repository, tmp_path: Path) -> None:
    result = branch.run("diff", "HEAD~1", "HEAD", "--html", str(tmp_path / "diff.html"))
    page = (tmp_path / "diff.html").read_text(encoding="utf-8")

    assert result.code == 0, result
    assert all(word in page for word in ("production", "sandbox", "assistant.invoices", "Beispiel GmbH", "HEAD~1"))
    assert "(not set)" in page


def test_no_difference_is_said(desk: Repository) -> None:
    result = desk.run("diff", "HEAD")

    assert "No changes. Both revisions say the same." in result.out
    assert json.loads(desk.run("diff", "HEAD", "--json").out)[0]["resource_changes"] == []


def test_only_one_form_at_a_time(desk: Repository) -> None:
    assert desk.run("diff", "HEAD", "--json", "--markdown").code == 64
