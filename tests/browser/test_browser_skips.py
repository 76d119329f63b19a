"""Where the browser, its driver or the built book is lacking: a skip with a reason, under CI a failure."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent


def run(test: str, **environment: str) -> tuple[int, str]:
    """Exit status and words of one test in a pytest of its own, which sees no program at all."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "NEUROPATH_")) and k != "CI"}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-n",
        "0",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:nbval",
        "-rs",
        str(HERE / test),
    ]
    done = subprocess.run(
        command,
        env=kept | {"PATH": os.devnull} | environment,
        cwd=HERE.parents[1],
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout


PROGRESS = "test_browser_progress.py::test_nothing_is_sent_anywhere"


def test_without_a_browser_the_tests_are_skipped_with_the_reason():
    status, told = run(PROGRESS)
    assert status == 0, told
    assert "1 skipped" in told
    assert "need Chromium and its driver: chromium and chromedriver not installed" in told


def test_under_ci_that_is_a_failure():
    status, told = run(PROGRESS, CI="true")
    assert status == 1, told
    assert "CI tests everything, and this was skipped" in told
    assert "chromium and chromedriver not installed" in told


def test_ci_lets_a_test_be_skipped_that_is_not_asked_for(monkeypatch):
    from harness import NOT_NOW, is_lack, unbuilt

    monkeypatch.setenv("CI", "true")
    assert is_lack("Skipped: npm is not installed")
    assert not is_lack(f"Skipped: {NOT_NOW}no CDN")
    for asked, lack in (("", False), ("yes", True)):  # `make test` before `make book`; `make browse`
        monkeypatch.setenv("NEUROPATH_BROWSE", asked)
        with pytest.raises(pytest.skip.Exception, match="run `make book` first") as skipped:
            unbuilt("book/intro.html")
        assert is_lack(f"Skipped: {skipped.value}") is lack
    monkeypatch.setenv("CI", "")
    assert not is_lack("Skipped: npm is not installed")
