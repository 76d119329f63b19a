"""Weights and whole networks: to files and back, refused where they do not fit, missing without a network."""

from pathlib import Path

import numpy as np
import pytest
from project_models import SHAPE, make, weights_of

SHARED = Path(__file__).parents[3] / "shared" / "data"


def test_weights_travel_as_npz_in_half_precision(project, images, tmp_path):
    from neuropath.project import weights

    model = make()
    weights.save_base_weights(model.base, tmp_path / "base.npz")
    assert (tmp_path / "base.npz").stat().st_size < 1e6
    again = make(weights=tmp_path / "base.npz", seed=99)
    assert not again.base.trainable
    for ours, theirs in zip(weights_of(model.base), weights_of(again.base), strict=True):
        np.testing.assert_array_equal(ours.astype("float16").astype("float32"), theirs)
    assert [p.name for p in tmp_path.iterdir()] == ["base.npz"]


@pytest.mark.parametrize("ending", [".npz", ".weights.h5"])
def test_weights_of_another_architecture_are_refused(project, tmp_path, ending):
    from neuropath.project import weights

    other = make(alpha=0.5).base
    path = tmp_path / f"wide{ending}"
    weights.save_base_weights(other, path) if ending == ".npz" else other.save_weights(path)
    with pytest.raises(
        ValueError, match=r"(?s)expects .*of mobilenet.*received.*Choose the base|choose the base"
    ):
        make(weights=path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"\x89HDF\r\n\x1a\n cut off"])
@pytest.mark.parametrize("ending", [".npz", ".weights.h5"])
def test_damaged_weights_are_refused(project, tmp_path, content, ending):
    path = tmp_path / f"damaged{ending}"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="damaged"):
        make(weights=path)


@pytest.mark.skipif(not SHARED.is_dir(), reason="shared/data is not beside the project")
def test_imagenet_weights_from_a_file_agree_in_both_formats(project, images):
    stem = SHARED / "mobilenet_v2_0.35_224_no_top"
    one, two = (make(weights=f"{stem}{ending}") for ending in (".npz", ".weights.h5"))
    for ours, theirs in zip(weights_of(one.base), weights_of(two.base), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        (Exception("URL fetch failure on https://a/b: None -- timed out"), "could not be downloaded"),
        (OSError("no route"), "could not be downloaded"),
        (ValueError("Incomplete or corrupted file detected. The md5 differs"), "arrived damaged"),
    ],
)
def test_without_imagenet_weights_the_message_names_the_ways_out(project, monkeypatch, raised, said):
    from neuropath.project import bases, weights

    def no_network(**options):
        raise raised

    fake = bases.Base("MobileNetV2", no_network, "signed", has_alpha=True)
    monkeypatch.setitem(bases.BASES, "mobilenet", fake)
    with pytest.raises(weights.WeightsUnavailable, match=f"{said}.*--weights bundled.*--weights none"):
        make(weights="imagenet")


def test_an_error_of_our_own_is_not_called_a_network_error(project, monkeypatch):
    from neuropath.project import bases

    def broken(**options):
        raise TypeError("a bug")

    monkeypatch.setitem(bases.BASES, "mobilenet", bases.Base("MobileNetV2", broken, "signed", has_alpha=True))
    with pytest.raises(TypeError, match="a bug"):
        make(weights="imagenet")


def test_bundled_weights_are_for_one_base(project, monkeypatch, tmp_path):
    from neuropath.project import weights

    with pytest.raises(ValueError, match=r"mobilenet.*0\.35.*received 'vgg'"):
        make(base_model="vgg", weights="bundled")
    monkeypatch.setattr(weights, "BUNDLED", tmp_path / "none.npz")
    with pytest.raises(weights.WeightsUnavailable, match="missing from this installation"):
        make(weights="bundled")
    weights.save_base_weights(make().base, tmp_path / "none.npz")
    assert not make(weights="bundled").base.trainable


def test_a_trained_network_comes_back_whole_and_nothing_else_does(project, keras, images, labels, tmp_path):
    model = make(preprocessing="unit", live=True)
    model.compile_model()
    model.fine_tune_model(20)
    model.model.fit(images[..., None], labels, verbose=0)
    model.save_model(tmp_path / "m.keras")
    assert [p.name for p in tmp_path.iterdir()] == ["m.keras"]
    again = project.NeuropathologyModel.load_model(tmp_path / "m.keras")
    assert (again.preprocessing, again.num_classes, again.input_shape) == ("unit", 4, SHAPE)
    np.testing.assert_allclose(again.predict(images), model.predict(images), atol=1e-6)
    assert [it.name for it in again.base.layers if it.trainable_weights] == [
        it.name for it in model.base.layers if it.trainable_weights
    ]
    assert again.model.optimizer.iterations == 1
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)]).save(tmp_path / "other.keras")
    (tmp_path / "cut.keras").write_bytes((tmp_path / "m.keras").read_bytes()[:5000])
    for name, message in (
        ("other", "a classifier of this project"),
        ("cut", "damaged"),
        ("no", "is no file"),
    ):
        with pytest.raises((ValueError, FileNotFoundError), match=message):
            project.NeuropathologyModel.load_model(tmp_path / f"{name}.keras")
