"""Callbacks, above all going on after a kill, and pictures that show what they should."""

import csv
import math

import numpy as np
import pytest

EPOCHS = 6


@pytest.fixture(scope="module")
def callbacks(keras):
    from neuropath.project import callbacks

    return callbacks


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 8)).astype("float32")
    return x, (x[:, 0] > 0).astype(int)


@pytest.fixture
def network(keras):
    """Small, with dropout; the same one every time."""

    def make():
        layers = keras.layers
        init = [keras.initializers.GlorotUniform(seed=k) for k in (1, 2)]
        model = keras.Sequential(
            [
                keras.Input((8,)),
                layers.Dense(16, "relu", kernel_initializer=init[0]),
                layers.Dropout(0.5, seed=3),
                layers.Dense(2, "softmax", kernel_initializer=init[1]),
            ]
        )
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        return model

    return make


def fit(model, data, callbacks, epochs=EPOCHS, first=0):
    x, y = data
    options = {"initial_epoch": first, "epochs": epochs, "shuffle": False, "verbose": 0}
    return model.fit(x, y, 16, validation_data=(x, y), callbacks=callbacks, **options)


def test_the_callbacks_are_the_references(callbacks, keras, tmp_path):
    found = {type(it).__name__: it for it in callbacks.create_callbacks(tmp_path, tensorboard=True)}
    stop, slow = found["EarlyStopping"], found["ReduceLROnPlateau"]
    assert (stop.monitor, stop.patience) == ("val_loss", 10)
    assert (slow.monitor, slow.factor, slow.patience, slow.min_lr) == ("val_loss", 0.5, 5, 1e-7)
    assert found["BestCheckpoint"].monitor == "val_accuracy"
    assert isinstance(found["TensorBoard"], keras.callbacks.TensorBoard)
    assert "TensorBoard" not in {type(it).__name__ for it in callbacks.create_callbacks(tmp_path)}
    assert list(tmp_path.iterdir()) == [], "nothing is written before there is something to write"


def test_a_run_leaves_the_best_network_and_the_log(callbacks, keras, network, data, tmp_path):
    model = network()
    history = fit(model, data, callbacks.create_callbacks(tmp_path / "run", stage="one"))
    assert sorted(p.name for p in (tmp_path / "run").iterdir()) == ["best.keras", "history.csv"]
    rows = callbacks.read_history(tmp_path / "run" / "history.csv")
    assert [row["val_loss"] for row in rows] == history.history["val_loss"]
    assert [(row["epoch"], row["stage"]) for row in rows] == [(k, "one") for k in range(EPOCHS)]
    assert all(row["learning_rate"] == pytest.approx(1e-3) for row in rows)
    best = keras.saving.load_model(tmp_path / "run" / "best.keras")
    accuracy = best.evaluate(*data, verbose=0, return_dict=True)["accuracy"]
    assert accuracy == pytest.approx(max(history.history["val_accuracy"]))


def test_a_checkpoint_keeps_the_best_and_can_save_another_network(callbacks, network, tmp_path):
    whole, head = network(), network()
    checkpoint = callbacks.BestCheckpoint(tmp_path / "best.keras", best=0.5, network=whole)
    checkpoint.set_model(head)
    saved = []
    whole.save = lambda path: (saved.append(path), path.write_bytes(b"x"))
    for value in (0.4, 0.6, 0.55, 0.6, 0.7):
        checkpoint.on_epoch_end(0, {"val_accuracy": value})
    assert (len(saved), checkpoint.best) == (2, 0.7)
    with pytest.raises(ValueError, match="validation_data"):
        checkpoint.on_epoch_end(0, {"accuracy": 1.0})


def test_a_checkpoint_at_the_end_writes_the_best_once_and_leaves_the_model_with_it(
    callbacks, keras, network, tmp_path
):
    head = network()
    checkpoint = callbacks.BestCheckpoint(tmp_path / "best.keras", at_end=True)
    checkpoint.set_model(head)
    for value, fill in ((0.4, 1.0), (0.7, 2.0), (0.6, 3.0)):
        head.set_weights([np.full_like(w, fill) for w in head.get_weights()])
        checkpoint.on_epoch_end(0, {"val_accuracy": value})
    assert not (tmp_path / "best.keras").exists()
    checkpoint.on_train_end()
    kept = keras.saving.load_model(tmp_path / "best.keras", compile=False)
    assert all((w == 2).all() for model in (head, kept) for w in model.get_weights())


