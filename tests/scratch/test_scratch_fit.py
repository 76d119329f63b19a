"""fit: what it does, what it reports, what it refuses."""

import numpy as np
import pytest

from neuropath import scratch as nn
from neuropath.scratch import training


@pytest.fixture
def data(rng):
    X = rng.normal(size=(120, 4)).astype("float32")
    return X, np.argmax(X[:, :3], axis=1)


@pytest.fixture
def model(rng):
    model = nn.mlp([4, 16, 3], rng=rng)
    model.compile(optimizer=nn.Adam(0.01))
    return model


def test_history_has_one_number_an_epoch_and_learning_happens(model, data, rng):
    history = model.fit(*data, rng=rng, epochs=20, validation_split=0.25, verbose=0)
    assert history is model.history
    assert {name: len(values) for name, values in history.history.items()} == dict.fromkeys(
        ("loss", "accuracy", "val_loss", "val_accuracy"), 20
    )
    assert history.history["val_accuracy"][-1] > 0.85
    assert "20 epochs; last: loss" in repr(history)


def test_losses_are_means_over_examples_not_over_batches(model, data, rng):
    X, y = data[0][:10], data[1][:10]
    model.compile(optimizer=nn.SGD(1e-30))
    got = model.fit(X, y, rng=rng, batch_size=4, verbose=0).history  # batches of 4, 4 and 2
    expected = model.evaluate(X, y)
    assert got["loss"][0] == pytest.approx(expected["loss"], rel=1e-5)
    assert got["accuracy"][0] == pytest.approx(expected["accuracy"])


def test_same_seed_same_weights_and_shuffle_matters(data):
    def trained(seed, shuffle=True):
        model = nn.mlp([4, 8, 3], rng=np.random.default_rng(0))
        model.compile()
        model.fit(*data, rng=np.random.default_rng(seed), epochs=2, shuffle=shuffle, verbose=0)
        return model.flatten()[0]

    np.testing.assert_array_equal(trained(1), trained(1))
    assert (trained(1) != trained(2)).any()
    np.testing.assert_array_equal(trained(1, shuffle=False), trained(2, shuffle=False))


def test_validation_split_takes_the_last_rows(model, data, rng):
    X, y = data
    split = model.fit(X, y, rng=rng, validation_split=0.25, shuffle=False, verbose=0).history
    assert split["val_loss"][0] == pytest.approx(model.evaluate(X[90:], y[90:])["loss"], rel=1e-5)


def test_evaluation_does_not_depend_on_the_batch_size_or_drop_anything(rng, data):
    model = nn.mlp([4, 8, 3], rng=rng, dropout=0.5, kernel_regularizer=nn.L2(0.1))
    model.compile()
    whole = model.evaluate(*data)
    assert model.evaluate(*data, batch_size=7) == pytest.approx(whole, rel=1e-5)
    plain = nn.sparse_categorical_crossentropy(model.forward(data[0]), data[1])[0]
    assert whole["loss"] > plain + 0.1  # the penalty is in it


def test_callbacks_are_called_and_can_stop(model, data, rng):
    class Stop:
        seen = []

        def on_epoch_end(self, epoch, logs):
            self.seen.append((epoch, sorted(logs)))
            model.stop_training = epoch == 2

    history = model.fit(*data, rng=rng, epochs=10, validation_split=0.2, callbacks=[Stop()], verbose=0)
    names = ["accuracy", "loss", "val_accuracy", "val_loss"]
    assert Stop.seen == [(0, names), (1, names), (2, names)]
    assert len(history.history["loss"]) == 3
    assert len(model.fit(*data, rng=rng, epochs=2, verbose=0).history["loss"]) == 2  # stop is forgotten


def test_what_verbose_shows(model, data, rng, capsys):
    model.fit(*data, rng=rng, epochs=2, verbose=0)
    assert capsys.readouterr() == ("", "")
    model.fit(*data, rng=rng, epochs=2, validation_split=0.1, verbose=2)
    out, err = capsys.readouterr()
    assert out.startswith("epoch 1/2 - loss 0.")
    assert out.count("val_accuracy") == 2
    assert err == ""
    model.fit(*data, rng=rng, epochs=2, verbose=1)
    out, err = capsys.readouterr()
    assert "epoch 2/2" in err
    assert "accuracy 0." in err
    assert "8/8" in err


