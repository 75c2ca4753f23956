"""The pipelines that `agentops init --ci` writes into a repository."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from agentops.cli.ci_install import requirement
from agentops.domain.errors import ProjectError
from agentops.domain.project import EnvToken, Project

KINDS: Final = ("github", "gitlab")
GITHUB_FILE: Final = ".github/workflows/agentops.yml"
GITLAB_FILE: Final = ".gitlab-ci.yml"
GITLAB_INCLUDED: Final = ".gitlab/agentops.yml"
"""Where the pipeline goes if the repository has a `GITLAB_FILE` of its own, which then includes it."""

_OBJECT_STORE: Final = "object-store"
_EXTRAS: Final = {"s3": _OBJECT_STORE, "gs": _OBJECT_STORE, "az": _OBJECT_STORE, "postgresql": "postgres"}
_STATE_SECRETS: Final = {
    "s3": ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"),
    "gs": ("GOOGLE_APPLICATION_CREDENTIALS",),
    "az": ("AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT_KEY"),
    "postgresql": ("PGUSER", "PGPASSWORD"),
}
"""Scheme of a state's place -> the environment variables that open it."""


@dataclass(frozen=True, slots=True)
class CiEnvironment:
    """An environment that the pipeline works on. `secrets`: the environment variables that it needs for it."""

    name: str
    secrets: tuple[str, ...] = ()
    state: str = ""


def ci_environments(project: Project, named: Mapping[str, Sequence[str]] | None = None) -> tuple[CiEnvironment, ...]:
    """The accounts of a project; only if it has none, its sandboxes, which start anew with every run.

    `named`: the secrets that the manifests of an environment name.
    """
    every = project.environments.values()
    chosen = [environment for environment in every if not environment.sandbox] or list(every)
    tokens = {each.name: (each.token.name,) if isinstance(each.token, EnvToken) else () for each in chosen}
    return tuple(
        CiEnvironment(each.name, (*tokens[each.name], *(named or {}).get(each.name, ())), each.state) for each in chosen
    )


def ci_files(
    kind: str,
    *,
    environments: Sequence[CiEnvironment],
    default_branch: str = "main",
    folder: str = ".",
    is_included: bool = False,
    source: str | None = None,
) -> Mapping[str, str]:
    """Path below the repository's top -> text.

    `kind` is one of `KINDS`; `folder` is where the project file is, below the top. `is_included`: there is a
    `GITLAB_FILE` already, so the pipeline goes into `GITLAB_INCLUDED`. `source`: where agentops is installed from,
    None for PyPI, empty where it is there already.
    """
    for what, name in (("branch", default_branch), ("folder", folder)):
        if not re.fullmatch(r"[\w./+@ -]+", name):
            message = f"the {what} {name!r} has characters that are code in a pipeline"
            raise ProjectError(message, hint="rename it, or write the pipeline by hand: docs/review-github.md")
    install = requirement(source, _extras(environments))
    if kind == "github":
        return {
            GITHUB_FILE: _workflow(environments, default_branch, folder, install),
            ".github/actions/agentops/action.yml": _template("action.yml"),
        }
    path = GITLAB_INCLUDED if is_included else GITLAB_FILE
    return {path: _gitlab(environments, folder, install, is_included=is_included)}


def lacking(text: str, there: str) -> tuple[str, ...]:
    """The lines of `text`, as `ci_files` gives it, that depend on the project and that `there` does not have."""
    templates = ("github.yml", "action.yml", "gitlab.yml", "gitlab-environment.yml")
    known = {line.strip() for name in templates for line in _template(name).splitlines()}
    known |= {line.strip() for line in there.splitlines()}
    return tuple(dict.fromkeys(line for line in text.splitlines() if line.strip() and line.strip() not in known))


def _workflow(environments: Sequence[CiEnvironment], default_branch: str, folder: str, install: str) -> str:
    secrets = secrets_of(environments)
    inputs = {"folder": folder} if folder != "." else {}
    if install != requirement():  # that is the action's own default
        inputs["install"] = install
    env = ["        env:", *(f"          {name}: ${{{{ secrets.{name} }}}}" for name in secrets)] if secrets else []
    return _filled(
        _template("github.yml"),
        {
            "secret-list": _secret_list(secrets),
            "default-branch": default_branch,
            "environments": ", ".join(_plain(environment.name) for environment in environments),
            "with": "".join(f'\n          {name}: "{text}"' for name, text in inputs.items()),
            "env": "".join(f"\n{line}" for line in env),
        },
    )


def _gitlab(environments: Sequence[CiEnvironment], folder: str, install: str, *, is_included: bool) -> str:
    values = {
        "secret-list": _secret_list(secrets_of(environments)),
        "include-note": _INCLUDE_NOTE if is_included else "",
        "install": install,
        "folder": f'  AGENTOPS_DIR: "{folder}"\n' if folder != "." else "",
    }
    block = _template("gitlab-environment.yml")
    blocks = [
        _filled(block, {"environment": environment.name, "name": _plain(environment.name)})
        for environment in environments
    ]
    return _filled(_template("gitlab.yml"), values) + "".join(blocks)


_INCLUDE_NOTE: Final = f"""\
#
# In {GITLAB_FILE}:
#   include:
#     - local: {GITLAB_INCLUDED}
# If it has `stages:`, they win over those below: add validate, plan and apply there.
"""


def secrets_of(environments: Sequence[CiEnvironment]) -> tuple[str, ...]:
    """What the pipelines need as secrets: each once, tokens first."""
    tokens = [name for environment in environments for name in environment.secrets]
    states = [name for environment in environments for name in _STATE_SECRETS.get(_scheme(environment), ())]
    return tuple(dict.fromkeys([*tokens, *states]))


def _secret_list(secrets: Sequence[str]) -> str:
    """What to set, as lines of a comment."""
    lines = [f"#   {name}" for name in secrets] or ["#   none so far"]
    return "\n".join(
        [*lines, "# A new `{env: ...}` in a manifest is one more; `agentops init --ci` says what this file lacks."]
    )


def _extras(environments: Sequence[CiEnvironment]) -> tuple[str, ...]:
    """What the places of the states need beside agentops itself."""
    return tuple(sorted({_EXTRAS[_scheme(each)] for each in environments if _scheme(each) in _EXTRAS}))


def _scheme(environment: CiEnvironment) -> str:
    scheme, separator, _ = environment.state.partition("://")
    return scheme if separator else ""


def _plain(name: str) -> str:
    """`name` as YAML that is read as a text: `true` and `1e3` are names of environments too."""
    return name if re.match("[a-z]", name) and name not in _WORDS else f'"{name}"'


_WORDS: Final = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")
"""What YAML reads as something else than a text, in one of its versions."""


def _template(name: str) -> str:
    return (files("agentops.cli") / "ci" / name).read_text(encoding="utf-8")


def _filled(template: str, values: Mapping[str, str]) -> str:
    """The template with each `<<name>>` replaced."""
    for name, text in values.items():
        template = template.replace(f"<<{name}>>", text)
    return template
