"""The recorded experiments of Session 03 D hold what the page says of them, and the functions make such."""

import numpy as np
import pytest

from neuropath.lessons import record
from neuropath.lessons import record_transfer as transfer
from neuropath.scratch import BatchNormalization

LEARNERS = ["random, frozen", "frozen", "fine-tuned", "from scratch"]


def test_the_recorded_experiment_is_that_of_the_page():
    result = record.recorded("transfer-phantom")
    assert (result["seeds"], result["sizes"]) == ([0, 1, 2], [100, 350, 1000])
    assert result["data"]["test"] == 1000
    cases = [(r["seed"], r["size"], r["learner"]) for r in result["runs"]]
    assert cases == [(s, n, name) for s in range(3) for n in result["sizes"] for name in LEARNERS]
    assert all(0 <= r[k] <= 1 for r in result["runs"] for k in ("accuracy", "macro_f1", "train_accuracy"))
    assert len(result["freezing"]) == 3 * (len(transfer.FREEZING["cases"]) + 1)
    assert result["settings"]["epochs"] == {str(n): list(e) for n, e in transfer.EPOCHS.items()}


def test_it_makes_such_a_record(capsys):
    pytest.importorskip("keras")
    result = transfer.transfer_phantom(
        seeds=(5,),
        epochs={40: (1, 1)},
        test=24,
        head_epochs=8,
        freezing={"size": 40, "epochs": 1, "cases": ((20, 1e-3), ("all", 1e-2))},
    )
    assert [r["learner"] for r in result["runs"]] == LEARNERS
    by_name = {r["learner"]: r for r in result["runs"]}
    assert by_name["frozen"]["train_accuracy"] > 0.8
    assert [(r["unfreeze"], r["train_batch_norm"]) for r in result["freezing"]] == [
        (20, False),
        ("all", False),
        ("all", True),
    ]
    assert "from scratch" in capsys.readouterr().out


def test_recalibration_makes_the_statistics_the_mean_over_batches():
    images = np.random.default_rng(0).integers(0, 256, (70, 96, 96), dtype=np.uint8)
    network = transfer.classifier("random", 0)
    first = network["bn_Conv1"]
    transfer.recalibrate(network, images)
    means = []
    for part in (images[:64], images[64:]):
        X = np.repeat(part[..., None].astype("float32") / 127.5 - 1, 3, axis=3)
        means.append(network["Conv1"].forward(X).mean(axis=(0, 1, 2)))
    assert np.allclose(first.state["moving_mean"], np.mean(means, axis=0), atol=1e-4)
    norms = [la for la in network.base.layers if isinstance(la, BatchNormalization)]
    assert not any(la.trainable for la in norms)
    assert {la.momentum for la in norms} == {0.9}


def test_the_probe_finds_the_one_minimum():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 90)
    F = rng.normal(size=(90, 5)) * 4 + 7
    F[:, 0] += 9 * y
    W, scale = transfer.probe(F, y, 3, 1e-2)
    assert W.shape == (6, 3)
    assert np.mean(transfer.predict(W, scale, F) == y) > 0.8
    linear = pytest.importorskip("sklearn.linear_model")
    A = (F - F.mean(axis=0)) / (F.std(axis=0) + 1e-6)
    # scikit-learn sums the losses, halves the penalty and spares the intercept: given as a column here
    theirs = linear.LogisticRegression(C=1 / (90 * 1e-2), fit_intercept=False, tol=1e-8, max_iter=2000)
    theirs.fit(np.column_stack([A, np.ones(90)]), y)
    assert np.allclose(W, theirs.coef_.T, atol=2e-3)


def test_figshare_says_which_file_is_missing(tmp_path, monkeypatch):
    monkeypatch.setenv("NEUROPATH_DATA", str(tmp_path))
    with pytest.raises(RuntimeError, match="cheng_figshare_3064_224"):
        transfer.transfer_figshare()


def test_the_recorded_probes_cover_all_folds_and_sizes():
    result = record.recorded("transfer-figshare")
    assert result["data"]["images"] == 3064
    for base in ("imagenet", "random"):
        rows = [r for r in result["runs"] if r["base"] == base]
        assert {r["fold"] for r in rows} == {1, 2, 3, 4, 5}
        assert len(rows) == 5 * (len(transfer.FIGSHARE_SIZES) + 1)
