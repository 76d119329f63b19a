"""Schedules beside Keras' at many steps, in float64 (Keras computes in the dtype of its first argument)."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuropath.scratch import schedules

STEPS = [*range(130), 255, 256, 257, 1000, 12_345, 10**6]
NEAR_RESTARTS = [*range(32), 39, 40, 41, 62, 63, 70, 74, 75, 76, 129, 130, 131, 175, 255, 1000, 10**6]
GRID = {
    "ExponentialDecay": {
        "initial_learning_rate": (0.1, 1e-3),
        "decay_steps": (1, 7, 100),
        "decay_rate": (0.5, 0.96, 1.1),
        "staircase": (False, True),
    },
    "PiecewiseConstantDecay": {
        "boundaries": ([10], [5, 50, 1000]),
    },
    "CosineDecay": {
        "initial_learning_rate": (0.1, 0.0),
        "decay_steps": (1, 50, 1000),
        "alpha": (0.0, 0.25),
        "warmup": ({}, {"warmup_target": 0.3, "warmup_steps": 20}, {"warmup_target": 0.3, "warmup_steps": 0}),
    },
    "CosineDecayRestarts": {
        "initial_learning_rate": (0.1,),
        "first_decay_steps": (1, 10, 25),
        "t_mul": (1.0, 1.5, 2.0, 3.0),
        "m_mul": (1.0, 0.5),
        "alpha": (0.0, 0.25),
    },
}


def variants(name):
    for values in product(*GRID[name].values()):
        options = dict(zip(GRID[name], values, strict=True))
        if "boundaries" in options:
            options["values"] = [0.1 * 0.3**i for i in range(len(options["boundaries"]) + 1)]
        yield options | options.pop("warmup", {})


def in_float64(options):
    """The same numbers as NumPy scalars: Keras makes float32 of Python's."""
    return {
        k: [np.float64(v) for v in value]
        if k == "values"
        else np.float64(value)
        if type(value) is float
        else value
        for k, value in options.items()
    }


def close(ours, theirs):
    return ours == theirs or abs(ours - theirs) <= 1e-10 * abs(theirs) + 1e-15


@pytest.mark.parametrize("name", ["ExponentialDecay", "PiecewiseConstantDecay", "CosineDecay"])
def test_schedule_is_keras_schedule(name, keras):
    for options in variants(name):
        ours = getattr(schedules, name)(**options)
        theirs = getattr(keras.optimizers.schedules, name)(**in_float64(options))
        for step in STEPS:
            rate = ours(step)
            assert isinstance(rate, float)
            assert close(rate, float(theirs(step))), f"{options} at step {step}"


def test_restarts_are_keras_restarts_except_where_its_logarithm_misses_one(keras):
    missed = 0
    for options in variants("CosineDecayRestarts"):
        ours = schedules.CosineDecayRestarts(**options)
        theirs = keras.optimizers.schedules.CosineDecayRestarts(**in_float64(options))
        for step in NEAR_RESTARTS:
            if close(ours(step), float(theirs(step))):
                continue
            restart, done = ours._cycle(step)  # exactly where a cycle begins, Keras may still end the last
            assert done == 0, f"{options} at step {step}"
            assert restart > 0
            assert float(theirs(step)) == pytest.approx(options["alpha"] * 0.1, abs=1e-9)
            missed += 1
    assert missed < 40  # of 2,304 comparisons


def test_step_decay_is_a_staircase(keras):
    ours = schedules.StepDecay(0.1, 30)
    theirs = keras.optimizers.schedules.ExponentialDecay(np.float64(0.1), 30, np.float64(0.1), staircase=True)
    assert all(close(ours(step), float(theirs(step))) for step in STEPS[:130])
    assert [ours(step) for step in (0, 29, 30)] == pytest.approx([0.1, 0.1, 0.01])


def test_linear_warm_up_is_keras_polynomial_decay_and_warm_cosine(keras):
    theirs = keras.optimizers.schedules.PolynomialDecay(np.float64(0.01), 20, np.float64(0.3))
    ours = schedules.LinearWarmup(0.3, 20, initial_learning_rate=0.01)
    assert all(close(ours(step), float(theirs(step))) for step in STEPS)
    cosine = schedules.LinearWarmup(schedules.CosineDecay(0.3, 50), 20, initial_learning_rate=0.01)
    warm = schedules.CosineDecay(0.01, 50, warmup_target=0.3, warmup_steps=20)
    assert all(close(cosine(step), warm(step)) for step in STEPS)


def test_rates_known_by_hand():
    cosine = schedules.CosineDecay(0.4, 100)
    assert [cosine(step) for step in (0, 50, 100, 200)] == pytest.approx([0.4, 0.2, 0.0, 0.0], abs=1e-15)
    restarts = schedules.CosineDecayRestarts(0.4, 10, t_mul=2, m_mul=0.5)
    assert [restarts(step) for step in (0, 5, 10, 20, 30, 50)] == pytest.approx(
        [0.4, 0.2, 0.2, 0.1, 0.1, 0.05]
    )
    steps = schedules.PiecewiseConstantDecay([10, 20], [3.0, 2.0, 1.0])
    assert [steps(step) for step in (0, 10, 11, 20, 21)] == [3, 3, 2, 2, 1]


@given(
    st.floats(1e-6, 1.0),
    st.integers(1, 500),
    st.floats(0, 1),
    st.floats(1, 3),
    st.floats(0.1, 1),
    st.integers(0, 5000),
)
def test_restarts_stay_between_alpha_and_the_start(rate, first, alpha, t_mul, m_mul, step):
    schedule = schedules.CosineDecayRestarts(rate, first, t_mul, m_mul, alpha)
    assert rate * alpha * (1 - 1e-12) <= schedule(step) <= rate * (1 + 1e-12)
    assert 0 <= schedule._cycle(step)[1] < 1


BAD = {
    "no boundaries": (lambda: schedules.PiecewiseConstantDecay([], [0.1]), "received 0 boundaries and 1"),
    "too few values": (lambda: schedules.PiecewiseConstantDecay([5], [0.1]), "received 1 boundaries and 1"),
    "order": (
        lambda: schedules.PiecewiseConstantDecay([5, 5], [3, 2, 1]),
        r"that increase, received \[5, 5\]",
    ),
    "steps": (lambda: schedules.ExponentialDecay(0.1, 0, 0.5), "decay_steps > 0, received 0"),
    "rate": (lambda: schedules.CosineDecay(np.nan, 10), "initial_learning_rate >= 0, received nan"),
    "alpha": (lambda: schedules.CosineDecay(0.1, 10, alpha=-1), "alpha >= 0, received -1"),
    "warm-up": (lambda: schedules.CosineDecay(0.1, 10, warmup_steps=5), "warmup_target, .* received none"),
    "t_mul": (lambda: schedules.CosineDecayRestarts(0.1, 10, t_mul=0.5), "t_mul >= 1, received 0.5"),
    "step decay": (lambda: schedules.StepDecay(0.1, -3), "StepDecay expects a finite decay_steps > 0"),
    "linear": (lambda: schedules.LinearWarmup(-0.1, 5), "learning_rate >= 0, received -0.1"),
}


@pytest.mark.parametrize(("make", "message"), BAD.values(), ids=BAD)
def test_bad_settings(make, message):
    with pytest.raises(ValueError, match=message):
        make()
