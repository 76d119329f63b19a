"""`python -m benchmarks`, carried out for the cheapest row."""

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.measure import WITH_TORCH

from neuropath.publish.benchmarks import load

ROOT = Path(__file__).resolve().parents[2]


def call(*options):
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env=os.environ,
    )


def test_a_quick_run_prints_a_table_and_writes_its_file(tmp_path):
    before = sorted((ROOT / "benchmarks" / "recorded").glob("*"))
    done = call("--only", "lenet", "--quick", "--out", str(tmp_path / "new" / "run.json"))
    assert done.returncode == 0, done.stderr
    run = load(tmp_path / "new" / "run.json")
    assert (run["kind"], run["rounds"]) == ("quick", 2)
    assert (run["machine"]["onednn"], run["machine"]["blas"]["threads"]) == ("on", 1)
    torch, keras = run["rows"]
    assert (torch["beside"], torch["note"]) == ("torch channels-last", "" if WITH_TORCH else "torch absent")
    assert keras["beside"] == "train_on_batch"
    assert keras["ratio"] > 0
    assert keras["target"] is None, "a quick run is held to nothing"
    assert "LeNet-5, training step" in done.stdout
    assert f"BLAS core type {run['machine']['blas']['core']}" in done.stdout
    assert sorted((ROOT / "benchmarks" / "recorded").glob("*")) == before, (
        "a part must not replace a recorded run"
    )


def test_one_round_has_no_spread_and_is_refused():
    done = call("--rounds", "1")
    assert done.returncode == 2
    assert "--rounds expects 2 or more, received 1" in done.stderr


def test_an_unknown_name_is_refused():
    done = call("--only", "gpu")
    assert done.returncode == 2
    assert "invalid choice: 'gpu'" in done.stderr
