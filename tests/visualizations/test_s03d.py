"""The figures of Session 03 Part D: what they say is so."""

import numpy as np

from neuropath import visualizations as viz
from neuropath.lessons import mobilenet
from neuropath.lessons.record import recorded
from neuropath.visualizations import _s03d as runs
from neuropath.visualizations import s03d_curves as curves
from neuropath.visualizations import s03d_freezing as freezing
from neuropath.visualizations import s03d_once as once
from neuropath.visualizations import s03d_real as real


def test_there_are_figures():
    found = [name for name in viz.names() if name.startswith("s03d_")]
    assert found == ["s03d_curves", "s03d_freezing", "s03d_once", "s03d_real"]


def test_the_work_in_the_boxes_is_counted():
    base = mobilenet.counts(mobilenet.base(0.35, 96))[1]
    head = 1280 * 512 + 512 * 256 + 256 * 17
    assert [size for _, size in once.STEPS][1] == f"{base / 1e6:.1f} M MACs"
    assert [size for _, size in once.STEPS][3] == f"{head / 1e6:.1f} M MACs"


def test_all_runs_are_drawn():
    drawn = sum(runs.accuracies(learner)[1].size for learner in runs.LEARNERS)
    assert drawn == len(recorded("transfer-phantom")["runs"]) == 36
    points = [line for line in curves.draw().axes[0].lines if line.get_linestyle() == "None"]
    assert sum(len(line.get_xdata()) for line in points) == 36


def test_the_changes_are_against_the_same_seed():
    run = recorded("transfer-phantom")
    frozen = [r["accuracy"] for r in run["runs"] if (r["learner"], r["size"]) == ("frozen", 350)]
    all_at = [r["accuracy"] for r in run["freezing"] if (r["unfreeze"], r["rate"]) == ("all", 0.01)]
    assert np.allclose(runs.changes()["all layers, 0.01"], np.subtract(all_at, frozen))
    assert len(freezing.draw().axes[0].get_yticklabels()) == len(runs.changes()) == 5


def test_the_text_beside_the_real_slices_holds():
    sizes, values = runs.probes("imagenet")
    assert [round(n) for n in sizes[:4]] == [50, 150, 450, 1200]
    means = dict(zip(sizes, values.mean(axis=1).round(2), strict=True))
    assert [means[50], means[450], list(means.values())[-1]] == [0.74, 0.85, 0.87]
    frozen, tuned = runs.folds()
    rise = 100 * (tuned - frozen)
    assert round(rise[0]) == -1
    assert rise[1:].min().round() == 3
    assert rise[1:].max().round() == 8
    assert "fold 1 falls by one" in real.ALT


def test_the_curves_and_changes_are_as_described():
    means = {learner: runs.accuracies(learner)[1].mean(axis=1).round(2) for learner in runs.LEARNERS}
    assert (means["frozen"][[0, -1]] == [0.6, 0.81]).all()
    assert means["fine-tuned"][0] == 0.51
    assert (means["from scratch"][[0, -1]] == [0.13, 0.27]).all()
    assert np.abs(means["random, frozen"] - 0.12).max() < 0.011
    *gentle, fast, moving = (100 * values for values in runs.changes().values())
    assert np.abs(gentle).max() < 3
    assert (fast.min().round(), fast.max().round()) == (-73, -65)
    assert (moving.min().round(), moving.max().round()) == (-16, -9)


def test_no_point_lies_outside_its_axes():
    for module in (curves, freezing, real):
        for axes in module.draw().axes:
            window = np.transpose([axes.get_xlim(), axes.get_ylim()])  # (low or high, x or y)
            for line in axes.lines:
                if line.get_transform() == axes.transData:
                    points = np.transpose(line.get_data())
                    assert np.all(points >= window[0]), module.__name__
                    assert np.all(points <= window[1]), module.__name__