def test_a_loss_that_explodes_stops_with_advice(rng):
    X = rng.normal(size=(64, 4)).astype("float32")
    model = nn.mlp([4, 16, 1], rng=rng)
    model.compile(optimizer=nn.SGD(1e4), loss=nn.mean_squared_error)
    with pytest.raises(
        FloatingPointError, match=r"loss is (nan|inf) in epoch \d, batch \d.*learning rate 10 times"
    ):
        model.fit(X, X[:, 0], rng=rng, epochs=9, verbose=1)


def test_history_before_the_explosion_is_kept(model, data, rng):
    class Fault:
        def on_epoch_end(self, epoch, logs):
            if epoch == 1:
                model.layers[0].params["W"][...] = np.nan

    with pytest.raises(FloatingPointError, match="loss is nan in epoch 3, batch 1"):
        model.fit(*data, rng=rng, epochs=5, callbacks=[Fault()], verbose=0)
    assert len(model.history.history["loss"]) == 2


def test_train_step_changes_nothing_when_the_loss_is_not_finite(model, data):
    model.layers[-1].params["b"][0] = np.nan
    before = model.flatten()[0].copy()
    with pytest.raises(FloatingPointError):
        model.train_step(*data)
    np.testing.assert_array_equal(model.flatten()[0], before)


def bad(X=None, y=None, **options):
    return X, y, options


def with_entry(value):
    X = np.ones((8, 4), "float32")
    X[3, 2] = value
    return X


GOOD = np.ones((8, 4), "float32")
LABELS = np.zeros(8, int)
BAD_INPUT = {
    "NaN": (bad(X=with_entry(np.nan)), "finite numbers in X, received 1 NaN or infinite ones of 32"),
    "inf": (bad(X=with_entry(-np.inf)), "finite numbers in X, received 1"),
    "rank 1": (bad(X=GOOD[0]), r"batch of shape \(N, …\), received \(4,\)"),
    "images": (bad(X=GOOD.reshape(8, 2, 2)), r"X of shape \(8, 2, 2\) does not fit the model.*Flatten\(\)"),
    "columns": (
        bad(X=GOOD[:, :3]),
        r"X of shape \(8, 3\) does not fit the model. Dense expects X of shape \(N, 4\)",
    ),
    "empty": (bad(X=GOOD[:0], y=LABELS[:0]), r"at least one example, received shape \(0, 4\)"),
    "float64": (bad(X=GOOD.astype(float)), r'dtype float32 .* received float64: use X.astype\("float32"\)'),
    "bytes": (bad(X=GOOD.astype("uint8")), "received uint8: .* divide pixels of 0 … 255 by 255"),
    "text": (bad(X=np.full((8, 4), "a")), "dtype float32"),
    "fewer labels": (bad(y=LABELS[:7]), r"one target per example, 8, received y of shape \(7,\)"),
    "scalar label": (bad(y=0), r"received y of shape \(\)"),
    "label 3 of 3": (bad(y=np.full(8, 3)), r"0 … 2 \(3 classes\), received 3 … 3"),
    "label -1": (bad(y=np.full(8, -1)), "received -1 … -1"),
    "float labels": (bad(y=np.zeros(8)), "integers 0 … 2, received dtype float64"),
    "NaN labels": (bad(y=np.full(8, np.nan)), "finite targets, received NaN"),
    "names": (bad(y=np.array(["glioma"] * 8)), "numbers in y, received dtype <U6: number the classes"),
    "one-hot": (bad(y=np.eye(3)[LABELS]), "one-hot rows go into categorical_crossentropy"),
    "batch 0": (bad(batch_size=0), "batch_size to be a whole number >= 1, received 0"),
    "batch 0.5": (bad(batch_size=0.5), "received 0.5"),
    "epochs 0": (bad(epochs=0), "epochs to be a whole number >= 1, received 0"),
    "split 1": (bad(validation_split=1.0), r"validation_split in \[0, 1\), received 1.0"),
    "split -1": (bad(validation_split=-0.1), r"validation_split in \[0, 1\), received -0.1"),
    "split NaN": (bad(validation_split=np.nan), "received nan"),
    "split to nothing": (bad(validation_split=0.95), "leaves 0 to train on and 8 to validate on"),
    "both": (bad(validation_split=0.5, validation_data=(GOOD, LABELS)), "received both"),
    "X_val alone": (bad(validation_data=GOOD), r"validation_data=\(X_val, y_val\), received ndarray"),
    "X_val": (bad(validation_data=(GOOD[:, :2], LABELS)), r"X_val of shape \(8, 2\) does not fit"),
    "y_val": (bad(validation_data=(GOOD, LABELS[:2])), r"received y_val of shape \(2,\)"),
    "verbose": (bad(verbose="auto"), "verbose 0"),
    "callback": (bad(callbacks=[print]), r"objects with on_epoch_end\(epoch, logs\), received <built-in"),
    "one callback": (bad(callbacks=print), r"a list of callbacks, received <built-in.*callbacks=\[…\]"),
    "a list": (bad(X=GOOD.tolist()), r'received float64: use np.array\(X, "float32"\)'),
    "ragged rows": (bad(X=[[1, 2], [3]]), "Expected X to be an array, received list: .*inhomogeneous"),
    "ragged labels": (bad(y=[[1, 2], [3]]), "Expected y to be an array, received list: .*inhomogeneous"),
    "generator": (bad(X=iter(GOOD)), "Expected X to be an array, received .*iterator: one array of all"),
    "label generator": (bad(y=iter(LABELS)), "Expected y to be an array, received .*iterator"),
    "rng": (bad(rng=0), r"rng=np.random.default_rng\(seed\), received int"),
}


