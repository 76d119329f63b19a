"""Fifty steps of every optimiser beside Keras', over the product of its options, in float64.

Keras rounds rates and factors to float32, so all of them are numbers that float32 holds exactly.
"""

from itertools import product

import numpy as np
import pytest

from neuropath import scratch as nn
from neuropath.scratch import optimizers, schedules

STEPS = 50
EPSILON = 2.0**-23  # about Keras' 1e-7
BETA_2 = 1 - 2.0**-10
OPTIONS = {
    "SGD": {"learning_rate": (2.0**-6,), "momentum": (0.0, 0.875), "nesterov": (False, True)},
    "Adagrad": {
        "learning_rate": (2.0**-6, 2.0**-10),
        "initial_accumulator_value": (0.125, 0.0),
        "epsilon": (EPSILON, 2.0**-10),
    },
    "RMSprop": {
        "learning_rate": (2.0**-10,),
        "rho": (0.875,),
        "momentum": (0.0, 0.5),
        "epsilon": (EPSILON, 2.0**-10),
        "centered": (False, True),
    },
    "Adam": {
        "learning_rate": (2.0**-10,),
        "beta_1": (0.875, 0.0),
        "beta_2": (BETA_2,),
        "epsilon": (EPSILON, 2.0**-10),
        "amsgrad": (False, True),
    },
    "AdamW": {
        "learning_rate": (2.0**-10,),
        "weight_decay": (2.0**-8, 0.0),
        "beta_1": (0.875,),
        "beta_2": (BETA_2,),
        "amsgrad": (False, True),
    },
}
EXTRAS = ({}, {"clipvalue": 0.5}, {"clipnorm": 1.0}, {"global_clipnorm": 1.0})
CASES = [
    (name, dict(zip(options, values, strict=True)) | extra | decay)
    for name, options in OPTIONS.items()
    for values in product(*options.values())
    for extra in EXTRAS
    for decay in ([{}] if name == "AdamW" else [{}, {"weight_decay": 2.0**-8}])
]


def gradients(rng, params, step):
    """Of all sizes, so that clipping now bites and now does not."""
    return {name: rng.normal(size=p.shape) * 10.0 ** (step % 5 - 3) for name, p in params.items()}


def trajectories(ours, theirs, keras, rng, steps=STEPS):
    """Both ways through the same gradients; yields (step, ours, theirs) parameters after each step."""
    import tensorflow as tf

    params = {"W": rng.normal(size=(5, 3)), "b": rng.normal(size=3)}
    variables = [keras.Variable(p, dtype="float64") for p in params.values()]
    theirs.build(variables)
    for step in range(steps):
        grads = gradients(rng, params, step)
        ours.step(params, grads)
        theirs.apply([tf.constant(g) for g in grads.values()])
        yield step, params, [v.numpy() for v in variables]


def follow(ours, theirs, keras, rng, rtol=1e-10, steps=STEPS):
    for step, params, expected in trajectories(ours, theirs, keras, rng, steps):
        for (name, p), q in zip(params.items(), expected, strict=True):
            worst = np.abs(p - q).max() / np.abs(q).max()
            assert worst <= rtol, f"{name} is {worst:.1e} off after {step + 1} steps"


@pytest.mark.parametrize("name", OPTIONS)
def test_fifty_steps_are_keras_fifty_steps(name, rng, keras):
    mine = [options for owner, options in CASES if owner == name]
    assert len(mine) >= 16
    for options in mine:
        theirs = getattr(keras.optimizers, name)(**options)
        follow(getattr(optimizers, name)(**options), theirs, keras, rng)


def test_the_comparison_sees_a_wrong_epsilon_a_lost_decay_and_the_other_momentum(rng, keras):
    wrong = [
        (
            optimizers.RMSprop(2.0**-10, epsilon=2.0**-10),
            keras.optimizers.RMSprop(2.0**-10, epsilon=2.0**-11),
        ),
        (optimizers.AdamW(2.0**-10), keras.optimizers.Adam(2.0**-10)),
        (optimizers.SGD(0.5, 0.5, nesterov=True), keras.optimizers.SGD(0.5, 0.5)),
        (optimizers.SGD(0.5, clipnorm=1.0), keras.optimizers.SGD(0.5, global_clipnorm=1.0)),
    ]
    for ours, theirs in wrong:
        with pytest.raises(AssertionError, match="off after"):
            follow(ours, theirs, keras, rng)


SCHEDULES = {
    "PiecewiseConstantDecay": ([5, 20], [2.0**-6, 2.0**-8, 2.0**-10]),
    "ExponentialDecay": (2.0**-6, 16, 0.5),
    "CosineDecay": (2.0**-6, 40),
    "CosineDecayRestarts": (2.0**-6, 8),
}


@pytest.mark.parametrize("rule", ["SGD", "Adam"])
@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_in_place_of_a_rate(name, rule, rng, keras):
    ours = getattr(optimizers, rule)(getattr(schedules, name)(*SCHEDULES[name]))
    theirs = getattr(keras.optimizers, rule)(getattr(keras.optimizers.schedules, name)(*SCHEDULES[name]))
    assert ours.learning_rate == 2.0**-6
    follow(ours, theirs, keras, rng, rtol=3e-6)  # Keras computes the rate in float32
    assert ours.iterations == STEPS
    assert ours.learning_rate == pytest.approx(float(theirs.learning_rate), rel=1e-5, abs=1e-8)


