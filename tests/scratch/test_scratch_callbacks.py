"""Callbacks inside fit: who is called when, what ends up in the history, and bad input."""

import os

import numpy as np
import pytest

from neuropath import scratch as nn
from neuropath.scratch import callbacks, optimizers, storage

HOOKS = ("train_begin", "train_end", "epoch_begin", "epoch_end", "train_batch_begin", "train_batch_end")


@pytest.fixture
def data(rng):
    X = rng.normal(size=(60, 5))
    return X, np.argmax(X[:, :3], axis=1)


def small(rng, optimizer=None, dtype="float64"):
    model = nn.mlp([5, 8, 3], rng=rng, dtype=dtype)
    model.compile(optimizer or optimizers.SGD(2.0**-4))
    return model


def twins(rng, keras, rate):
    """The same compiled network twice, in float64."""
    ours = small(rng, optimizers.SGD(rate))
    dense = keras.layers.Dense
    inputs = keras.layers.Input((5,), dtype="float64")
    theirs = keras.Sequential([inputs, dense(8, "relu", dtype="float64"), dense(3, dtype="float64")])
    nn.to_keras(ours, theirs)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    theirs.compile(keras.optimizers.SGD(rate), loss, metrics=["accuracy"])
    return ours, theirs


def recorder(made, seen, **stop):
    """A callback of `made` (ours or Keras') that notes every hook, its numbers and the names of its logs."""

    def note(hook):
        def called(*arguments, logs=None):
            *when, logs = (*arguments, logs) if logs is not None else arguments
            seen.append((hook, *when, sorted(logs or {})))
            if hook in stop and [*when] == stop[hook]:
                callback.model.stop_training = True

        return called

    callback = made.LambdaCallback(**{f"on_{hook}": note(hook) for hook in HOOKS})
    return callback


STOPS = ({}, {"train_begin": []}, {"train_batch_end": [1]}, {"epoch_end": [1]})


@pytest.mark.usefixtures("float64_everywhere")
@pytest.mark.parametrize("stop", STOPS, ids=str)
@pytest.mark.parametrize("validation_split", [0.0, 0.25])
def test_hooks_are_called_as_keras_calls_them(stop, validation_split, rng, keras, data):
    run = {"batch_size": 16, "epochs": 3, "validation_split": validation_split, "verbose": 0}
    ours, theirs, got, expected = *twins(rng, keras, 2.0**-4), [], []
    ours.fit(*data, rng=rng, callbacks=[recorder(callbacks, got, **stop)], **run)
    theirs.fit(*data, callbacks=[recorder(keras.callbacks, expected, **stop)], **run)
    assert got == expected
    assert len(got) >= 6


@pytest.mark.usefixtures("float64_everywhere")
def test_a_fit_with_all_of_them_is_keras_fit(rng, keras, data, tmp_path):
    """Rates that fall, an early stop, the best weights put back: history, weights and log are the same."""
    ours, theirs = twins(rng, keras, 1.0)
    y = data[1].copy()
    y[45:] = rng.integers(3, size=15)  # a validation set that cannot be learnt: the loss must rise

    def watch(made, name):
        return [
            made.ReduceLROnPlateau(factor=0.5, patience=1),
            made.EarlyStopping(patience=4, restore_best_weights=True),
            made.CSVLogger(tmp_path / name),
        ]

    run = {"batch_size": 16, "epochs": 40, "validation_split": 0.25, "shuffle": False, "verbose": 0}
    got = ours.fit(data[0], y, rng=rng, callbacks=watch(callbacks, "ours.csv"), **run).history
    expected = theirs.fit(data[0], y, callbacks=watch(keras.callbacks, "theirs.csv"), **run).history
    assert got.keys() == expected.keys()
    assert 4 < len(got["loss"]) < 40
    assert len(set(got["learning_rate"])) > 2
    for name in got:
        np.testing.assert_allclose(got[name], expected[name], rtol=1e-9, err_msg=name)
    for p, w in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(p, w, rtol=1e-8, atol=1e-12)
    assert ours.evaluate(data[0][45:], y[45:])["loss"] == pytest.approx(min(got["val_loss"]), rel=1e-12)
    lines, others = ((tmp_path / n).read_text().splitlines() for n in ("ours.csv", "theirs.csv"))
    assert lines[0] == others[0] == "epoch,accuracy,learning_rate,loss,val_accuracy,val_loss"
    assert len(lines) == len(others) == len(got["loss"]) + 1


