"""How weights start. Each is f(shape, *, rng, dtype="float32") -> array; `get` finds one by name.

The variances are derived in Session 01 C; fans are those of a dense kernel (in, out) or a
convolution kernel (kh, kw, in, out), as in Keras. Normal ones are cut off at two standard deviations and
widened by 1 / 0.8796, so that the *cut* distribution has the variance asked for.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import DTypeLike

Shape = tuple[int, ...]
Initializer = Callable[..., np.ndarray]

STD_OF_CUT_NORMAL = 0.87962566103423978  # of a standard normal cut off at ±2


def fans(shape: Shape) -> tuple[int, int]:
    """(fan in, fan out): how many inputs feed a unit, and how many outputs an input feeds."""
    if len(shape) < 2:
        raise ValueError(f"Fans need a kernel of rank 2 or more, (in, out), received shape {shape}.")
    receptive = int(np.prod(shape[:-2]))
    return receptive * shape[-2], receptive * shape[-1]


def _uniform(shape: Shape, variance: float, rng: np.random.Generator, dtype: DTypeLike) -> np.ndarray:
    limit = np.sqrt(3 * variance)  # the variance of U(-a, a) is a² / 3
    return rng.uniform(-limit, limit, shape).astype(dtype)


def _normal(shape: Shape, variance: float, rng: np.random.Generator, dtype: DTypeLike) -> np.ndarray:
    Z = rng.standard_normal(shape)
    while (outside := np.abs(Z) > 2).any():
        Z[outside] = rng.standard_normal(outside.sum())
    return (Z * np.sqrt(variance) / STD_OF_CUT_NORMAL).astype(dtype)


def zeros(
    shape: Shape, *, rng: np.random.Generator | None = None, dtype: DTypeLike = "float32"
) -> np.ndarray:
    """All zero: right for biases, fatal for kernels (nothing breaks the symmetry)."""
    return np.zeros(shape, dtype)


def glorot_uniform(shape: Shape, *, rng: np.random.Generator, dtype: DTypeLike = "float32") -> np.ndarray:
    """Uniform, variance 2 / (fan in + fan out). Glorot and Bengio (2010)."""
    return _uniform(shape, 2 / sum(fans(shape)), rng, dtype)


def glorot_normal(shape: Shape, *, rng: np.random.Generator, dtype: DTypeLike = "float32") -> np.ndarray:
    """Cut normal, variance 2 / (fan in + fan out). Glorot and Bengio (2010)."""
    return _normal(shape, 2 / sum(fans(shape)), rng, dtype)


def he_uniform(shape: Shape, *, rng: np.random.Generator, dtype: DTypeLike = "float32") -> np.ndarray:
    """Uniform, *variance* 2 / fan in: made for ReLU. He et al. (2015)."""
    return _uniform(shape, 2 / fans(shape)[0], rng, dtype)


def he_normal(shape: Shape, *, rng: np.random.Generator, dtype: DTypeLike = "float32") -> np.ndarray:
    """Cut normal, *variance* (not standard deviation) 2 / fan in: made for ReLU. He et al. (2015)."""
    return _normal(shape, 2 / fans(shape)[0], rng, dtype)


def lecun_uniform(shape: Shape, *, rng: np.random.Generator, dtype: DTypeLike = "float32") -> np.ndarray:
    """Uniform, variance 1 / fan in. LeCun et al. (1998)."""
    return _uniform(shape, 1 / fans(shape)[0], rng, dtype)


def lecun_normal(shape: Shape, *, rng: np.random.Generator, dtype: DTypeLike = "float32") -> np.ndarray:
    """Cut normal, variance 1 / fan in. LeCun et al. (1998)."""
    return _normal(shape, 1 / fans(shape)[0], rng, dtype)


BY_NAME: dict[str, Initializer] = {
    f.__name__: f
    for f in (zeros, glorot_uniform, glorot_normal, he_uniform, he_normal, lecun_uniform, lecun_normal)
}


def get(name: str | Initializer) -> Initializer:
    """The initialiser called `name` (a function is returned as it is). Raises ValueError for others."""
    if callable(name):
        return name
    if name not in BY_NAME:
        raise ValueError(f"Expected an initialiser among {', '.join(BY_NAME)}, received {name!r}.")
    return BY_NAME[name]