def test_a_rate_can_be_set_and_one_that_follows_a_schedule_cannot(keras):
    opt = optimizers.Adam(0.5)
    opt.learning_rate = 0.25
    params = {"w": np.array([1.0])}
    opt.step(params, {"w": np.array([3.0])})
    assert params["w"] == pytest.approx(0.75)
    for made in (optimizers.Adam, keras.optimizers.Adam):
        schedule = (schedules if made is optimizers.Adam else keras.optimizers.schedules).CosineDecay(0.1, 9)
        with pytest.raises(TypeError, match=r"not settable|cannot be set"):
            made(schedule).learning_rate = 0.1
    with pytest.raises(ValueError, match="learning_rate >= 0, received -1"):
        opt.learning_rate = -1


MAKERS = {
    "SGD": lambda **o: optimizers.SGD(0.1, **o),
    "nesterov": lambda **o: optimizers.SGD(0.1, 0.9, nesterov=True, **o),
    "Adagrad": lambda **o: optimizers.Adagrad(0.1, **o),
    "RMSprop": lambda **o: optimizers.RMSprop(0.1, momentum=0.5, centered=True, **o),
    "Adam": lambda **o: optimizers.Adam(0.1, amsgrad=True, **o),
    "AdamW": lambda **o: optimizers.AdamW(0.1, **o),
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "clip", [{}, {"clipvalue": 0.1}, {"clipnorm": 0.1}, {"global_clipnorm": 0.1}], ids=str
)
def test_steps_are_in_place_keep_the_dtype_and_leave_the_gradient(make, dtype, clip, rng):
    W, g = (rng.normal(size=(4, 3)).astype(dtype) for _ in "ab")
    opt, params, kept, before = make(**clip), {"W": W}, g.copy(), W.copy()
    for _ in range(3):
        opt.step(params, {"W": g})
    assert params["W"] is W
    assert {W.dtype, opt.state["W"].dtype} == {np.dtype(dtype)}
    assert (before != W).all()
    np.testing.assert_array_equal(g, kept)


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_one_flat_vector_goes_the_same_way_and_what_is_not_handed_in_stays(make, rng):
    parts = {"W": rng.normal(size=(4, 3)), "b": rng.normal(size=3)}
    frozen = parts["b"].copy()
    flat = {"all": np.concatenate([p.ravel() for p in parts.values()])}
    opt, opt_flat, without_b = make(), make(), make()
    only_W = {"W": parts["W"].copy()}
    for _ in range(5):
        grads = {name: rng.normal(size=p.shape) for name, p in parts.items()}
        opt.step(parts, grads)
        opt_flat.step(flat, {"all": np.concatenate([g.ravel() for g in grads.values()])})
        without_b.step(only_W, {"W": grads["W"]})
    np.testing.assert_array_equal(flat["all"], np.concatenate([p.ravel() for p in parts.values()]))
    np.testing.assert_array_equal(only_W["W"], parts["W"])
    assert (parts["b"] != frozen).all()
    assert "b" not in without_b.state


def test_a_model_clips_array_by_array_and_leaves_frozen_layers(rng, keras):
    """Sequential hands the optimiser one flat vector, but not where each array has a norm of its own."""
    model = nn.mlp([5, 4, 3], rng=rng, dtype="float64")
    X, y = rng.normal(size=(20, 5)), rng.integers(3, size=20)
    before = {name: p.copy() for name, p in model.params.items()}
    model.compile(optimizers.SGD(1.0, clipnorm=2.0**-7))
    model.train_step(X, y)
    for name, p in model.params.items():
        assert np.linalg.norm(p - before[name]) == pytest.approx(2.0**-7, rel=1e-9), name
    model.layers[0].trainable = False
    kept = model.params["dense_1/W"].copy()
    model.compile(optimizers.AdamW(0.1))
    model.train_step(X, y)
    np.testing.assert_array_equal(model.params["dense_1/W"], kept)
    assert (model.params["dense_2/W"] != before["dense_2/W"]).all()


def test_adamw_decays_beside_the_step_and_l2_does_not(rng):
    """The same λ: a weight with large gradients forgets as fast as one with small ones, under AdamW only."""
    g = np.array([100.0, 0.01])
    decayed, penalised = {"w": np.ones(2)}, {"w": np.ones(2)}
    plain = {"w": np.ones(2)}
    for params, opt, penalty in (
        (decayed, optimizers.AdamW(0.001, weight_decay=0.5), 0.0),
        (penalised, optimizers.Adam(0.001), 0.5),
        (plain, optimizers.Adam(0.001), 0.0),
    ):
        for _ in range(20):
            opt.step(params, {"w": g + penalty * params["w"]})
    loss_by_decay, loss_by_l2 = plain["w"] - decayed["w"], plain["w"] - penalised["w"]
    np.testing.assert_allclose(loss_by_decay, loss_by_decay[0], rtol=1e-3)
    assert np.abs(loss_by_l2).max() < 0.01 * loss_by_decay[0]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: optimizers.SGD(clipnorm=1.0, clipvalue=1.0),
            "one of clipnorm, clipvalue and global_clipnorm",
        ),
        (lambda: optimizers.Adam(clipnorm=0), "clipnorm > 0, received 0: leave it out"),
        (lambda: optimizers.Adam(global_clipnorm=np.nan), "received nan"),
        (lambda: optimizers.AdamW(weight_decay=-1), "AdamW expects a finite weight_decay >= 0, received -1"),
        (lambda: optimizers.RMSprop(rho=1.0), r"RMSprop expects rho in \[0, 1\), received 1.0"),
        (lambda: optimizers.Adagrad(initial_accumulator_value=-0.1), "initial_accumulator_value >= 0"),
        (lambda: optimizers.Adagrad(epsilon=0), "epsilon > 0"),
    ],
)
def test_bad_settings(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_an_update_rule_must_be_written():
    with pytest.raises(NotImplementedError, match="Optimizer must define _update"):
        optimizers.Optimizer(0.1).step({"w": np.ones(1)}, {"w": np.ones(1)})
