"""Diagnostics as SARIF 2.1.0, the part of it that GitHub's code scanning reads ("SARIF support for code scanning")."""

import json
from typing import Final
from urllib.parse import quote

from agentops import __version__
from agentops.domain.codes import CODES
from agentops.domain.diagnostics import Diagnostic, Severity
from agentops.render.places import fingerprints, place_of
from agentops.render.validation import Checked

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT: Final = "%SRCROOT%"
_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning"}


def sarif(checked: Checked) -> str:
    """One run with a result for each diagnostic. `%SRCROOT%`, the repository's top, is left for the reader to fill in,
    so that no path of this machine gets out."""
    marks = fingerprints(checked.diagnostics, checked.prefix)
    rules = {code: index for index, code in enumerate(CODES)}
    run = {
        "tool": {"driver": {"name": "agentops", "version": __version__, "rules": [_rule(code) for code in CODES]}},
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The top of the git repository."}}},
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(item, mark, rules, checked.prefix) for item, mark in zip(checked.diagnostics, marks, strict=True)
        ],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _rule(code: str) -> dict[str, object]:
    meaning = f"{CODES[code][:1].upper()}{CODES[code][1:]}."
    said = {"text": meaning}
    help_text = f"{meaning} The message says where, and what to do; docs/diagnostics.md lists every code."
    return {"id": code, "name": code, "shortDescription": said, "fullDescription": said, "help": {"text": help_text}}


def _result(item: Diagnostic, mark: tuple[str, int], rules: dict[str, int], prefix: str) -> dict[str, object]:
    place = place_of(item, prefix)
    hint = f"\n{item.hint}" if item.hint else ""
    spot: dict[str, object] = {
        "artifactLocation": {"uri": quote(place.path, errors="surrogateescape"), "uriBaseId": _ROOT}
    }
    if item.pos:
        spot["region"] = {"startLine": place.line, "startColumn": place.column}
    return {
        "ruleId": item.code,
        **({"ruleIndex": rules[item.code]} if item.code in rules else {}),
        "level": _LEVELS[item.severity],
        "message": {"text": item.message + hint},
        "locations": [{"physicalLocation": spot}],
        # The one key that GitHub compares; its value may be any text that stays the same.
        "partialFingerprints": {"primaryLocationLineHash": f"{mark[0]}:{mark[1]}"},
    }
