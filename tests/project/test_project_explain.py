"""Grad-CAM against finite differences, against CAM, and on a network that is known to look at one place."""

import numpy as np
import pytest

from neuropath.project import explain, probe

SIZE = 64


@pytest.fixture(scope="module")
def classifier(keras):
    """A random MobileNetV2 with live statistics: something to differentiate, nothing learnt."""
    from neuropath.project.neuropathology_model import NeuropathologyModel

    model = NeuropathologyModel(4, (SIZE, SIZE, 1), weights="none", seed=1)
    model.build_model()
    model.recalibrate(pictures())
    return model


@pytest.fixture(scope="module")
def spots(keras):
    """A network that says 1 where something is bright, by hand: conv, pool, softmax; no nested base."""
    pixels = keras.Input((16, 16, 1))
    x = keras.layers.Conv2D(2, 3, padding="same", activation="relu", name="maps")(pixels)
    x = keras.layers.GlobalAveragePooling2D()(x)
    model = keras.Model(pixels, keras.layers.Dense(2, activation="softmax")(x))
    kernel = np.zeros((3, 3, 1, 2), "float32")
    kernel[1, 1, 0] = 1, -1  # channel 0: bright; channel 1: never on
    model.set_weights([kernel, np.zeros(2), np.array([[-1.0, 1.0], [0, 0]]), np.zeros(2)])
    return model


def pictures(n=4):
    return np.random.default_rng(3).integers(0, 256, (n, SIZE, SIZE), dtype=np.uint8)


@pytest.mark.parametrize("layer", ["block_6_expand_relu", "block_13_expand_relu", "block_14_add", "out_relu"])
@pytest.mark.parametrize("of", ["logit", "probability"])
def test_the_gradient_is_the_slope_of_the_score(classifier, layer, of):
    """A step along the gradient changes the score by step × |gradient|²: inside the base, residuals too."""
    images, classes = pictures()[..., None], np.array([2, 0, 1, 3])
    _, gradient, _ = probe.activations_and_gradients(classifier.model, images, layer, classes, of)
    probed, last = probe._probed(classifier.model, layer), classifier.model.layers[-1]

    def score(probe_value):
        features = np.array(probed([images.astype("float32"), probe_value])[1], "float64")
        logits = features @ np.array(last.kernel, "float64") + np.array(last.bias, "float64")
        exponentials = np.exp(logits - logits.max(1, keepdims=True))
        values = logits if of == "logit" else exponentials / exponentials.sum(1, keepdims=True)
        return values[np.arange(4), classes].sum()

    assert np.abs(gradient).max() > 0, "the score is flat here: this check proves nothing"
    step = 1e-4 / np.abs(gradient).max()  # short: ReLU6 has many kinks
    slope = (score(step * gradient) - score(-step * gradient)) / (2 * step)
    assert slope == pytest.approx((gradient.astype("float64") ** 2).sum(), rel=0.02)


@pytest.mark.parametrize("layer", ["block_6_expand_relu", "block_14_add", "out_relu"])
def test_the_gradient_is_the_one_tensorflows_tape_finds(keras, classifier, layer):
    """An oracle that knows no probe: the tape, on a model cut open at the layer."""
    import tensorflow as tf

    base, head = classifier.base, classifier.head
    opened = keras.Model(base.input, [base.get_layer(layer).output, base.output])
    pixels = np.repeat(pictures()[..., None] / 127.5 - 1, 3, axis=3).astype("float32")
    with tf.GradientTape() as tape:
        activations, maps = opened(pixels, training=False)
        score = tf.reduce_sum(tf.math.log(head(tf.reduce_mean(maps, (1, 2)), training=False))[:, 2])
    expected = tape.gradient(score, activations).numpy()
    images, two = pictures()[..., None], np.full(4, 2)
    ours, gradient, p = probe.activations_and_gradients(classifier.model, images, layer, two, "probability")
    np.testing.assert_allclose(ours, activations.numpy(), atol=1e-3)
    off = np.abs(gradient / p[:, 2, None, None, None] - expected).max((1, 2, 3))  # d log p = dp / p
    off /= np.abs(expected).max((1, 2, 3))
    # Rounding may put a ReLU6 on the other side of its kink in one image; a wrong gradient is wrong in all.
    assert np.median(off) < 1e-4, off


def test_images_in_a_batch_do_not_see_each_other(classifier):
    together, p = explain.grad_cam(classifier, pictures())
    one_by_one = [explain.grad_cam(classifier, pictures()[k : k + 1])[0][0] for k in range(4)]
    np.testing.assert_allclose(together, one_by_one, atol=1e-3)
    in_twos, _ = explain.grad_cam(classifier, pictures(), batch_size=2)
    np.testing.assert_allclose(together, in_twos, atol=1e-3)
    np.testing.assert_allclose(p, classifier.predict(pictures()), atol=1e-5)


def test_before_pooling_and_a_dense_layer_grad_cam_is_cam(spots):
    """Then α_k = w_k / (h·w), up to the scale: class activation maps (Zhou et al. 2016, arXiv:1512.04150)."""
    image = np.zeros((16, 16), np.uint8)
    image[3:6, 9:12] = 200
    image[12, 2] = 90
    for label, expected in ((1, image / 200), (0, np.zeros((16, 16)))):
        found = explain.explain(spots, image, label=label, layer="maps")
        np.testing.assert_allclose(found.heatmap, expected, atol=1e-6)
    assert explain.explain(spots, image).label == 1
    assert found.heatmap.max() == 0, "nothing speaks for class 0: the map is flat, not stretched noise"