def test_a_checkpoint_is_the_model_of_its_epoch(rng, data, tmp_path):
    model, seen = small(rng), []
    note = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(model.get_weights()))
    save = callbacks.ModelCheckpoint(tmp_path / "deep" / "{epoch}.npz")
    model.fit(*data, rng=rng, epochs=3, callbacks=[note, save], verbose=0)
    assert sorted(p.name for p in (tmp_path / "deep").iterdir()) == ["1.npz", "2.npz", "3.npz"]
    for epoch, weights in enumerate(seen):
        other = small(np.random.default_rng(5))
        other.load(tmp_path / "deep" / f"{epoch + 1}.npz")
        assert all((a == b).all() for a, b in zip(other.get_weights(), weights, strict=True))


def test_a_checkpoint_that_fails_leaves_the_one_before(rng, data, tmp_path, monkeypatch):
    path, model = tmp_path / "m.npz", small(rng)
    model.fit(*data, rng=rng, callbacks=[callbacks.ModelCheckpoint(path)], verbose=0)
    before = path.read_bytes()

    def killed(file, **arrays):
        file.write(b"half a file")
        raise KeyboardInterrupt

    monkeypatch.setattr(storage.np, "savez", killed)
    with pytest.raises(KeyboardInterrupt):
        model.fit(*data, rng=rng, callbacks=[callbacks.ModelCheckpoint(path)], verbose=0)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["m.npz"]


def test_callbacks_may_be_plain_objects_and_see_each_others_logs(rng, data):
    class Plain:
        def on_epoch_end(self, epoch, logs):
            logs["gap"] = 1.0 + epoch

    seen = []
    last = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(logs["gap"]))
    history = small(rng).fit(*data, rng=rng, epochs=2, callbacks=[Plain(), last], verbose=0).history
    assert seen == history["gap"] == [1.0, 2.0]
    assert len(history["loss"]) == 2


def test_fit_introduces_itself(rng, data):
    model, callback = small(rng), callbacks.Callback()
    model.fit(*data, rng=rng, epochs=2, batch_size=16, callbacks=[callback], verbose=0)
    assert callback.model is model
    assert callback.params == {"verbose": 0, "epochs": 2, "steps": 4}


def test_what_verbose_says(rng, data, tmp_path, capsys):
    watch = [
        callbacks.EarlyStopping("loss", min_delta=9, patience=2, verbose=1, restore_best_weights=True),
        callbacks.ReduceLROnPlateau("loss", factor=0.5, min_delta=9, patience=1, verbose=1),
        callbacks.ModelCheckpoint(tmp_path / "m.npz", "loss", save_best_only=True, verbose=1, mode="max"),
    ]
    small(rng).fit(*data, rng=rng, epochs=9, callbacks=watch, verbose=0)
    out = capsys.readouterr().out
    assert "epoch 3: early stopping\nrestoring the weights of epoch 1, the best" in out
    assert "epoch 2: learning rate 0.03125" in out
    assert f"epoch 1: saved {tmp_path / 'm.npz'}" in out
    assert "epoch 2: loss 1." in out
    assert "is no better than 1." in out


def test_a_training_can_be_repeated_with_the_same_objects(rng, data):
    stop = callbacks.EarlyStopping("loss", min_delta=9, patience=1)
    model = small(rng)
    for _ in range(2):
        assert len(model.fit(*data, rng=rng, epochs=9, callbacks=[stop], verbose=0).history["loss"]) == 2


