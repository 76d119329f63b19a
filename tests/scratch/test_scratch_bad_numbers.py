"""Losses, optimisers, regularisers, schedules: dtypes kept, and clear words for what cannot be meant."""

import numpy as np
import pytest

from neuropath import scratch as nn

rng0 = np.random.default_rng(5)
LOGITS = rng0.normal(size=(4, 3)).astype("float32")
LABELS = np.array([0, 1, 2, 1])
ROWS = nn.one_hot(LABELS, 3)
HALF = np.float64(0.5)
LOSSES = {  # (loss, its target, options in NumPy's float64)
    nn.mean_squared_error: (ROWS, {}),
    nn.mean_absolute_error: (ROWS, {}),
    nn.huber: (ROWS, {"delta": HALF}),
    nn.binary_crossentropy: (ROWS, {"label_smoothing": HALF}),
    nn.categorical_crossentropy: (ROWS, {"label_smoothing": HALF}),
    nn.sparse_categorical_crossentropy: (LABELS, {}),
    nn.binary_focal_crossentropy: (
        ROWS,
        {"gamma": HALF, "alpha": HALF, "label_smoothing": HALF, "apply_class_balancing": True},
    ),
    nn.categorical_focal_crossentropy: (
        ROWS,
        {"gamma": HALF, "alpha": HALF, "label_smoothing": HALF, "epsilon": np.float64(1e-7)},
    ),
}
every_loss = pytest.mark.parametrize("loss", LOSSES, ids=lambda f: f.__name__)
DTYPES = ("float16", "float32", "float64")


def test_every_public_loss_and_optimiser_is_here():
    returns = "tuple[float, np.ndarray]"
    functions = {getattr(nn, n) for n in nn.__all__ if not isinstance(getattr(nn, n), type)}
    assert {f for f in functions if getattr(f, "__annotations__", {}).get("return") == returns} == set(LOSSES)
    classes = {getattr(nn, n) for n in nn.__all__ if isinstance(getattr(nn, n), type)}
    assert {c for c in classes if issubclass(c, nn.Optimizer)} == {
        nn.Optimizer,
        *map(type, OPTIMIZERS.values()),
    }


@every_loss
@pytest.mark.parametrize("dtype", ["int64", "uint8", "bool", "complex64", "object", "<U8"])
def test_predictions_that_are_no_floats_are_refused(loss, dtype):
    with pytest.raises(
        TypeError, match=rf"{loss.__name__} expects predictions of a floating dtype, received"
    ):
        loss(LOGITS.astype(dtype), LOSSES[loss][0])


@every_loss
@pytest.mark.parametrize("dtype", ["complex64", "object", "<U8"])
def test_targets_that_are_no_numbers_are_refused(loss, dtype):
    with pytest.raises((TypeError, ValueError), match=r"real numbers, received|must be integers .* received"):
        loss(LOGITS, LOSSES[loss][0].astype(dtype))


@every_loss
@pytest.mark.parametrize("dtype", DTYPES)
def test_the_gradient_has_the_dtype_of_the_prediction(loss, dtype):
    target, options = LOSSES[loss]
    for weights in (None, np.ones(4, "float64"), [1, 2, 3, 4]):
        value, gradient = loss(LOGITS.astype(dtype), target, sample_weight=weights, **options)
        assert type(value) is float
        assert gradient.dtype == dtype
        assert gradient.shape == (4, 3)


@every_loss
def test_lists_targets_of_any_numbers_and_odd_layouts_are_the_same(loss):
    target, _ = LOSSES[loss]
    value, gradient = loss(LOGITS.astype("float64"), target)
    others = [
        loss(LOGITS.astype("float64").tolist(), target.tolist()),
        loss(np.asfortranarray(LOGITS.astype("float64")), target.astype("int64")),
        loss(LOGITS.astype("float64")[::-1][::-1], target.astype("uint8")),
        loss(np.broadcast_to(LOGITS.astype("float64"), (4, 3)), np.asfortranarray(target.astype("int8"))),
    ]
    for other, slopes in others:
        assert other == pytest.approx(value, rel=1e-14)
        np.testing.assert_allclose(slopes, gradient, rtol=1e-13)


