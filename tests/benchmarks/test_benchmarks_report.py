"""From rounds to rows, file, table and page."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from benchmarks import __main__ as command
from benchmarks import machine, report, targets
from benchmarks.measure import Work
from benchmarks_runs import run

from neuropath.project.files import write_json
from neuropath.publish import benchmarks as pages

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "book" / "benchmarks.md").read_text(encoding="utf-8")


def row_of(run, beside, ours="NumPy"):
    return next(r for r in run["rows"] if r["beside"] == beside and r["ours"] == ours)


def test_ratio_is_theirs_over_ours_round_by_round():
    row = report.row("mlp", "x", "NumPy", "Keras", "ms", [1.0, 10.0, 2.0], [2.0, 30.0, 1.0], target=2.0)
    assert (row.low, row.ratio, row.high) == (1.25, 2.0, 2.5)  # of 2, 3, 0.5; slow rounds cancel
    assert (row.our_value, row.their_value, row.rounds) == (2.0, 2.0, 3)
    assert row.reached is True
    assert report.row("mlp", "x", "NumPy", "Keras", "ms", [1.0], [1.99], target=2.0).reached is False
    assert report.row("mlp", "x", "NumPy", "Keras", "ms", [1.0], [1.99]).reached is None


def test_a_side_that_is_not_installed_is_said_to_be_absent():
    row = row_of(run(), "torch eager")
    assert (row["ratio"], row["reached"], row["note"]) == (None, None, "torch absent")
    assert row["target"] == 1.4
    assert "torch absent" in report.table([run()])


def test_seconds_become_the_unit_of_one_piece():
    row = row_of(run(), "train_on_batch")
    assert (row["unit"], row["our_value"], row["their_value"]) == ("ms", 100.0, 300.0)


@pytest.mark.parametrize(
    ("key", "other", "avx2", "avx512"),
    [
        ("mlp", "torch eager", 1.4, 2.0),
        ("mlp", "naive NumPy", 3.0, 2.0),
        ("forward 1", "predict_on_batch", 0.6, 0.75),
        ("backward 0.35", "tf.function", 0.75, 0.8),
        ("head", "fit", 1.5, 1.9),
    ],
)
def test_targets_depend_on_the_kernels(key, other, avx2, avx512):
    found = [targets.target(key, other, core) for core in ("Haswell", "Zen", "SkylakeX", "ARMV8", "")]
    assert found == [avx2, avx2, avx512, None, None]
    assert targets.target(key, "tob", "Haswell") is None


def test_every_target_has_a_work_that_carries_it():
    """A key or a name that nobody uses would be a target that nobody is held to."""
    source = "".join(
        f.read_text(encoding="utf-8") for f in (ROOT / "benchmarks").glob("*.py") if f.stem != "targets"
    )
    for key, other in targets.TARGETS:
        pattern = key.split()[0] + (
            " {alpha:g}" if key[-1].isdigit() and key != "stage 1" else key[len(key.split()[0]) :]
        )
        assert f'"{other}"' in source, other
        assert f'"{pattern}"' in source, pattern


def test_a_run_survives_its_file(tmp_path):
    write_json(tmp_path / "run.json", run())
    assert pages.load(tmp_path / "run.json") == json.loads(json.dumps(run()))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda r: r.update(schema=0), "expected a run of schema 1"),
        (lambda r: r.pop("machine"), "received one without machine"),
        (lambda r: r.update(kind="good"), "expected a kind among full, short"),
        (lambda r: r["rows"][1].pop("low"), "expected rows with beside"),
        (lambda r: r["rows"][1].update(group="gpu"), "expected rows with"),
        (lambda r: r["rows"][1].update(reached=False), "calls its target the wrong name"),
        (lambda r: r["shares"][0].pop("ms"), "expected shares with work and milliseconds"),
        (lambda r: r["shares"][1]["ms"].update(optimiser=-1.0), "expected shares with work and milliseconds"),
    ],
)
def test_a_spoilt_file_is_refused(tmp_path, spoil, message):
    spoilt = run()
    spoil(spoilt)
    write_json(tmp_path / "run.json", spoilt)
    with pytest.raises(ValueError, match=message):
        pages.load(tmp_path / "run.json")


def test_a_run_of_unknown_kind_is_not_made():
    with pytest.raises(ValueError, match="expects a kind among"):
        run(kind="perfect")


def test_one_table_shows_both_core_types():
    text = report.table([run(), run("SkylakeX")])
    lines = text.splitlines()
    assert lines[0].count("target") == 2
    line = next(li for li in lines if "train_on_batch" in li)
    assert re.search(r"100 ms +300 +2 +2–2.5 +≥ 1.8 +reached +100 ms +300 +2 +2–2.5 +≥ 2 +reached", line)
    assert "oneDNN on" in text
    assert "An Example CPU" in text
    assert "BLAS core type SkylakeX" in text
    assert "1 of 3 targets reached" in text


def test_profiles_follow_the_table():
    lines = report.table([run(), run("SkylakeX")]).splitlines()
    profile = "MLP, SGD: 100 ms: dense layers 75%, optimiser 25%; products alone 50 ms"
    assert [line for line in lines if "dense layers" in line] == [
        f"Haswell: {profile}",
        f"SkylakeX: {profile}",
    ]


def test_rows_of_one_name_in_two_groups_stay_apart():
    one = run()
    one["rows"].append({**one["rows"][1], "group": "memory", "unit": "MB", "our_value": 7.0})
    assert sum("train_on_batch" in line for line in report.table([one]).splitlines()) == 2


def test_where_a_run_is_written(tmp_path):
    full, part = run(), run(kind="part")
    assert command.destination(full, None, False) == ROOT / "benchmarks" / "recorded" / "haswell.json"
    assert command.destination(part, None, False) is None
    assert command.destination(part, tmp_path / "a.json", False) == tmp_path / "a.json"
    assert command.destination(part, tmp_path / "a.json", True) == tmp_path / "a-haswell.json"


def test_a_child_measures_on_one_thread_with_onednn(monkeypatch):
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "0")
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "8")
    found = machine.environment("SkylakeX")
    assert (found["TF_ENABLE_ONEDNN_OPTS"], found["OPENBLAS_CORETYPE"]) == ("1", "SkylakeX")
    assert {found[name] for name in machine.ONE_THREAD} == {"1"}


# -- the page -----------------------------------------------------------------------------------------------


@pytest.fixture
def recorded(tmp_path):
    """A project with two recorded runs."""
    for core in ("Haswell", "SkylakeX"):
        write_json(pages.target_file(tmp_path, core), run(core))
    return tmp_path


def test_the_page_has_every_table_once():
    assert sorted(re.findall(r"^```\{benchmarks-table\} (\w+)$", PAGE, re.M)) == sorted(pages.TABLES)


def test_no_figure_on_the_page_was_typed_by_hand():
    assert re.findall(r"\d[\d.,]*\s*(?:×(?! ?\d)|%|ms\b|s\b|MB\b|times)", PAGE) == []


@pytest.mark.parametrize("name", pages.TABLES)
def test_what_is_recorded_makes_every_table(name):
    text = pages.benchmarks_table(ROOT, name)
    if text.startswith("|"):
        lines = text.splitlines()
        assert len(lines) > 2
        assert len({len(re.split(r"(?<!\\)\|", line)) for line in lines}) == 1
    assert "Not measured" not in text


def test_tables_show_times_ratio_spread_target_and_verdict(recorded):
    lines = pages.benchmarks_table(recorded, "mobilenet").splitlines()
    assert lines[0] == (
        "| work | ours / beside | Haswell: ours / theirs | ratio | SkylakeX: ours / theirs | ratio |"
    )
    assert "| 40 / 10 ms | **0.25** (0.25–0.25); ≥ 0.6, **missed** |" in lines[2]
    assert lines[3].startswith("|  | NumPy, folded / predict_on_batch | 20 / 10 ms | **0.50**")
    assert "| 100 ms | torch absent | 100 ms | torch absent |" in pages.benchmarks_table(recorded, "mlp")
    assert "≥ 2, reached" in pages.benchmarks_table(recorded, "mlp")


def test_missed_targets_are_listed_with_what_our_time_goes_to(recorded):
    lines = pages.benchmarks_table(recorded, "missed").splitlines()
    assert len(lines) == 4
    assert lines[0] == (
        "- Haswell: **MobileNetV2 forward, α 1**, NumPy beside predict_on_batch: 0.25 where 0.6 was aimed at."
        " Of our time, 75% is depthwise convolutions, 25% is ReLU6."
    )
    assert lines[1].endswith("NumPy, folded beside predict_on_batch: 0.5 where 0.6 was aimed at.")
    assert pages.benchmarks_table(recorded, "targets") == (
        "Targets reached: 1 of 3 on Haswell kernels; 1 of 3 on SkylakeX kernels."
    )


def missed(recorded, **share):
    """The lines of the page for what one run missed, its first profile changed."""
    one = run()
    one["shares"][0].update(share)
    write_json(pages.target_file(recorded, "Haswell"), one)
    return [li for li in pages.benchmarks_table(recorded, "missed").splitlines() if "- Haswell" in li]


def test_products_alone_tell_which_targets_are_out_of_reach(recorded):
    as_it_is, folded = missed(recorded, products=20.0)
    alone = " Its matrix products alone take 20 ms, which would be a ratio of 0.50: with this BLAS the target"
    assert as_it_is.endswith(f"25% is ReLU6.{alone} is out of reach, whatever else is done.")
    assert folded.endswith(f"aimed at.{alone} is out of reach, whatever else is done.")
    as_it_is, folded = missed(recorded, products=5.0)
    assert as_it_is.endswith("take 5 ms, which would be a ratio of 2.00.")
    assert folded.endswith("take 5 ms, which would be a ratio of 2.00.")
    as_it_is, folded = missed(recorded, products=5.0, ms={"optimiser": 15.0, "dense layers": 25.0})
    assert as_it_is.endswith("a ratio of 2.00; with the optimiser, 0.50.")
    assert folded.endswith("a ratio of 2.00."), "the profile is not that of the folded network"


def test_shares_are_two_tables(recorded):
    network, training = pages.benchmarks_table(recorded, "shares").split("\n\nTraining, ")
    assert network.splitlines()[0] == "MobileNetV2:"
    heads = "| work | kernels | all of it | products alone | depthwise convolutions | ReLU6 |"
    assert network.splitlines()[2:] == [
        heads,
        "| --- | --- | --- | --- | --- | --- |",
        "| MobileNetV2 forward, α 1 | Haswell | 4 ms | – | 75% | 25% |",
        "|  | SkylakeX | 4 ms | – | 75% | 25% |",
    ]
    assert training.splitlines()[-2:] == [
        "| MLP, SGD | Haswell | 100 ms | 50 ms | 75% | 25% |",
        "|  | SkylakeX | 100 ms | 50 ms | 75% | 25% |",
    ]


def test_a_kind_that_a_pass_has_not_is_a_dash_and_not_nothing(recorded):
    one = run()
    one["shares"].append({"group": "head", "work": "head", "ms": {"dropout": 1.0, "dense layers": 0.0}})
    write_json(pages.target_file(recorded, "Haswell"), one)
    text = pages.benchmarks_table(recorded, "shares")
    assert "| work | kernels | all of it | products alone | dense layers | dropout | optimiser |" in text
    assert "| head | Haswell | 1 ms | – | 0% | 100% | – |" in text


def test_the_machine_is_named_and_a_short_run_confesses(recorded):
    text = pages.benchmarks_table(recorded, "machines")
    assert text.count("An Example CPU") == 2
    assert "oneDNN on" in text
    assert "short run" not in text
    write_json(pages.target_file(recorded, "Haswell"), run(kind="short"))
    assert pages.benchmarks_table(recorded, "machines").count("**A short run") == 1


def test_the_page_refuses_parts_other_names_and_nothing(recorded, tmp_path):
    with pytest.raises(ValueError, match=r"expects one of machines, .*received 'mlps'"):
        pages.benchmarks_table(recorded, "mlps")
    with pytest.raises(ValueError, match="no run is recorded"):
        pages.benchmarks_table(tmp_path / "elsewhere", "mlp")
    write_json(pages.target_file(recorded, "Zen"), run("Zen", kind="quick"))
    with pytest.raises(ValueError, match=r"expects complete runs, received parts of one: zen\.json"):
        pages.benchmarks_table(recorded, "mlp")


def test_a_target_compares_one_core_with_one_and_all_with_all():
    one, whole = "files one by one, Keras layers eagerly", "cached, tf.data, Keras layers, all cores"
    names = ("one core", "one, all cores", one, whole)
    calls = {name: lambda: None for name in names}
    ours, theirs = {n: calls[n] for n in names[:2]}, {n: calls[n] for n in names[2:]}
    work = Work("input", "t", ours, theirs, [], "input")
    rows = report.rows_of(work, {name: np.ones(2) for name in names}, "Haswell")
    aimed = {(r.ours, r.beside) for r in rows if r.target is not None}
    assert aimed == {("one core", one), ("one, all cores", whole)}
