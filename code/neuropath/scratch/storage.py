"""A model's numbers in an .npz file: arrays "params/dense_1/W", "state/…", a format version and the layers.

Writing is atomic: a temporary file beside the target, then os.replace. Reading allows no pickles, checks
everything, and only then assigns anything.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .flat import named

if TYPE_CHECKING:
    from .sequential import Sequential

VERSION = 1
SIGNATURE = ("neuropath/version", "neuropath/layers")
ROOM = 1 << 20  # bytes for signature and headers
KINDS = {b"": "an empty file", b"\x93NUM": "a single .npy array", b"\x89HDF": "an HDF5 file (Keras weights)"}


def save(model: Sequential, path: str | PathLike[str]) -> None:
    """Write the model to `path`, whole or not at all. Raises ValueError unless it ends in .npz."""
    path = Path(path)
    if path.suffix != ".npz":
        raise ValueError(f"save expects a path that ends in .npz, received {str(path)!r}.")
    if not path.parent.is_dir():
        raise FileNotFoundError(
            f"save expects an existing folder, received {str(path.parent)!r}: make it first."
        )
    arrays: dict[str, Any] = _arrays(model)
    arrays |= {
        "neuropath/version": np.array(VERSION),
        "neuropath/layers": np.array(_layers(model)),
    }
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        with open(temporary, "wb") as file:
            np.savez(file, **arrays)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def load(model: Sequential, path: str | PathLike[str]) -> None:
    """Fill the model from `path`. Raises ValueError for a file that `save` did not write for these layers."""
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f"load expects a file that save wrote, received {str(path)!r}, which is no file."
        )
    _check_kind(path)
    arrays = _arrays(model)
    with open(path, "rb") as file:
        with _damage_named(path):
            archive = np.load(file, allow_pickle=False)
            head = _unpack(archive, set(SIGNATURE) & set(archive.files), ROOM)
        _check_origin(model, head, archive.files, path)
        with _damage_named(path):  # 16 bytes a number: another dtype has a message of its own below
            contents = _unpack(archive, archive.files, ROOM + 16 * sum(a.size for a in arrays.values()))
    for name, array in arrays.items():
        _check_array(name, array, contents, path)
    for name, array in arrays.items():  # nothing was assigned before everything was checked
        array[...] = contents[name]


def to_keras(model: Sequential, keras_model: Any) -> None:
    """Copy parameters and moving statistics into a Keras model of the same layers, which is handed in.

    Raises ValueError where the shapes differ.
    """
    weights, shapes = get_weights(model), [tuple(w.shape) for w in keras_model.get_weights()]
    expected = [w.shape for w in weights]
    if shapes != expected:
        raise ValueError(f"to_keras expects a Keras model with weights {expected}, received {shapes}.")
    keras_model.set_weights(weights)


def get_weights(model: Sequential) -> list[np.ndarray]:
    """Copies of all numbers in Keras' order: layer by layer, parameters before moving statistics."""
    return [array.copy() for array in _in_order(model)]


def set_weights(model: Sequential, weights: Sequence[np.ndarray]) -> None:
    """Write what `get_weights` gave into the model's arrays. Raises ValueError where the shapes differ."""
    arrays = _in_order(model)
    expected, received = [a.shape for a in arrays], [np.shape(w) for w in weights]
    if received != expected:
        raise ValueError(f"set_weights expects arrays of shapes {expected}, received {received}.")
    for array, weight in zip(arrays, weights, strict=True):
        array[...] = weight


def _in_order(model: Sequential) -> list[np.ndarray]:
    layers = [(layer.params, getattr(layer, "state", {})) for layer in model.layers]
    return [array for params, state in layers for array in (*params.values(), *state.values())]


def _arrays(model: Sequential) -> dict[str, np.ndarray]:
    """The model's own arrays under the names they have in a file."""
    state = named(model.names, [getattr(layer, "state", {}) for layer in model.layers])
    return {f"params/{n}": a for n, a in model.params.items()} | {f"state/{n}": a for n, a in state.items()}


def _layers(model: Sequential) -> list[str]:
    """One line a layer: its name and the shapes of its parameters."""
    return [
        " ".join([name, *(f"{key}{p.shape}".replace(" ", "") for key, p in layer.params.items())])
        for name, layer in zip(model.names, model.layers, strict=True)
    ]


def _check_kind(path: Path) -> None:
    """Does the file begin as an .npz file does?"""
    with open(path, "rb") as file:
        first = file.read(4)
    if first not in (b"PK\x03\x04", b"PK\x05\x06"):
        pickled = "a pickle, which could run any code and is never opened"
        kind = KINDS.get(first, pickled if first[:1] == b"\x80" else "another kind of file")
        raise ValueError(
            f"load expects an .npz file written by save, received {path}: {kind}. "
            "Save the model again with model.save."
        )


def _unpack(archive: Any, names: Iterable[str], limit: int) -> dict[str, np.ndarray]:
    """These arrays of an .npz file, unless together they hold more bytes than `limit`.

    A file of a kilobyte can unpack to gigabytes; its own table says so before anything is unpacked.
    """
    sizes = {member.filename.removesuffix(".npy"): member.file_size for member in archive.zip.infolist()}
    names = list(names)
    if (total := sum(sizes[name] for name in names)) > limit:
        raise ValueError(f"{total:,} bytes once unpacked, expected at most {limit:,} for this model")
    arrays = {name: archive[name] for name in names}
    if odd := [name for name, array in arrays.items() if not isinstance(array, np.ndarray)]:
        raise ValueError(f"{odd[0]} is no array")
    return arrays


@contextmanager
def _damage_named(path: Path) -> Iterator[None]:
    """Whatever a decoder trips over becomes one ValueError that names the file and what to do."""
    try:
        yield
    except Exception as error:  # zip, lzma, tokenize, memory: each decoder has errors of its own
        if "allow_pickle" in str(error):
            problem = "with pickled objects inside, which could run any code and are never opened"
        else:
            problem = f"truncated or damaged ({path.stat().st_size} bytes; {str(error)[:200]})"
        raise ValueError(
            f"load expects an .npz file written by save, received {path}, {problem}: "
            "copy it again, or save the model again with model.save."
        ) from error


def _check_origin(model: Sequential, head: Mapping[str, np.ndarray], held: list[str], path: Path) -> None:
    """Was the file written by this version of save, for the same layers?"""
    if len(head) < len(SIGNATURE):
        names = ", ".join(held[:4]) or "nothing"
        raise ValueError(
            f"load expects a file written by save, received {path} by somebody else, with {names}: "
            "fill its arrays into model.params by hand."
        )
    version = head["neuropath/version"]
    if version.shape != () or version != VERSION:
        raise ValueError(
            f"load expects format version {VERSION}, received {version} in {path}: "
            "use the neuropath that wrote it, or save the model again."
        )
    expected, received = _layers(model), head["neuropath/layers"].tolist()
    if received != expected:
        raise ValueError(
            f"load expects the model's layers, {expected}, received {received} in {path}: "
            "build the model with the layers it was saved with."
        )


def _check_array(name: str, array: np.ndarray, contents: Mapping[str, np.ndarray], path: Path) -> None:
    """Is this array there, in the model's own shape and dtype?"""
    if name not in contents:
        raise ValueError(f"load expects an array {name!r}, received {path} without it: save the model again.")
    received = contents[name]
    if received.shape != array.shape or received.dtype != array.dtype:
        raise ValueError(
            f"load expects {name!r} as {array.dtype} of shape {array.shape}, received {received.dtype} of "
            f"shape {received.shape} in {path}: build the model with the same sizes and dtype."
        )
