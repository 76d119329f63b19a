"""The figures of Session 02 Part A: that what their alt texts and captions say is so."""

import numpy as np
import pytest
from scipy.signal import correlate2d

from neuropath import visualizations as viz
from neuropath.visualizations import _s02a, _s02a_digits
from neuropath.visualizations import s02a_kernels as kernels
from neuropath.visualizations import s02a_patches as patches
from neuropath.visualizations import s02a_pooling as pooling
from neuropath.visualizations import s02a_sharing as sharing
from neuropath.visualizations import s02a_shift as shift
from neuropath.visualizations import s02a_shuffled as shuffled
from neuropath.visualizations import s02a_steps as steps
from neuropath.visualizations import s02a_story as story
from neuropath.visualizations import s02a_views as views
from neuropath.visualizations import s02a_window as window


def test_there_are_figures():
    assert len([name for name in viz.names() if name.startswith("s02a_")]) == 12


def test_sliding_is_what_scipy_calls_correlation():
    image, kernel = np.random.default_rng(0).normal(size=(2, 7, 7))
    np.testing.assert_allclose(
        _s02a.slide(image, kernel[:3, :2]), correlate2d(image, kernel[:3, :2], "valid")
    )


def test_the_window_figure_holds_the_numbers_of_its_alt_text():
    assert _s02a.slide(window.PICTURE, window.KERNEL).tolist() == [[5, 5, 0], [10, 10, 0], [15, 15, 0]]
    assert np.count_nonzero(window.PICTURE == 5) == window.PICTURE[2:, 2:].size == 9


def test_one_rule_shuffles_every_picture_and_loses_nothing():
    images = np.stack([np.arange(64.0).reshape(8, 8) + 100 * n for n in range(3)])
    got = shuffled.shuffle(images)
    assert (np.diff(got, axis=0) == 100).all()
    assert sorted(got[0].ravel()) == list(range(64))
    assert (got != images).mean() > 0.9


@pytest.mark.parametrize(
    ("kind", "weights", "lines"), [("dense", 35, 35), ("local", 15, 15), ("shared", 3, 15)]
)
def test_wirings_have_the_counts_of_the_alt_text(kind, weights, lines):
    assert sharing.weights(kind) == weights
    assert len(sharing.lines(kind)) == lines


def test_windows_fit_as_often_as_the_titles_say():
    found = {name: steps.windows(**options) for name, options in steps.PANELS.items()}
    assert [len(looks) for looks in found.values()] == [5, 7, 3, 3]
    assert found["padding 1"][0][0] == -1
    assert found["padding 1"][-1][-1] == steps.PIXELS
    assert found["dilation 2"][0] == [0, 2, 4]
    assert [looks[0] for looks in found["stride 2"]] == [0, 2, 4]


def test_pooled_numbers_before_and_after_the_move():
    before, after = pooling.blocks(pooling.MAP), pooling.blocks(pooling.moved())
    assert before.max(axis=2).ravel().tolist() == [8, 2, 0, 6]
    assert before.mean(axis=2).ravel().tolist() == [3, 0.5, 0, 1.5]
    assert after.max(axis=2).ravel().tolist() == [8, 4, 0, 6]
    assert after.mean(axis=2).ravel().tolist() == [2, 1.5, 0, 1.5]


def test_maps_of_edges_are_pale_in_even_tissue_and_two_coloured_at_flanks():
    found = kernels.maps()
    across = found["edges, across"]
    assert across.max() > 500
    assert across.min() < -500
    assert np.median(np.abs(across)) < 0.05 * across.max()
    assert found["blur"].std() < found["the slice"].std() < found["sharpen"].std()


def test_squares_have_the_widths_of_vgg_and_the_view_stands_on_the_rim():
    assert views.widths() == [5, 14, 40, 92, 196]
    image = _s02a.head_slice(224)
    small = views.crop(image, 5)
    assert small[:, :2].mean() > small[:, -1].mean() + 60  # bright beside dark
    assert views.crop(image, 92).shape == (92, 92)


def test_both_ways_round_the_square_end_in_the_same_map():
    image, edges, moved, edges_of_moved = shift.square()
    assert (moved[:, shift.MOVE :] == image[:, : -shift.MOVE]).all()
    assert (edges_of_moved[:, shift.MOVE :] == edges[:, : -shift.MOVE]).all()
    assert edges.max() == edges_of_moved.max() == 634


def test_the_three_networks_fall_zigzag_and_stay_level():
    dense, strided, sliding = (_s02a_digits.accuracies(k) for k in ("dense", "strided", "sliding"))
    assert dense[0] > 0.93
    assert dense[2] < 0.3
    assert strided[1] < strided[0] - 0.05
    assert strided[0] == pytest.approx(strided[2])
    assert min(sliding) == pytest.approx(max(sliding))
    assert sliding[0] > 0.95


def test_moved_digits_give_the_very_same_scores_where_the_figure_says_so():
    X = np.random.default_rng(0).random((20, 8, 8)).astype("float32")
    for kind, forgiven, told in (("sliding", (1, 2, 3, 4), ()), ("strided", (2, 4), (1, 3))):
        model = _s02a_digits.network(kind)  # untrained: it is built in
        still = model.forward(_s02a_digits.framed(X))
        for across in forgiven:
            np.testing.assert_allclose(model.forward(_s02a_digits.framed(X, across)), still, atol=1e-5)
        for across in told:
            assert np.abs(model.forward(_s02a_digits.framed(X, across)) - still).max() > 0.01


@pytest.mark.parametrize("depth", [0, 1])
def test_patches_of_a_unit_are_alike_and_random_ones_are_not(depth):
    assert patches.likeness(depth) > 0.7
    assert abs(patches.control(depth)) < 0.1
    width = patches.WIDTHS[depth]
    assert patches.best_patches(depth, 0).shape == (patches.PATCHES, width, width)


def test_a_unit_answers_to_its_patch_alone_as_it_did_in_the_picture():
    unit = patches.busiest(1)[0]
    patch = patches.best_patches(1, unit)[:1, :, :, None]
    out = patch
    for layer in _s02a_digits.trained("sliding").layers[:4]:
        out = layer.forward(out)
    assert out.shape == (1, 1, 1, 24)
    assert out[0, 0, 0, unit] == pytest.approx(patches.answers()[1][1][..., unit].max(), rel=1e-4)


def test_counts_of_the_four_networks():
    found = [story.counts(network) for _, network in story.STORY]
    assert [year for year, _ in story.STORY] == [1998, 2012, 2014, 2017]
    assert found == [
        (61_706, 416_520),
        (60_965_224, 724_406_816),
        (138_357_544, 15_470_264_320),
        (4_210_088, 568_740_352),
    ]


def test_mobilenet_has_the_weights_that_keras_counts(keras):
    theirs = keras.applications.MobileNet(weights=None)
    norms = [layer for layer in theirs.layers if isinstance(layer, keras.layers.BatchNormalization)]
    assert (
        theirs.count_params() - sum(layer.count_params() for layer in norms)
        == story.counts(story.MOBILENET)[0]
    )
