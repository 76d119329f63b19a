"""Optimisers: by hand, in place, and bad input. (50 steps against Keras: tests/test_pairs.py.)"""

import numpy as np
import pytest

from neuropath import scratch as nn


def test_sgd_by_hand():
    params = {"w": np.array([1.0])}
    opt = nn.SGD(0.5, momentum=0.5)
    opt.step(params, {"w": np.array([2.0])})  # v = -1
    opt.step(params, {"w": np.array([2.0])})  # v = -1.5
    assert params["w"] == 1 - 1 - 1.5


def test_first_step_of_adam_has_the_size_of_the_learning_rate():
    params = {"w": np.array([1.0, 1.0, 1.0])}
    nn.Adam(0.01).step(params, {"w": np.array([1e3, -1.0, 2e-2])})
    np.testing.assert_allclose(params["w"], [0.99, 1.01, 0.99], rtol=1e-5)


@pytest.mark.parametrize(
    "make", [nn.SGD, lambda: nn.SGD(momentum=0.9), nn.Adam], ids=["SGD", "momentum", "Adam"]
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_step_is_in_place_and_keeps_the_dtype(make, dtype, rng):
    W, g = rng.normal(size=(4, 3)).astype(dtype), rng.normal(size=(4, 3)).astype(dtype)
    kept, params, opt = g.copy(), {"W": W}, make()
    before = W.copy()
    for _ in range(3):
        opt.step(params, {"W": g})
    assert params["W"] is W
    assert W.dtype == dtype
    assert (before != W).all()
    np.testing.assert_array_equal(g, kept)
    assert all(state.dtype == dtype for state in opt.state.values())


@pytest.mark.parametrize("make", [lambda: nn.SGD(momentum=0.9), nn.Adam], ids=["momentum", "Adam"])
def test_one_flat_vector_goes_the_same_way_as_many_arrays(make, rng):
    parts = {"W": rng.normal(size=(4, 3)), "b": rng.normal(size=3)}
    flat = {"all": np.concatenate([p.ravel() for p in parts.values()])}
    opt, opt_flat = make(), make()
    for _ in range(5):
        grads = {name: rng.normal(size=p.shape) for name, p in parts.items()}
        opt.step(parts, grads)
        opt_flat.step(flat, {"all": np.concatenate([g.ravel() for g in grads.values()])})
    np.testing.assert_array_equal(flat["all"], np.concatenate([p.ravel() for p in parts.values()]))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: nn.SGD(0), "learning_rate > 0, received 0"),
        (lambda: nn.SGD(np.nan), "received nan"),
        (lambda: nn.SGD(momentum=1), r"momentum in \[0, 1\), received 1"),
        (lambda: nn.Adam(-1e-3), "learning_rate > 0"),
        (lambda: nn.Adam(beta_2=1.0), r"beta_2 in \[0, 1\)"),
        (lambda: nn.Adam(epsilon=0), "epsilon > 0"),
    ],
)
def test_bad_settings(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("make", [nn.SGD, nn.Adam])
def test_params_and_grads_must_match(make):
    with pytest.raises(ValueError, match="without a partner: b"):
        make().step({"W": np.ones(2), "b": np.ones(1)}, {"W": np.ones(2)})
    with pytest.raises(ValueError, match=r"shape \(2,\) for 'W', received \(1,\)"):
        make().step({"W": np.ones(2)}, {"W": np.ones(1)})


def test_an_optimiser_is_not_carried_over_to_another_model():
    opt = nn.Adam()
    opt.step({"W": np.ones(2)}, {"W": np.ones(2)})
    with pytest.raises(
        ValueError, match=r"trained a 'W' of float64 \(2,\), received float64 \(3,\): make a new optimiser"
    ):
        opt.step({"W": np.ones(3)}, {"W": np.ones(3)})
