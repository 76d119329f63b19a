"""The course's data: `load("digits")` needs no network, `load("mnist")` downloads once into Keras' cache.

Every loader returns a `Dataset`; print it to see source, licence, counts per class, size and cache.
"""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

__all__ = ["Dataset", "DatasetError", "load"]

MNIST_URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"  # as keras.datasets.mnist
MNIST_SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
MNIST_ARRAYS = {
    "x_train": (60000, 28, 28),
    "y_train": (60000,),
    "x_test": (10000, 28, 28),
    "y_test": (10000,),
}
OFFLINE = 'load("digits") needs neither file nor network'
DIGITS = tuple("0123456789")


class DatasetError(RuntimeError):
    """A data set could not be read; the message says what was expected, what came, and what to do."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images (N, H, W), float32 in [0, 1], with integer labels, split into train, validation and test."""

    X_train: np.ndarray
    y_train: np.ndarray
    X_val: np.ndarray
    y_val: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray
    class_names: tuple[str, ...]
    name: str
    source: str
    licence: str
    cached: str  # where the file lies

    def __str__(self) -> str:
        parts = {"train": self.y_train, "val": self.y_val, "test": self.y_test}
        height, width = self.X_train.shape[1:3]
        size = sum(X.nbytes for X in (self.X_train, self.X_val, self.X_test)) / 1e6
        total = sum(len(y) for y in parts.values())
        lines = [
            f"{self.name}: {total:,} images of {height}×{width}, float32 in [0, 1], {size:.1f} MB in memory"
        ]
        lines += [f"source: {self.source}", f"licence: {self.licence}", f"read from: {self.cached}"]
        lines.append("class".ljust(6) + "".join(name.rjust(7) for name in self.class_names) + "    total")
        for part, y in parts.items():
            counts = np.bincount(y, minlength=len(self.class_names))
            lines.append(part.ljust(6) + "".join(f"{n:7,}" for n in counts) + f"{len(y):9,}")
        return "\n".join(lines)

    __repr__ = __str__


def load(name: str, *, path: str | os.PathLike[str] | None = None, seed: int = 0) -> Dataset:
    """Load "digits" (the default, offline) or "mnist", split by class in the same proportions with `seed`.

    digits: 70/15/15. mnist: the official 10,000 test images; a tenth of the 60,000 others is for validation.
    mnist is looked for at `path` (a file, or a folder that holds mnist.npz), in the folder that the variable
    NEUROPATH_DATA names, and in Keras' cache, into which it is downloaded if need be. Raises DatasetError.
    """
    if name == "digits":
        return _digits(seed)
    if name == "mnist":
        return _mnist(Path(path).expanduser() if path is not None else None, seed)
    raise ValueError(f'expected the name "digits" or "mnist", received {name!r}')


def _digits(seed: int) -> Dataset:
    import sklearn.datasets

    bunch = sklearn.datasets.load_digits()
    X, y = (bunch.images / 16).astype("float32"), bunch.target.astype("int64")  # counts 0..16 -> [0, 1]
    train, val, test = _stratified(y, (0.7, 0.15, 0.15), seed)
    return Dataset(
        *(X[train], y[train], X[val], y[val], X[test], y[test]),
        class_names=DIGITS,
        name="digits",
        source="Alpaydin & Kaynak (1998), Optical Recognition of Handwritten Digits, doi 10.24432/C50P49",
        licence="CC BY 4.0 (UCI Machine Learning Repository)",
        cached=f"scikit-learn {sklearn.__version__}, which ships it: no download",
    )


def _mnist(path: Path | None, seed: int) -> Dataset:
    file = _mnist_file(path)
    arrays = _verified(file)
    X, y = _unit(arrays["x_train"]), arrays["y_train"].astype("int64")
    train, val = _stratified(y, (0.9, 0.1), seed)
    return Dataset(
        *(X[train], y[train], X[val], y[val], _unit(arrays["x_test"]), arrays["y_test"].astype("int64")),
        class_names=DIGITS,
        name="mnist",
        source="LeCun, Cortes & Burges, The MNIST database of handwritten digits, via keras.datasets",
        licence="CC BY-SA 3.0; copyright Yann LeCun and Corinna Cortes",
        cached=str(file),
    )


