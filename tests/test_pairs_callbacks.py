"""Every callback beside its Keras twin: the same decisions on the same logs, the same files and calls."""

import numpy as np
import pytest
from callback_twins import Fake, drive, sequence
from pairs_harness import cases, pair_of

from neuropath import scratch as nn
from neuropath.scratch.callback_base import HOOKS

SEQUENCES = 6
WATCHERS = ("EarlyStopping", "ReduceLROnPlateau", "ModelCheckpoint", "CSVLogger")


def files(folder):
    """Name without its ending -> bytes, of every file below the folder."""
    return {p.relative_to(folder).with_suffix("").as_posix(): p.read_bytes() for p in folder.rglob("*.*")}


def compare_watcher(pair, options, keras, tmp_path):
    """Both through the same random logs, twice each for what outlives a training; returns what they did."""
    done = set()
    for seed in range(SEQUENCES):
        epochs = sequence(np.random.default_rng(seed))
        folders = [tmp_path / f"{seed}{side}" for side in "ab"]
        for folder in folders:
            folder.mkdir()
        ours, theirs = pair.make(folders[0], **options), pair.keras(keras, folders[1], **options)
        a, b = Fake(nn.SGD(2.0**-4)), Fake(keras.optimizers.SGD(2.0**-4))
        for again in range(2):
            a.stop_training = b.stop_training = False
            got, expected = drive(ours, a, epochs), drive(theirs, b, epochs)
            assert got == expected, f"{pair.name}, sequence {seed}, training {again + 1}: another decision"
            done.add(str(got))
        assert files(folders[0]) == files(folders[1]), f"{pair.name}, sequence {seed}: another file"
        done.add(str(files(folders[0])))
    return done


@pytest.mark.parametrize(("pair", "options"), cases("callback", names=WATCHERS))
def test_callback(pair, options, keras, tmp_path):
    assert len(compare_watcher(pair, options, keras, tmp_path)) > 2  # not always the same outcome


def test_a_planted_fault_of_a_callback_is_seen(keras, tmp_path):
    """A patience that is one too long, an improvement that may be a tie, a log with another separator."""

    class Ties(nn.ReduceLROnPlateau):
        def is_improvement(self, value, reference):
            return reference is None or value - self.min_delta <= reference

    faults = {
        "EarlyStopping": lambda folder, patience, **o: nn.EarlyStopping(patience=patience + 1, **o),
        "ReduceLROnPlateau": lambda folder, **o: Ties(**o),
        "CSVLogger": lambda folder, **o: nn.CSVLogger(folder / "log.csv", separator="\t"),
        "ModelCheckpoint": lambda folder, name, **o: nn.ModelCheckpoint(folder / f"{name}x.npz", **o),
    }
    for name, make in faults.items():
        pair = pair_of(name)
        options = next(o for o in pair.variants() if o.get("patience", 1))
        wrong = type(pair)(**{**vars(pair), "make": make})
        folder = tmp_path / name
        folder.mkdir()
        with pytest.raises(AssertionError, match="another"):
            compare_watcher(wrong, options, keras, folder)


# -- hooks: which are called, when, with what ----------------------------------------------------------------


def noted(name, given, named):
    """(hook, epoch or batch, names in the logs); ours gives the logs by place, Keras at times by name."""
    *when, logs = (*given, *named.values())
    return (name, *when, sorted(logs or {}))


def recording(base):
    """A callback that writes down every call, and what was in the logs."""

    class Recorder(base):
        def __init__(self):
            super().__init__()
            self.calls = []

    def hook(name):
        return lambda self, *given, **logs: self.calls.append(noted(name, given, logs))

    for name in HOOKS:
        setattr(Recorder, name, hook(name))
    return Recorder()


def lambdas(made):
    """The same record, by functions."""
    calls = []

    def hook(name):
        return lambda *given, **logs: calls.append(noted(name, given, logs))

    callback = made(**{name: hook(name) for name in HOOKS})
    callback.calls = calls
    return callback


def small_twins(rng, keras):
    options = next(pair_of("Sequential").variants())
    ours = pair_of("Sequential").make(rng, **options)
    theirs = pair_of("Sequential").keras(keras, **options)
    nn.to_keras(ours, theirs)
    ours.compile(nn.SGD(2.0**-6))
    loss = pair_of("sparse_categorical_crossentropy").keras(keras)
    theirs.compile(keras.optimizers.SGD(2.0**-6), loss, metrics=["accuracy"])
    return ours, theirs


@pytest.mark.parametrize(("name", "make"), [("Callback", recording), ("LambdaCallback", lambdas)])
def test_fit_calls_the_same_hooks_with_the_same_logs(name, make, rng, keras, tmp_path):
    pair = pair_of(name)
    a, b = make(pair.make(tmp_path)), make(pair.keras(keras, tmp_path))
    ours, theirs = small_twins(rng, keras)
    X, y = rng.normal(size=(20, 5)), rng.integers(3, size=20)
    run = {"epochs": 2, "batch_size": 8, "validation_data": (X, y), "verbose": 0}
    ours.fit(X, y, rng=rng, callbacks=[a], **run)
    theirs.fit(X, y, callbacks=[b], **run)
    assert len(a.calls) == 2 + 2 * (2 + 2 * 3)  # the training; each epoch, and its three batches
    assert a.calls == b.calls


def test_a_list_calls_everybody_in_order_with_one_dictionary(rng, keras, tmp_path):
    pair, order = pair_of("CallbackList"), []

    def two(base):
        class First(base):
            def on_epoch_end(self, epoch, logs=None):
                logs["added"] = epoch
                order.append((type(self).__name__, self.params["epochs"]))

        class Second(base):
            def on_epoch_end(self, epoch, logs=None):
                order.append((type(self).__name__, epoch, sorted(logs)))

        return [First(), Second()]

    params = {"verbose": 0, "epochs": 7, "steps": 1}
    ours = pair.make(tmp_path)(two(nn.Callback), None, params)
    ours.call("on_epoch_end", 3, logs={"loss": 1.0})
    got, order = order, []
    theirs = pair.keras(keras, tmp_path)(two(keras.callbacks.Callback), model=None, **params)
    theirs.on_epoch_end(3, {"loss": 1.0})
    assert got == order == [("First", 7), ("Second", 3, ["added", "loss"])]
