"""Whatever is handed to a layer, a loss or an optimiser: a clear complaint, or what Keras does with it."""

import numpy as np
import pytest
from every_layer import IMAGES, LAYERS, LISTS, ONLY_MOVES, batch, shape_of
from pairs_harness import compare_layer, pair_of

from neuropath import scratch as nn
from neuropath.pairs import PAIRS

every_layer = pytest.mark.parametrize("name", LAYERS)
DTYPES = ("float16", "float32", "float64")


def test_every_public_layer_is_here():
    public = {
        n for n in nn.__all__ if isinstance(getattr(nn, n), type) and issubclass(getattr(nn, n), nn.Layer)
    }
    assert public == {"Layer"} | {name.split("-")[0].replace("ReLU6", "ReLU") for name in {**LAYERS, **LISTS}}


# -- layers: what is no batch of floats ---------------------------------------------------------------------

NO_ARRAYS = {
    "list": (lambda X: X.tolist(), TypeError, "a NumPy array, received list: use np.asarray"),
    "None": (lambda X: None, TypeError, "a NumPy array, received NoneType"),
    "number": (lambda X: np.float32(3), TypeError, "a NumPy array, received float32"),
    "masked": (np.ma.array, TypeError, "a NumPy array, received MaskedArray"),
    "rank 0": (lambda X: np.array(3, "float32"), ValueError, "a batch .*received a single number"),
    "complex": (lambda X: X.astype("complex64"), TypeError, "real numbers, received complex64"),
    "objects": (lambda X: X.astype(object), TypeError, "real numbers, received object"),
    "text": (lambda X: X.astype(str), TypeError, "real numbers, received <U"),
}
no_array = pytest.mark.parametrize(("spoil", "error", "message"), NO_ARRAYS.values(), ids=NO_ARRAYS)


@every_layer
@no_array
def test_what_is_no_array_of_real_numbers_is_refused(name, spoil, error, message, rng):
    with pytest.raises(error, match=f"{name.split('-')[0].rstrip('6')} expects X to .*{message}"):
        LAYERS[name](rng, "float32").forward(spoil(batch(rng, name)))


@every_layer
@no_array
def test_an_upstream_gradient_that_is_no_array_is_refused(name, spoil, error, message, rng):
    layer = LAYERS[name](rng, "float32")
    Y = layer.forward(batch(rng, name))
    with pytest.raises(error, match=f" expects dY to .*{message}"):
        layer.backward(spoil(Y))


@every_layer
@pytest.mark.parametrize("dtype", ["int64", "uint8", "bool"])
def test_numbers_that_are_no_floats(name, dtype, rng):
    """Refused by all that compute; moved about by those that move; Rescaling is there for bytes."""
    layer, X = LAYERS[name](rng, "float32"), np.abs(batch(rng, name)).astype(dtype)
    if name in ONLY_MOVES or (name == "Rescaling" and dtype != "bool"):
        Y = layer.forward(X)
        assert Y.dtype == (dtype if name in ONLY_MOVES else "float32")
        return
    with pytest.raises(TypeError, match=rf"expects .*received {dtype}: use X.astype\(\"float32\"\)"):
        layer.forward(X)


@every_layer
@pytest.mark.parametrize("dtype", ["float16", "float64", "int64"])
def test_an_upstream_gradient_of_another_dtype_is_refused(name, dtype, rng):
    layer = LAYERS[name](rng, "float32")
    Y = layer.forward(batch(rng, name), training=True)
    with pytest.raises(TypeError, match=rf"expects dY of dtype float32.* received {dtype}: use dY.astype"):
        layer.backward(np.ones(Y.shape, dtype))


@every_layer
def test_an_upstream_gradient_of_another_shape_is_refused(name, rng):
    layer = LAYERS[name](rng, "float32")
    Y = layer.forward(batch(rng, name))
    for odd in (Y[:1], Y[..., None], Y[..., :1]):
        with pytest.raises(ValueError, match="expects dY shaped as the last output"):
            layer.backward(odd)


@pytest.mark.parametrize("name", [*LAYERS, *LISTS])
def test_backward_before_forward_is_refused(name, rng):
    with pytest.raises(ValueError, match=r"backward\(dY\) needs a forward pass first: call .*forward"):
        {**LAYERS, **LISTS}[name](rng, "float32").backward(np.ones((2, 3), "float32"))


