"""The figures of Session 03 Part A: that what their alt texts and captions say is so."""

import numpy as np
import pytest

from neuropath import visualizations as viz
from neuropath.lessons.record import recorded
from neuropath.visualizations import _s03a_digits as small
from neuropath.visualizations import s03a_block as block
from neuropath.visualizations import s03a_colour as colour
from neuropath.visualizations import s03a_families as families
from neuropath.visualizations import s03a_rates as rates
from neuropath.visualizations import s03a_separable as separable
from neuropath.visualizations import s03a_sources as sources
from neuropath.visualizations import s03a_spiral as spiral


def test_there_are_figures():
    assert len([name for name in viz.names() if name.startswith("s03a_")]) == 9


def test_the_sliced_convolution_has_the_counts_of_the_layers(keras):
    found = separable.counts()
    assert found == {"standard": 216, "each": 36, "mix": 24, "separable": 60}
    at_once = keras.layers.Conv2D(separable.OUTPUTS, 3, use_bias=False)
    slices = keras.layers.SeparableConv2D(separable.OUTPUTS, 3, use_bias=False)
    for layer, kind in ((at_once, "standard"), (slices, "separable")):
        layer.build((None, 8, 8, separable.INPUTS))
        assert layer.count_params() == found[kind]


def test_the_block_is_one_of_mobilenet_s(keras):
    theirs = keras.applications.MobileNetV2(weights=None, include_top=False, input_shape=(96, 96, 3))
    names = [f"block_2_{part}" for part in ("expand", "depthwise", "project")]
    assert [theirs.get_layer(name).count_params() for name in names] == block.weights()
    assert theirs.get_layer("block_2_add").output.shape[-1] == block.NARROW


def test_the_families_have_the_weights_of_keras(keras):
    found = {name: families.weights(channels, layers) for name, channels, layers, _ in families.BLOCKS}
    assert list(found.values()) == [2_359_296, 69_632, 266_752, 14_016]
    resnet = keras.applications.ResNet50(weights=None, include_top=False)
    kernels = [resnet.get_layer(f"conv2_block2_{k}_conv").kernel for k in (1, 2, 3)]
    assert sum(int(np.prod(kernel.shape)) for kernel in kernels) == found["ResNet-50, 2015"]
    mobile = keras.applications.MobileNetV2(weights=None, include_top=False, input_shape=(96, 96, 3))
    names = [f"block_4_{part}" for part in ("expand", "depthwise", "project")]
    assert sum(mobile.get_layer(name).count_params() for name in names) == found["MobileNetV2, 2018"]


def test_the_spiral_comes_back_where_two_units_are_on():
    X = spiral.spiral()
    for units, share in zip(spiral.UNITS, (0.25, 0.5, 0.8125, 1, 1), strict=True):
        B = spiral.layer(units)
        back, exact = spiral.brought_back(X, B)
        assert (exact == ((X @ B.T > 0).sum(axis=1) >= 2)).all()
        assert exact.mean() == pytest.approx(share, abs=0.06)
        np.testing.assert_allclose(back[exact], X[exact], atol=1e-9)
        answers = np.maximum(X @ B.T, 0)  # lost points still agree with all units that were on
        np.testing.assert_allclose((back @ B.T)[answers > 0], answers[answers > 0], atol=1e-9)


def test_digits_are_lent_from_one_half_to_the_other():
    halves = small.digits()
    assert set(halves["source"][1]) == set(halves["target"][1]) == set(range(5))
    X, y = small.few(3, seed=1)
    assert X.shape == (15, 144)
    assert np.bincount(y).tolist() == [3] * 5
    flipped = small.VIEWS["inverted"](X)
    np.testing.assert_allclose(flipped + X, 1, atol=1e-6)
    shuffled = small.VIEWS["shuffled"](X)
    np.testing.assert_allclose(np.sort(shuffled), np.sort(X))
    assert (shuffled != X).any()


def test_a_way_leaves_the_lender_as_it_was():
    before = {k: v.copy() for k, v in small.source_network().params.items()}
    small.three_ways("as they are", 2, 0)
    assert all((v == before[k]).all() for k, v in small.source_network().params.items())


def test_the_filters_stand_in_the_order_of_the_caption():
    found = {k: np.array(v) for k, v in recorded("transfer-sources")["first_layer"].items()}
    rows = colour.order()
    assert sorted(rows) == list(range(16))
    assert (np.diff(found["grey_share"][rows[:11]]) >= 0).all()
    for kind in colour.KINDS:
        assert (found[kind][rows[11:]] < 0.01).all()
    for kind, quiet in (("grey", 3), ("phantom", 2)):
        louder = found[kind][rows[:11]] > 0.3 * found["colour"][rows[:11]]
        assert not louder[:quiet].any()
        assert louder[quiet:].all()


def test_the_two_panels_turn_the_order_round():
    ends = {(t, s): sources.shares(t, s)[1][-1].mean() for t in sources.TARGETS for s in sources.LOOKS}
    assert ends["phantom", "phantom"] == max(v for (t, _), v in ends.items() if t == "phantom")
    assert ends["figshare", "imagenet"] == max(v for (t, _), v in ends.items() if t == "figshare")
    assert ends["figshare", "pixels"] > ends["figshare", "phantom"]
    for target in sources.TARGETS:
        assert ends[target, "random"] == min(v for (t, _), v in ends.items() if t == target)


def test_the_rates_do_what_the_alt_text_says():
    assert [rates.name(rate) for rate in recorded("transfer-rates")["rates"]] == [
        "10⁻⁵",
        "10⁻⁴",
        "10⁻³",
        "10⁻²",
    ]
    before = rates.runs(1e-5, "probe_before").mean()
    ends = [rates.runs(rate, "accuracy").mean(axis=0)[-1] for rate in (1e-5, 1e-4, 1e-3, 1e-2)]
    assert ends[0] == pytest.approx(before, abs=0.05)
    assert ends[1] == pytest.approx(before, abs=0.05)
    assert ends[3] < 0.25 < ends[2] < before
