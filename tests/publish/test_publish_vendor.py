"""Files from npm: by a lock that names no host, whole or not at all, and compared with their record."""

import json
import os
import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from neuropath import cli
from neuropath.publish import vendor

ROOT = Path(__file__).resolve().parents[2]
NAMED = json.loads((ROOT / "package.json").read_text())["dependencies"]  # the one place of a version


def test_the_lock_names_versions_and_hashes_and_no_registry():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages["node_modules/mathjax"]["version"] == vendor.recorded()["version"] == NAMED["mathjax"]
    for entry in packages.values():
        assert "resolved" not in entry
        assert entry["integrity"].startswith("sha512-")
    for name in vendor.NPM_FILES:
        assert "://" not in (ROOT / name).read_text(), name
    named = json.loads((ROOT / "package.json").read_text())
    exact = named["dependencies"] | named.get("devDependencies", {})
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in exact.values())
    assert "omit-lockfile-registry-resolved=true" in (ROOT / ".npmrc").read_text().splitlines()


def test_nothing_of_others_is_committed_and_no_file_but_the_lock_and_the_record_names_a_version():
    command = ["git", "ls-files", "-co", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    files = {name: ROOT / name for name in listed if (ROOT / name).is_file()}
    stranger = re.compile(
        r"node_modules/|_build/|\.min\.(js|css)$|(mathjax|require|axe)[\w.-]*\.js$|\.woff2?$", re.I
    )
    assert [name for name in files if stranger.search(name)] == []
    naming = re.compile(r'cdn\.jsdelivr\.net/npm/\w+@\d|"mathjax": "\d')
    text = {
        name: f for name, f in files.items() if f.suffix in {".py", ".yml", ".html", ".mjs", ".js", ".json"}
    }
    found = {name for name, file in text.items() if naming.search(file.read_text(encoding="utf-8"))}
    assert found - {"package-lock.json"} == {"package.json"}


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A folder with npm's files and nothing fetched, where the record is compared with what is there."""
    for name in vendor.NPM_FILES:
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "_config.yml").touch()
    (tmp_path / "_toc.yml").touch()
    monkeypatch.setattr(vendor, "RECORD", tmp_path / "vendor.json")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fake_npm(folder: Path, monkeypatch, body: str) -> None:
    """Put a program called npm first on the path."""
    program = folder / "bin" / "npm"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")


PACKAGE = """
[ "$1" = ci ] || exit 3
mkdir -p node_modules/mathjax/es5/output/chtml/fonts/woff-v2 node_modules/mathjax/es5/sre/mathmaps
cd node_modules/mathjax
echo '{"version": "3.2.2"}' > package.json
for f in LICENSE es5/tex-chtml-full.js es5/tex-svg.js es5/output/chtml/fonts/woff-v2/A.woff \\
    es5/sre/mathmaps/en.json
do echo "$f" > "$f"; done
"""


def test_files_are_fetched_once_and_laid_out_as_the_book_wants_them(checkout, monkeypatch, capsys):
    fake_npm(checkout, monkeypatch, PACKAGE)
    assert cli.main(["vendor", "--write"]) == 0
    assert "mathjax 3.2.2, 4 files ready" in capsys.readouterr().out
    laid = vendor.folder(checkout) / "_static" / "mathjax"
    assert (laid / "es5" / "sre" / "mathmaps" / "en.json").exists()
    assert not (laid / "es5" / "tex-svg.js").exists()
    assert set(vendor.recorded()["files"]) == {
        "es5/tex-chtml-full.js",
        "es5/output/chtml/fonts/woff-v2/A.woff",
    }
    monkeypatch.setattr(vendor.shutil, "which", lambda name: None)  # the second time npm is not asked
    assert cli.main(["vendor"]) == 0
    lock = checkout / "package-lock.json"
    lock.write_text(lock.read_text().replace("3.2.2", "3.2.1"))
    assert not vendor.is_ready(checkout)


@pytest.mark.parametrize(
    "damage", ["html/_static/mathjax/es5/tex-chtml-full.js", "npm/node_modules/mathjax/es5/tex-chtml-full.js"]
)
def test_files_that_were_damaged_or_half_removed_are_fetched_anew(checkout, monkeypatch, capsys, damage):
    fake_npm(checkout, monkeypatch, PACKAGE)
    cli.main(["vendor", "--write"])
    file = vendor.folder(checkout).parent / damage
    whole = file.read_bytes()
    for spoil in (lambda: file.write_bytes(b"half"), file.unlink):
        spoil()
        assert not vendor.is_ready(checkout)
        assert cli.main(["vendor"]) == 0
        assert file.read_bytes() == whole
    (vendor.folder(checkout) / "_static" / "mathjax" / "stranger.js").touch()
    assert not vendor.is_ready(checkout)


def test_a_network_that_does_not_answer_ends_in_words(checkout, monkeypatch, capsys):
    fake_npm(checkout, monkeypatch, "sleep 5")
    monkeypatch.setattr(vendor, "SECONDS", 0.2)
    assert cli.main(["vendor"]) == 1
    told = capsys.readouterr().err
    assert "could not fetch what package-lock.json names within" in told
    assert "build without OFFLINE" in told
    assert list((checkout / "_build").iterdir()) == []


def test_where_nothing_can_be_written_the_message_names_the_place(checkout, monkeypatch, capsys):
    fake_npm(checkout, monkeypatch, PACKAGE)
    (checkout / "_build").write_text("a file where a folder should be")
    assert cli.main(["vendor"]) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert str(checkout / "_build") in told


def test_a_record_of_other_files_is_refused(checkout, monkeypatch, capsys):
    fake_npm(checkout, monkeypatch, PACKAGE)
    cli.main(["vendor", "--write"])
    record = vendor.recorded()
    record["files"]["es5/tex-chtml-full.js"] = vendor.integrity(b"something else")
    vendor.RECORD.write_text(json.dumps(record))
    assert cli.main(["vendor"]) == 1
    assert "vendor.json does not describe the files" in capsys.readouterr().err


def test_without_npm_the_message_says_what_to_do(checkout, monkeypatch, capsys):
    monkeypatch.setattr(vendor.shutil, "which", lambda name: None)
    assert cli.main(["vendor"]) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "npm is not installed. Install Node.js" in told
    assert "build without OFFLINE" in told


def test_what_npm_says_is_passed_on(checkout, monkeypatch, capsys):
    fake_npm(checkout, monkeypatch, "echo 'npm error code EINTEGRITY' >&2; echo chatter >&2; exit 1")
    assert cli.main(["vendor"]) == 1
    told = capsys.readouterr().err
    assert "npm error code EINTEGRITY" in told
    assert "chatter" not in told
    assert "build without OFFLINE" in told
    assert list((checkout / "_build").iterdir()) == []
    assert not vendor.is_ready(checkout)