@pytest.mark.parametrize("name", [n for n in LAYERS if n.rstrip("D")[-1] == "2" or "bilinear" in n])
def test_images_of_another_rank_or_without_pixels_are_refused(name, rng):
    for shape in [(6, 5, 4), (5, 4), (4,), (1, *IMAGES), (2, 0, 5, 4), (2, 6, 0, 4), (2, 6, 5, 0)]:
        with pytest.raises(ValueError, match=r"expects images X of shape \(N, H, W, [4C]\), received \("):
            LAYERS[name](rng, "float32").forward(np.ones(shape, "float32"))


@pytest.mark.parametrize("name", [n for n in LAYERS if LAYERS[n](np.random.default_rng(), "float32").params])
def test_another_number_of_channels_is_refused(name, rng):
    shape = (*shape_of(name)[:-1], 3)
    with pytest.raises(ValueError, match=r"expects .*of shape \(N, .*4\), received \(.*3\)"):
        LAYERS[name](rng, "float32").forward(np.ones(shape, "float32"))


@pytest.mark.parametrize("name", LISTS)
@no_array
def test_lists_are_checked_one_by_one(name, spoil, error, message, rng):
    X = batch(rng, name)
    layer = LISTS[name](rng, "float32")
    with pytest.raises(error, match=f"{name} expects X to .*{message}"):
        layer.forward([X, spoil(X)])
    for odd in (X, None, [], iter([X, X])):
        with pytest.raises(ValueError, match=f"{name} expects a list"):
            layer.forward(odd)
    with pytest.raises(ValueError, match="dtype"):
        layer.forward([X, X.astype("float64")])


# -- layers: unusual, but right -----------------------------------------------------------------------------


@every_layer
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("training", [False, True])
def test_the_dtype_is_kept_whatever_the_options_are(name, dtype, training, rng):
    """All options above are NumPy's float64 numbers."""
    layer, X = LAYERS[name](rng, dtype), batch(rng, name, dtype)
    Y = layer.forward(X, training=training)
    dX = layer.backward(np.ones_like(Y))
    arrays = [Y, dX, *layer.params.values(), *layer.grads.values(), *layer.state.values()]
    assert {str(array.dtype) for array in arrays} == {dtype}
    assert type(layer.penalty()) is float


LAYOUTS = {
    "Fortran": np.asfortranarray,
    "negative strides": lambda X: X[::-1, ..., ::-1].copy()[::-1, ..., ::-1],
    "every other": lambda X: np.repeat(np.repeat(X, 2, axis=0), 3, axis=-1)[::2, ..., ::3],
    "transposed": lambda X: np.moveaxis(np.moveaxis(X, -1, 0).copy(), 0, -1),
    "read-only": lambda X: np.broadcast_to(X, X.shape),
    "a view of zeros": lambda X: np.lib.stride_tricks.as_strided(
        np.full(1, 2, X.dtype), X.shape, (0,) * X.ndim
    ),
}


@every_layer
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_the_layout_in_memory_changes_nothing(name, layout, rng):
    X0, runs = batch(rng, name, "float64"), []
    for prepared in (np.ascontiguousarray, lambda A: A):
        layer = LAYERS[name](np.random.default_rng(7), "float64")
        Y = layer.forward(prepared(layout(X0)), training=True)
        dY = layout(np.cos(np.arange(Y.size)).reshape(Y.shape))
        runs.append([Y, layer.backward(prepared(dY)), *layer.grads.values()])
    for wanted, got in zip(*runs, strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-12, atol=1e-13)


IMAGE_PAIRS = [p for p in PAIRS if p.kind == "layer" and len(p.shape) == 4 and p.inputs == 1 and not p.single]


def finds_no_place(layer, X):
    """Does Keras' window fit nowhere? Then it refuses, or (pooling) its output has no pixels."""
    try:
        return 0 in layer(X).shape
    except Exception as error:
        return "negative" in str(error)


