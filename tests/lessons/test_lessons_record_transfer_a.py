"""The recorded pictures of Session 03 A, and that the functions make such records."""

import numpy as np

from neuropath.lessons import record
from neuropath.lessons import record_transfer_a as transfer


def blobs(n=90, classes=3):
    """Features of which the first tell the classes apart, and rows of three parts."""
    rng = np.random.default_rng(0)
    y = np.arange(n) % classes
    F = rng.normal(size=(n, 8)).astype("float32") * 5 + 100 * np.arange(8, dtype="float32")
    F[np.arange(n), y] += 60
    parts = np.split(rng.permutation(n), [n // 2, 2 * n // 3])
    return F, y, dict(zip(("train", "val", "test"), parts, strict=True))


def test_the_recorded_sources_are_those_of_the_page():
    result = record.recorded("transfer-sources")
    names = [*transfer.BASES, "pixels"]
    cases = {(r["target"], r["source"], r["repeat"], r["size"]) for r in result["runs"]}
    repeats = [("phantom", k) for k in result["seeds"]] + [("figshare", k) for k in result["folds"]]
    assert (result["seeds"], result["folds"]) == ([0, 1, 2], [1, 2, 3, 4, 5])
    assert cases == {(t, s, k, n) for t, k in repeats for s in names for n in transfer.SIZES}
    assert all(0 <= r["accuracy"] <= 1 for r in result["runs"])
    assert {len(values) for values in result["first_layer"].values()} == {16}


def test_the_recorded_rates_are_those_of_the_page():
    result = record.recorded("transfer-rates")
    assert [(r["seed"], r["rate"]) for r in result["runs"]] == [
        (s, r) for s in range(3) for r in transfer.RATES
    ]
    assert {len(r["accuracy"]) for r in result["runs"]} == {result["settings"]["epochs"] + 1}
    assert all(r["accuracy"][0] == r["probe_before"] for r in result["runs"])


def test_the_probe_s_weights_are_for_features_as_they_come():
    F, y, rows = blobs()
    accuracy, W, b = transfer.probe(F, y, rows)
    assert accuracy > 0.9
    answers = (F[rows["test"]] @ W + b).argmax(axis=1)
    assert np.mean(answers == y[rows["test"]]) == accuracy


def test_a_class_without_an_example_is_never_answered():
    F, y, rows = blobs()
    rows["train"] = rows["train"][y[rows["train"]] != 1]
    _, W, b = transfer.probe(F, y, rows)
    assert W.shape == (8, 3)
    assert 1 not in (F @ W + b).argmax(axis=1)


def test_training_rows_come_patient_by_patient():
    _, _, rows = transfer._phantom(60, 3)
    from neuropath.phantom import generate

    patients = generate(60, size=transfer.SIDE, seed=3, progress=False).patient[rows["train"]]
    assert 1 + np.count_nonzero(np.diff(patients)) == len(set(patients))


def test_pictures_keep_their_brightness_when_resized():
    X = np.full((2, 96, 96), 77, np.uint8)
    assert transfer._resized(X, 32).shape == (2, 32, 32)
    assert (transfer._resized(X, 224) == 77).all()
    assert transfer._resized(X, 96) is X


def test_the_rates_are_recorded_as_they_happen(keras, capsys):
    result = transfer.transfer_rates(seeds=(4,), rates=(1e-5, 0.1), size=40, epochs=1, images=120)
    gentle, wild = result["runs"]
    assert gentle["probe_before"] == wild["probe_before"] == gentle["accuracy"][0]
    assert gentle["moved"] < 0.2 < wild["moved"]
    assert "rate 0.1" in capsys.readouterr().out.replace("0.100", "0.1")


def test_the_sources_are_recorded_as_they_come(keras, monkeypatch):
    monkeypatch.setattr(transfer, "SIZES", (20, 40))
    monkeypatch.setattr(transfer, "BASES", {"random": ("none", 96), "phantom": ("bundled", 96)})
    monkeypatch.setattr(transfer, "first_layer", dict)
    result = transfer.transfer_sources(seeds=(4,), folds=(), images=120)
    assert [(r["source"], r["size"]) for r in result["runs"]] == [
        (source, size) for source in ("random", "phantom", "pixels") for size in (20, 40)
    ]
    assert result["settings"]["sides"] == {"random": 96, "phantom": 96, "pixels": 32}
    assert 0 < max(r["accuracy"] for r in result["runs"]) <= 1
