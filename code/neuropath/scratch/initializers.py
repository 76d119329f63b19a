"""How weights start. Each is f(shape, *, rng, dtype="float32") -> array; `get` finds one by name.

The variances are derived in thm-s01c-init for a whole network; fans are those of a dense kernel (in, out) or
a convolution kernel (kh, kw, in, out), as in Keras. Normal ones are cut off at two standard deviations and
widened by 1 / 0.8796, so that the *cut* distribution has the variance asked for. Options, where there are
any, are fixed by `functools.partial(orthogonal, gain=2.0)`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import DTypeLike

from .checks import is_number

Shape = tuple[int, ...]
Initializer = Callable[..., np.ndarray]

STD_OF_CUT_NORMAL = 0.87962566103423978  # of a standard normal cut off at ±2


def fans(shape: Shape) -> tuple[int, int]:
    """(fan in, fan out), what feeds a unit and what an input feeds: eq-engine-fans (page engine)."""
    if len(shape) < 2:
        raise ValueError(f"Fans need a kernel of rank 2 or more, (in, out), received shape {shape}.")
    receptive = int(np.prod(shape[:-2]))
    return max(1, receptive * shape[-2]), max(1, receptive * shape[-1])


def _uniform(shape: Shape, variance: float, rng: np.random.Generator, dtype: DTypeLike) -> np.ndarray:
    limit = np.sqrt(3 * variance)  # the variance of U(-a, a) is a² / 3
    return random_uniform(shape, rng=rng, dtype=dtype, minval=-limit, maxval=limit)


def _normal(shape: Shape, variance: float, rng: np.random.Generator, dtype: DTypeLike) -> np.ndarray:
    stddev = np.sqrt(variance) / STD_OF_CUT_NORMAL
    return truncated_normal(shape, rng=rng, dtype=dtype, stddev=stddev)


def zeros(
    shape: Shape, *, rng: np.random.Generator | None = None, dtype: DTypeLike = "float32"
) -> np.ndarray:
    """All zero: right for biases, fatal for kernels (nothing breaks the symmetry: prop-s01c-symmetry)."""
    return np.zeros(shape, dtype)


def ones(shape: Shape, *, rng: np.random.Generator | None = None, dtype: DTypeLike = "float32") -> np.ndarray:
    """All one: right for the scale γ of a normalisation. Twin: `keras.initializers.Ones`."""
    return np.ones(shape, dtype)


def random_uniform(
    shape: Shape,
    *,
    rng: np.random.Generator,
    dtype: DTypeLike = "float32",
    minval: float = -0.05,
    maxval: float = 0.05,
) -> np.ndarray:
    """Uniform between two bounds, whatever the shape.

    Its variance: eq-engine-init-uniform (page engine). Twin: `keras.initializers.RandomUniform`.
    """
    if not (is_number(minval) and is_number(maxval) and minval <= maxval):
        raise ValueError(
            f"random_uniform expects finite minval <= maxval, received {minval} and {maxval}: swap them?"
        )
    return check_rng(rng).uniform(minval, maxval, shape).astype(dtype)


def random_normal(
    shape: Shape,
    *,
    rng: np.random.Generator,
    dtype: DTypeLike = "float32",
    mean: float = 0.0,
    stddev: float = 0.05,
) -> np.ndarray:
    """Normal, not cut off: eq-engine-init-normal (page engine). Twin: `keras.initializers.RandomNormal`."""
    _check_spread("random_normal", mean, stddev)
    return (mean + stddev * check_rng(rng).standard_normal(shape)).astype(dtype)


def truncated_normal(
    shape: Shape,
    *,
    rng: np.random.Generator,
    dtype: DTypeLike = "float32",
    mean: float = 0.0,
    stddev: float = 0.05,
) -> np.ndarray:
    """Normal, drawn again beyond two standard deviations: what is left has 0.8796 of stddev.

    Derived in eq-engine-init-truncated (page engine). Twin: `keras.initializers.TruncatedNormal`.
    """
    _check_spread("truncated_normal", mean, stddev)
    Z = np.asarray(check_rng(rng).standard_normal(shape))
    while (outside := np.abs(Z) > 2).any():
        Z[outside] = rng.standard_normal(outside.sum())
    return (mean + stddev * Z).astype(dtype)


def orthogonal(
    shape: Shape, *, rng: np.random.Generator, dtype: DTypeLike = "float32", gain: float = 1.0
) -> np.ndarray:
    """Orthonormal columns (or rows, whichever are fewer) times gain. Wide (in ≤ out), gain 1: lengths stay.

    A kernel (…, in, out) counts as the matrix (… · in, out). Q of the QR decomposition of a normal matrix is
    uniform among the orthogonal ones once R's diagonal is made positive. Derived in eq-engine-init-orthogonal
    (page engine); Saxe et al. (2013). Twin: `keras.initializers.Orthogonal`. Raises ValueError for a shape of
    rank below 2.
    """
    if len(shape) < 2:
        raise ValueError(f"orthogonal expects a kernel of rank 2 or more, (in, out), received shape {shape}.")
    _check_spread("orthogonal", 0, gain)
    rows, columns = int(np.prod(shape[:-1])), shape[-1]
    tall = check_rng(rng).standard_normal((max(rows, columns), min(rows, columns)))
    Q, R = np.linalg.qr(tall)
    Q *= np.sign(np.diag(R))
    return (gain * (Q if rows >= columns else Q.T).reshape(shape)).astype(dtype)


def glorot_uniform(shape: Shape, *, rng: np.random.Generator, dtype: DTypeLike = "float32") -> np.ndarray:
    """Uniform, variance 2 / (fan in + fan out).

    Derived in eq-engine-init-both, eq-engine-init-uniform (page engine); Glorot and Bengio (2010).
    """
    return _uniform(shape, 2 / sum(fans(shape)), rng, dtype)


def glorot_normal(shape: Shape, *, rng: np.random.Generator, dtype: DTypeLike = "float32") -> np.ndarray:
    """Cut normal, variance 2 / (fan in + fan out).

    Derived in eq-engine-init-both, eq-engine-init-truncated (page engine); Glorot and Bengio (2010).
    """
    return _normal(shape, 2 / sum(fans(shape)), rng, dtype)


def he_uniform(shape: Shape, *, rng: np.random.Generator, dtype: DTypeLike = "float32") -> np.ndarray:
    """Uniform, *variance* 2 / fan in: made for ReLU.

    Derived in eq-engine-init-relu, eq-engine-init-uniform (page engine); He et al. (2015).
    """
    return _uniform(shape, 2 / fans(shape)[0], rng, dtype)


def he_normal(shape: Shape, *, rng: np.random.Generator, dtype: DTypeLike = "float32") -> np.ndarray:
    """Cut normal, *variance* (not standard deviation) 2 / fan in: made for ReLU.

    Derived in eq-engine-init-relu, eq-engine-init-truncated (page engine); He et al. (2015).
    """
    return _normal(shape, 2 / fans(shape)[0], rng, dtype)


def lecun_uniform(shape: Shape, *, rng: np.random.Generator, dtype: DTypeLike = "float32") -> np.ndarray:
    """Uniform, variance 1 / fan in.

    Derived in eq-engine-init-forward, eq-engine-init-uniform (page engine); LeCun et al. (1998).
    """
    return _uniform(shape, 1 / fans(shape)[0], rng, dtype)


def lecun_normal(shape: Shape, *, rng: np.random.Generator, dtype: DTypeLike = "float32") -> np.ndarray:
    """Cut normal, variance 1 / fan in.

    Derived in eq-engine-init-forward, eq-engine-init-truncated (page engine); LeCun et al. (1998).
    """
    return _normal(shape, 1 / fans(shape)[0], rng, dtype)


def check_rng(rng: np.random.Generator) -> np.random.Generator:
    """The generator, or TypeError for a seed, None or NumPy's old RandomState."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"Expected rng=np.random.default_rng(seed), received {type(rng).__name__}.")
    return rng


def _check_spread(owner: str, mean: float, spread: float) -> None:
    if not (is_number(mean) and is_number(spread) and spread >= 0):
        raise ValueError(f"{owner} expects finite numbers and a spread >= 0, received {mean} and {spread}.")


BY_NAME: dict[str, Initializer] = {
    f.__name__: f
    for f in (zeros, glorot_uniform, glorot_normal, he_uniform, he_normal, lecun_uniform, lecun_normal)
}
# Whose spread does not come from the fans.
UNSCALED: dict[str, Initializer] = {
    f.__name__: f for f in (ones, orthogonal, random_uniform, random_normal, truncated_normal)
}


def get(name: str | Initializer) -> Initializer:
    """The initialiser called `name` (a function is returned as it is). Raises ValueError for others."""
    if callable(name):
        return name
    known = BY_NAME | UNSCALED
    if name not in known:
        raise ValueError(f"Expected an initialiser among {', '.join(known)}, received {name!r}.")
    return known[name]
