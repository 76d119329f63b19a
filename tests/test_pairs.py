"""The table of twins itself, and everything in it that is no layer, model or callback."""

import importlib
import inspect
import pkgutil

import numpy as np
import pytest
from pairs_harness import (
    cases,
    compare_clipping,
    compare_function,
    compare_initializer,
    compare_loss,
    compare_optimizer,
    compare_regularizer,
    compare_schedule,
    pair_of,
    slopes,
)

from neuropath import pairs
from neuropath import scratch as nn
from neuropath.pairs import KINDS, PAIRS, WITHOUT_TWIN

# -- the table itself ---------------------------------------------------------------------------------------


def names_that_need_a_pair():
    known = nn.initializers.BY_NAME | nn.initializers.UNSCALED
    return set(nn.__all__) | set(known)


def scratch_modules():
    return [importlib.import_module(f"{nn.__name__}.{m.name}") for m in pkgutil.iter_modules(nn.__path__)]


def test_every_public_name_has_a_pair_or_a_reason():
    paired = {pair.name for pair in PAIRS}
    assert names_that_need_a_pair() == paired | WITHOUT_TWIN.keys()
    assert not paired & WITHOUT_TWIN.keys()
    assert all(len(reason) > 15 for reason in WITHOUT_TWIN.values())


def test_every_class_with_a_backward_has_a_pair():
    classes = {
        c
        for module in scratch_modules()
        for _, c in inspect.getmembers(module, inspect.isclass)
        if getattr(c, "backward", nn.Layer.backward) is not nn.Layer.backward  # not what layers only share
    }
    paired = {p.name for p in PAIRS if p.kind in ("layer", "model", "network")}
    assert {c.__name__ for c in classes} == paired | {"Classifier", "ImageGraph"}  # which the table excuses


@pytest.mark.parametrize(
    ("module", "kind"),
    [
        ("losses", "loss"),
        ("losses_focal", "loss"),
        ("optimizers", "optimizer"),
        ("schedules", "schedule"),
        ("callbacks", "callback"),
        ("regularizers", "regularizer"),
    ],
)
def test_every_loss_optimiser_schedule_callback_and_regulariser_has_a_pair(module, kind):
    """What a module defines and does not hide, whether or not it is exported."""
    found = importlib.import_module(f"{nn.__name__}.{module}")
    if kind == "loss":
        mine = [f for _, f in inspect.getmembers(found, inspect.isfunction) if f.__module__ == found.__name__]
    else:
        mine = [c for _, c in inspect.getmembers(found, inspect.isclass) if c.__module__ == found.__name__]
    names = {o.__name__ for o in mine if not o.__name__.startswith("_")} - {"Monitor", "Regularizer"}
    assert names
    assert names <= {p.name for p in PAIRS if p.kind == kind}


@pytest.mark.parametrize("pair", PAIRS, ids=lambda p: p.name)
def test_twin_is_a_public_name_of_keras(pair, keras):
    found = keras
    for part in pair.twin.split("(")[0].split(".")[1:]:
        found = getattr(found, part)
    assert callable(found)


def test_names_in_the_table_occur_once_and_are_public():
    names = [pair.name for pair in PAIRS]
    assert len(names) == len(set(names))
    assert set(names) <= set(nn.__all__)
    assert {pair.kind for pair in PAIRS} == set(KINDS)


def test_every_option_in_the_table_is_an_argument_of_ours():
    """Every name in `options` can be given to ours; the few that are the table's own are listed."""
    own = {"l2", "bound", "name", "activation", "use_bias"}
    for pair in PAIRS:
        arguments = set(inspect.signature(getattr(nn, pair.name)).parameters)
        arguments |= set(inspect.signature(nn.Optimizer).parameters) if pair.kind == "optimizer" else set()
        strange = {o for o in pair.options if o not in arguments} - own
        assert not strange, f"{pair.name} has no {strange}"


@pytest.mark.parametrize("pair", [p for p in PAIRS if p.options], ids=lambda p: p.name)
def test_no_option_is_compared_at_one_value_twice(pair):
    for name, values in pair.options.items():
        assert len({repr(v) for v in values}) == len(values), f"{pair.name}: {name} = {values}"
    assert list(pair.variants())


def test_reading_the_table_does_not_ask_for_keras():
    for module in pkgutil.iter_modules(pairs.__path__):
        source = inspect.getsource(importlib.import_module(f"{pairs.__name__}.{module.name}"))
        assert "import keras" not in source
        assert "import tensorflow" not in source


# -- losses, functions, regularisers ------------------------------------------------------------------------


@pytest.mark.parametrize(("pair", "options"), cases("function"))
def test_function(pair, options, rng, keras):
    compare_function(pair, options, rng, keras)


@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weighted"])
@pytest.mark.parametrize("scale", [1, 30])
@pytest.mark.parametrize(("pair", "options"), cases("loss"))
def test_loss(pair, options, scale, weighted, rng, keras):
    compare_loss(pair, options, scale, weighted, rng, keras)


def test_rows_that_do_not_sum_to_one_differ_as_the_table_says(rng, keras):
    pair = pair_of("categorical_crossentropy")
    z, Y = rng.normal(size=(2, 3)), np.array([[1.0, 1, 0], [0, 0, 2]])
    _, (slope,) = slopes(lambda p: pair.keras(keras)(Y, p), z)
    np.testing.assert_allclose(slope, (nn.softmax(z) - Y) / 2)
    nn.check_gradient(lambda: pair.make()(z, Y)[0], z, pair.make()(z, Y)[1])


@pytest.mark.parametrize(("pair", "options"), cases("regularizer"))
def test_regularizer(pair, options, rng, keras):
    compare_regularizer(pair, options, rng, keras)


# -- initialisers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(300, 200), (3, 3, 64, 120)], ids=str)
@pytest.mark.parametrize(("pair", "options"), cases("initializer"))
def test_initializer(pair, options, shape, rng, keras):
    compare_initializer(pair, options, shape, rng, keras)


@pytest.mark.parametrize("name", [n for n in nn.initializers.BY_NAME if n != "zeros"])
def test_initializer_has_the_variance_of_its_formula(name, rng):
    fan_in, fan_out = shape = (400, 300)
    W = nn.initializers.get(name)(shape, rng=rng, dtype="float64")
    variance = {"glorot": 2 / (fan_in + fan_out), "he": 2 / fan_in, "lecun": 1 / fan_in}[name.split("_")[0]]
    assert abs(W.var() / variance - 1) < 5 * np.sqrt(2 / W.size)


# -- optimisers, clipping, schedules ------------------------------------------------------------------------

AT = [*range(130), 255, 256, 257, 1000, 12_345, 10**6]


@pytest.mark.parametrize(("pair", "options"), cases("optimizer"))
def test_optimizer_trajectory(pair, options, rng, keras):
    compare_optimizer(pair, options, rng, keras)


@pytest.mark.parametrize(("pair", "options"), cases("clipping"))
def test_clipping(pair, options, rng, keras):
    compare_clipping(pair, options, rng, keras)


@pytest.mark.parametrize(("pair", "options"), cases("schedule"))
def test_schedule(pair, options, keras):
    compare_schedule(pair, options, keras, AT)
