"""The figures of Session 03 Part E: they draw in both themes, and what they say is so."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest

from neuropath import visualizations as viz
from neuropath.lessons import style
from neuropath.visualizations import s03e_contracts as contracts
from neuropath.visualizations import s03e_folds as folds
from neuropath.visualizations import s03e_frame as frame
from neuropath.visualizations import s03e_unfrozen as unfrozen

FIGURES = [contracts, folds, frame, unfrozen]


def test_there_are_figures():
    names = [name for name in viz.names() if name.startswith("s03e_")]
    assert names == [module.__name__.split(".")[-1] for module in FIGURES]


@pytest.mark.parametrize("tone", ["light", "dark"])
@pytest.mark.parametrize("figure", FIGURES, ids=lambda module: module.__name__[-5:])
def test_it_draws(figure, tone):
    with style.theme(tone):
        plt.close(figure.draw())


def test_the_strips_are_what_keras_does():
    from keras import applications

    black, white = np.zeros((1, 1, 1, 3)), np.full((1, 1, 1, 3), 255.0)
    known = {label: (zeros, low, high) for label, zeros, low, high in contracts.strips()}
    for module, label in (
        (applications.mobilenet_v2, "MobileNetV2"),
        (applications.resnet, "ResNet50, VGG16"),
        (applications.vgg16, "ResNet50, VGG16"),
    ):
        zeros, low, high = known[label]
        assert module.preprocess_input(black.copy()).min() == pytest.approx(low)
        assert module.preprocess_input(white.copy()).max() == pytest.approx(high)
        grey = np.array(zeros)[::-1] * np.ones((1, 1, 1, 3))  # the greys are in BGR
        assert np.abs(module.preprocess_input(grey.copy())).max() < 1e-4


def test_efficientnet_normalises_inside():
    """Its means come with its weights, which are not here; the deviations stand in Keras' source."""
    import keras
    from keras.src.applications import efficientnet

    with keras.StatelessScope(initialize_variables=False):
        base = keras.applications.EfficientNetB0(include_top=False, weights=None, input_shape=(32, 32, 3))
    assert [type(layer).__name__ for layer in base.layers[1:3]] == ["Rescaling", "Normalization"]
    assert [std for _, std in contracts.INSIDE] == efficientnet.IMAGENET_STDDEV_RGB
    mean = np.array([mean for mean, _ in contracts.INSIDE])
    assert 255 * mean[::-1] == pytest.approx(contracts.MEANS, abs=0.5)


def test_the_frame_is_mid_grey_or_black():
    for how, grey in (((1 / 127.5, -1.0), 127.5), ((1 / 255, 0.0), 0.0)):
        image = frame.framed(*how)
        assert image.shape == (108, 108)
        assert np.abs(image[: frame.FRAME] - grey).max() < 1e-9
        assert image[8:20, 8:20].mean() < 40, "air in the corner"
    assert np.allclose(frame.framed(1 / 127.5, -1.0)[6:-6, 6:-6], frame.framed(1 / 255, 0.0)[6:-6, 6:-6])


def test_the_staircase_counts_the_layers_of_keras():
    import keras

    with keras.StatelessScope(initialize_variables=False):
        base = keras.applications.MobileNetV2((96, 96, 3), alpha=0.35, include_top=False, weights=None)
    ours = unfrozen.layers()
    assert len(ours) == len(base.layers) == 154
    for (name, weights, norm), layer in zip(ours, base.layers, strict=True):
        theirs = sum(int(np.prod(w.shape)) for w in layer.trainable_weights)
        assert weights + norm == theirs, (name, layer.name)
        assert (norm > 0) == isinstance(layer, keras.layers.BatchNormalization)
    assert (unfrozen.released(False)[20], unfrozen.released(False)[-1]) == (243_488, 382_048)
    assert (unfrozen.released(True)[20], unfrozen.released(True)[-1]) == (249_072, 396_128)
    assert unfrozen.released(False)[3] == 143_360


def test_the_folds_are_those_of_the_alt_text():
    rows = folds.points()
    assert [run["images"] for *_, run in rows] == [570, 655, 562, 613, 664, 460]
    said = [float(number) for number in re.findall(r"0\.\d\d", folds.ALT)]
    shown = [round(run[key], 2) for *_, run in rows[:5] for key in ("frozen", "fine_tuned")]
    assert said[:10] == shown
    mixed = rows[-1][2]
    assert round(mixed["frozen"], 2) == round(mixed["fine_tuned"], 2) == said[10]
    assert mixed["frozen"] > max(run[key] for *_, run in rows[:5] for key in ("frozen", "fine_tuned"))