@every_loss
def test_other_shapes_and_empty_batches_are_refused(loss):
    target, _ = LOSSES[loss]
    for prediction, wanted in [(LOGITS[:0], target[:0]), (LOGITS[:3], target), (LOGITS, target[:, None])]:
        with pytest.raises(ValueError, match=rf"{loss.__name__} expects .*received"):
            loss(prediction, wanted)


OPTIMIZERS = {
    "SGD": nn.SGD(HALF),
    "momentum": nn.SGD(HALF, HALF),
    "Nesterov": nn.SGD(HALF, HALF, nesterov=True, weight_decay=HALF),
    "Adagrad": nn.Adagrad(HALF, HALF, HALF, clipvalue=HALF),
    "RMSprop": nn.RMSprop(HALF, HALF, HALF, HALF, centered=True, clipnorm=HALF),
    "Adam": nn.Adam(HALF, HALF, HALF, HALF, amsgrad=True, global_clipnorm=HALF),
    "AdamW": nn.AdamW(nn.CosineDecay(HALF, 10), HALF, HALF, HALF, HALF),
}


def fresh(name):
    """An optimiser of these settings without a history."""
    optimizer = OPTIMIZERS[name]
    optimizer.state, optimizer.iterations = {}, 0
    return optimizer


every_optimizer = pytest.mark.parametrize("name", OPTIMIZERS)


@every_optimizer
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_step_keeps_dtypes_whatever_the_settings_are(name, dtype, rng):
    optimizer = fresh(name)
    params = {
        "W": rng.normal(size=(3, 4)).astype(dtype),
        "number": np.array(2, dtype),
        "none": np.ones(0, dtype),
    }
    before = {key: (array, array.copy()) for key, array in params.items()}
    for _ in range(3):
        optimizer.step(params, {key: np.ones_like(array) for key, array in params.items()})
    assert type(optimizer.learning_rate) is float
    assert {str(a.dtype) for a in (*params.values(), *optimizer.state.values())} == {dtype}
    for key, (array, old) in before.items():
        assert params[key] is array  # in place
        assert not array.size or (array != old).all()


@every_optimizer
def test_the_layout_of_a_parameter_changes_nothing(name, rng):
    W, results = rng.normal(size=(4, 6)), []
    for odd in (W.copy(), np.asfortranarray(W), np.repeat(W[:, ::-1], 2, axis=0)[::2, ::-1]):
        optimizer = fresh(name)
        for _ in range(3):
            optimizer.step({"W": odd}, {"W": np.cos(odd)[::-1][::-1]})
        results.append(odd)
    for result in results[1:]:
        np.testing.assert_allclose(result, results[0], rtol=1e-14)


def frozen(array):
    array.flags.writeable = False
    return array


BAD_STEPS = {
    "no dictionary": (np.ones(3), np.ones(3), TypeError, "params as a dictionary .*received ndarray"),
    "a list": ({"W": [1.0]}, {"W": np.ones(1)}, TypeError, "'W' to be an array of floats, received list"),
    "whole": ({"W": np.ones(1, int)}, {"W": np.ones(1)}, TypeError, "an array of floats, received int64"),
    "read-only": ({"W": frozen(np.ones(1))}, {"W": np.ones(1)}, ValueError, "received a read-only one"),
    "list gradient": ({"W": np.ones(1)}, {"W": [1.0]}, TypeError, "dtype float64 for 'W'.*received list"),
    "whole gradient": ({"W": np.ones(1)}, {"W": np.ones(1, int)}, TypeError, "received int64"),
    "single gradient": ({"W": np.ones(1)}, {"W": np.ones(1, "float32")}, TypeError, "received float32"),
    "complex": ({"W": np.ones(1)}, {"W": np.ones(1) * 1j}, TypeError, "received complex128"),
    "shape": ({"W": np.ones(1)}, {"W": np.ones(2)}, ValueError, r"shape \(1,\) for 'W', received \(2,\)"),
    "partner": ({"W": np.ones(1)}, {"b": np.ones(1)}, ValueError, "without a partner: W, b"),
}


