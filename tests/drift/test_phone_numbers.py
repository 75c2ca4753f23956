"""Objects that are no assistants: a phone number of Revox that somebody edited."""

from pathlib import Path

import httpx

from agentops.sandbox import DEFAULT_TOKEN
from tests.drift.test_examples import with_examples
from tests.support.project import project


def test_an_edited_phone_number_goes_back_with_the_manifest_that_it_answers_with(tmp_path: Path) -> None:
    with project(tmp_path, "revox") as used:
        with_examples(used)
        used.apply()
        ids, file = used.ids(), used.folder / "assistants" / "main-line.yaml"
        before = file.read_text(encoding="utf-8")
        body = {"label": "New: line", "inbound_assistant_id": ids["lead-qualifier"]}
        url, headers = (
            f"{used.server.url}/phone-numbers/{ids['main-line']}",
            {"Authorization": f"Bearer {DEFAULT_TOKEN}"},
        )
        httpx.patch(url, json=body, headers=headers, trust_env=False).raise_for_status()
        used.succeed("drift", "--write")
        expected = before.replace("label: Main line", 'label: "New: line"')
        assert file.read_text(encoding="utf-8") == expected.replace(
            "inbound_assistant: front-desk", "inbound_assistant: lead-qualifier"
        )
        assert used.plan().is_empty
