"""The tables of LeNet-5, AlexNet and VGG-16: every count against Keras, every field against brute force."""

import numpy as np
import pytest

from neuropath.lessons import architectures as arch
from neuropath.lessons.architectures import Architecture, Field, Layer

keras = pytest.importorskip("keras")
ALL = (arch.LENET5, arch.ALEXNET, arch.ALEXNET_2012, arch.VGG16)
TOTALS = {
    "LeNet-5": (61_706, 416_520),
    "AlexNet": (61_100_840, 714_188_480),
    "AlexNet-2012": (60_965_224, 724_406_816),
    "VGG-16": (138_357_544, 15_470_264_320),
}
SMALL = Architecture(
    "small",
    (23, 20, 3),
    (
        Layer("a", "conv", 4, 3, 2, padding="same", use_bias=False),
        Layer("b", "conv", 6, 3, padding=1, groups=2),
        Layer("c", "conv", 6, 2, dilation=3),
        Layer("d", "average", size=3, stride=2, padding="same"),
        Layer("flatten", "flatten"),
        Layer("e", "dense", 5),
    ),
)


@pytest.mark.parametrize("network", ALL, ids=lambda a: a.name)
def test_the_totals_are_the_published_ones(network):
    assert (sum(arch.parameters(network)), sum(arch.macs(network))) == TOTALS[network.name]


@pytest.mark.parametrize("network", [arch.LENET5, arch.ALEXNET, SMALL], ids=lambda a: a.name)
def test_sizes_and_parameters_are_those_of_keras_layer_by_layer(network):
    model = arch.keras_model(network)
    counted = zip(network.layers, arch.shapes(network), arch.parameters(network), strict=True)
    for layer, shape, parameters in counted:
        theirs = model.get_layer(layer.name)
        assert theirs.output.shape[1:] == shape, layer.name
        assert theirs.count_params() == parameters, layer.name
    assert model.count_params() == sum(arch.parameters(network))


def test_macs_are_counted_one_by_one():
    layer = Layer("only", "conv", 4, 3, 2, padding=1, groups=2)
    network = Architecture("one", (7, 6, 2), (layer,))
    (H, W, filters), done = arch.shapes(network)[0], 0
    for _ in np.ndindex(H, W, filters, 3, 3, 2 // layer.groups):
        done += 1
    assert arch.macs(network) == [done]


def touched(layers, n, y):
    """The input pixels that output y of the last layer reads, by walking back; padding included."""
    places = {y}
    for layer, size in reversed([*zip(layers, lengths(layers, n), strict=True)]):
        before, _ = arch.pads(size, layer)
        places = {p * layer.stride + i * layer.dilation - before for p in places for i in range(layer.size)}
    return places


def lengths(layers, n):
    found = [n]
    for layer in layers[:-1]:
        found.append(arch.output_size(found[-1], layer))
    return found


@pytest.mark.parametrize("seed", range(25))
def test_the_field_is_what_walking_back_finds(seed):
    rng = np.random.default_rng(seed)
    paddings = ("valid", "same", 0, 1, 2)
    layers = [
        Layer(f"l{i}", "conv", 1, int(k), int(s), paddings[p], int(d))
        for i, (k, s, p, d) in enumerate(rng.integers((1, 1, 0, 1), (5, 4, 5, 3), (4, 4)))
    ]
    n = int(rng.integers(120, 160))
    for depth, field in enumerate(arch.receptive_field(layers, n), 1):
        for y in (0, 1):
            seen = touched(layers[:depth], n, y)
            assert min(seen) == field.start + y * field.jump
            assert max(seen) - min(seen) + 1 == field.width
            assert field.centre + y * field.jump == (min(seen) + max(seen)) / 2


def test_fields_stop_at_flatten_and_are_the_known_ones():
    assert arch.receptive_field(arch.LENET5.layers)[-1] == Field("pool2", 16, 4, -2)
    assert arch.receptive_field(arch.ALEXNET.layers)[-1].width == 195
    assert arch.receptive_field(arch.VGG16.layers)[-1] == Field("pool5", 212, 32, -90)
    assert arch.receptive_field(arch.VGG16.layers, 224) == arch.receptive_field(arch.VGG16.layers)


def test_an_odd_axis_needs_its_length_for_same():
    layers = [Layer("a", "conv", 1, 3, 2, padding="same")]
    assert arch.receptive_field(layers)[0].start == 0
    assert arch.receptive_field(layers, 8)[0].start == 0
    assert arch.receptive_field(layers, 7)[0].start == -1


def test_it_says_what_is_wrong():
    with pytest.raises(ValueError, match="kind"):
        Layer("a", "convolution")
    with pytest.raises(ValueError, match="padding"):
        arch.pads(8, Layer("a", "conv", 1, padding="full"))
    with pytest.raises(ValueError, match="reaches over 5 pixels"):
        arch.output_size(4, Layer("a", "conv", 1, 5))


def test_the_table_shows_every_layer_and_the_sums():
    text = arch.table(arch.VGG16)
    assert len(text.splitlines()) == len(arch.VGG16.layers) + 2
    assert "138,357,544" in text
    assert "15,470,264,320" in text
