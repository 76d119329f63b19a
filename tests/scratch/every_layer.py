"""One of each public layer, and how its input is shaped: what the tests of bad input go through."""

import numpy as np

from neuropath import scratch as nn

IMAGES = (2, 6, 5, 4)
HALF = np.float64(0.5)  # NumPy's own float64 numbers: they must not make float64 of float32 arrays
_kernels = {"use_bias": True}

LAYERS = {  # make(rng, dtype)
    "Dense": lambda rng, dtype: nn.Dense(4, 3, rng=rng, kernel_regularizer=nn.L1L2(HALF, HALF), dtype=dtype),
    "ReLU": lambda rng, dtype: nn.ReLU(),
    "ReLU6": lambda rng, dtype: nn.ReLU(np.float64(6)),
    "ReLU-leaky": lambda rng, dtype: nn.ReLU(np.float64(6), HALF, HALF),
    "Sigmoid": lambda rng, dtype: nn.Sigmoid(),
    "Tanh": lambda rng, dtype: nn.Tanh(),
    "Softmax": lambda rng, dtype: nn.Softmax(),
    "GELU": lambda rng, dtype: nn.GELU(),
    "GELU-tanh": lambda rng, dtype: nn.GELU(approximate=True),
    "Swish": lambda rng, dtype: nn.Swish(),
    "Flatten": lambda rng, dtype: nn.Flatten(),
    "Reshape": lambda rng, dtype: nn.Reshape((-1, 2)),
    "Dropout": lambda rng, dtype: nn.Dropout(HALF, rng=rng),
    "Rescaling": lambda rng, dtype: nn.Rescaling(HALF, HALF, dtype=dtype),
    "Conv2D": lambda rng, dtype: nn.Conv2D(
        4, 3, 3, rng=rng, kernel_regularizer=nn.L2(HALF), dtype=dtype, **_kernels
    ),
    "DepthwiseConv2D": lambda rng, dtype: nn.DepthwiseConv2D(4, 3, rng=rng, dtype=dtype, **_kernels),
    "SeparableConv2D": lambda rng, dtype: nn.SeparableConv2D(4, 3, 3, rng=rng, dtype=dtype, **_kernels),
    "Conv2DTranspose": lambda rng, dtype: nn.Conv2DTranspose(4, 3, 3, 2, rng=rng, dtype=dtype, **_kernels),
    "MaxPool2D": lambda rng, dtype: nn.MaxPool2D(3, 2, "same"),
    "AveragePooling2D": lambda rng, dtype: nn.AveragePooling2D(3, 2, "same"),
    "GlobalAveragePooling2D": lambda rng, dtype: nn.GlobalAveragePooling2D(),
    "GlobalMaxPool2D": lambda rng, dtype: nn.GlobalMaxPool2D(),
    "ZeroPadding2D": lambda rng, dtype: nn.ZeroPadding2D(),
    "UpSampling2D": lambda rng, dtype: nn.UpSampling2D(),
    "UpSampling2D-bilinear": lambda rng, dtype: nn.UpSampling2D(3, "bilinear"),
    "BatchNormalization": lambda rng, dtype: nn.BatchNormalization(4, HALF, HALF, dtype=dtype),
    "LayerNormalization": lambda rng, dtype: nn.LayerNormalization(4, HALF, dtype=dtype),
    "GroupNormalization": lambda rng, dtype: nn.GroupNormalization(4, 2, HALF, dtype=dtype),
}
LISTS = {"Add": lambda rng, dtype: nn.Add(), "Concatenate": lambda rng, dtype: nn.Concatenate()}
ONLY_MOVES = ("Flatten", "Reshape")  # and takes what is no float, as Keras does


def shape_of(name):
    """The shape of the batch that this layer is given."""
    return (5, 4) if name == "Dense" else IMAGES


def batch(rng, name, dtype="float32"):
    """Random numbers in that shape, none of them 0."""
    return (3 * rng.normal(size=shape_of(name))).astype(dtype)
