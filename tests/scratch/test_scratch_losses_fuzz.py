"""Every loss against Keras': 200 random configurations each, options, weights and logits of ±800 included."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from twin_fuzz import pick

from neuropath import scratch as nn
from neuropath.scratch import losses, losses_focal
from neuropath.scratch.losses_common import sample_weights

CASES = 200
EXTREMES = np.array([-800.0, -30.0, -1e-9, 0.0, 30.0, 800.0])


def numbers(rng, shape):
    return rng.normal(size=shape)


def shares(rng, shape):
    """Targets of yes-or-no questions: hard, or soft."""
    return rng.integers(2, size=shape) * 1.0 if rng.random() < 0.5 else rng.uniform(size=shape)


def rows(rng, shape):
    one_hot = np.eye(shape[1])[rng.integers(shape[1], size=shape[0])]
    return one_hot if rng.random() < 0.5 else rng.dirichlet(np.ones(shape[1]), shape[0])


def labels(rng, shape):
    return rng.integers(shape[1], size=shape[0])


SMOOTHING = {"label_smoothing": (0.0, 0.1, 0.5, 1.0)}
BINARY_FOCAL = {"gamma": (1.0, 2.0, 3.5), "apply_class_balancing": (False, True), "alpha": (0.25, 0.7)}
ROW_FOCAL = {"gamma": (0.0, 0.5, 1.0, 2.0, 3.5), "alpha": (0.25, 1.0)}
LOSSES = {  # ours, Keras' class, its fixed arguments, targets, options, rows of logits only?
    "mse": (losses.mean_squared_error, "MeanSquaredError", {}, numbers, {}, False),
    "mae": (losses.mean_absolute_error, "MeanAbsoluteError", {}, numbers, {}, False),
    "huber": (losses.huber, "Huber", {}, numbers, {"delta": (0.1, 1.0, 2.5)}, False),
    "binary": (losses.binary_crossentropy, "BinaryCrossentropy", {}, shares, SMOOTHING, False),
    "categorical": (losses.categorical_crossentropy, "CategoricalCrossentropy", {}, rows, SMOOTHING, True),
    "sparse": (losses.sparse_categorical_crossentropy, "SparseCategoricalCrossentropy", {}, labels, {}, True),
    "binary focal": (
        *(losses_focal.binary_focal_crossentropy, "BinaryFocalCrossentropy"),
        *({}, shares, BINARY_FOCAL | SMOOTHING, False),
    ),
    "categorical focal": (
        *(losses_focal.categorical_focal_crossentropy, "CategoricalFocalCrossentropy"),
        *({}, rows, ROW_FOCAL | SMOOTHING, True),
    ),
}
REGRESSIONS = ("mse", "mae", "huber")


def slope(loss, target, prediction, weights=None):
    """Keras' value, and its gradient with respect to the prediction."""
    import tensorflow as tf

    variable = tf.Variable(prediction)
    with tf.GradientTape() as tape:
        value = loss(target, variable, sample_weight=weights)
    return value.numpy(), tape.gradient(value, variable).numpy()


def random_case(rng, only_rows):
    shape = (int(rng.integers(1, 9)), int(rng.integers(2 if only_rows else 1, 7)))
    if not only_rows and rng.random() < 0.25:
        shape = (*shape, int(rng.integers(1, 4)))
    prediction = pick(rng, 1, 10, 30) * rng.normal(size=shape)
    extreme = rng.random(shape) < pick(rng, 0.0, 0.3)
    prediction[extreme] = rng.choice(EXTREMES, extreme.sum())
    weights = rng.integers(0, 9, shape[0]) / 4 if rng.random() < 0.5 else None
    return prediction, weights


def assert_same(got, expected, what):
    scale = max(np.abs(expected).max(), 1e-4)  # a loss of 1e-14 is what 1 - p has left of its digits in Keras
    assert np.abs(got - expected).max() <= 1e-10 * scale, what


@pytest.mark.parametrize("name", LOSSES)
def test_loss_is_keras_loss(name, keras):
    ours, twin, fixed, targets, options, only_rows = LOSSES[name]
    if name not in REGRESSIONS:
        fixed = {"from_logits": True, **fixed}
    for seed in range(CASES):
        rng = np.random.default_rng(seed)
        prediction, weights = random_case(rng, only_rows)
        target = targets(rng, prediction.shape)
        chosen = {option: pick(rng, *values) for option, values in options.items()}
        value, gradient = ours(prediction, target, sample_weight=weights, **chosen)
        theirs = getattr(keras.losses, twin)(dtype="float64", **fixed, **chosen)
        spread = None if weights is None else weights.reshape(-1, *[1] * (target.ndim - 2))
        expected, slopes = slope(theirs, target, prediction, spread)
        what = f"{name}, seed {seed}: {chosen}, {prediction.shape}"
        assert isinstance(value, float)
        assert gradient.dtype == np.float64
        assert_same(value, expected, what)
        assert_same(gradient, slopes, what)


