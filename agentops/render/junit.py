"""What `validate` found as a JUnit report, in the form that GitLab and Jenkins read: one test case for each file."""

import re
from collections.abc import Sequence
from typing import Final
from xml.etree import ElementTree

from agentops.domain.diagnostics import Diagnostic, Severity
from agentops.render.places import in_repository
from agentops.render.validation import Checked

_SUITE: Final = "agentops validate"
_NOWHERE: Final = "the project"
_IMPOSSIBLE: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even escaped, or advises against."""


def junit(checked: Checked) -> str:
    """A file fails with its errors in one `failure`, as readers take the first only; its warnings are its output."""
    found: dict[str, list[Diagnostic]] = {path: [] for path in checked.files}
    for item in checked.diagnostics:
        found.setdefault(item.pos.path if item.pos else _NOWHERE, []).append(item)
    failing = sum(any(item.severity is Severity.ERROR for item in items) for items in found.values())
    counts = {"tests": str(len(found)), "failures": str(failing), "errors": "0", "skipped": "0", "time": "0"}
    top = ElementTree.Element("testsuites", {"name": _SUITE, **counts})
    suite = ElementTree.SubElement(top, "testsuite", {"name": _SUITE, **counts})
    for path, items in found.items():
        _case(suite, path, items, in_repository(path, checked.prefix))
    ElementTree.indent(top)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(top, encoding="unicode")


def _case(suite: ElementTree.Element, path: str, items: Sequence[Diagnostic], link: str) -> None:
    place = {} if path == _NOWHERE else {"file": _clean(link)}
    case = ElementTree.SubElement(suite, "testcase", {"classname": _SUITE, "name": _clean(path), **place, "time": "0"})
    errors = [item for item in items if item.severity is Severity.ERROR]
    warnings = [item for item in items if item.severity is Severity.WARNING]
    if errors:
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        first = " ".join(errors[0].message.split("\n"))
        attributes = {"message": _clean(first + more), "type": errors[0].code}
        ElementTree.SubElement(case, "failure", attributes).text = _texts(errors)
    if warnings:
        ElementTree.SubElement(case, "system-out").text = _texts(warnings)


def _texts(items: Sequence[Diagnostic]) -> str:
    return _clean("\n".join(map(str, items)))


def _clean(text: str) -> str:
    """`text` with escapes in place of what XML cannot hold."""
    return _IMPOSSIBLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
