"""The loaders: the same thing each time, and a message for every kind of wrong file."""

import importlib
import os
import pickle
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from neuropath.lessons import datasets
from neuropath.lessons.datasets import DatasetError, load

PARTS = ("train", "val", "test")


def write_mnist(file: Path, **changes) -> Path:
    """A file of MNIST's shape, with noise in it."""
    rng = np.random.default_rng(1)
    arrays = {name: np.zeros(shape, np.uint8) for name, shape in datasets.MNIST_ARRAYS.items()}
    for name in ("y_train", "y_test"):
        arrays[name][:] = rng.integers(0, 10, arrays[name].shape)
    arrays["x_train"][:, 0, 0] = 255
    file.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        file, **{key: value for key, value in (arrays | changes).items() if value is not None}
    )
    return file


def write_array(file: Path) -> None:
    with file.open("wb") as stream:
        np.save(stream, np.zeros(3))


@pytest.fixture(autouse=True)
def alone(tmp_path, monkeypatch):
    """No cache and no folder of the machine plays a part."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.delenv("NEUROPATH_DATA", raising=False)


def test_digits():
    data = load("digits")
    X = np.concatenate([getattr(data, f"X_{part}") for part in PARTS])
    assert X.shape == (1797, 8, 8)
    assert X.dtype == np.float32
    assert (X.min(), X.max()) == (0, 1)
    sizes = [len(getattr(data, f"y_{part}")) for part in PARTS]
    assert sizes == [1258, 270, 269]
    assert data.class_names == tuple("0123456789")


def test_digits_parts_are_a_partition():
    import sklearn.datasets

    original = sklearn.datasets.load_digits().images / 16
    data = load("digits")
    rows = np.concatenate([getattr(data, f"X_{part}") for part in PARTS]).reshape(1797, -1)
    assert sorted(map(tuple, rows)) == sorted(map(tuple, original.reshape(1797, -1)))


def test_the_split_is_stratified_and_set_by_the_seed():
    data, again, other = load("digits"), load("digits"), load("digits", seed=1)
    np.testing.assert_array_equal(data.X_test, again.X_test)
    assert not np.array_equal(data.X_test, other.X_test)
    total = sum(np.bincount(getattr(data, f"y_{part}")) for part in PARTS)
    for part, share in zip(PARTS, (0.7, 0.15, 0.15), strict=True):
        counts = np.bincount(getattr(data, f"y_{part}"))
        assert np.abs(counts - share * total).max() <= 1
    assert np.any(np.diff(data.y_train) < 0), "shuffled, not sorted by class"


def test_a_data_set_says_what_it_is():
    text = str(load("digits"))
    for word in (
        "1,797 images of 8×8",
        "source: ",
        "licence: CC BY 4.0",
        "no download",
        "train",
        "val",
        "MB",
    ):
        assert word in text
    with pytest.raises(AttributeError):
        load("digits").name = "other"


def test_unknown_name():
    with pytest.raises(ValueError, match='expected the name "digits" or "mnist", received \'cifar\''):
        load("cifar")


def test_mnist_is_found_in_each_place(tmp_path, monkeypatch):
    file = write_mnist(tmp_path / "copy" / "mnist.npz")
    for data in (load("mnist", path=file), load("mnist", path=file.parent)):
        assert data.cached == str(file)
        assert (len(data.X_train), len(data.X_val), len(data.X_test)) == (53999, 6001, 10000)  # by class
        assert data.X_train.dtype == np.float32
        assert data.X_train.max() == 1
    monkeypatch.setenv("NEUROPATH_DATA", str(file.parent))
    assert load("mnist").cached == str(file)
    cache = write_mnist(tmp_path / "keras" / "datasets" / "mnist.npz")
    assert load("mnist").cached == str(file), "the named folder comes before the cache"
    monkeypatch.setenv("NEUROPATH_DATA", str(tmp_path / "empty"))
    assert load("mnist").cached == str(cache)


HUGE = b"{'descr': '|u1', 'fortran_order': False, 'shape': (10000000000000, 2), }\n"  # claims terabytes
HUGE = b"\x93NUMPY\x01\x00" + len(HUGE).to_bytes(2, "little") + HUGE


def write_member(file, content):
    """MNIST's four names, one of them with these raw bytes."""
    file.unlink(missing_ok=True)
    write_mnist(file, x_train=None)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("x_train.npy", content)


