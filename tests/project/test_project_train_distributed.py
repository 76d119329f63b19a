"""Training on two devices and on two processes: the same weights, one folder, and clear errors."""

import json
import os
import subprocess
import sys
import types

import numpy as np
import pytest
from project_models import make, weights_of
from project_runs import CODE, options, outcome, spawn, workers

from neuropath.cli import main
from neuropath.project.callbacks import read_history
from neuropath.project.replicas import Replicated, all_equal, shares
from neuropath.project.runs import Run

# 99 training images: 3 batches and 3 images, of which two replicas can share 2. 33 for validation.
QUICK = {"epochs": 1, "fine_tune_epochs": 2, "batch_size": 32}


@pytest.fixture(scope="module")
def mirrored(keras, tiny_weights, tmp_path_factory):
    """A run on two logical CPU devices, finished, in a process of its own."""
    folder = tmp_path_factory.mktemp("mirrored") / "run"
    process = spawn(options(folder, tiny_weights, strategy="mirrored", replicas=2, **QUICK))
    status, _, err = outcome(process)
    assert status == 0, err
    return folder


def test_two_devices_train_and_give_scores(mirrored):
    run = Run.open(mirrored)
    assert 0 <= run.metrics["accuracy"] <= 1
    assert run.settings.replicas == 2
    assert "distributed: mirrored" in run.card
    rows = read_history(mirrored / "history.csv")
    assert [row["stage"] for row in rows] == ["frozen", "fine-tuned", "fine-tuned"]
    assert all(np.isfinite([row["loss"], row["val_loss"]]).all() for row in rows)


def test_two_workers_do_what_two_devices_do(mirrored, tiny_weights, tmp_path):
    """Bit for bit, and only the chief writes: the workers' own folders are gone."""
    scratch, folder = tmp_path / "scratch", tmp_path / "run"
    scratch.mkdir()
    words = options(folder, tiny_weights, strategy="multiworker", **QUICK)
    processes = [spawn(words, TF_CONFIG=config, TMPDIR=str(scratch)) for config in workers(2)]
    ended = [outcome(process) for process in processes]
    assert [status for status, *_ in ended] == [0, 0], ended
    assert "macro-F1" in ended[0][1]
    assert "macro-F1" not in ended[1][1]
    assert os.listdir(tmp_path / "scratch") == []
    assert set(os.listdir(folder)) == set(os.listdir(mirrored))
    assert read_history(folder / "history.csv") == read_history(mirrored / "history.csv")
    ours, theirs = (weights_of(Run.open(it).model.model) for it in (folder, mirrored))
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(a, b)


# A step on two replicas is the step on one device: the same sums, no dropout, no statistics of a batch.
TWO = """
import sys; sys.path[:0] = [{tests!r}, {code!r}]
import keras, numpy as np, tensorflow as tf
from neuropath.project.generator import ArrayGenerator
from neuropath.project.replicas import Replicated, all_equal
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
rng = np.random.default_rng(0)
x, y = rng.normal(size=(22, 5)).astype("float32"), np.arange(22) % 3

def network():
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(3, "softmax")])
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
    model.optimizer.learning_rate = 0.5
    return model

def data():
    return ArrayGenerator(x, y, seed=0, batch_size=8), ArrayGenerator(x[:7], y[:7], seed=0, batch_size=4)

alone = network()
train, val = data()
one = alone.fit(train, validation_data=val, epochs=2, shuffle=False, verbose=0).history
with strategy.scope():
    both = network()
train, val = data()
two = Replicated(both, strategy).fit(
    train, validation_data=val, epochs=2, initial_epoch=0, callbacks=[], verbose=0).history
for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
    np.testing.assert_allclose(two[name], one[name], rtol=1e-5)
for a, b in zip(both.get_weights(), alone.get_weights(), strict=True):
    np.testing.assert_allclose(a, b, atol=1e-6)

with strategy.scope():
    norm = keras.Sequential([keras.Input((5,)), keras.layers.BatchNormalization(momentum=0.0),
                             keras.layers.Dense(3, "softmax")])
    norm.compile(keras.optimizers.SGD(0.1), keras.losses.SparseCategoricalCrossentropy())
still = ArrayGenerator(x, y, seed=0, batch_size=22, shuffle=False)
Replicated(norm, strategy).fit(still, validation_data=val, epochs=1, initial_epoch=0, callbacks=[], verbose=0)
np.testing.assert_allclose(norm.layers[0].moving_mean.value, x.mean(axis=0), atol=1e-6)
assert all_equal(strategy, (3, 7))
print("the same")
"""


def test_two_replicas_step_as_one_device(keras):
    code = TWO.format(tests=os.path.dirname(__file__), code=str(CODE))
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.stdout.endswith("the same\n"), done.stderr[-3000:]


def test_shares_are_equal_and_lose_less_than_a_replica_needs():
    x, y = np.arange(7), np.arange(7) * 10
    assert [[list(a) for a in share] for share in shares([x, y], 3)] == [
        [[0, 1], [0, 10]],
        [[2, 3], [20, 30]],
        [[4, 5], [40, 50]],
    ]
    padded = shares([x], 3, pad=True)
    assert [list(share[0]) for share in padded] == [[0, 1, 2], [3, 4, 5], [6, 0, 0]]
    assert [list(share[1]) for share in padded] == [[1, 1, 1], [1, 1, 1], [1, 0, 0]]
    assert shares([x[:2]], 3) == []