@pytest.mark.parametrize("gamma", [0.0, 0.5])
def test_binary_focal_below_gamma_1_is_keras_where_that_is_finite(gamma, keras):
    theirs = keras.losses.BinaryFocalCrossentropy(from_logits=True, gamma=gamma, dtype="float64")
    for seed in range(CASES):
        rng = np.random.default_rng(seed)
        z, y = rng.normal(size=(5, 2)) * 5, shares(rng, (5, 2))
        value, gradient = losses_focal.binary_focal_crossentropy(z, y, gamma=gamma)
        expected, slopes = slope(theirs, y, z)
        assert_same(value, expected, seed)
        assert_same(gradient, slopes, seed)
    z, y = np.array([[800.0], [-800.0]]), np.array([[1.0], [0.0]])
    assert np.isnan(slope(theirs, y, z)[1]).all()  # certain and right: Keras forms 0 · ∞
    assert not losses_focal.binary_focal_crossentropy(z, y, gamma=gamma)[1].any()


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_dtype_is_kept_and_extremes_are_finite(name, dtype):
    ours, _, _, targets, _, only_rows = LOSSES[name]
    rng = np.random.default_rng(0)
    for seed in range(20):
        prediction, weights = random_case(np.random.default_rng(seed), only_rows)
        target = targets(rng, prediction.shape)
        for w in (None, weights):
            value, gradient = ours(prediction.astype(dtype), target, sample_weight=w)
            assert isinstance(value, float)
            assert np.isfinite(value)
            assert gradient.dtype == dtype
            assert np.isfinite(gradient).all()


@pytest.mark.parametrize("name", LOSSES)
def test_gradient_is_the_slope_of_the_weighted_loss(name, rng):
    ours, _, _, targets, options, _ = LOSSES[name]
    z, w = 2 * rng.normal(size=(6, 4)), rng.uniform(0.5, 2, 6)
    target = targets(rng, z.shape)
    chosen = {option: values[-1] for option, values in options.items() if option != "label_smoothing"}

    def loss():
        return ours(z, target, sample_weight=w, **chosen)[0]

    gradient = ours(z, target, sample_weight=w, **chosen)[1]
    nn.check_gradient(loss, z, gradient)
    with pytest.raises(AssertionError, match="off by"):  # the checker sees a gradient without its weights
        nn.check_gradient(loss, z, ours(z, target, **chosen)[1])


def test_focal_without_the_cut_is_the_slope_where_the_cut_kills_it():
    z, Y = np.array([[-15.0, 15.0, 0.0]]), np.array([[1.0, 0, 0]])
    assert not losses_focal.categorical_focal_crossentropy(z, Y)[
        1
    ].any()  # as Keras: p < 1e-7 teaches nothing
    uncut = {"epsilon": 0.0, "gamma": 2.0}
    gradient = losses_focal.categorical_focal_crossentropy(z, Y, **uncut)[1]
    nn.check_gradient(lambda: losses_focal.categorical_focal_crossentropy(z, Y, **uncut)[0], z, gradient)
    for gamma in (0.0, 0.5, 2.0):  # certain and right, to the last bit
        value, slopes = losses_focal.categorical_focal_crossentropy(800 * Y, Y, gamma=gamma, epsilon=0.0)
        assert value == 0
        assert np.isfinite(slopes).all()


def test_focal_at_gamma_0_is_cross_entropy(rng):
    z, Y, y = rng.normal(size=(5, 3)), rows(rng, (5, 3)), shares(rng, (5, 3))
    for focal, plain, target, options in (
        (losses_focal.categorical_focal_crossentropy, losses.categorical_crossentropy, Y, {"alpha": 1.0}),
        (losses_focal.binary_focal_crossentropy, losses.binary_crossentropy, y, {}),
    ):
        for got, expected in zip(focal(z, target, gamma=0.0, **options), plain(z, target), strict=True):
            np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-16)


def test_focal_turns_away_from_what_is_known():
    z, y = np.array([[3.0], [0.1]]), np.ones((2, 1))
    plain, focal = (
        f(z, y)[1].ravel() for f in (losses.binary_crossentropy, losses_focal.binary_focal_crossentropy)
    )
    assert abs(focal[0] / focal[1]) < 0.1 * abs(plain[0] / plain[1])


