"""The harness can fail: for each kind of twin a small planted fault, which the comparison must see."""

from functools import partial

import numpy as np
import pytest
from pairs_harness import (
    compare_clipping,
    compare_function,
    compare_initializer,
    compare_layer,
    compare_loss,
    compare_optimizer,
    compare_regularizer,
    compare_schedule,
    pair_of,
)

from neuropath import scratch as nn


def wrong(name, make):
    """The pair of this name with another maker on our side, and the first of its options."""
    pair = pair_of(name)
    return type(pair)(**{**vars(pair), "make": make}), next(pair.variants())


def bent(layer, what, by=1e-8):
    """The layer with one number of `what` off by a hundred-millionth."""
    original = getattr(layer, "forward" if what == "Y" else "backward")

    def forward(X, *, training=False):
        Y = original(X, training=training).copy()
        Y.flat[np.abs(Y).argmax()] *= 1 + by
        return Y

    def backward(dY):
        dX = original(dY).copy()
        spoilt = dX if what == "dX" else layer.grads[what]
        spoilt.flat[np.abs(spoilt).argmax()] *= 1 + by
        return dX

    setattr(layer, "forward" if what == "Y" else "backward", forward if what == "Y" else backward)
    return layer


@pytest.mark.parametrize(
    ("name", "what", "message"),
    [
        ("Dense", "W", "dW"),
        ("Conv2D", "b", "db"),
        ("Conv2D", "Y", "forward"),
        ("DepthwiseConv2D", "dX", "dX"),
        ("BatchNormalization", "gamma", "dgamma"),
        ("Softmax", "dX", "dX"),
        ("GlobalMaxPool2D", "dX", "dX"),
    ],
)
def test_a_layer_that_is_off_in_one_number(name, what, message, rng, keras):
    pair, options = wrong(name, lambda rng, **o: bent(pair_of(name).make(rng, **o), what))
    with pytest.raises(AssertionError, match=f"{name} {message}"):
        compare_layer(pair, options, "inference", rng, keras)


def test_a_layer_with_statistics_that_move_too_fast(rng, keras):
    def make(rng, momentum, **o):
        return pair_of("BatchNormalization").make(rng, momentum=momentum - 1e-6, **o)

    pair, options = wrong("BatchNormalization", make)
    with pytest.raises(AssertionError, match="moving_mean afterwards"):
        compare_layer(pair, options, "training", rng, keras)


def test_a_penalty_that_is_halved(rng, keras):
    pair, options = wrong(
        "Dense", lambda rng, use_bias, l2: pair_of("Dense").make(rng, use_bias=use_bias, l2=l2 and l2 / 2)
    )
    with pytest.raises(AssertionError, match="Dense dW"):
        compare_layer(pair, options | {"l2": 2.0**-7}, "inference", rng, keras)


@pytest.mark.parametrize(("weighted", "weights"), [(False, np.ones), (True, None)])
def test_a_loss_that_sums_or_forgets_its_weights(weighted, weights, rng, keras):
    def summed(prediction, target, *, sample_weight=None):
        value, gradient = nn.mean_squared_error(prediction, target)
        return (value, gradient) if weighted else (value * (1 + 1e-9), gradient)

    pair, options = wrong("mean_squared_error", lambda: summed)
    with pytest.raises(AssertionError, match="mean_squared_error value"):
        compare_loss(pair, options, 1, weighted, rng, keras)


def test_a_function_along_the_wrong_axis(rng, keras):
    pair, options = wrong("log_sum_exp", lambda: lambda Z: nn.log_sum_exp(Z + 1e-8))
    with pytest.raises(AssertionError, match="log_sum_exp value"):
        compare_function(pair, options, rng, keras)


def test_a_regulariser_that_is_halved(rng, keras):
    pair, _ = wrong("L2", lambda l2: nn.L2(l2 / 2))
    with pytest.raises(AssertionError, match="L2 penalty"):
        compare_regularizer(pair, {"l2": 0.5}, rng, keras)


@pytest.mark.parametrize(
    ("name", "make", "message"),
    [
        ("he_normal", lambda: nn.initializers.get("lecun_normal"), "another variance"),
        ("he_normal", lambda: nn.initializers.get("he_uniform"), "bounds|another law"),
        ("orthogonal", lambda gain: partial(nn.orthogonal, gain=1.05 * gain), "another variance"),
        ("random_normal", lambda **o: partial(nn.truncated_normal, **o), "another variance|another law"),
    ],
)
def test_an_initialiser_of_another_law(name, make, message, rng, keras):
    pair, options = wrong(name, make)
    with pytest.raises(AssertionError, match=message):
        compare_initializer(pair, options, (300, 200), rng, keras)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("Adam", lambda epsilon, **o: nn.Adam(epsilon=epsilon * 1.01, **o)),
        ("SGD", lambda learning_rate, **o: nn.SGD(learning_rate=learning_rate * (1 + 1e-7), **o)),
        ("RMSprop", lambda rho, **o: nn.RMSprop(rho=rho - 2.0**-12, **o)),
        ("AdamW", lambda weight_decay, **o: nn.AdamW(weight_decay=0.0, **o)),
    ],
)
def test_an_optimiser_with_another_number(name, make, rng, keras):
    pair, options = wrong(name, make)
    with pytest.raises(AssertionError, match=r"after \d+ steps"):
        compare_optimizer(pair, options, rng, keras)


def test_clipping_by_the_other_norm(rng, keras):
    pair, options = wrong("clip_by_norm", lambda bound: lambda grads: nn.clip_by_global_norm(grads, bound))
    with pytest.raises(AssertionError, match=r"clip_by_norm [Wb] at"):
        compare_clipping(pair, options, rng, keras)


def test_a_schedule_that_is_a_step_late(keras):
    pair, options = wrong("ExponentialDecay", lambda **o: lambda step: nn.ExponentialDecay(**o)(step + 1))
    with pytest.raises(AssertionError, match="ExponentialDecay rates"):
        compare_schedule(pair, options, keras, range(20))
