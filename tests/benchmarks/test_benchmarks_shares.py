"""The stopwatch, the count of products, and that watching changes nothing. No time is held to anything."""

from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest
from benchmarks import lenet, shares
from benchmarks.measure import Pass

from neuropath import scratch as nn
from neuropath.scratch import conv
from neuropath.scratch.losses_common import base_loss


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still but for what a test adds to `clock.now`."""
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(shares.time, "perf_counter", lambda: clock.now)
    return clock


def slow(base, clock, **seconds):
    """A layer class whose methods take so many seconds each, what they call aside."""

    def method(name):
        right = getattr(base, name)

        def run(self, *args, **options):
            clock.now += seconds[name]
            return right(self, *args, **options)

        return run

    return type(base.__name__, (base,), {name: method(name) for name in seconds})


def test_time_is_counted_once_where_it_is_spent(clock, rng):
    Dense = slow(nn.Dense, clock, forward=1.0, backward=2.0, backward_params=4.0)
    ReLU = slow(nn.ReLU, clock, forward=8.0, apply=16.0, backward=32.0)
    network = nn.Sequential([Dense(3, 3, rng=rng), ReLU(), Dense(3, 2, rng=rng)])
    with shares.Stopwatch(network) as seconds:
        Y = network.forward(np.ones((4, 3), np.float32), training=True)
        clock.now += 64.0
        network._backward_params(np.ones_like(Y))  # no dX of the first layer
    assert seconds == {"dense layers": 2 * 1.0 + 2 * 4.0 + 2.0, "ReLU": 8.0 + 16.0 + 32.0}


def test_time_until_an_error_is_counted_and_the_outer_call_goes_on(clock, rng):
    network = nn.Sequential([slow(nn.Dense, clock, forward=1.0)(3, 3, rng=rng)])
    with shares.Stopwatch(network) as seconds, pytest.raises(ValueError, match="expects X of shape"):
        network.forward(np.ones((4, 5), np.float32))
    assert seconds == {"dense layers": 1.0}


def test_every_layer_of_the_network_has_its_kind(rng):
    network = nn.MobileNetV2((32, 32, 3), 0.35, rng=rng, pooling="avg")
    assert Counter(map(shares.kind_of, network.layers)) == {
        "k×k convolutions": 1,
        "1×1 convolutions": 34,
        "depthwise convolutions": 17,
        "normalisations": 52,
        "ReLU": 35,
        "frames, sums, means": 15,
    }
    small = [shares.kind_of(layer) for layer in nn.lenet5(rng=rng).layers]
    assert small[:4] == ["k×k convolutions", "ReLU", "pooling", "k×k convolutions"]
    assert small[6:8] == [shares.REST, "dense layers"]
    assert shares.kind_of(nn.Dropout(0.5, rng=rng)) == "dropout"


def test_watching_changes_no_number_and_leaves_no_trace(rng):
    """Inference normalises by merged copies of the layers: what is watched must be those."""
    network = nn.MobileNetV2((32, 32, 3), 0.35, rng=rng, pooling="avg")
    for layer in network.layers:
        if isinstance(layer, nn.BatchNormalization):
            layer.state["moving_mean"][...] = rng.normal(size=layer.n_in)
    X = rng.normal(size=(2, 32, 32, 3)).astype("float32")
    expected, before = network.forward(X), (conv.columns, nn.Conv2D.forward, nn.Conv2D.apply, nn.ReLU.apply)
    with shares.Stopwatch(network) as seconds:
        found = network.forward(X)
        assert nn.ReLU.apply is not before[3]
    assert np.array_equal(found, expected)
    assert seconds.keys() == {*map(shares.kind_of, network.layers), shares.PATCHES}
    assert (conv.columns, nn.Conv2D.forward, nn.Conv2D.apply, nn.ReLU.apply) == before
    assert "forward" not in vars(nn.Conv2D), "it is inherited, as before"


def test_a_watched_step_is_the_same_step_and_all_its_parts_are_seen(rng):
    X, y = rng.random((8, 28, 28, 1), dtype=np.float32), rng.integers(0, 10, 8)
    watched, alone = lenet.trainable("float32"), lenet.trainable("float32")
    with shares.Stopwatch(watched) as seconds:
        found = watched.train_step(X, y)
        assert base_loss(watched.loss) is nn.sparse_categorical_crossentropy
    assert found == alone.train_step(X, y)
    for name, p in watched.params.items():
        assert np.array_equal(p, alone.params[name]), name
    assert seconds.keys() >= {shares.PATCHES, shares.METRICS, shares.OPTIMISER, "pooling", "dense layers"}
    assert watched.loss is nn.sparse_categorical_crossentropy


def test_what_nobody_watched_is_the_rest(clock, rng):
    network = nn.Sequential([slow(nn.Dense, clock, forward=3.0)(3, 3, rng=rng), nn.Flatten()])

    def call():
        network.forward(np.ones((4, 3), np.float32))
        clock.now += 5.0

    assert shares.by_kind(network, call) == {"dense layers": 3.0, shares.REST: 5.0}


def test_products_of_a_step_are_counted_by_their_sizes():
    data = lenet.examples(quick=True)
    model = lenet.trainable("float32")
    found = shares.products(model, lambda: model.train_step(data.X[:2], data.y[:2]))
    conv_1 = [(2 * 28 * 28, 25, 6), (25, 2 * 28 * 28, 6)]  # no dX of the first layer
    conv_2 = [(2 * 10 * 10, 150, 16), (150, 2 * 10 * 10, 16), (2 * 10 * 10, 16, 150)]
    dense = [
        product
        for n_in, units in ((400, 120), (120, 84), (84, 10))
        for product in ((2, n_in, units), (n_in, 2, units), (2, units, n_in))
    ]
    assert found == Counter(conv_1 + conv_2 + dense)


def test_merged_and_pointwise_convolutions_are_products_and_depthwise_ones_are_none(rng):
    network = nn.MobileNetV2((32, 32, 3), 0.35, rng=rng, pooling="avg")
    X = rng.normal(size=(2, 32, 32, 3)).astype("float32")
    found = shares.products(network, lambda: network.forward(X))
    assert found.total() == 35
    assert found[2 * 16 * 16, 27, 16] == 1  # the first convolution, stride 2
    assert (2 * 1 * 1, 112, 1280) in found  # the last


def test_a_bare_product_is_the_fastest_of_eight_ways(monkeypatch):
    seen, seconds = [], iter([9.0, 8.0, 7.0, 2.0, 6.0, 5.0, 4.0, 3.0])

    def fastest(call, calls):
        left, right = call.args
        seen.append((left.shape, right.shape, left.flags.c_contiguous, right.flags.c_contiguous))
        assert call().shape == call.keywords["out"].shape
        return next(seconds)

    monkeypatch.setattr(shares, "_fastest", fastest)
    assert shares.bare(3, 4, 5) == 2.0
    assert len(set(seen)) == 8
    assert {shapes[:2] for shapes in seen} == {((3, 4), (4, 5)), ((5, 4), (4, 3))}


def test_a_floor_is_the_least_of_all_repeats(clock):
    took = iter([4.0, 4.0, 2.0, 2.0, *[6.0] * 2 * shares.REPEATS])

    def call():
        clock.now += next(took)

    assert shares._fastest(call, 2) == 2.0


def test_a_share_is_for_one_piece_of_what_a_call_does(monkeypatch, rng):
    monkeypatch.setattr(shares, "bare", lambda m, k, n: m * k * n / 1e3)
    monkeypatch.setattr(shares, "by_kind", lambda network, call: {"dense layers": 0.6})
    network = nn.Sequential([nn.Dense(3, 5, rng=rng)])
    X = np.ones((4, 3), np.float32)
    found = shares.share(Pass("dense", network, lambda: [network.forward(X) for _ in range(10)], 10), "mlp")
    assert found == {
        "group": "mlp",
        "work": "dense",
        "ms": {"dense layers": pytest.approx(60.0)},
        "products": pytest.approx(60.0),
    }


@pytest.mark.parametrize("name", shares.PASSES)
def test_every_name_has_profiles(name):
    found = list(shares.shares(name, quick=True))
    assert {one["group"] for one in found} == {shares.PASSES[name]}
    assert all(one["products"] > 0 and min(one["ms"].values()) >= 0 for one in found)
    training = name != "layers"
    assert all((shares.OPTIMISER in one["ms"]) is training for one in found)