def test_a_killed_run_goes_on_as_if_nothing_had_been(callbacks, keras, network, data, tmp_path):
    """Weights, log, patience and dropout: the resumed run is the uninterrupted one."""
    options = {"seed": 5, "keep_last": True, "stage": "two"}
    whole = network()
    fit(whole, data, callbacks.create_callbacks(tmp_path / "whole", **options))

    killed = tmp_path / "killed"
    fit(network(), data, callbacks.create_callbacks(killed, **options), epochs=4)
    log = killed / "history.csv"
    log.write_text(log.read_text() + log.read_text().splitlines()[-1].replace("3,", "4,", 1) + "\n")
    path, done = callbacks.latest(killed)
    assert (path.name, done) == ("last.0004.keras", 4)
    resumed = keras.saving.load_model(path)
    fit(resumed, data, callbacks.create_callbacks(killed, initial_epoch=done, **options), first=done)
    for ours, theirs in zip(whole.get_weights(), resumed.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert log.read_text() == (tmp_path / "whole" / "history.csv").read_text()
    assert sorted(p.name for p in killed.iterdir()) == ["best.keras", "history.csv", "last.0006.keras"]


def test_without_reseeding_a_resumed_run_would_differ(callbacks, keras, network, data, tmp_path):
    """The negative control of the test above: Keras does not save where dropout's random numbers were."""
    options = {"keep_last": True}
    whole = network()
    fit(whole, data, callbacks.create_callbacks(tmp_path / "whole", **options))
    fit(network(), data, callbacks.create_callbacks(tmp_path / "killed", **options), epochs=4)
    path, done = callbacks.latest(tmp_path / "killed")
    resumed = keras.saving.load_model(path)
    fit(resumed, data, callbacks.create_callbacks(tmp_path / "killed", initial_epoch=done), first=done)
    assert any((a != b).any() for a, b in zip(whole.get_weights(), resumed.get_weights(), strict=True))


def test_patience_is_carried_over_a_kill(callbacks, network, tmp_path):
    losses = [1.0, *[1.1] * 7]

    def play(found, model, rows, first):
        for it in found:
            it.set_model(model)
            it.on_train_begin()
        for epoch, loss in enumerate(rows, start=first):
            for it in found:
                it.on_epoch_end(epoch, {"val_loss": loss, "learning_rate": 0.1})

    import keras

    def patient():
        plateau, stop = keras.callbacks.ReduceLROnPlateau, keras.callbacks.EarlyStopping
        return [plateau("val_loss", factor=0.5, patience=5), stop("val_loss", patience=10)]

    whole, resumed = network(), network()
    ours, theirs = patient(), patient()
    play(ours, whole, losses, 0)
    rate = float(resumed.optimizer.learning_rate)
    rows = [{"epoch": k, "val_loss": loss, "learning_rate": rate} for k, loss in enumerate(losses[:4])]
    play([*theirs, callbacks.Resume(rows, theirs)], resumed, losses[4:], 4)
    assert [(it.best, it.wait) for it in ours] == [(it.best, it.wait) for it in theirs]
    assert (
        float(whole.optimizer.learning_rate)
        == float(resumed.optimizer.learning_rate)
        == pytest.approx(rate / 2)
    )


def test_a_second_stage_continues_the_log_and_beats_the_best_of_both(callbacks, network, data, tmp_path):
    fit(network(), data, callbacks.create_callbacks(tmp_path, stage="one"), epochs=2)
    best = max(row["val_accuracy"] for row in callbacks.read_history(tmp_path / "history.csv"))
    second = callbacks.create_callbacks(tmp_path, stage="two", initial_epoch=2)
    assert {type(it).__name__ for it in second} == {
        "ReduceLROnPlateau",
        "EarlyStopping",
        "BestCheckpoint",
        "HistoryLog",
    }, "patience starts anew: nothing to resume"
    assert next(it for it in second if isinstance(it, callbacks.BestCheckpoint)).best == best
    fit(network(), data, second, epochs=3, first=2)
    rows = callbacks.read_history(tmp_path / "history.csv")
    assert [(row["epoch"], row["stage"]) for row in rows] == [(0, "one"), (1, "one"), (2, "two")]


def test_columns_that_appear_later_are_kept(callbacks, tmp_path):
    log = callbacks.HistoryLog(tmp_path / "h.csv")
    log.on_epoch_end(0, {"loss": 0.1})
    log.on_epoch_end(1, {"loss": 0.05, "auc": np.float32(0.5)})
    with open(tmp_path / "h.csv", newline="") as file:
        assert next(csv.reader(file)) == ["epoch", "stage", "loss", "auc"]
    rows = callbacks.read_history(tmp_path / "h.csv")
    assert "auc" not in rows[0]
    assert rows[1] == {"epoch": 1, "stage": "", "loss": 0.05, "auc": 0.5}
    assert callbacks.read_history(tmp_path / "none.csv") == []
    (tmp_path / "bad.csv").write_text("epoch,loss\n0,good\n")
    with pytest.raises(ValueError, match="CSV file that training wrote"):
        callbacks.read_history(tmp_path / "bad.csv")


def test_a_write_that_fails_leaves_the_old_file(tmp_path):
    from neuropath.project.weights import atomic

    def half(path):
        with atomic(path) as temporary:
            temporary.write_text("ne")
            raise RuntimeError("no disk")

    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(RuntimeError, match="no disk"):
        half(path)
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


@pytest.fixture(scope="module")
def draw(keras):
    from neuropath.project.helpers import Visualizer

    return Visualizer


def lines(axes):
    return {line.get_label(): list(line.get_ydata()) for line in axes.lines}


def test_curves_show_both_parts_and_where_a_stage_begins(draw):
    figure = draw.plot_training_history({"loss": [2, 1], "val_loss": [3, 2], "accuracy": [0.1, 0.2]})
    assert [axes.get_title() for axes in figure.axes] == ["Loss", "Accuracy"]
    assert lines(figure.axes[0]) == {"training": [2, 1], "validation": [3, 2]}
    rows = [{"epoch": k, "stage": s, "loss": 1.0 / (k + 1)} for k, s in enumerate(["one", "one", "two"])]
    (axes,) = draw.plot_training_history(rows).axes
    assert [line.get_xdata()[0] for line in axes.lines][1:] == [2.5]
    with pytest.raises(ValueError, match="history expects"):
        draw.plot_training_history({})


def test_a_confusion_matrix_has_truth_in_rows(draw):
    confusion = np.array([[8, 2], [0, 0]])
    axes = draw.plot_confusion_matrix(confusion, ["a", "b"]).axes[0]
    assert (axes.get_ylabel(), axes.get_xlabel()) == ("truth", "predicted")
    texts = {text.get_position(): text.get_text() for text in axes.texts}
    assert texts == {(0, 0): "8", (1, 0): "2"}
    np.testing.assert_allclose(axes.images[0].get_array(), [[0.8, 0.2], [0, 0]])
    with pytest.raises(ValueError, match="confusion expects shape"):
        draw.plot_confusion_matrix(confusion, ["a"])


def test_wrong_predictions_are_marked_in_words(draw):
    images = np.zeros((3, 8, 8), np.uint8)
    figure = draw.plot_samples(images, [0, 1, 1], ["a", "b"], predicted=[0, 0, 1], columns=2)
    assert [axes.get_title() for axes in figure.axes[:3]] == ["a\n✓", "b\n✗ a", "b\n✓"]
    with pytest.raises(ValueError, match="at least one image"):
        draw.plot_samples(images[:0], [], ["a"])


def test_heat_maps_are_drawn_over_images_with_true_lesions(draw):
    heat, mask = np.eye(4)[None], np.zeros((1, 16, 16), bool)
    mask[0, 4:8, 4:8] = True
    figure = draw.plot_grad_cam(np.full((1, 16, 16), 90, np.uint8), heat, ["x"], masks=mask, threshold=0.5)
    (axes,) = figure.axes
    assert axes.images[0].get_array().shape == (16, 16, 3)
    assert axes.collections, "the lesion has an outline"
    assert axes.get_title() == "x"


def test_confidence_bars_are_sorted(draw):
    axes = draw.plot_prediction_confidence(np.array([0.1, 0.7, 0.2]), ["a", "b", "c"], top_k=2).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["c", "b"]
    assert [bar.get_width() for bar in axes.patches] == [0.2, 0.7]
    with pytest.raises(ValueError, match="probabilities expects"):
        draw.plot_prediction_confidence(np.ones(3), ["a"])


def test_calibration_leaves_empty_bins_out(draw):
    bins = np.array([[0, math.nan, math.nan], [4, 0.75, 0.5]])
    assert lines(draw.plot_calibration(bins).axes[0])["_child1"] == [0.5]


def test_figures_are_saved_whole_and_never_left_open(draw, tmp_path):
    import matplotlib.pyplot as plt

    draw.save(draw.plot_confusion_matrix(np.eye(2, dtype=int), ["a", "b"]), tmp_path / "new" / "c.png")
    draw.save(draw.plot_samples(np.zeros((1, 8, 8)), [0], ["a"]), tmp_path / "new" / "s.svg")
    assert sorted(p.name for p in (tmp_path / "new").iterdir()) == ["c.png", "s.svg"]
    assert plt.get_fignums() == []
