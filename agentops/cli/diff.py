"""`agentops diff`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agentops.cli.html_file import html_option, save_html
from agentops.cli.plan import CHANGES
from agentops.cli.plan_options import full_option
from agentops.cli.settings import Command, Settings
from agentops.cli.terminal import Terminal, terminal_for
from agentops.cli.written import require_writable
from agentops.domain.errors import ManifestError, ProjectError, UsageError

if TYPE_CHECKING:
    from agentops.cli.revision_files import RevisionFiles
    from agentops.cli.revisions import Repository
    from agentops.domain.manifest_diff import ManifestDiff
    from agentops.engine.revisions import Revision

WORKING_TREE = "the working tree"


@click.command("diff", cls=Command, short_help="Show what two git revisions of the manifests say differently.")
@click.argument("base", metavar="BASE")
@click.argument("head", required=False, metavar="[HEAD]")
@click.option("--merge-base", is_flag=True, help="Compare HEAD with where it left BASE, as a pull request does.")
@click.option("--json", "as_json", is_flag=True, help="A list with an object in Terraform's JSON plan format for each.")
@click.option("--markdown", "as_markdown", is_flag=True, help="For a comment on a pull request.")
@html_option
@full_option
@click.option("--detailed-exitcode", is_flag=True, help="Exit code 0: no difference, 2: differences, 1: error.")
@click.pass_obj
def command(
    settings: Settings,
    base: str,
    head: str | None,
    merge_base: bool,
    as_json: bool,
    as_markdown: bool,
    html: Path | None,
    full: bool,
    detailed_exitcode: bool,
) -> int:
    """Show what the manifests of HEAD say differently from those of BASE, field by field, for every environment.

    Without HEAD: the working tree, with what is not committed. Needs no token, no network and no state. Layout, the
    order of keys, comments, and whether a text or a number stands in the manifest, in a file or in a variable are no
    difference. Nothing is checked out; the repository is only read.

    \b
    Examples:
      agentops diff main                        what did I change?
      agentops diff origin/main HEAD --merge-base      what does this branch change?
      agentops diff v1.4 v1.5 --env production
      agentops diff origin/main --merge-base --markdown > comment.md
      agentops diff main --html diff.html       for a browser: side by side, with filters
    """
    if as_json and as_markdown:
        raise click.UsageError("--json and --markdown exclude each other")
    if full and (as_json or as_markdown):
        raise click.UsageError("--full is for text; JSON is whole anyway, and so is the page of --html")
    require_writable(html)
    terminal = terminal_for(settings)
    diffs = _compared(settings, terminal, base, head, merge_base=merge_base)
    terminal.show(_shown(diffs, terminal, as_json=as_json, as_markdown=as_markdown, full=full))
    if html is not None:
        from agentops.render.review import diff_review

        save_html(html, [diff_review(diff) for diff in diffs], terminal)
    return CHANGES if detailed_exitcode and not all(diff.is_empty for diff in diffs) else 0


def _shown(diffs: Sequence[ManifestDiff], terminal: Terminal, *, as_json: bool, as_markdown: bool, full: bool) -> str:
    """The differences in the form that was asked for."""
    if as_json:
        from agentops.render.diff_json import diffs_json_text

        return diffs_json_text(diffs)
    if as_markdown:
        from agentops.render.markdown import LIMIT, diff_markdown

        return "\n\n".join(diff_markdown(diff, limit=LIMIT // len(diffs)) for diff in diffs)
    from agentops.render.text import diff_text

    return "\n\n".join(diff_text(diff, palette=terminal.palette, width=terminal.width, full=full) for diff in diffs)


def _compared(
    settings: Settings, terminal: Terminal, base: str, head: str | None, *, merge_base: bool
) -> Sequence[ManifestDiff]:
    """The differences. The faults of a head that is a revision are shown here, where its files are at hand."""
    from agentops.cli.project import find_project, project_path
    from agentops.cli.revisions import repository_of
    from agentops.engine.revisions import Revision, manifest_diffs
    from agentops.providers.registry import platform

    path = project_path(settings)
    working = None if head is not None else find_project(settings)
    folder = path.parent if path is not None else (settings.directory or Path()).resolve()
    repository = repository_of(folder)
    first, label = _base(repository, base, head, merge_base=merge_base)
    with _revision(repository, label, first, is_head=False) as before:
        if working is not None:
            after = Revision(WORKING_TREE, working)
            return manifest_diffs(before, after, platform, _chosen(settings, before, after))
        assert head is not None, "there is no working tree to read"
        with _revision(repository, head, repository.commit(head), is_head=True) as after:
            try:
                return manifest_diffs(before, after, platform, _chosen(settings, before, after))
            except ManifestError as exc:
                return _faulty(exc, after, terminal)


def _base(repository: Repository, base: str, head: str | None, *, merge_base: bool) -> tuple[str, str]:
    """The commit to compare with, and what it is called."""
    commit = repository.commit(base)
    if not merge_base:
        return commit, base
    common = repository.merge_base(commit, repository.commit(head or "HEAD"))
    return common, f"{common[:10]} (merge base with {base})"


@contextmanager
def _revision(repository: Repository, name: str, commit: str, *, is_head: bool) -> Iterator[Revision]:
    """The project as a commit has it. For the head there must be one, and its project file must be right."""
    from agentops.cli.project import PROJECT_FILE
    from agentops.cli.revision_files import files_of
    from agentops.engine.project_file import read_project
    from agentops.engine.revisions import Revision
    from agentops.providers.registry import platforms

    with files_of(repository, commit) as files:
        path = files.root / PROJECT_FILE
        if not path.exists():
            if is_head:
                where = f"the folder {repository.prefix} of " if repository.prefix else ""
                raise ProjectError(f"there is no {PROJECT_FILE} in {where}{name}", hint="name a revision that has one")
            yield Revision(name, None, commit)
            return
        try:
            project = read_project(path, platforms())
        except ManifestError as exc:
            if is_head:
                raise
            yield Revision(name, None, commit, faults=exc.diagnostics)
            return
        _refuse_submodules(files, [name for each in project.environments.values() for name in each.manifests])
        yield Revision(name, project, commit, files.read)


def _refuse_submodules(files: RevisionFiles, manifests: Sequence[str]) -> None:
    """A commit does not have what lies in another repository: no answer is better than a wrong one."""
    import posixpath

    for submodule in files.submodules:
        for folder in map(posixpath.normpath, manifests):
            inside = f"{submodule}/".startswith(f"{folder}/") or f"{folder}/".startswith(f"{submodule}/")
            if inside or folder == ".":
                raise ProjectError(
                    f"the manifests in {folder} are, at least in part, in the submodule {submodule}",
                    hint=f"run agentops diff inside {submodule}, or keep the manifests in this repository",
                )


def _chosen(settings: Settings, before: Revision, after: Revision) -> str:
    """The environment that was asked for; empty for all. Raises UsageError when neither side has it."""
    name = settings.environment
    names = list(dict.fromkeys((*after.environments, *before.environments)))
    if name and name not in names:
        raise UsageError(f"there is no environment {name!r}", hint=f"there are: {', '.join(names)}")
    return name


def _faulty(error: ManifestError, head: Revision, terminal: Terminal) -> Sequence[ManifestDiff]:
    """Ends the command as `validate` does, with the lines as that revision has them."""
    from agentops.cli.results import complaint
    from agentops.render.diagnostics import diagnostics_summary

    assert head.project is not None, "its manifests were read"
    terminal.tell(complaint(error.diagnostics, terminal, head.project.root))
    terminal.tell(f"\n{diagnostics_summary(error.diagnostics)} in {head.name}")
    click.get_current_context().exit(error.exit_code)
