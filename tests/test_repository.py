"""The repository as a newcomer finds it: layout, lock, wheel, configuration."""

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]


def tracked() -> list[Path]:
    done = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / line for line in done.stdout.splitlines() if (ROOT / line).is_file()]


def test_code_is_no_package():
    assert not (ROOT / "code" / "__init__.py").exists(), (
        "a package called `code` shadows the standard library"
    )


def test_lock_names_no_host_and_hashes_everything():
    lock = (ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    pinned = re.findall(r"^([\w.-]+)==", lock, re.M)
    assert len(pinned) > 100
    assert len(pinned) <= lock.count("--hash=sha256:")


def test_the_package_asks_for_nothing_that_colab_would_have_to_upgrade():
    """Every requirement of pyproject.toml admits the version that Colab has preinstalled."""
    import tomllib

    from packaging.requirements import Requirement

    lines = max((ROOT / "tests" / "colab").glob("colab-*.txt")).read_text().splitlines()
    colab = dict(line.split("==") for line in lines if "==" in line)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [
        Requirement(r) for r in project["dependencies"] + project["optional-dependencies"]["tensorflow"]
    ]
    for requirement in wanted:
        assert requirement.specifier.contains(colab[requirement.name]), f"{requirement} would change Colab"


def test_no_file_is_longer_than_it_reads():
    long = {
        str(f.relative_to(ROOT)): n
        for f in tracked()
        if f.suffix in (".py", ".js") and (n := len(f.read_text().splitlines())) > 300
    }
    assert not long, f"files over 300 lines: {long}"


def test_table_of_contents_and_pages_agree():
    from neuropath.publish.execute import pages

    pages(ROOT)  # raises when an entry has no page
    toc = (ROOT / "_toc.yml").read_text()
    orphans = [p for p in (ROOT / "book").rglob("*.md") if p.relative_to(ROOT).as_posix() not in toc]
    assert not orphans, f"pages that _toc.yml does not name: {orphans}"


def test_wheel_carries_figures_scripts_and_checks(tmp_path):
    source = tmp_path / "source"
    for file in tracked():
        target = source / file.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    uv = [sys.executable, "-m", "uv", "build", "--quiet", "--wheel", "--no-build-isolation"]
    subprocess.run([*uv, "--python", sys.executable, "-o", tmp_path, source], check=True)
    (wheel,) = tmp_path.glob("neuropath-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    for folder, suffix in (("code/neuropath", ".py"), ("code/neuropath", ".js"), ("code/neuropath", ".json")):
        for file in (ROOT / folder).rglob(f"*{suffix}"):
            assert file.relative_to(ROOT / "code").as_posix() in names, (
                f"{file.name} is missing from the wheel"
            )
    for file in (ROOT / "visualizations").glob("*.py"):
        assert f"neuropath/visualizations/{file.name}" in names
    assert not [n for n in names if n.startswith(("book", "sessions", "tests", "code/"))]


def test_exported_sphinx_configuration_parses(tmp_path):
    """The way out of Jupyter Book 1: its export is a conf.py that Python accepts."""
    shutil.copytree(ROOT / "book", tmp_path / "book", ignore=shutil.ignore_patterns("figures", "__pycache__"))
    for name in ("_config.yml", "_toc.yml"):
        shutil.copy(ROOT / name, tmp_path)
    command = [Path(sys.executable).parent / "jupyter-book", "config", "sphinx", "."]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    conf: dict = {}
    exec(compile((tmp_path / "conf.py").read_text(), "conf.py", "exec"), conf)
    assert {"myst_nb", "sphinx_proof", "sphinx_exercise", "course"} <= set(conf["extensions"])


def test_make_says_which_pythons_will_do(tmp_path):
    """Found none, or was given one that is too new; in a folder with a space."""
    home = tmp_path / "a folder"
    home.mkdir()
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, home)
    newer = home / "python3.14"
    newer.write_text("#!/bin/sh\nexit 1\n")  # its answer to: are you one of 3.11 to 3.13?
    newer.chmod(0o755)
    for given, named in (("", "none"), (str(newer), str(newer))):
        command = ["make", "check", f"PYTHON={given}"]
        done = subprocess.run(command, cwd=home, capture_output=True, text=True)
        assert done.returncode != 0
        assert f"needs Python 3.11, 3.12 or 3.13 and found {named}" in done.stdout
        assert not (home / ".venv").exists()


def test_hooks_and_workflow_run_what_make_check_runs():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    makefile = (ROOT / "Makefile").read_text()
    for hook in hooks:
        tail = hook["entry"].split("/", 2)[2]  # .venv/bin/TOOL …
        assert tail.removeprefix("python ") in makefile, f"make check does not run {tail}"
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())
    assert {"run": "bash .ci/run"} in workflow["jobs"]["test"]["steps"]


def test_no_machine_path_or_host_slipped_in():
    words = re.compile(r"/(?:work|root|home/\w+)/|pypi\.org|registry\.npmjs|files\.pythonhosted")
    text = {
        ".py",
        ".md",
        ".yml",
        ".yaml",
        ".toml",
        ".json",
        ".ipynb",
        ".js",
        ".mjs",
        ".css",
        ".lock",
        ".txt",
        "",
    }
    found = [
        f"{f.relative_to(ROOT)}: {m.group()}"
        for f in tracked()
        if f.suffix in text and f != Path(__file__) and (m := words.search(f.read_text(encoding="utf-8")))
    ]
    assert not found, found
