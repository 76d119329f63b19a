"""Where a base gets its weights from: ImageNet (downloaded by Keras), ours (bundled), a file, or nowhere.

An .npz of weights has one array a variable, named "layer/variable" ("Conv1/kernel"), and no pickles. Stored
in float16 a MobileNetV2 of α = 0.35 takes 0.8 MB. Everything in a file is checked before anything is
assigned.
"""

from __future__ import annotations

import warnings
import zipfile
import zlib
from os import PathLike
from pathlib import Path

import keras
import numpy as np

from . import bases
from .files import atomic

__all__ = [
    "BUNDLED",
    "BUNDLED_ALPHA",
    "WeightsUnavailable",
    "atomic",
    "load_base",
    "load_weights",
    "save_base_weights",
]

BUNDLED = Path(__file__).with_name("pretrained") / "mobilenet_v2_0.35.npz"
BUNDLED_ALPHA = 0.35
ADVICE = (
    'Offline, choose weights="bundled" (--weights bundled: ours, for mobilenet with α = 0.35), '
    'weights="none" '
    "(--weights none: random), or the path of a .weights.h5 or .npz file (--weights FILE)."
)
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)


class WeightsUnavailable(FileNotFoundError):
    """The weights that were asked for cannot be had here; the message says which can."""


def load_base(
    name: str,
    input_shape: tuple[int, int, int],
    weights: str | PathLike[str],
    alpha: float,
    seed: int | None = None,
) -> keras.Model:
    """The base `name` with its weights: "imagenet", "bundled", "none" (drawn from `seed`) or a file.

    Raises WeightsUnavailable where they cannot be had, ValueError where they do not fit.
    """
    if weights == "imagenet":
        return _imagenet(name, input_shape, alpha)
    if weights == "bundled":
        _check_bundled(name, alpha)
    base = bases.build_base(name, input_shape, None, alpha)
    if weights == "none":
        bases.set_momentum(base, bases.FROM_SCRATCH_MOMENTUM)
        if seed is not None:
            bases.redraw(base, seed)
    else:
        load_weights(base, BUNDLED if weights == "bundled" else weights)
    return base


def _imagenet(name: str, input_shape: tuple[int, int, int], alpha: float) -> keras.Model:
    title = bases.BASES[name].title
    try:
        return bases.build_base(name, input_shape, "imagenet", alpha)
    except Exception as error:  # Keras raises a bare Exception when a download fails
        text = str(error)
        damaged = "corrupted" in text
        if damaged or "URL fetch failure" in text or isinstance(error, OSError):
            state = "arrived damaged" if damaged else "could not be downloaded"
            raise WeightsUnavailable(f"The ImageNet weights of {title} {state}: {text}. {ADVICE}") from error
        if "alpha" in text:
            raise ValueError(f"ImageNet weights of {title}: {text} {ADVICE}") from error
        raise


def _check_bundled(name: str, alpha: float) -> None:
    if name != "mobilenet" or alpha != BUNDLED_ALPHA:
        raise ValueError(
            f'weights="bundled" expects base_model="mobilenet" with alpha={BUNDLED_ALPHA}, received '
            f"{name!r} with "
            f'alpha={alpha}: choose these, or weights="imagenet", "none" or a file.'
        )
    if not BUNDLED.is_file():
        raise WeightsUnavailable(
            f"The bundled weights are missing from this installation ({BUNDLED.name}). Install the "
            "package again, "
            'make them with `python -m neuropath.project.pretrain`, or choose weights="imagenet" or "none".'
        )


def load_weights(base: keras.Model, path: str | PathLike[str]) -> None:
    """Fill the base from a .weights.h5, .h5 or .npz file. ValueError where it holds another architecture."""
    path = Path(path)
    if not path.is_file():
        raise WeightsUnavailable(
            f'weights expects "imagenet", "bundled", "none" or the path of a file, received {str(path)!r}, '
            "which is no file."
        )
    if path.suffix == ".npz":
        _load_npz(base, path)
    elif path.suffix in (".h5", ".hdf5"):
        _load_h5(base, path)
    else:
        raise ValueError(
            f"weights expects a file that ends in .weights.h5, .h5 or .npz, received {str(path)!r}. A "
            "whole model "
            "(.keras) is opened with NeuropathologyModel.load_model."
        )


def _load_h5(base: keras.Model, path: Path) -> None:
    try:
        with warnings.catch_warnings():  # Keras only warns where it leaves layers with random weights
            warnings.filterwarnings("error", message=".*freshly-initialized")
            base.load_weights(path)
    except (ValueError, KeyError, OSError, UserWarning) as error:
        first = str(error).strip().splitlines()[0]
        raise ValueError(
            f"weights expects weights of {base.name} ({len(base.weights)} arrays, "
            f"{base.count_params():,} numbers), "
            f"received {path}, which is damaged or of another architecture: {first} "
            "Choose the base and alpha the file was made for, or another file."
        ) from error


def _named(base: keras.Model) -> dict[str, keras.Variable]:
    return {f"{layer.name}/{variable.name}": variable for layer in base.layers for variable in layer.weights}


def _load_npz(base: keras.Model, path: Path) -> None:
    variables = _named(base)
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (*DAMAGED, ValueError) as error:
        raise ValueError(
            f"weights expects an .npz written by save_base_weights, received {path}, which is damaged "
            "or something "
            f"else ({error}): copy it again."
        ) from error
    expected = {name: tuple(variable.shape) for name, variable in variables.items()}
    received = {name: array.shape for name, array in arrays.items()}
    if expected != received:
        wrong = sorted({n for n in expected.keys() | received.keys() if expected.get(n) != received.get(n)})
        first = f"{wrong[0]}: expected {expected.get(wrong[0])}, received {received.get(wrong[0])}"
        raise ValueError(
            f"weights expects the {len(expected)} arrays of {base.name}, received {path}, where "
            f"{len(wrong)} differ "
            f"(the first is {first}): choose the base and alpha the file was made for, or another file."
        )
    for name, variable in variables.items():  # nothing was assigned before everything was checked
        variable.assign(arrays[name].astype("float32"))


def save_base_weights(base: keras.Model, path: str | PathLike[str], dtype: str = "float16") -> None:
    """Write the weights of a base as .npz, atomically. ValueError if a number does not fit into `dtype`."""
    if Path(path).suffix != ".npz":
        raise ValueError(f"save_base_weights expects a path that ends in .npz, received {str(path)!r}.")
    arrays = {name: keras.ops.convert_to_numpy(variable.value) for name, variable in _named(base).items()}
    limit = float(np.finfo(dtype).max)
    if large := [name for name, array in arrays.items() if not np.abs(array).max() <= limit]:
        raise ValueError(
            f"save_base_weights expects finite numbers up to {limit:g} ({dtype}), not so in {large[:3]}."
        )
    with atomic(path) as temporary, open(temporary, "wb") as file:
        np.savez_compressed(file, **{name: array.astype(dtype) for name, array in arrays.items()})