@given(st.floats(-1e6, 1e6), st.floats(0.01, 100))
def test_huber_pulls_no_harder_than_delta(error, delta):
    value, gradient = losses.huber(np.array([[error]]), np.zeros((1, 1)), delta=delta)
    assert abs(gradient[0, 0]) <= delta
    assert value == pytest.approx(error**2 / 2 if abs(error) <= delta else delta * (abs(error) - delta / 2))


# -- weights ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LOSSES)
def test_weight_2_is_an_example_twice_and_0_is_none_of_it_divided_by_all(name, rng):
    ours, _, _, targets, _, _ = LOSSES[name]
    z = rng.normal(size=(3, 4))
    target = targets(rng, z.shape)
    value, gradient = ours(z, target, sample_weight=[1, 2, 0])
    repeated, slopes = ours(z[[0, 1, 1]], target[[0, 1, 1]])
    assert value == pytest.approx(repeated, rel=1e-12)  # both divide by 3
    np.testing.assert_allclose(gradient[:2], [slopes[0], 2 * slopes[1]], rtol=1e-12)
    assert not gradient[2].any()


def test_class_weights_become_sample_weights():
    weight = {0: 0.5, 2: 3.0}
    for y in (np.array([0, 1, 2, 2]), np.array([[0.0], [1.0], [2.0], [2.0]]), np.eye(3)[[0, 1, 2, 2]]):
        np.testing.assert_array_equal(sample_weights(y, weight, 3), np.array([0.5, 1, 3, 3], "float32"))
    assert sample_weights(np.array([1]), {}, 2, "float64").dtype == np.float64


@pytest.mark.parametrize(
    ("y", "weight", "message"),
    [
        ([0, 1], [1.0, 2.0], r"a dictionary such as class_weight=\{0: 1.0"),
        ([0, 1], {"glioma": 2.0}, r"classes 0 … 2 in class_weight, received 'glioma'"),
        ([0, 1], {3: 2.0}, "received 3"),
        ([0, 1], {0: -1.0}, "finite weights >= 0 in class_weight, received 0: -1.0"),
        ([0, 1], {0: np.nan}, "received 0: nan"),
        ([0.5, 1], {0: 1.0}, r"labels 0 … 2 or one-hot rows, .* \(2,\) with other values"),
        ([0, 7], {0: 1.0}, "give fit a sample_weight"),
        ([[1, 1, 0]], {0: 1.0}, "one-hot rows, received y"),
        (["a"], {0: 1.0}, "with other values"),
    ],
)
def test_class_weights_that_cannot_be_meant(y, weight, message):
    with pytest.raises(ValueError, match=message):
        sample_weights(np.array(y), weight, 3)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (np.ones(3), r"one number per example, shape \(4,\), received float64 of shape \(3,\)"),
        (np.ones((4, 1)), r"received float64 of shape \(4, 1\)"),
        (2.0, r"of shape \(\)"),
        ([1, 1, 1, -1], "finite sample_weight >= 0, received -1 … 1"),
        ([1, 1, 1, np.nan], "received nan … nan"),
        (["a"] * 4, "received <U1"),
    ],
)
def test_bad_weights(weights, message, rng):
    with pytest.raises(ValueError, match=message):
        losses.huber(np.zeros((4, 2)), np.zeros((4, 2)), sample_weight=weights)


ROW = np.array([[1.0, 0]])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: losses.huber(ROW, ROW, delta=0), "delta > 0, received 0"),
        (lambda: losses.huber(ROW, ROW, delta=np.inf), "received inf"),
        (lambda: losses.mean_absolute_error(ROW, ROW[0]), r"mean_absolute_error expects .* received \(2,\)"),
        (lambda: losses.binary_crossentropy(ROW, ROW, label_smoothing=1.5), r"in \[0, 1\], received 1.5"),
        (lambda: losses.categorical_crossentropy(ROW, ROW, label_smoothing=-0.1), "received -0.1"),
        (lambda: losses_focal.binary_focal_crossentropy(ROW, ROW, gamma=-1), "gamma >= 0, received -1"),
        (lambda: losses_focal.binary_focal_crossentropy(ROW, ROW, alpha=2), r"alpha in \[0, 1\], received 2"),
        (lambda: losses_focal.binary_focal_crossentropy(ROW, 2 * ROW), r"targets in \[0, 1\]"),
        (lambda: losses_focal.categorical_focal_crossentropy(ROW, ROW, alpha=-1), "alpha >= 0, received -1"),
        (lambda: losses_focal.categorical_focal_crossentropy(ROW, ROW, epsilon=0.5), r"in \[0, 0.5\)"),
        (lambda: losses_focal.categorical_focal_crossentropy(ROW[0], ROW[0]), r"shape \(N, K\)"),
    ],
)
def test_bad_options(call, message):
    with pytest.raises(ValueError, match=message):
        call()
