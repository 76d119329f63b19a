"""The records of Session 03 E on Cheng's set hold what the page says, and the functions make such records."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from neuropath.lessons import record, record_figshare

IMAGES = [570, 655, 562, 613, 664]


def test_the_folds_are_whole_images_and_sum_to_the_set():
    found = record.recorded("figshare-folds")
    runs = found["runs"]
    assert [run["split"] for run in runs] == ["fold"] * 5 + ["slice"]
    assert [run["images"] for run in runs] == [*IMAGES, 460]
    assert sum(IMAGES) == found["data"]["images"]
    for run in runs:
        for key in ("frozen", "fine_tuned"):
            right = run[key] * run["images"]
            assert right == pytest.approx(round(right), abs=1e-3)


def test_the_table_of_the_readme_is_the_record():
    runs = record.recorded("figshare-folds")["runs"]
    lines = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8").splitlines()
    for key, title in (("frozen", "frozen base"), ("fine_tuned", "fine-tuned")):
        (line,) = [line for line in lines if line.startswith(f"| {title} | .")]
        told = [float(cell) for cell in line.strip("| ").split(" | ")[1:]]
        values = [run[key] for run in runs]
        wanted = [*values[:5], np.mean(values[:5]), values[5]]
        assert told == pytest.approx(wanted, abs=0.0005)


def test_the_audit_has_every_fold_at_every_scale():
    found = record.recorded("preprocessing-figshare")
    for trained, fed in [(s, None) for s in record_figshare.SCALES] + [
        ("matched", s) for s in record_figshare.SCALES
    ]:
        runs = [r for r in found["runs"] if (r["trained"], r.get("fed")) == (trained, fed)]
        assert [run["fold"] for run in runs] == [1, 2, 3, 4, 5]
        assert [run["images"] for run in runs] == IMAGES
        assert all(run["right"] / run["images"] == pytest.approx(run["accuracy"], abs=1e-6) for run in runs)


def test_the_scales_do_to_a_pixel_what_their_names_say():
    ends = np.array([0.0, 255.0])
    got = {name: (k * ends + h).tolist() for name, (k, h) in record_figshare.SCALES.items()}
    assert got["matched"] == pytest.approx([-1, 1])
    assert got["unit"] == pytest.approx([0, 1])
    assert got["raw"] == [0, 255]
    assert got["twice"] == pytest.approx([end / 127.5 - 1 for end in (-1, 1)])


def test_the_folds_are_made_by_two_runs_each(monkeypatch):
    asked = []

    def train(settings):
        asked.append((settings.split, settings.fold, settings.fine_tune_epochs))
        return SimpleNamespace(images=10, accuracy=0.5 + 0.1 * (settings.fine_tune_epochs > 0))

    monkeypatch.setattr("neuropath.project.train.train", train)
    made = record_figshare.figshare_folds(folds=(2, 4))
    row = {"images": 10, "frozen": 0.5, "fine_tuned": 0.6}
    assert made["runs"] == [
        {"split": "fold", "fold": 2, **row},
        {"split": "fold", "fold": 4, **row},
        {"split": "slice", **row},
    ]
    assert [(split, epochs) for split, _, epochs in asked] == [("fold", 0), ("fold", 10)] * 2 + [
        ("slice", 0),
        ("slice", 10),
    ]
    assert [fold for _, fold, _ in asked[:4]] == [2, 2, 4, 4]
