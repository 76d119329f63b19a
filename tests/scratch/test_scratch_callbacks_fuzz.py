"""Each callback beside Keras' on the same logs: 300 random sequences, with NaN, plateaus and exact ties."""

from types import SimpleNamespace

import numpy as np
import pytest
from callback_twins import GRAIN, Fake, drive, sequence
from twin_fuzz import pick

from neuropath.scratch import callbacks, optimizers

CASES = 300


def mode(rng):
    """(ours, theirs): "auto" is "min" for a loss, in both."""
    return pick(rng, "auto", "min", "max")


def deltas(rng):
    return pick(rng, 0.0, 1 / GRAIN, 4 / GRAIN, -2 / GRAIN)


def same(a, b):
    return a == b or (a is not None and b is not None and np.isnan(a) and np.isnan(b))


def early_stopping(rng):
    return {
        "monitor": "val_loss",
        "min_delta": deltas(rng),
        "patience": int(rng.integers(0, 5)),
        "mode": mode(rng),
        "baseline": pick(rng, None, None, 1.0, 1.5),
        "restore_best_weights": bool(rng.integers(2)),
        "start_from_epoch": int(pick(rng, 0, 0, 3)),
    }


def test_early_stopping_decides_as_keras(keras):
    stopped = 0
    for seed in range(CASES):
        rng = np.random.default_rng(seed)
        options, epochs = early_stopping(rng), sequence(rng)
        ours, theirs = callbacks.EarlyStopping(**options), keras.callbacks.EarlyStopping(**options)
        a, b = Fake(), Fake()
        what = f"seed {seed}: {options}"
        assert drive(ours, a, epochs) == drive(theirs, b, epochs), what
        assert (ours.stopped_epoch, ours.best_epoch) == (theirs.stopped_epoch, theirs.best_epoch), what
        assert same(ours.best, theirs.best), what
        assert a.stop_training == b.stop_training, what
        assert a.weights == b.weights, what
        stopped += a.stop_training
    assert CASES / 4 < stopped < CASES  # both ways to end were met


def test_reduce_lr_decides_as_keras(keras):
    reduced = 0
    for seed in range(CASES):
        rng = np.random.default_rng(seed)
        options = {
            "monitor": "val_loss",
            "factor": pick(rng, 0.5, 0.25),
            "patience": int(rng.integers(0, 4)),
            "mode": mode(rng),
            "min_delta": deltas(rng),
            "cooldown": int(pick(rng, 0, 0, 1, 3)),
            "min_lr": pick(rng, 0.0, 2.0**-7),
        }
        epochs = sequence(rng)
        ours, theirs = callbacks.ReduceLROnPlateau(**options), keras.callbacks.ReduceLROnPlateau(**options)
        a, b = Fake(optimizers.SGD(2.0**-4)), Fake(keras.optimizers.SGD(2.0**-4))
        what = f"seed {seed}: {options}"
        assert drive(ours, a, epochs) == drive(theirs, b, epochs), what
        assert same(ours.best, theirs.best), what
        assert ours.cooldown_counter == theirs.cooldown_counter, what
        reduced += a.optimizer.learning_rate < 2.0**-4
    assert CASES / 4 < reduced < CASES


def test_model_checkpoint_writes_what_keras_writes(keras, tmp_path):
    kept = 0
    for seed in range(CASES):
        rng = np.random.default_rng(seed)
        options = {
            "monitor": "val_loss",
            "mode": mode(rng),
            "save_best_only": bool(rng.integers(3)),
            "initial_value_threshold": pick(rng, None, None, 1.0, 1.5),
        }
        epochs = sequence(rng)
        name = pick(rng, "best", "{epoch:02d}", "sub/{epoch}-{loss:.1f}")
        folders = [tmp_path / f"{seed}{side}" for side in "ab"]
        for folder in folders:
            folder.mkdir()
        ours = callbacks.ModelCheckpoint(folders[0] / f"{name}.npz", **options)
        theirs = keras.callbacks.ModelCheckpoint(folders[1] / f"{name}.keras", **options)
        drive(ours, Fake(), epochs)
        drive(theirs, Fake(), epochs)
        what = f"seed {seed}: {options}"
        assert same(ours.best, theirs.best), what
        written, expected = (
            {p.relative_to(f).with_suffix("").as_posix(): p.read_text() for p in f.rglob("*.*")}
            for f in folders
        )
        assert written == expected, what
        kept += bool(written)
    assert kept > CASES / 2