def _unit(X: np.ndarray) -> np.ndarray:
    return X.astype("float32") / np.float32(255)


def _stratified(y: np.ndarray, fractions: tuple[float, ...], seed: int) -> list[np.ndarray]:
    """Shuffled indices of each part; every class is cut in the same proportions."""
    rng = np.random.default_rng(seed)
    parts: list[list[np.ndarray]] = [[] for _ in fractions]
    for label in np.unique(y):
        members = rng.permutation(np.flatnonzero(y == label))
        cuts = np.round(np.cumsum(fractions)[:-1] * len(members)).astype(int)
        for part, piece in zip(parts, np.split(members, cuts), strict=True):
            part.append(piece)
    return [rng.permutation(np.concatenate(part)) for part in parts]


def _mnist_file(path: Path | None) -> Path:
    """Where mnist.npz lies; downloaded only if it is nowhere."""
    if path is not None:
        file = path / "mnist.npz" if path.is_dir() else path
        if not file.is_file():
            raise DatasetError(f"expected mnist.npz at {file}, but no such file is there. {OFFLINE}.")
        return file
    home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    folders = [Path(os.environ["NEUROPATH_DATA"])] if os.environ.get("NEUROPATH_DATA") else []
    for folder in [*folders, home / "datasets"]:
        if (folder / "mnist.npz").is_file():
            return folder / "mnist.npz"
    return _download(home / "datasets")


def _download(folder: Path) -> Path:
    """Fetch mnist.npz beside its place, verify its hash, move it there in one step: never half a file."""
    from neuropath.lessons.setup import import_keras

    try:
        import_keras()
        import keras

        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".mnist-") as scratch:
            got = keras.utils.get_file(
                "mnist.npz", MNIST_URL, cache_dir=scratch, cache_subdir="", file_hash=MNIST_SHA256
            )
            os.replace(got, folder / "mnist.npz")
    except Exception as error:  # urllib, the file system, a failed hash, Keras missing: one message for all
        reason = f"{type(error).__name__}: {error}".split("\n")[0]
        raise DatasetError(
            f"MNIST (11 MB) is not in {folder} and could not be downloaded ({reason}). {OFFLINE}; "
            'or put mnist.npz into a folder and name that with load("mnist", path=…) or in NEUROPATH_DATA.'
        ) from None
    return folder / "mnist.npz"


def _verified(file: Path) -> dict[str, np.ndarray]:
    """The four arrays of MNIST, or a message on what the file is instead. Pickles are never opened."""
    try:
        with file.open("rb") as stream:
            archive = np.load(stream, allow_pickle=False)
            if isinstance(archive, np.ndarray):
                raise _foreign(file, "it is a single array")
            if missing := MNIST_ARRAYS.keys() - set(archive.files):
                raise _foreign(file, f"it lacks {', '.join(sorted(missing))}")
            arrays = {name: np.asarray(archive[name]) for name in MNIST_ARRAYS}
    except DatasetError:
        raise
    except Exception as error:  # zip, lzma, tokenize, memory, pickle: each decoder has errors of its own
        raise _foreign(file, f"it is truncated or of another kind ({error})") from None
    for name, shape in MNIST_ARRAYS.items():
        array = arrays[name]
        if array.shape != shape or array.dtype != np.uint8:
            raise _foreign(file, f"its {name} is {array.dtype} {array.shape}, not uint8 {shape}")
        if name.startswith("y") and array.max() > 9:
            raise _foreign(file, f"its {name} holds the label {array.max()}, beyond 9")
    return arrays


def _foreign(file: Path, found: str) -> DatasetError:
    return DatasetError(
        f"expected the MNIST archive at {file}, but {found}. "
        f'Name another file; if this is a broken download, delete it and call load("mnist") again. {OFFLINE}.'
    )