@every_optimizer
@pytest.mark.parametrize(("params", "grads", "error", "message"), BAD_STEPS.values(), ids=BAD_STEPS)
def test_a_step_that_cannot_be_taken_changes_nothing(name, params, grads, error, message):
    optimizer = fresh(name)
    with pytest.raises(error, match=f"step expects .*{message}"):
        optimizer.step(params, grads)
    assert optimizer.iterations == 0
    assert not optimizer.state


def test_a_state_of_another_dtype_is_not_carried_over():
    optimizer = nn.Adam()
    optimizer.step({"W": np.ones(2, "float32")}, {"W": np.ones(2, "float32")})
    with pytest.raises(ValueError, match=r"trained a 'W' of float32 \(2,\), received float64"):
        optimizer.step({"W": np.ones(2)}, {"W": np.ones(2)})


NUMBERS = {  # each argument that is a number: refused as text, None (where that means nothing), NaN, an array
    "Dense": [lambda v: nn.Dense(v, 2, rng=rng0), lambda v: nn.Dense(2, v, rng=rng0)],
    "Dropout": [lambda v: nn.Dropout(v, rng=rng0)],
    "ReLU": [lambda v: nn.ReLU(negative_slope=v), lambda v: nn.ReLU(threshold=v)],
    "Rescaling": [nn.Rescaling, lambda v: nn.Rescaling(1, v)],
    "BatchNormalization": [nn.BatchNormalization, lambda v: nn.BatchNormalization(2, v)],
    "LayerNormalization": [nn.LayerNormalization, lambda v: nn.LayerNormalization(2, v)],
    "losses": [
        lambda v: nn.huber(LOGITS, ROWS, delta=v),
        lambda v: nn.binary_crossentropy(LOGITS, ROWS, label_smoothing=v),
        lambda v: nn.categorical_focal_crossentropy(LOGITS, ROWS, gamma=v),
        lambda v: nn.categorical_focal_crossentropy(LOGITS, ROWS, epsilon=v),
    ],
    "optimisers": [
        nn.SGD,
        lambda v: nn.SGD(0.1, v),
        lambda v: nn.Adam(beta_1=v),
        lambda v: nn.Adam(epsilon=v),
    ],
    "a rate": [lambda v: setattr(nn.SGD(), "learning_rate", v)],
    "clipping": [lambda v: nn.clip_by_norm({}, v), lambda v: nn.clip_by_value({}, v)],
    "regularisers": [nn.L1, nn.L2, lambda v: nn.L1L2(0.0, v)],
    "schedules": [
        lambda v: nn.CosineDecay(v, 10),
        lambda v: nn.ExponentialDecay(0.1, v, 0.5),
        lambda v: nn.CosineDecayRestarts(0.1, 10, v),
        lambda v: nn.PiecewiseConstantDecay([1], [0.1, v]),
        lambda v: nn.LinearWarmup(0.1, v),
    ],
    "initialisers": [
        lambda v: nn.random_uniform((2,), rng=rng0, maxval=v),
        lambda v: nn.random_normal((2,), rng=rng0, stddev=v),
    ],
    "callbacks": [
        lambda v: nn.EarlyStopping(min_delta=v),
        lambda v: nn.EarlyStopping(patience=v),
        lambda v: nn.ReduceLROnPlateau(factor=v),
        lambda v: nn.ReduceLROnPlateau(min_lr=v),
    ],
}


@pytest.mark.parametrize("make", [make for makes in NUMBERS.values() for make in makes])
@pytest.mark.parametrize("value", ["fast", None, float("nan"), np.ones(3), 1j], ids=str)
def test_what_is_no_number_is_refused(make, value):
    with pytest.raises((ValueError, TypeError), match=r"expects .*received "):
        make(value)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    "penalty", [nn.L1(HALF), nn.L2(HALF), nn.L1L2(HALF, HALF)], ids=lambda p: type(p).__name__
)
def test_a_penalty_keeps_the_dtype(penalty, dtype):
    W = np.ones((2, 3), dtype)
    assert type(penalty(W)) is float
    assert penalty.gradient(W).dtype == dtype
