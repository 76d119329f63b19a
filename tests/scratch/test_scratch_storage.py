"""save and load: exact, atomic, and suspicious."""

import os
import pickle
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from neuropath import scratch as nn
from neuropath.scratch import storage


@pytest.fixture
def model(rng):
    model = nn.mlp([4, 5, 3], rng=rng)
    model.compile()
    return model


@pytest.fixture
def saved(model, tmp_path):
    path = tmp_path / "model.npz"
    model.save(path)
    return path


def another(sizes=(4, 5, 3), seed=99, **options):
    model = nn.mlp(list(sizes), rng=np.random.default_rng(seed), **options)
    model.compile()
    return model


def refuses(path, message, model=None):
    """load raises, and the model is what it was."""
    model = model or another()
    before = model.flatten()[0].copy()
    with pytest.raises(ValueError, match=message):
        model.load(path)
    np.testing.assert_array_equal(model.flatten()[0], before)


def rewrite(path, **changes):
    """Save the file again with some arrays replaced (None: left out)."""
    with np.load(path) as archive:
        arrays = dict(archive)
    arrays |= {name.replace("__", "/"): value for name, value in changes.items()}
    with open(path, "wb") as file:
        np.savez(file, **{name: a for name, a in arrays.items() if a is not None})


def test_what_was_saved_is_what_is_loaded(model, saved, rng):
    other = another()
    kept = other.flatten()[0]
    other.load(str(saved))
    for name, p in model.params.items():
        np.testing.assert_array_equal(other.params[name], p)
    assert other.flatten()[0] is kept  # written into the arrays that exist: the optimiser's views live
    X = rng.normal(size=(6, 4)).astype("float32")
    np.testing.assert_array_equal(other.forward(X), model.forward(X))


def test_saving_leaves_one_readable_file(saved):
    assert [path.name for path in saved.parent.iterdir()] == ["model.npz"]
    plain = saved.with_name("plain")
    plain.write_bytes(b"")
    assert saved.stat().st_mode == plain.stat().st_mode


def test_a_second_save_replaces_the_file_and_never_writes_into_it(saved):
    reader = saved.with_name("held by a reader")
    os.link(saved, reader)
    before = reader.read_bytes()
    another().save(saved)
    assert saved.read_bytes() != before
    assert reader.read_bytes() == before


def test_a_failing_save_leaves_the_old_file(saved, monkeypatch):
    before = saved.read_bytes()

    def full(*args, **kwargs):
        raise OSError("no space left on device")

    monkeypatch.setattr(storage.np, "savez", full)
    with pytest.raises(OSError, match="no space"):
        another().save(saved)
    assert saved.read_bytes() == before
    assert [path.name for path in saved.parent.iterdir()] == ["model.npz"]


def test_moving_statistics_travel_too(model, tmp_path):
    other = another()
    for m, value in ((model, 3.0), (other, 0.0)):
        m.layers[1].state["mean"] = np.full(5, value)
    model.save(tmp_path / "m.npz")
    other.load(tmp_path / "m.npz")
    assert (other.layers[1].state["mean"] == 3).all()


def test_save_refuses_odd_paths(model, tmp_path):
    with pytest.raises(ValueError, match=r"ends in \.npz"):
        model.save(tmp_path / "model.h5")
    with pytest.raises(FileNotFoundError, match="existing folder"):
        model.save(tmp_path / "nowhere" / "model.npz")


def test_load_of_nothing(tmp_path):
    with pytest.raises(FileNotFoundError, match="which is no file"):
        another().load(tmp_path / "model.npz")
    with pytest.raises(FileNotFoundError, match="which is no file"):
        another().load(tmp_path)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_truncated_file(saved, share):
    saved.write_bytes(saved.read_bytes()[: int(share * saved.stat().st_size)])
    refuses(saved, r"truncated or damaged \(\d+ bytes.*copy it again")


def test_damaged_bytes(saved):
    content = bytearray(saved.read_bytes())
    middle = content.index(b"dense_1/W") + 200  # inside the numbers
    content[middle] ^= 0xFF
    saved.write_bytes(content)
    refuses(saved, "truncated or damaged")


def test_every_truncation_is_refused(saved):
    whole = saved.read_bytes()
    for length in range(0, len(whole), 97):
        saved.write_bytes(whole[:length])
        refuses(saved, "load expects")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "an empty file"),
        (pickle.dumps({"W": [1, 2]}), "a pickle, which could run any code"),
        (b"\x89HDF\r\n\x1a\n", "HDF5 file"),
        (b"hello, world", "another kind of file"),
    ],
)
def test_foreign_bytes(content, kind, tmp_path):
    path = tmp_path / "model.npz"
    path.write_bytes(content)
    refuses(path, kind)


