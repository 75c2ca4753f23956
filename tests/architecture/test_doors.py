"""Each third-party library has one door, is a declared dependency, and is loaded only where it is used."""

import re
import subprocess
import sys
import tomllib

import pytest

from tests.architecture.imports import PACKAGE, ROOT, imports

DOORS = {
    "ruamel": "agentops.yamlio",
    "jsonschema": "agentops.engine.validate",
    "deepdiff": "agentops.engine.diff",
    "httpx": "agentops.providers.rest",
    "click": "agentops.cli",
    "jinja2": "agentops.render.html",
    "werkzeug": "agentops.sandbox",
    "obstore": "agentops.state.objects",
    "psycopg": "agentops.state.postgres",
}
"""Library -> the module or folder that alone may import it."""

EXTRAS = {"object-store": {"obstore"}, "postgres": {"psycopg"}}
"""Extra -> the libraries that only those who ask for it get."""

DISTRIBUTIONS = {"ruamel": {"ruamel-yaml", "ruamel-yaml-clib"}}
NEVER_IMPORTED = {"tzdata"}  # data for the standard library's zoneinfo
HEAVY = ("httpx", "jsonschema", "ruamel", "deepdiff", "werkzeug", "obstore", "psycopg", "jinja2")

ALL = imports()
OURS_OR_PYTHONS = {PACKAGE, "_typeshed", *sys.stdlib_module_names}
THIRD_PARTY = [item for item in ALL if item.imported.split(".")[0] not in OURS_OR_PYTHONS]


@pytest.mark.parametrize("library", sorted(DOORS))
def test_a_library_is_imported_at_its_door_only(library: str) -> None:
    door = DOORS[library]
    users = [item for item in THIRD_PARTY if item.imported.split(".")[0] == library]
    wrong = [item for item in users if item.importer != door and not item.importer.startswith(f"{door}.")]
    assert not wrong, "\n".join(map(str, wrong))
    assert users, f"{library} has a door and no user"


def test_every_library_has_a_door() -> None:
    homeless = [item for item in THIRD_PARTY if item.imported.split(".")[0] not in DOORS]
    assert not homeless, "\n".join(map(str, homeless))


def test_the_declared_dependencies_are_the_libraries_with_a_door() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {_distribution(requirement) for requirement in project["dependencies"]}
    extra = {library for libraries in EXTRAS.values() for library in libraries}
    used = {name for library in DOORS.keys() - extra for name in DISTRIBUTIONS.get(library, {library})}
    assert declared == used | NEVER_IMPORTED


def test_the_libraries_of_an_extra_are_those_with_a_door() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    declared = {extra: {_distribution(line) for line in lines} for extra, lines in extras.items() if extra != "dev"}
    assert declared == EXTRAS


def test_a_local_state_loads_no_library_of_an_extra() -> None:
    code = (
        "import sys, pathlib\n"
        "from agentops.state.backends import open_backend\n"
        "import agentops.state.locations\n"
        "assert not {'obstore', 'psycopg'} & sys.modules.keys()"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert run.returncode == 0, run.stderr[-2000:]


@pytest.mark.parametrize("command", (["-m", "agentops", "--help"], ["-m", "agentops", "plan", "--help"]))
def test_help_loads_no_heavy_library(command: list[str]) -> None:
    run = subprocess.run(
        [sys.executable, "-X", "importtime", *command], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert run.returncode == 0, run.stderr[-2000:]
    loaded = {line.rpartition("|")[2].strip().split(".")[0] for line in run.stderr.splitlines() if "|" in line}
    assert "click" in loaded
    assert not loaded & set(HEAVY), f"--help loads {', '.join(sorted(loaded & set(HEAVY)))}"


def test_nothing_reads_the_folders_beside_the_repository() -> None:
    beside = "/".join(("..", "shared"))
    sources = [
        path for folder in ("agentops", "tests", "bench", "docs", "schemas") for path in (ROOT / folder).rglob("*")
    ]
    texts = [path for path in sources if path.suffix in {".py", ".md", ".json", ".yaml", ".txt"} and path.is_file()]
    assert not [str(path) for path in texts if beside in path.read_text(encoding="utf-8", errors="replace")]


def _distribution(requirement: str) -> str:
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name, requirement
    return re.sub(r"[-_.]+", "-", name[0]).lower()
