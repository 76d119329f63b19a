"""What CI does, and in which order, seen through stand-ins for the programs that it calls."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BROWSER, NODE = ("chromium", "chromedriver"), ("node", "npm")
STAND_IN = '#!/bin/sh\necho "$(basename "$0") $*${CI:+ CI=$CI}" >> "$CALLS"\n'
STEPS = ["test", "notebooks", "book OFFLINE=yes", "browse", "book", "browse", "book"]


@pytest.fixture
def calls(tmp_path):
    """Run .ci/run where only the given programs are installed; gives the lines of what was called."""

    def run(*installed: str) -> list[str]:
        bin_ = tmp_path / "bin"
        bin_.mkdir()
        for name in ("bash", "sh", "dirname", "basename", "env"):
            (bin_ / name).symlink_to(shutil.which(name))
        home = tmp_path / "checkout"
        (home / ".ci").mkdir(parents=True)
        (home / ".venv/bin").mkdir(parents=True)
        shutil.copy(ROOT / ".ci/run", home / ".ci/run")
        for program in (
            *(bin_ / n for n in ("make", "git", "apt-get", *installed)),
            home / ".venv/bin/python",
        ):
            program.write_text(STAND_IN)
            program.chmod(0o755)
        environment = {"PATH": str(bin_), "CALLS": str(tmp_path / "calls"), "HOME": os.devnull}
        done = subprocess.run(
            [bin_ / "bash", home / ".ci/run"], env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return (tmp_path / "calls").read_text().splitlines()

    return run


@pytest.mark.parametrize(
    ("installed", "brought"),
    [
        ((), ["chromium chromium-driver", "nodejs npm"]),
        ((*BROWSER, *NODE), []),
        (("chromedriver", *NODE), ["chromium chromium-driver"]),  # a driver alone drives nothing
        ((*BROWSER, "npm"), ["nodejs npm"]),
    ],
)
def test_ci_brings_a_browser_and_npm_where_they_are_not_there(calls, installed, brought):
    asked = [line for line in calls(*installed) if line.startswith("apt-get install")]
    assert asked == [f"apt-get install -y -qq {names} CI=true" for names in brought]


def test_ci_tests_first_and_then_looks_at_both_books(calls):
    made = [line for line in calls(*BROWSER, *NODE) if line.startswith("make")]
    assert made == [f"make {step} CI=true" for step in STEPS]