def test_an_explanation_says_what_it_explains(classifier):
    image = pictures()[0]
    found = explain.explain(classifier, image)
    assert found.layer == explain.default_layer(classifier)
    assert found.probability == found.probabilities.max() == found.probabilities[found.label]
    other = (found.label + 1) % 4
    again = explain.explain(classifier.model, image[..., None], label=other, layer="out_relu")
    assert (again.label, again.layer, again.heatmap.shape) == (other, "out_relu", (2, 2))
    assert again.probability == found.probabilities[other]
    assert found.over(image).shape == (SIZE, SIZE, 3)


def test_a_probe_leaves_the_network_as_it_was(classifier, tmp_path):
    from neuropath.project.neuropathology_model import NeuropathologyModel

    before = classifier.predict(pictures())
    explain.grad_cam(classifier, pictures(), layer="block_3_expand_relu")
    classifier.save_model(tmp_path / "m.keras")
    again = NeuropathologyModel.load_model(tmp_path / "m.keras")
    np.testing.assert_allclose(again.predict(pictures()), before, atol=1e-5)
    np.testing.assert_allclose(
        explain.grad_cam(again, pictures())[0], explain.grad_cam(classifier, pictures())[0], atol=1e-3
    )


def test_new_weights_give_a_new_map_although_the_graph_is_remembered(spots):
    image = np.full((1, 16, 16), 100, np.uint8)
    kept = spots.get_weights()
    first = explain.grad_cam(spots, image, layer="maps", labels=[0])[0]
    spots.set_weights([*kept[:2], -kept[2], kept[3]])
    second = explain.grad_cam(spots, image, layer="maps", labels=[0])[0]
    spots.set_weights(kept)
    assert (first.max(), second.min()) == (0, 1)


@pytest.mark.parametrize(
    ("size", "expected"),
    [(96, "block_13_expand_relu"), (224, "out_relu"), (32, "block_3_expand_relu")],
)
def test_the_default_layer_is_deep_and_at_least_six_wide(keras, size, expected):
    base = keras.applications.MobileNetV2(
        alpha=0.35, include_top=False, weights=None, input_shape=(size, size, 3)
    )
    assert explain.default_layer(base) == expected


def test_candidates_go_from_fine_to_coarse(classifier):
    names = explain.candidate_layers(classifier)
    sides = [classifier.base.get_layer(name).output.shape[1] for name in names]
    assert sides == [32, 16, 8, 4]


def test_the_layer_is_chosen_by_where_the_peaks_fall(spots):
    rng = np.random.default_rng(0)
    images, masks = np.zeros((6, 16, 16), np.uint8), np.zeros((6, 16, 16), bool)
    for image, mask, (row, column) in zip(images, masks, rng.integers(1, 13, (6, 2)), strict=True):
        image[row : row + 3, column : column + 3] = 200
        mask[row : row + 3, column : column + 3] = True
    assert explain.choose_layer(spots, images, masks) == ("maps", {"maps": 1.0})
    _, hits = explain.choose_layer(spots, images, np.roll(masks, 8, axis=1))
    assert hits["maps"] < 0.5
    with pytest.raises(ValueError, match="none of them empty"):
        explain.choose_layer(spots, images, np.zeros_like(masks))


def test_a_flat_map_hits_nothing():
    assert not explain.peak_hits(np.zeros((1, 3, 3)), np.ones((1, 6, 6), bool))[0]
    heat = np.zeros((1, 3, 3))
    heat[0, 2, 2] = 1
    mask = np.zeros((1, 9, 9), bool)
    mask[0, 6:, 6:] = True
    assert explain.peak_hits(heat, mask)[0]
    assert not explain.peak_hits(heat, ~mask)[0]


def test_an_overlay_changes_the_image_only_where_it_is_hot():
    image = np.full((32, 32), 100, np.uint8)
    heat = np.zeros((8, 8))
    heat[2, 2] = 1
    drawn = explain.overlay(image, heat, threshold=0.5)
    hot = explain.resize(heat, (32, 32)) >= 0.5
    assert 0 < hot.sum() < 100
    assert (drawn[~hot] == 100).all()
    assert (drawn[hot] != 100).any(axis=1).all()
    assert (drawn[explain.contour(hot)] == 255).all()
    assert not (explain.overlay(image, heat, threshold=0.5, contours=False) == 255).all(axis=2).any()
    assert (explain.overlay(image, heat, alpha=0, contours=False) == 100).all()
    assert (explain.overlay(image, np.zeros((8, 8)), threshold=0) == 100).all()
    rgb = np.stack([image] * 3, -1)
    np.testing.assert_array_equal(explain.overlay(rgb, heat), explain.overlay(image, heat))


def test_a_contour_is_the_outline():
    region = np.zeros((7, 7), bool)
    region[1:6, 1:6] = True
    assert explain.contour(region).sum() == 16
    assert not explain.contour(np.ones((5, 5), bool)).any()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda m: explain.explain(m, pictures()[0], layer="block_99"),
            "expects the name of a layer.*out_relu",
        ),
        (lambda m: explain.explain(m, pictures()[0], layer="fc1"), "its pixels are gone"),
        (lambda m: explain.explain(m, pictures()[0], label=4), "integers from 0 to 3"),
        (lambda m: explain.explain(m, np.zeros((5, 5))), r"Expected images \(N, 64, 64, 1\)"),
        (lambda m: explain.grad_cam(m, pictures(), of="entropy"), "logit"),
        (lambda m: explain.overlay(np.zeros((4, 4)), np.zeros((2, 2)), alpha=1.5), "alpha expects"),
    ],
)
def test_bad_input_is_named(classifier, call, message):
    with pytest.raises(ValueError, match=message):
        call(classifier)
