"""The leakage demonstration: the same phantom and training, split by slice and by patient."""

import numpy as np

from neuropath.project.runs import Run
from neuropath.project.train import load_data

QUICK = {"images": 300, "size": 64, "epochs": 1, "fine_tune_epochs": 0, "jobs": 1}


def test_the_demo_trains_one_run_for_each_split(tiny, tiny_weights, tmp_path, capsys):
    from neuropath.project.leakage import demo

    found = demo(3, tmp_path, weights=str(tiny_weights), drop_small=True, **QUICK)
    assert capsys.readouterr().out == "", "the runs' own words would drown the two numbers"
    assert found.keys() == {"slice", "patient"}
    for split, accuracy in found.items():
        run = Run.open(tmp_path / f"{split}-3")
        assert run.metrics["accuracy"] == accuracy
        assert (run.settings.split, run.settings.slices) == (split, "24-30")
        data = load_data(run.settings)
        shared = np.intersect1d(data.groups[data.rows("train")], data.groups[data.rows("test")])
        assert (len(shared) > 0) == (split == "slice"), "patients on both sides: only where slices are split"
