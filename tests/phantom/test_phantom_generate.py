"""What `generate` promises: truth for every image, the same bytes for the same seed, clear refusals."""

import os
import subprocess
import sys

import numpy as np
import pytest

from neuropath.phantom import PhantomSet, generate
from neuropath.phantom.tissues import INDEX, LESION_TISSUES

FIELDS = ("images", "labels", "lesion", "oedema", "tissue", "patient", "split")


@pytest.fixture(scope="module")
def data():
    return generate(230, size=64, seed=3, sites=("A", "B", "C"), jobs=1, progress=False)


def same(a: PhantomSet, b: PhantomSet, n: int) -> bool:
    fields = all(np.array_equal(getattr(a, f)[:n], getattr(b, f)[:n]) for f in FIELDS)
    return fields and all(np.array_equal(a.table[k][:n], b.table[k][:n]) for k in a.table)


def test_shapes_types_and_names(data):
    assert data.images.shape == data.lesion.shape == data.oedema.shape == data.tissue.shape == (230, 64, 64)
    assert data.images.dtype == data.tissue.dtype == np.uint8
    assert data.lesion.dtype == bool
    assert data.labels.dtype == np.int64
    assert set(data.labels) <= set(range(17))
    assert len(data) == 230
    assert set(data.split) == {"train", "val", "test"}
    assert len(data.class_names) == 17
    assert {"age", "sex", "hand", "site", "sequence", "level", "pathology", "subtype"} <= data.table.keys()
    assert all(len(column) == 230 for column in data.table.values())


def test_every_lesion_image_has_a_lesion_and_no_normal_one_has(data):
    area = data.lesion.sum((1, 2))
    normal = data.table["pathology"] == "normal"
    assert normal.any()
    assert not area[normal].any()
    assert not data.oedema[normal].any()
    assert area[~normal].min() >= 4
    assert not (data.lesion & data.oedema).any()


def test_the_mask_lies_where_the_tissue_map_says(data):
    ours = np.isin(data.tissue, [INDEX[t] for t in (*LESION_TISSUES, "grey", "vessel")])
    inside = (ours & data.lesion).sum() / data.lesion.sum()
    assert inside > 0.97
    assert (data.tissue[:, :2] == INDEX["air"]).mean() > 0.95


def test_pictures_use_the_grey_levels(data):
    assert (data.images.max((1, 2)) > 180).all()
    assert (np.median(data.images, axis=(1, 2)) < 150).all()


def test_lesions_enhance(data):
    """On T1C+ a meningioma outshines the brain around it, on T1 it does not: what gadolinium is for."""
    ratio = {}
    for sequence in ("T1", "T1C+"):
        chosen = np.flatnonzero(
            (data.table["pathology"] == "meningioma") & (data.table["sequence"] == sequence)
        )
        ratio[sequence] = np.median(
            [data.images[i][data.lesion[i]].mean() / data.images[i][_white(data, i)].mean() for i in chosen]
        )
    assert ratio["T1C+"] > 1.3 > 1.05 > ratio["T1"]


def _white(data, i):
    return (data.tissue[i] == INDEX["white"]) & ~data.lesion[i]


def test_same_seed_same_bytes_and_another_seed_another_set(data):
    again = generate(60, size=64, seed=3, sites=("A", "B", "C"), jobs=1, progress=False)
    assert same(data, again, 60)  # also: the first 60 do not depend on how many are made
    other = generate(8, size=64, seed=4, sites=("A", "B", "C"), jobs=1, progress=False)
    assert not np.array_equal(other.images, data.images[:8])


def test_processes_change_nothing(data):
    assert same(data, generate(230, size=64, seed=3, sites=("A", "B", "C"), jobs=2, progress=False), 230)


def test_a_script_without_a_main_guard_may_use_processes(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "from neuropath.phantom import generate\n"
        "print(len(generate(150, size=64, jobs=2, progress=False)))\n",
        encoding="utf-8",
    )
    run = subprocess.run([sys.executable, "-W", "error", script], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["150"]


@pytest.mark.skipif(os.name == "nt", reason="needs a program that fails at once")
def test_a_lost_process_is_reported(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(RuntimeError, match="lost one of its 2 processes"):
        generate(230, size=64, jobs=2, progress=False)


def test_slices_of_a_patient_look_alike(data):
    """Same sequence, same patient: more alike than two patients with the same class."""
    flat = data.images.reshape(len(data), -1).astype(float)
    flat -= flat.mean(1, keepdims=True)
    flat /= np.linalg.norm(flat, axis=1, keepdims=True)
    alike = flat @ flat.T
    same_class = data.labels[:, None] == data.labels[None, :]
    same_patient = data.patient[:, None] == data.patient[None, :]
    other = ~np.eye(len(data), dtype=bool)
    assert alike[same_class & same_patient & other].mean() > alike[same_class & ~same_patient].mean() + 0.08


@pytest.mark.parametrize("size", [64, 97, 256])
def test_sizes(size):
    data = generate(3, size=size, progress=False)
    assert data.images.shape == (3, size, size)
    assert data.lesion.any((1, 2)).sum() >= 1


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"images": 0}, "at least 1 image, received 0"),
        ({"size": 63}, "64 to 256 pixels, received 63"),
        ({"size": 257}, "64 to 256"),
        ({"seed": -1}, "seed of 0 or more, received -1"),
        ({"sites": ("A", "Z")}, "received ('A', 'Z')"),
        ({"sites": "AB"}, "list of sites"),
        ({"sites": ()}, "list of sites"),
        ({"jobs": 0}, "at least 1 job"),
        ({"slices": (0, 3)}, "1 ≤ least ≤ most, received (0, 3)"),
        ({"slices": (5, 4)}, "1 ≤ least ≤ most"),
    ],
)
def test_wrong_arguments_are_named(wrong, says):
    with pytest.raises(ValueError, match="generate expects") as caught:
        generate(**{"images": 4, "progress": False, **wrong})
    assert says in str(caught.value)


def test_patients_can_be_few_with_many_slices():
    few = generate(60, size=64, slices=(16, 22), progress=False)
    many = generate(60, size=64, progress=False)
    counts = np.bincount(few.patient)[:-1]  # the last patient may be cut off
    assert counts.min() >= 16
    assert counts.max() <= 22
    assert len(np.unique(few.patient)) < len(np.unique(many.patient))


def test_the_progress_bar_counts_images(capsys):
    generate(5, size=64)
    assert "5/5" in capsys.readouterr().err
