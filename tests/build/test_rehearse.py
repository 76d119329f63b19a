"""The rehearsal's clone: the tree as it stands, whatever git's settings and variables are."""

import importlib.util
import subprocess
from pathlib import Path

import pytest

FILE = Path(__file__).resolve().parents[1] / "colab" / "rehearse.py"


@pytest.fixture
def rehearse(tmp_path, monkeypatch):
    """The script as a module, on a small repository in place of this one."""
    spec = importlib.util.spec_from_file_location("rehearse", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    root = tmp_path / "a root"
    root.mkdir()
    subprocess.run(["git", "init", "--quiet", "."], cwd=root, check=True)
    (root / "page.md").write_text("text")
    (root / ".gitignore").write_text("*.log")
    (root / "run.log").write_text("noise")
    monkeypatch.setattr(module, "ROOT", root)
    return module


def git(*arguments, cwd):
    return subprocess.run(["git", *arguments], cwd=cwd, check=True, capture_output=True, text=True).stdout


def test_clone_holds_uncommitted_files_and_no_ignored_ones(rehearse, tmp_path):
    clone = rehearse.clone_tree(tmp_path / "clone")
    assert git("ls-files", cwd=clone).split() == [".gitignore", "page.md"]


def test_a_user_s_signing_and_a_hook_s_variables_stay_out_of_it(rehearse, tmp_path, monkeypatch):
    settings = tmp_path / "gitconfig"
    settings.write_text("[commit]\n gpgsign = true\n[gpg]\n program = false\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_DIR", str(rehearse.ROOT / ".git"))  # as in a hook
    monkeypatch.setenv("GIT_INDEX_FILE", str(rehearse.ROOT / ".git" / "index"))
    clone = rehearse.clone_tree(tmp_path / "clone")
    monkeypatch.undo()
    assert git("log", "--format=%s", cwd=clone) == "the tree under rehearsal\n"
    assert not (rehearse_root := tmp_path / "a root" / ".git" / "index").exists(), rehearse_root
    assert git("rev-list", "--all", cwd=tmp_path / "a root") == ""


def test_without_a_commit_before_everything_is_chosen(rehearse):
    books = [rehearse.ROOT / f"{letter}.ipynb" for letter in "abcdefgh"]
    assert rehearse.choose(books) == books


@pytest.mark.parametrize("count", [4, 8, 66])
def test_within_six_commits_every_notebook_comes_up(rehearse, count):
    books = [rehearse.ROOT / f"{n:02}.ipynb" for n in range(count)]
    commit = ["-c", "user.name=n", "-c", "user.email=n@localhost", "commit", "-qm", "m", "--allow-empty"]
    git(*commit, cwd=rehearse.ROOT)
    seen: set = set()
    for _ in range(6):
        git(*commit, cwd=rehearse.ROOT)
        due = rehearse.choose(books)
        assert 1 <= len(due) <= -(-count // 6)
        seen |= set(due)
    assert seen == set(books)