WRONG = {
    "truncated": (
        lambda f: f.write_bytes(write_mnist(f).read_bytes()[:5000]),
        "truncated or of another kind",
    ),
    "cut at the end": (
        lambda f: f.write_bytes(write_mnist(f).read_bytes()[:-30]),
        "truncated or of another kind",
    ),
    "empty": (lambda f: f.write_bytes(b""), "truncated or of another kind"),
    "foreign": (lambda f: f.write_text("<html>404</html>"), "truncated or of another kind"),
    "pickled": (lambda f: f.write_bytes(pickle.dumps({"x_train": 1})), "truncated or of another kind"),
    "pickled inside": (
        lambda f: write_mnist(f, x_train=np.array([{}], object)),
        "truncated or of another kind",
    ),
    "other arrays": (lambda f: write_mnist(f, x_test=None), "it lacks x_test"),
    "one array": (write_array, "it is a single array"),
    "bytes inside": (lambda f: write_member(f, b"no array"), r"its x_train is \|S8 \(\)"),
    "broken header": (
        lambda f: write_member(f, b"\x93NUMPY\x01\x00\x06\x00(((((\n"),
        "truncated or of another kind",
    ),
    "terabytes": (lambda f: write_member(f, HUGE), "truncated or of another kind"),
    "other shape": (
        lambda f: write_mnist(f, x_test=np.zeros((10, 28, 28), np.uint8)),
        r"not uint8 \(10000, 28",
    ),
    "other type": (lambda f: write_mnist(f, y_test=np.zeros(10000)), "its y_test is float64"),
    "other labels": (lambda f: write_mnist(f, y_test=np.full(10000, 11, np.uint8)), "the label 11, beyond 9"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_file_gets_a_message(kind, tmp_path):
    write, pattern = WRONG[kind]
    write(tmp_path / "mnist.npz")
    with pytest.raises(DatasetError, match=pattern) as caught:
        load("mnist", path=tmp_path)
    assert str(tmp_path / "mnist.npz") in str(caught.value)
    assert 'load("digits")' in str(caught.value)


def test_a_home_folder_may_be_written_as_a_tilde(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    with pytest.raises(DatasetError, match="no such file") as caught:
        load("mnist", path="~/data/mnist.npz")
    assert str(tmp_path / "data" / "mnist.npz") in str(caught.value)


def test_a_missing_path_gets_a_message(tmp_path):
    with pytest.raises(DatasetError, match=r'no such file is there. load\("digits"\)'):
        load("mnist", path=tmp_path / "nowhere.npz")


class Fetch:
    """Stands for keras.utils.get_file."""

    def __init__(self, monkeypatch, act):
        import types

        utils = types.SimpleNamespace(get_file=self)
        monkeypatch.setitem(sys.modules, "keras", types.SimpleNamespace(utils=utils, __version__="0"))
        monkeypatch.setattr(importlib.import_module("neuropath.lessons.setup"), "import_keras", lambda: None)
        self.act = act

    def __call__(self, name, origin, *, cache_dir, cache_subdir, file_hash):
        assert origin.startswith("https://")
        assert len(file_hash) == 64
        return self.act(Path(cache_dir) / cache_subdir / name)


def test_no_network_names_the_offline_default(tmp_path, monkeypatch):
    def offline(target):
        target.write_bytes(b"half a fi")
        raise Exception("URL fetch failure on …: None -- [Errno -3] Temporary failure in name resolution")

    Fetch(monkeypatch, offline)
    with pytest.raises(DatasetError, match=r"could not be downloaded .*name resolution") as caught:
        load("mnist")
    for word in ('load("digits")', "path=", "NEUROPATH_DATA"):
        assert word in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__, "one message, not three tracebacks"
    assert os.listdir(tmp_path / "keras" / "datasets") == [], "nothing half-written stays"


def test_a_download_arrives_whole(tmp_path, monkeypatch):
    Fetch(monkeypatch, write_mnist)
    assert load("mnist").cached == str(tmp_path / "keras" / "datasets" / "mnist.npz")
    assert os.listdir(tmp_path / "keras" / "datasets") == ["mnist.npz"]
    Fetch(monkeypatch, lambda target: pytest.fail("a second call must not download"))
    assert load("mnist").name == "mnist"


def test_the_address_and_hash_are_those_of_keras():
    keras = Path(sys.prefix).glob("lib/python*/site-packages/keras/src/datasets/mnist.py")
    text = next(keras, None)
    if text is None:
        pytest.skip("Keras is not installed")
    source = text.read_text()
    assert datasets.MNIST_SHA256 in source
    assert datasets.MNIST_URL.removesuffix("mnist.npz") in source


def test_digits_need_neither_tensorflow_nor_matplotlib():
    code = (
        "import sys; from neuropath.lessons import check; "
        "from neuropath.lessons.datasets import load; load('digits');"
        "assert not {'tensorflow', 'keras', 'matplotlib', 'sympy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)
