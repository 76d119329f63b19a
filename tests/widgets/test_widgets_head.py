"""The head's counts against scratch and Keras: the classifier's own head, and the same with Flatten."""

import numpy as np
import pytest
from node import ask, results

from neuropath import scratch as nn
from neuropath.scratch.classifier import Classifier
from neuropath.widgets import HeadExplorer
from neuropath.widgets.head import BASE_ADDS, BASES, CHANNELS, START

HEAD = ("bn1", "fc1", "dropout1", "fc2", "bn2", "dropout2", "output")


@pytest.fixture
def module(modules):
    return modules / "head.mjs"


@pytest.fixture(scope="module")
def classifier(keras):
    """The real one, with random weights, at the smallest image: the head does not depend on it."""
    from neuropath.project.neuropathology_model import NeuropathologyModel

    network = NeuropathologyModel(17, (32, 32, 3), "mobilenet", weights="none")
    network.build_model()
    return network


def sizes(weights) -> int:
    return int(sum(np.prod(w.shape) for w in weights))


def test_the_real_head_layer_by_layer(module, classifier):
    (layers,) = results(module, "layersOf", [[1280, 512, 256, 17]])
    assert [one["name"] for one in layers] == list(HEAD)
    for one in layers:
        twin = classifier.model.get_layer(one["name"])
        assert one["trained"] == sizes(twin.trainable_weights), one
        assert one["still"] == sizes(twin.non_trainable_variables) - seeds(twin), one
        assert one["units"] == twin.output.shape[-1], one


def held(layer) -> tuple[int, int]:
    """Numbers of a scratch layer, (trained, not trained)."""
    return tuple(sum(a.size for a in getattr(layer, part, {}).values()) for part in ("params", "state"))


@pytest.mark.parametrize(("units1", "units2", "classes"), [(512, 256, 17), (40, 9, 3), (16, 1024, 100)])
def test_scratchs_classifier_layer_by_layer(module, rng, units1, units2, classes):
    base = nn.MobileNetV2((32, 32, 3), 0.35, rng=rng)
    network = Classifier(base, classes, rng=rng, units=(units1, units2))
    (layers,) = results(module, "layersOf", [[CHANNELS, units1, units2, classes]])
    for one in layers:
        assert (one["trained"], one["still"]) == held(network[one["name"]]), one
        if one["name"] in ("fc1", "fc2", "output"):
            assert one["adds"] == network[one["name"]].params["W"].size


def work_of(network, side, monkeypatch) -> int:
    """Multiply-adds of the convolutions in one forward pass: the places that come out times the weights."""
    done = []
    for kind in (nn.Conv2D, nn.DepthwiseConv2D):

        def apply(self, X, *, original=kind.apply, **how):
            Y = original(self, X, **how)
            done.append(Y.shape[1] * Y.shape[2] * self.params["W"].size)
            return Y

        monkeypatch.setattr(kind, "apply", apply)
    network.forward(np.zeros((1, side, side, 3), "float32"), training=True)
    monkeypatch.undo()
    return sum(done)


def test_the_work_of_the_base_grows_with_the_places(module, rng, monkeypatch):
    (told,) = results(module, "BASE_ADDS", [[]])
    assert tuple(told) == BASE_ADDS
    for alpha, adds in zip((0.35, 1.0), told, strict=True):
        for places in (1, 3):
            network = nn.MobileNetV2((32 * places,) * 2 + (3,), alpha, rng=rng)
            assert work_of(network, 32 * places, monkeypatch) == places**2 * adds


def seeds(layer) -> int:
    """Keras counts a dropout layer's random state among its variables; it is no number of the model."""
    return sizes(v for v in layer.non_trainable_variables if "seed" in v.path)


def test_the_totals_are_keras(modules, classifier):
    (layers,) = results(modules / "head.mjs", "layersOf", [[1280, 512, 256, 17]])
    asked = [("sumOf", [layers, what]) for what in ("trained", "still")]
    trained, still = ask(modules / "head.mjs", asked)["results"]
    assert trained + still == classifier.head.count_params() == 797_713
    assert trained == sizes(classifier.head.trainable_weights) == 794_641


@pytest.mark.parametrize("pooling", ["average", "flatten"])
def test_other_widths_and_flatten(modules, rng, keras, pooling):
    layers = keras.layers
    for places, units1, units2, classes in rng.integers(2, 9, (3, 4)).tolist():
        (features,) = results(modules / "head.mjs", "featuresOf", [[pooling, places]])
        (ours,) = results(modules / "head.mjs", "layersOf", [[features, units1, units2, classes]])
        first = layers.Flatten() if pooling == "flatten" else layers.GlobalAveragePooling2D()
        twin = keras.Sequential(
            [
                keras.Input((places, places, CHANNELS)),
                first,
                layers.BatchNormalization(),
                layers.Dense(units1),
                layers.Dropout(0.5),
                layers.Dense(units2),
                layers.BatchNormalization(),
                layers.Dropout(0.3),
                layers.Dense(classes),
            ]
        )
        assert sum(one["trained"] + one["still"] for one in ours) == twin.count_params()
        assert sum(one["trained"] for one in ours) == sizes(twin.trainable_weights)
        kernels = [x.kernel for x in twin.layers if isinstance(x, layers.Dense)]
        assert sum(one["adds"] for one in ours if "inputs" in one) == sizes(kernels)


def test_a_forgotten_bias_would_be_caught(modules, tmp_path, classifier):
    text = (modules / "head.mjs").read_text()
    broken = tmp_path / "broken.mjs"
    broken.write_text(text.replace("trained: inputs * units + units", "trained: inputs * units"))
    assert broken.read_text() != text
    (layers,) = results(broken, "layersOf", [[1280, 512, 256, 17]])
    assert sum(one["trained"] + one["still"] for one in layers) != classifier.head.count_params()


def test_the_bases_it_is_compared_with(module, keras):
    (theirs,) = results(module, "BASES", [[]])
    assert theirs == BASES
    for alpha, told in zip((0.35, 1.0), theirs.values(), strict=True):
        base = keras.applications.MobileNetV2((96, 96, 3), alpha=alpha, include_top=False, weights=None)
        assert told == base.count_params()
        assert base.output_shape == (None, 3, 3, CHANNELS)


def test_the_alt_text_is_true(module):
    layer = [START[key] for key in ("units1", "units2", "classes")]
    averaged, flat = results(module, "layersOf", [[1280, *layer], [7 * 7 * 1280, *layer]])
    counts = [one["trained"] + one["still"] for one in averaged]
    for told in (*filter(None, counts), sum(counts), flat[1]["trained"]):
        assert f"{told:,}" in HeadExplorer.ALT
    assert f"{100 * max(counts) / sum(counts):.0f} % of the total" in HeadExplorer.ALT
    own, base = sum(one["adds"] for one in averaged), 49 * BASE_ADDS[1]
    assert f"takes {own:,}, {100 * own / base:.2f} % of the {base / 1e6:.1f} million" in HeadExplorer.ALT
    assert HeadExplorer().state() == {**START, "pooling": "average"}