def test_single_array(tmp_path):
    np.save(tmp_path / "model.npy", np.ones(3))
    refuses(tmp_path / "model.npy", "a single .npy array")


def test_foreign_npz(tmp_path):
    np.savez(tmp_path / "mnist.npz", x_train=np.ones(3), y_train=np.ones(3))
    refuses(tmp_path / "mnist.npz", "by somebody else, with x_train, y_train")


class Evil:
    def __reduce__(self):
        return os.mkdir, (str(Path(os.environ["EVIL"]) / "was-run"),)


@pytest.mark.parametrize("name", ["params__dense_1__W", "surprise"])
def test_pickled_objects_inside_are_never_opened(saved, name, tmp_path, monkeypatch):
    monkeypatch.setenv("EVIL", str(tmp_path))
    rewrite(saved, **{name: np.array([Evil()], dtype=object)})
    refuses(saved, "pickled objects inside, which could run any code and are never opened")
    assert not (tmp_path / "was-run").exists()


@pytest.mark.parametrize("version", [0, 2, "1", [1]])
def test_another_version(saved, version):
    rewrite(saved, neuropath__version=np.array(version))
    refuses(saved, "format version 1, received")


def test_other_layers(saved):
    refuses(saved, r"\['dense_1 W\(4,6\) b\(6,\)', .* received \['dense_1 W\(4,5\)", another((4, 6, 3)))
    refuses(saved, "tanh_1", another(activation="tanh"))


def test_other_dtype(saved):
    refuses(saved, r"as float64 of shape \(4, 5\), received float32", another(dtype="float64"))


def test_missing_array(saved):
    rewrite(saved, params__dense_2__b=None)
    refuses(saved, "expects an array 'params/dense_2/b'")


def test_last_array_of_wrong_shape_leaves_the_first_alone(saved):
    rewrite(saved, params__dense_2__b=np.ones(4, "float32"))
    refuses(saved, r"'params/dense_2/b' as float32 of shape \(3,\), received float32 of shape \(4,\)")


def member(shape, content=b""):
    """An .npy file that claims this shape, whatever follows."""
    head = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".encode()
    return b"\x93NUMPY\x01\x00" + len(head + b"\n").to_bytes(2, "little") + head + b"\n" + content


def put(path, name, content, method=zipfile.ZIP_DEFLATED):
    """Write the file again, packed by `method`, with the raw bytes of one member replaced or added."""
    with zipfile.ZipFile(path) as archive:
        members = {n: archive.read(n) for n in archive.namelist()}
    with zipfile.ZipFile(path, "w", method) as archive:
        for n, data in (members | {name + ".npy": content}).items():
            archive.writestr(n, data)


@pytest.mark.parametrize(
    "content",
    [
        member("(1000000000000, 4)"),  # terabytes, says its header
        member("(-1, 5)", b"\0" * 80),
        b"\x93NUMPY\x01\x00\x06\x00(((((\n",  # a header that is no Python
        b"no array at all",
    ],
    ids=["huge", "negative", "broken header", "bytes"],
)
@pytest.mark.parametrize("name", ["params/dense_1/W", "neuropath/layers"])
def test_members_that_lie(saved, name, content):
    put(saved, name, content)
    refuses(saved, r"truncated or damaged \(\d+ bytes")


def test_a_bomb_is_not_unpacked(saved):
    put(saved, "params/extra", member("(16000000,)", bytes(64_000_000)))
    assert saved.stat().st_size < 100_000
    refuses(saved, r"64,0\d\d,\d\d\d bytes once unpacked, expected at most 1,\d\d\d,\d\d\d for this model")


def test_damage_in_other_ways_of_packing(saved, rng):
    put(saved, "params/dense_2/b", member("(3,)", bytes(12)), zipfile.ZIP_LZMA)
    whole = saved.read_bytes()
    start = whole.index(b"dense_1/W") + 60
    for at in range(start, start + 40):
        saved.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        refuses(saved, "truncated or damaged")


def test_several_threads_may_save_to_one_path(saved):
    models = [another(seed=seed) for seed in range(4)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda model: model.save(saved), models * 10))  # raises what a save raised
    other = another()
    other.load(saved)
    assert any((other.flatten()[0] == model.flatten()[0]).all() for model in models)
    assert [path.name for path in saved.parent.iterdir()] == ["model.npz"]


def test_an_interrupted_save_leaves_the_old_file(saved, monkeypatch):
    before = saved.read_bytes()

    def interrupted(file, **arrays):
        file.write(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(storage.np, "savez", interrupted)
    with pytest.raises(KeyboardInterrupt):
        another().save(saved)
    assert saved.read_bytes() == before
    assert [path.name for path in saved.parent.iterdir()] == ["model.npz"]