@pytest.mark.parametrize(
    "watch",
    [callbacks.EarlyStopping, callbacks.ReduceLROnPlateau],
    ids=["EarlyStopping", "ReduceLROnPlateau"],
)
def test_a_number_that_is_not_measured_is_said(watch, rng, data):
    with pytest.warns(
        UserWarning, match="expects 'val_loss' among the logs, received .*give fit validation_data"
    ):
        small(rng).fit(*data, rng=rng, callbacks=[watch()], verbose=0)


def test_weights_are_copies_in_keras_order(rng):
    model = small(rng)
    model.layers[1].state["moving"] = np.ones(3)
    weights = model.get_weights()
    assert [w.shape for w in weights] == [(5, 8), (8,), (3,), (8, 3), (3,)]
    weights[0][:] = 7
    assert (model.params["dense_1/W"] != 7).all()
    flat = model.flatten()[0]
    model.set_weights(weights)
    assert (model.params["dense_1/W"] == 7).all()
    assert np.shares_memory(model.params["dense_1/W"], flat)
    with pytest.raises(ValueError, match=r"arrays of shapes \[\(5, 8\), .* received \[\(8,\)\]"):
        model.set_weights(weights[1:2])


BAD = {
    "mode": (lambda: callbacks.EarlyStopping(mode="down"), '"auto", "min" or "max", received \'down\''),
    "auto": (lambda: callbacks.EarlyStopping("val_auc"), 'mode="min" or mode="max" for monitor=\'val_auc\''),
    "patience": (
        lambda: callbacks.EarlyStopping(patience=-1),
        "patience to be a whole number >= 0, received -1",
    ),
    "patience 1.5": (lambda: callbacks.ReduceLROnPlateau(patience=1.5), "received 1.5"),
    "min_delta": (lambda: callbacks.EarlyStopping(min_delta=np.nan), "finite min_delta, received nan"),
    "factor": (lambda: callbacks.ReduceLROnPlateau(factor=1.0), r"factor in \(0, 1\), received 1.0"),
    "min_lr": (lambda: callbacks.ReduceLROnPlateau(min_lr=-1.0), "min_lr >= 0, received -1.0"),
    "h5": (lambda: callbacks.ModelCheckpoint("m.h5"), r"ends in \.npz, received 'm\.h5'"),
    "save_freq": (lambda: callbacks.ModelCheckpoint("m.npz", save_freq=0), "save_freq .* >= 1, received 0"),
    "save_freq text": (lambda: callbacks.ModelCheckpoint("m.npz", save_freq="batch"), "received 'batch'"),
    "separator": (lambda: callbacks.CSVLogger("log.csv", separator="::"), "one character, received '::'"),
    "hook": (lambda: callbacks.LambdaCallback(on_test_end=print), "expects functions for on_train_begin"),
    "no function": (lambda: callbacks.LambdaCallback(on_epoch_end=3), "received on_epoch_end=3"),
}


@pytest.mark.parametrize(("make", "message"), BAD.values(), ids=BAD)
def test_bad_settings(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_file_name_that_asks_for_what_is_not_measured(rng, data, tmp_path):
    save = callbacks.ModelCheckpoint(tmp_path / "{val_auc:.2f}.npz")
    with pytest.raises(
        ValueError, match=r"names among \['epoch', 'accuracy', 'loss'\] .* another: 'val_auc'"
    ):
        small(rng).fit(*data, rng=rng, callbacks=[save], verbose=0)


def test_a_log_in_no_folder_fails_before_training(rng, data, tmp_path):
    model = small(rng)
    before = model.get_weights()
    with pytest.raises(FileNotFoundError):
        model.fit(*data, rng=rng, callbacks=[callbacks.CSVLogger(tmp_path / "no" / "log.csv")], verbose=0)
    assert all((a == b).all() for a, b in zip(model.get_weights(), before, strict=True))