def is_like_keras(pair, options, X, rng, keras):
    """Forward and every gradient are (True), or both refuse (False)."""
    try:
        pair.make(rng, **options).forward(X)
    except ValueError:
        assert "Transpose" in pair.name or finds_no_place(pair.keras(keras, **options), X)
        return False
    for mode in pair.modes:
        compare_layer(pair, options, mode, rng, keras, X.shape)
    return True


@pytest.mark.parametrize("pair", IMAGE_PAIRS, ids=lambda p: p.name)
@pytest.mark.parametrize("size", [(1, 1), (1, 4), (4, 1)], ids=str)
def test_images_of_one_pixel_are_keras(pair, size, rng, keras):
    X = np.ones((2, *size, pair.shape[-1]))
    computed = sum(is_like_keras(pair, options, X, rng, keras) for options in pair.variants())
    assert computed > 0


KERNELS = ("Conv2D", "DepthwiseConv2D", "SeparableConv2D", "Conv2DTranspose")
WINDOWS = {
    "even, same": {"kernel_size": (2, 4), "padding": "same"},
    "even, same, strides": {"kernel_size": 4, "strides": 2, "padding": "same"},
    "strides beyond the kernel": {"kernel_size": 2, "strides": 4},
    "strides beyond the kernel, same": {"kernel_size": 1, "strides": 3, "padding": "same"},
    "strides beyond the image": {"kernel_size": 3, "strides": 9, "padding": "same"},
    "dilation beyond the image, same": {"kernel_size": 3, "dilation_rate": 7, "padding": "same"},
    "dilation, even": {"kernel_size": 2, "dilation_rate": 3},
}


@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize("options", WINDOWS.values(), ids=WINDOWS)
def test_odd_windows_are_keras(name, options, rng, keras):
    if name == "Conv2DTranspose" and "dilation_rate" in options:
        pytest.skip("TensorFlow dilates no transposed convolution on a CPU")
    pair = pair_of(name)
    given = next(pair.variants()) | options | {"l2": None}
    given = {key: value for key, value in given.items() if key in pair.options}
    compare_layer(pair, given, "training", rng, keras, (2, 6, 5, 2))


@pytest.mark.parametrize("name", ["MaxPool2D", "AveragePooling2D"])
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(("pool_size", "strides"), [(2, 4), ((2, 4), 1), (4, 3), (1, 2), (5, 9)])
def test_odd_pools_are_keras(name, padding, pool_size, strides, rng, keras):
    options = {"pool_size": pool_size, "strides": strides, "padding": padding}
    compare_layer(pair_of(name), options, "training", rng, keras, (2, 6, 5, 2))


PASSED_OVER = ("MaxPool2D",)  # TensorFlow's maximum passes a NaN over: the table of twins says so


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf], ids=str)
@pytest.mark.parametrize(
    "pair", [p for p in PAIRS if p.kind == "layer" and p.inputs == 1], ids=lambda p: p.name
)
def test_what_is_not_finite_spreads_as_in_keras(pair, value, rng, keras):
    if pair.name in PASSED_OVER and np.isnan(value):
        pytest.skip("TensorFlow's maximum passes a NaN over, ours does not: see the table of twins")
    options, X = next(pair.variants()), rng.normal(size=pair.shape)
    X[(1, *(0,) * (X.ndim - 1))] = value
    ours, theirs = pair.make(rng, **options), pair.keras(keras, **options)
    theirs.build(X.shape)
    order = [name for name in pair.order if name in ours.params | ours.state]
    theirs.set_weights([(ours.params | ours.state)[name] for name in order])
    with np.errstate(invalid="ignore"):
        Y = ours.forward(X)
    expected = theirs(X.astype("float32") if pair.single else X).numpy()
    assert not np.isfinite(Y).all() or np.isfinite(expected).all()
    np.testing.assert_allclose(Y, expected, rtol=1e-6, atol=1e-9)  # NaN where NaN is, inf where inf is


@every_layer
def test_an_empty_batch_stays_empty(name, rng):
    layer = LAYERS[name](rng, "float32")
    shape = layer.forward(batch(rng, name)).shape
    Y = layer.forward(batch(rng, name)[:0])
    assert Y.shape == (0, *shape[1:])
    dX = layer.backward(Y)
    assert dX.shape == (0, *shape_of(name)[1:])
    assert all(np.isfinite(g).all() for g in layer.grads.values())
