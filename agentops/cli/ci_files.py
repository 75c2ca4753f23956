"""The pipelines that `agentops init --ci` writes into a repository."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from agentops import __version__
from agentops.domain.errors import ProjectError
from agentops.domain.project import EnvToken, Project

KINDS: Final = ("github", "gitlab")
DISTRIBUTION: Final = "agentops-reconciler"
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


def ci_environments(project: Project) -> tuple[CiEnvironment, ...]:
    """The accounts of a project; only if it has none, its sandboxes, which start anew with every run."""
    every = project.environments.values()
    chosen = [environment for environment in every if not environment.sandbox] or list(every)
    return tuple(
        CiEnvironment(each.name, (each.token.name,) if isinstance(each.token, EnvToken) else (), each.state)
        for each in chosen
    )


def ci_files(
    kind: str,
    *,
    environments: Sequence[CiEnvironment],
    default_branch: str = "main",
    folder: str = ".",
    is_included: bool = False,
) -> Mapping[str, str]:
    """Path below the repository's top -> text.

    `kind` is one of `KINDS`; `folder` is where the project file is, below the top. `is_included`: there is a
    `GITLAB_FILE` already, so the pipeline goes into `GITLAB_INCLUDED`.
    """
    for what, name in (("branch", default_branch), ("folder", folder)):
        if not re.fullmatch(r"[\w./+@ -]+", name):
            message = f"the {what} {name!r} has characters that are code in a pipeline"
            raise ProjectError(message, hint="rename it, or write the pipeline by hand: docs/review-github.md")
    if kind == "github":
        return {
            ".github/workflows/agentops.yml": _workflow(environments, default_branch, folder),
            ".github/actions/agentops/action.yml": _template("action.yml"),
        }
    path = GITLAB_INCLUDED if is_included else GITLAB_FILE
    return {path: _gitlab(environments, folder, is_included=is_included)}


def _workflow(environments: Sequence[CiEnvironment], default_branch: str, folder: str) -> str:
    secrets = _secrets(environments)
    install = _install(environments)
    inputs = {"folder": folder} if folder != "." else {}
    if "[" in install:  # without an extra it is the action's own default
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


def _gitlab(environments: Sequence[CiEnvironment], folder: str, *, is_included: bool) -> str:
    values = {
        "secret-list": _secret_list(_secrets(environments)),
        "include-note": _INCLUDE_NOTE if is_included else "",
        "install": _install(environments),
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


def _secrets(environments: Sequence[CiEnvironment]) -> tuple[str, ...]:
    """Each once, tokens first."""
    tokens = [name for environment in environments for name in environment.secrets]
    states = [name for environment in environments for name in _STATE_SECRETS.get(_scheme(environment), ())]
    return tuple(dict.fromkeys([*tokens, *states]))


def _secret_list(secrets: Sequence[str]) -> str:
    """What to set, as lines of a comment."""
    lines = [f"#   {name}" for name in secrets] or ["#   none so far"]
    return "\n".join([*lines, "# and one for each `{env: ...}` of the manifests; add those where these are passed on."])


def _install(environments: Sequence[CiEnvironment]) -> str:
    """What pip installs, with what the places of the states need."""
    extras = sorted({_EXTRAS[_scheme(each)] for each in environments if _scheme(each) in _EXTRAS})
    listed = f"[{','.join(extras)}]" if extras else ""
    return f"{DISTRIBUTION}{listed}=={__version__}"


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
