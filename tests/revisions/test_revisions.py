"""How revisions are found and read: by git, without touching the repository, and with errors that say what to do."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.revisions.conftest import MANIFEST, PROJECT, Repository, warnings


def test_no_token_no_state_and_no_network_is_needed(desk: Repository) -> None:
    desk.edit("Hello!", "Hi!")

    assert desk.run("diff", "HEAD", "--detailed-exitcode").code == 2
    assert not (desk.folder / ".agentops").exists()


def test_exit_code_tells_differences_only_when_asked(desk: Repository) -> None:
    assert desk.run("diff", "HEAD", "--detailed-exitcode").code == 0
    desk.edit("Hello!", "Hi!")

    assert desk.run("diff", "HEAD").code == 0
    assert desk.run("diff", "HEAD", "--detailed-exitcode").code == 2


def test_nothing_in_the_repository_is_written_and_no_hook_or_filter_runs(desk: Repository) -> None:
    trap = desk.folder.parent / "trap"
    desk.git("config", "filter.trap.smudge", f"touch {trap}")
    desk.git("config", "core.fsmonitor", f"touch {trap}")
    desk.write({".gitattributes": "*.yaml filter=trap\n", ".git/hooks/post-checkout": f"#!/bin/sh\ntouch {trap}\n"})
    (desk.folder / ".git/hooks/post-checkout").chmod(0o755)
    desk.git("-c", "filter.trap.smudge=cat", "-c", "core.fsmonitor=false", "add", ".gitattributes")
    desk.git("-c", "core.fsmonitor=false", "commit", "--quiet", "-m", "attributes")
    trap.unlink(missing_ok=True)
    before = sorted((path, path.stat().st_mtime_ns) for path in (desk.folder / ".git").rglob("*"))
    desk.edit("Hello!", "Hi!")

    assert desk.fields("HEAD") == {"assistant.front-desk": {"action": "update", "initial_message": "changed"}}
    assert sorted((path, path.stat().st_mtime_ns) for path in (desk.folder / ".git").rglob("*")) == before
    assert not trap.exists()


def test_merge_base_leaves_out_what_the_other_branch_did(desk: Repository) -> None:
    desk.git("checkout", "--quiet", "-b", "feature")
    desk.edit("Hello!", "Hi!")
    desk.commit()
    desk.git("checkout", "--quiet", "main")
    desk.edit("Be kind.", "Be brief.")
    desk.commit()

    assert desk.fields("main", "feature")["assistant.front-desk"].keys() == {
        "action",
        "initial_message",
        "system_prompt",
    }
    assert desk.fields("main", "feature", "--merge-base")["assistant.front-desk"].keys() == {
        "action",
        "initial_message",
    }

    desk.git("checkout", "--quiet", "feature")
    desk.edit("GPT-4.1", "GPT-4.1-mini")
    assert desk.fields("main", "--merge-base")["assistant.front-desk"].keys() == {
        "action",
        "initial_message",
        "llm_model",
    }


@pytest.mark.parametrize("revision", ["--upload-pack=touch x", "-h", ""])
def test_a_revision_that_looks_like_an_option_never_reaches_git(desk: Repository, revision: str) -> None:
    for arguments in (["--", revision], ["--", "HEAD", revision]):
        result = desk.run("diff", *arguments)

        assert (result.code, result.out) == (64, "")
        assert "is no revision" in result.err


@pytest.mark.parametrize(
    ("revision", "way"),
    [("main..HEAD", "agentops diff main HEAD"), ("main...", "agentops diff main HEAD --merge-base")],
)
def test_a_range_is_explained(desk: Repository, revision: str, way: str) -> None:
    result = desk.run("diff", revision)

    assert result.code == 64
    assert way in result.err


@pytest.mark.parametrize("revision", ["nowhere", "0" * 40, "HEAD~1", "HEAD:agentops.yaml"])
def test_an_unknown_revision_is_named_with_what_to_do(desk: Repository, revision: str) -> None:
    result = desk.run("diff", revision)

    assert (result.code, result.out) == (1, "")
    assert f"there is no revision '{revision}'" in result.err
    assert "git fetch" in result.err


def test_a_shallow_clone_says_to_fetch_the_history(desk: Repository, tmp_path: Path) -> None:
    first = desk.git("rev-parse", "HEAD")
    desk.commit()
    desk.git("clone", "--quiet", "--depth", "1", f"file://{desk.folder}", str(tmp_path / "clone"))
    clone = Repository(tmp_path / "clone")

    result = clone.run("diff", first)
    assert result.code == 1
    assert "fetch-depth: 0" in result.err

    clone.git("checkout", "--quiet", "--orphan", "other")
    clone.commit()
    assert "fetch-depth: 0" in clone.run("diff", "origin/main", "HEAD", "--merge-base").err


def test_a_partial_clone_is_not_filled_from_the_network(desk: Repository, tmp_path: Path) -> None:
    desk.git("config", "uploadpack.allowFilter", "true")
    desk.edit("Hello!", "Hi!")
    desk.commit()
    desk.git("clone", "--quiet", "--filter=blob:none", f"file://{desk.folder}", str(tmp_path / "clone"))
    result = Repository(tmp_path / "clone").run("diff", "HEAD~1")

    assert result.code == 1
    assert "partial clone" in result.err


def test_outside_of_a_repository_and_without_git_the_message_says_so(
    desk: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    shutil.copytree(desk.folder, tmp_path / "plain", ignore=shutil.ignore_patterns(".git"))
    result = Repository(tmp_path / "plain").run("diff", "main")
    assert result.code == 1
    assert "not a git repository" in result.err

    monkeypatch.setenv("PATH", str(tmp_path))
    result = desk.run("diff", "main")
    assert result.code == 1
    assert "git is not installed" in result.err


def test_a_base_without_a_project_or_its_manifests_has_everything_added(empty: Repository) -> None:
    empty.commit()
    empty.write({"agentops.yaml": PROJECT})
    empty.commit()
    empty.write({"assistants/front-desk.yaml": MANIFEST})
    empty.commit()

    for base in ("HEAD~2", "HEAD~1"):
        (diff,) = empty.diffs(base)
        assert [change["change"]["actions"] for change in diff["resource_changes"]] == [["create"]]
        assert "faulty-base" not in [code for code, _ in warnings(diff)]


def test_a_head_without_a_project_is_an_error(empty: Repository) -> None:
    empty.commit()
    empty.write({"agentops.yaml": PROJECT, "assistants/front-desk.yaml": MANIFEST})
    empty.commit()
    result = empty.run("diff", "HEAD", "HEAD~1")

    assert result.code == 1
    assert "there is no agentops.yaml in HEAD~1" in result.err


def test_a_faulty_head_ends_as_validate_does(desk: Repository) -> None:
    desk.edit("Europe/Berlin", "Nowhere/Berlin")
    (working,) = (desk.run("diff", "HEAD"),)
    desk.commit()
    desk.edit("Nowhere/Berlin", "Europe/Berlin")
    for result in (working, desk.run("diff", "HEAD~1", "HEAD")):
        assert (result.code, result.out) == (1, "")
        assert "assistants/front-desk.yaml:9:13: error:" in result.err
        assert "timezone: Nowhere/Berlin" in result.err
        assert "unknown-timezone" in result.err


def test_what_is_faulty_in_the_base_is_named_and_the_rest_compared(desk: Repository) -> None:
    second = MANIFEST.replace("front-desk", "billing").replace("Europe/Berlin", "Nowhere/Berlin")
    desk.write({"assistants/billing.yaml": second})
    desk.commit()
    desk.edit("Nowhere/Berlin", "Europe/Berlin", "assistants/billing.yaml")
    desk.edit("Hello!", "Hi!")
    (diff,) = desk.diffs("HEAD")

    assert [change["change"]["actions"][0] for change in diff["resource_changes"]] == ["create", "update"]
    ((code, message),) = warnings(diff)
    assert code == "faulty-base"
    assert "assistants/billing.yaml is faulty in HEAD" in message


def test_a_faulty_project_file_in_the_base_is_named(desk: Repository) -> None:
    desk.edit("kind: Project", "kind: Projekt", "agentops.yaml")
    desk.commit()
    desk.edit("kind: Projekt", "kind: Project", "agentops.yaml")
    (diff,) = desk.diffs("HEAD")

    assert diff["resource_changes"][0]["change"]["actions"] == ["create"]
    assert ("faulty-base", "agentops.yaml is faulty in HEAD") in [
        (code, message.partition(" (")[0]) for code, message in warnings(diff)
    ]


def test_a_project_below_the_top_is_found_from_inside(desk: Repository, tmp_path: Path) -> None:
    nested = Repository(desk.folder / "voice ü" / "desk")
    nested.write({"agentops.yaml": PROJECT, "assistants/front-desk.yaml": MANIFEST})
    nested.commit()
    nested.edit("Hello!", "Hi!")
    inside = Repository(nested.folder / "assistants")

    assert inside.fields("HEAD") == {"assistant.front-desk": {"action": "update", "initial_message": "changed"}}
    assert nested.fields("HEAD~1")["assistant.front-desk"]["action"] == "create"


def test_inside_a_hook_of_git_it_is_the_repository_of_the_project_that_counts(
    desk: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.edit("Hello!", "Hi!")
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/nowhere")

    assert Repository(desk.folder / "assistants").fields("HEAD")["assistant.front-desk"]["action"] == "update"


def test_two_revisions_can_be_compared_without_a_working_tree(desk: Repository, tmp_path: Path) -> None:
    desk.edit("Hello!", "Hi!")
    desk.commit()
    desk.git("clone", "--quiet", "--bare", str(desk.folder), str(tmp_path / "bare.git"))
    bare = Repository(tmp_path / "bare.git")

    assert bare.fields("HEAD~1", "HEAD")["assistant.front-desk"] == {"action": "update", "initial_message": "changed"}
    assert "agentops init" in bare.run("diff", "HEAD").err


def test_links_are_followed_inside_the_project_and_refused_outside(desk: Repository) -> None:
    (desk.folder / "assistants" / "prompts").mkdir()
    desk.write({"texts/desk.md": "Be kind.\n"})
    (desk.folder / "assistants/prompts/desk.md").symlink_to("../../texts/desk.md")
    (desk.folder / "more").symlink_to("assistants")
    desk.edit("system_prompt: Be kind.", "system_prompt: {file: prompts/desk.md}")
    desk.edit("manifests: [assistants]", "manifests: [more]", "agentops.yaml")
    desk.commit()
    assert desk.fields("HEAD~1", "HEAD") == {}

    (desk.folder / "assistants/prompts/desk.md").unlink()
    (desk.folder / "assistants/prompts/desk.md").symlink_to(os.devnull)
    desk.commit()
    result = desk.run("diff", "HEAD~1", "HEAD")
    assert result.code == 1
    assert "file-outside" in result.err


def test_manifests_in_a_submodule_are_refused_not_taken_for_removed(desk: Repository, tmp_path: Path) -> None:
    other = Repository(tmp_path / "other")
    other.folder.mkdir()
    other.git("init", "--quiet")
    other.write({"front-desk.yaml": MANIFEST})
    other.commit()
    desk.git("rm", "--quiet", "-r", "assistants")
    desk.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other.folder), "assistants")
    desk.commit()
    result = desk.run("diff", "HEAD")

    assert result.code == 1
    assert "in the submodule assistants" in result.err


def test_files_that_are_too_large_or_kept_elsewhere_are_faults(desk: Repository) -> None:
    desk.edit("system_prompt: Be kind.", "system_prompt: {file: desk.md}")
    desk.write({"assistants/desk.md": "x" * 1_000_001})
    desk.commit()
    assert "file-too-large" in desk.run("diff", "HEAD", "HEAD").err

    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n"
    desk.write({"assistants/desk.md": pointer})
    desk.commit()
    assert "Git LFS" in desk.run("diff", "HEAD", "HEAD").err


def test_an_unknown_environment_is_refused(desk: Repository) -> None:
    result = desk.run("diff", "HEAD", "--env", "nowhere")

    assert result.code == 64
    assert "there are: production" in result.err


def test_annotated_tags_and_searches_name_revisions_too(desk: Repository) -> None:
    desk.git("tag", "-a", "v1", "-m", "first")
    desk.edit("Hello!", "Hi!")
    desk.commit("greet otherwise")

    assert desk.fields("v1", ":/greet") == desk.fields("v1") != {}


def test_a_forged_commit_with_a_folder_below_a_link_writes_nothing_elsewhere(desk: Repository, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    def stored(kind: str, content: bytes) -> str:
        command = ["git", "-C", str(desk.folder), "hash-object", "-w", "-t", kind, "--literally", "--stdin"]
        return subprocess.run(command, input=content, capture_output=True, check=True).stdout.decode().strip()

    def tree(*entries: tuple[str, str, str]) -> str:
        rows = (f"{mode} {name}".encode() + b"\0" + bytes.fromhex(id_) for mode, name, id_ in entries)
        return stored("tree", b"".join(rows))

    project, away = stored("blob", PROJECT.encode()), stored("blob", str(elsewhere).encode())
    inner = tree(("120000", "made.yaml", away))
    forged = tree(("100644", "agentops.yaml", project), ("120000", "l", away), ("40000", "l", inner))
    commit = desk.git("commit-tree", forged, "-m", "forged").strip()

    outcome = desk.run("diff", commit, "HEAD")
    assert outcome.code == 1
    assert "the revision has l/made.yaml below a link that leads out of it" in outcome.err
    assert list(elsewhere.iterdir()) == []