def test_fewer_images_than_replicas_are_refused(keras):
    from neuropath.project.generator import ArrayGenerator

    strategy = one_device()
    with strategy.scope():
        model = make()
        model.compile_model()
    replicated = Replicated(model.model, strategy)
    replicated.replicas = 40
    few = ArrayGenerator(np.zeros((30, 32, 32, 1), np.float32), np.zeros(30, int), seed=0)
    with pytest.raises(ValueError, match="40 replicas expects batches of at least as many"):
        replicated.fit(few, validation_data=few, initial_epoch=0, epochs=1, callbacks=[], verbose=0)


def one_device():
    import tensorflow as tf

    return tf.distribute.MirroredStrategy(["CPU:0"])


class TestErrors:
    def train(self, folder, capsys, **changes):
        assert main(options(folder, "none", **changes)) == 1
        assert not folder.exists()
        return capsys.readouterr().err

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            (None, "received nothing"),
            ("{", "JSONDecodeError"),
            ({"cluster": {"worker": ["a:1"]}}, "KeyError: 'task'"),
            ({"cluster": {"worker": ["a:1"]}, "task": {"type": "worker", "index": 1}}, "worker 1 of 1"),
            ({"cluster": {"worker": ["a:1"]}, "task": {"type": "worker", "index": -1}}, "worker -1 of 1"),
            ({"cluster": {"worker": ["a"]}, "task": {"type": "worker", "index": 0}}, "no host:port: ['a']"),
            (
                {"cluster": {"worker": ["a:1"] * 2}, "task": {"type": "worker", "index": 0}},
                "one address twice",
            ),
            (
                {"cluster": {"ps": ["a:1"]}, "task": {"type": "ps", "index": 0}},
                "neither worker nor chief: ps",
            ),
        ],
    )
    def test_a_wrong_tf_config(self, tmp_path, capsys, monkeypatch, given, said):
        monkeypatch.delenv("TF_CONFIG", raising=False)
        if given is not None:
            monkeypatch.setenv("TF_CONFIG", given if isinstance(given, str) else json.dumps(given))
        told = self.train(tmp_path / "run", capsys, strategy="multiworker")
        assert "expects TF_CONFIG to name the workers" in told
        assert said in told
        assert '"task": {"type": "worker", "index": 0}' in told  # an example

    def test_replicas_after_tensorflow_began(self, keras, tmp_path, capsys):
        keras.ops.zeros(1)
        told = self.train(tmp_path / "run", capsys, strategy="mirrored", replicas=7)
        assert "--replicas 7 must be set before TensorFlow computes anything" in told

    def test_another_backend(self, keras, tmp_path, capsys, monkeypatch):
        from neuropath.project import strategy

        backend = types.SimpleNamespace(backend=lambda: "jax")
        monkeypatch.setattr(strategy, "keras", types.SimpleNamespace(config=keras.config, backend=backend))
        told = self.train(tmp_path / "run", capsys, strategy="mirrored", mixed_precision="off")
        assert "expects Keras on TensorFlow, received jax" in told

    def test_workers_that_do_not_meet(self, keras, tmp_path, capsys, monkeypatch):
        import tensorflow as tf

        def alone():
            raise tf.errors.UnknownError(None, None, "Could not start gRPC server")

        monkeypatch.setenv("TF_CONFIG", workers(1)[0])
        monkeypatch.setattr(tf.distribute, "MultiWorkerMirroredStrategy", alone)
        told = self.train(tmp_path / "run", capsys, strategy="multiworker")
        assert "did not come together: Could not start gRPC server" in told

    def test_a_worker_that_is_lost(self, keras, tmp_path, monkeypatch):
        import tensorflow as tf

        from neuropath.project import replicas
        from neuropath.project.strategy import Distribution

        class Lost:
            def __init__(self, *_):
                pass

            def fit(self, *_, **__):
                raise tf.errors.UnavailableError(None, None, "at node x\nCollective ops is aborted by: gone")

        monkeypatch.setattr(replicas, "Replicated", Lost)
        with pytest.raises(ConnectionError, match=r"aborted by: gone\)\: start all workers again"):
            Distribution(tmp_path, strategy="any").fit(None, None)


def test_workers_that_disagree_are_told(keras, tmp_path, monkeypatch):
    from neuropath.project import replicas
    from neuropath.project.strategy import Distribution

    strategy = types.SimpleNamespace(num_replicas_in_sync=2)
    here = Distribution(tmp_path, strategy=strategy)
    monkeypatch.setattr(replicas, "all_equal", lambda *_: True)
    here.agree(1, 2)
    monkeypatch.setattr(replicas, "all_equal", lambda *_: False)
    with pytest.raises(ValueError, match=r"received \(1, 2\) on this one and other numbers elsewhere"):
        here.agree(1, 2)


def test_numbers_are_compared_by_their_sums(keras):
    """As two workers with (3, 7) and (3, theirs) would see them."""

    def strategy(theirs):
        def reduce(_, mine, axis):
            other = np.array([3.0, theirs, 9.0, theirs**2])
            return mine + other

        return types.SimpleNamespace(num_replicas_in_sync=2, run=lambda share: share(), reduce=reduce)

    assert all_equal(strategy(7), (3, 7))
    assert not all_equal(strategy(8), (3, 7))