@pytest.mark.parametrize(("case", "message"), BAD_INPUT.values(), ids=BAD_INPUT)
def test_bad_input_is_named_and_changes_nothing(case, message, model, rng):
    X, y, options = case
    before = model.flatten()[0].copy()
    options = {"rng": rng, "verbose": 0} | options
    with pytest.raises((ValueError, TypeError), match=message):
        model.fit(GOOD if X is None else X, LABELS if y is None else y, **options)
    np.testing.assert_array_equal(model.flatten()[0], before)


@pytest.mark.parametrize(
    ("loss", "y", "message"),
    [
        (nn.categorical_crossentropy, np.ones((8, 3)), "sum to 1, received sums 3 … 3"),
        (nn.categorical_crossentropy, np.tile([2.0, -1, 0], (8, 1)), "smallest entry of -1"),
        (nn.categorical_crossentropy, LABELS, r"\(8, 3\), received \(8,\)"),
        (nn.binary_crossentropy, np.full((8, 3), 2), r"targets in \[0, 1\]"),
        (nn.mean_squared_error, np.zeros((8, 2)), r"y of shape \(8, 3\), as the outputs, received \(8, 2\)"),
        (nn.mean_squared_error, np.zeros(8), r"shaped as the predictions"),
    ],
)
def test_targets_that_do_not_suit_the_loss(loss, y, message, model, rng):
    model.compile(loss=loss)
    with pytest.raises(ValueError, match=message):
        model.fit(GOOD, y, rng=rng, verbose=0)


@pytest.mark.parametrize("call", ["predict", "predict_proba"])
def test_prediction_checks_its_input_too(call, model):
    with pytest.raises(ValueError, match="finite numbers in X"):
        getattr(model, call)(with_entry(np.nan))
    with pytest.raises(ValueError, match="at least one example"):
        getattr(model, call)(GOOD[:0])


@pytest.mark.parametrize("batch_size", [0, -3, 2.5])
def test_evaluate_refuses_a_batch_size_that_reads_nothing(batch_size, model):
    with pytest.raises(ValueError, match="evaluate expects batch_size to be a whole number >= 1"):
        model.evaluate(GOOD, LABELS, batch_size=batch_size)


def test_an_interruption_keeps_the_history_and_closes_the_bar(model, data, rng, monkeypatch):
    class Interrupt:
        def on_epoch_end(self, epoch, logs):
            if epoch == 1:
                raise KeyboardInterrupt

    closed = []
    monkeypatch.setattr(training.Progress, "close", lambda self: closed.append(self))
    with pytest.raises(KeyboardInterrupt):
        model.fit(*data, rng=rng, epochs=5, callbacks=[Interrupt()], verbose=0)
    assert len(model.history.history["loss"]) == 2
    assert len(closed) == 1


def test_arrays_that_may_not_be_written_or_are_no_blocks_train_alike(data):
    def trained(X):
        model = nn.mlp([4, 8, 3], rng=np.random.default_rng(0))
        model.compile()
        model.fit(X, data[1], rng=np.random.default_rng(1), verbose=0)
        return model.flatten()[0]

    frozen = data[0].copy()
    frozen.setflags(write=False)
    for X in (frozen, np.asfortranarray(frozen), np.repeat(frozen, 2, axis=0)[::2]):
        np.testing.assert_allclose(trained(X), trained(data[0]), rtol=1e-4, atol=1e-6)