@pytest.mark.parametrize("save_freq", [1, 3, 7])
@pytest.mark.parametrize("best", [False, True])
def test_model_checkpoint_by_batches(save_freq, best, keras, tmp_path):
    """Four epochs of five batches; the count goes on across epochs, and {batch} counts from 1."""
    rng = np.random.default_rng(1)
    losses = rng.integers(0, GRAIN, 20) / GRAIN
    for side, made in (("npz", callbacks), ("keras", keras.callbacks)):
        (tmp_path / side).mkdir()
        path = tmp_path / side / ("{epoch}-{batch}." + side)
        options = {"monitor": "loss", "mode": "min", "save_freq": save_freq, "save_best_only": best}
        callback = made.ModelCheckpoint(path, **options)
        callback.set_model(Fake())
        callback._set_monitor_op() if side == "keras" else None  # it would only know after the first epoch
        for epoch in range(4):
            callback.on_epoch_begin(epoch, {})
            for batch in range(5):
                callback.on_train_batch_end(batch, {"loss": float(losses[5 * epoch + batch])})
            callback.on_epoch_end(epoch, {"loss": 0.5})
    written, expected = ({p.stem for p in (tmp_path / side).iterdir()} for side in ("npz", "keras"))
    assert written == expected
    assert len(written) == 20 // save_freq if not best else len(written) >= 1


def test_csv_logger_writes_the_bytes_keras_writes(keras, tmp_path):
    for seed in range(CASES):
        rng = np.random.default_rng(seed)
        options = {"separator": pick(rng, ",", ";", "\t"), "append": bool(rng.integers(2))}
        ours, theirs = tmp_path / f"{seed}.csv", tmp_path / f"{seed}.keras.csv"
        logs = ("loss", "accuracy", "val_loss")[: rng.integers(1, 4)]
        first, second = callbacks.CSVLogger(ours, **options), keras.callbacks.CSVLogger(theirs, **options)
        for _ in range(rng.integers(1, 3)):  # a second training appends, or begins anew
            for epoch in range(rng.integers(1, 5)):
                row = {name: pick(rng, 0.1, 1 / 3, np.nan, 1e-9, 2.0) for name in logs if rng.random() < 0.9}
                for callback in (first, second):
                    if epoch == 0:
                        callback.on_train_begin({})
                    callback.on_epoch_end(epoch, dict(row))
            first.on_train_end({})
            second.on_train_end({})
        assert ours.read_bytes() == theirs.read_bytes(), f"seed {seed}: {options}"


def test_the_comparison_sees_a_patience_off_by_one_and_a_strict_min_delta(keras):
    options, caught = {"patience": 2, "mode": "min"}, 0
    for seed in range(40):
        epochs = sequence(np.random.default_rng(seed))
        ours = callbacks.EarlyStopping(**options | {"patience": 3})
        caught += drive(ours, Fake(), epochs) != drive(
            keras.callbacks.EarlyStopping(**options), Fake(), epochs
        )
    assert caught > 10

    class Strict(callbacks.EarlyStopping):
        def is_improvement(self, value, reference):
            return reference is None or value + self.min_delta <= reference

    tie = [
        {"val_loss": 1.0},
        {"val_loss": 0.75},
        {"val_loss": 0.5},
    ]  # exactly min_delta better: no improvement
    options = {"min_delta": 0.25, "patience": 1}
    expected = drive(keras.callbacks.EarlyStopping(**options), Fake(), tie)
    assert drive(callbacks.EarlyStopping(**options), Fake(), tie) == expected
    assert drive(Strict(**options), Fake(), tie) != expected


def test_auto_knows_accuracy_as_keras_does(keras):
    logs = [{"val_accuracy": value} for value in (0.5, 0.75, 0.25, 0.125)]
    ours = callbacks.EarlyStopping("val_accuracy", patience=2)
    theirs = keras.callbacks.EarlyStopping("val_accuracy", patience=2)
    metric = keras.metrics.SparseCategoricalAccuracy(name="accuracy")
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(3)])
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=[metric])
    model.train_on_batch(np.ones((1, 2)), np.zeros(1))
    twin = Fake()
    twin.metrics = model.metrics
    assert drive(ours, Fake(), logs) == drive(theirs, twin, logs)
    assert ours.mode == "max"
    assert ours.best == theirs.best == 0.75


def test_keras_own_callback_can_watch_our_model(keras):
    """Nothing but get_weights, set_weights, optimizer and stop_training is asked for."""
    model = SimpleNamespace(stop_training=False, optimizer=optimizers.SGD(0.5))
    theirs = keras.callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=1)
    theirs.set_model(model)
    theirs.on_train_begin({})
    for epoch in range(2):
        theirs.on_epoch_end(epoch, {"loss": 1.0})
    assert model.optimizer.learning_rate == 0.25
