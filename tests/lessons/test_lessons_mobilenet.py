"""MobileNetV2 as a table: Keras' own network has the same weights and works as hard."""

from math import prod

import keras
import numpy as np
import pytest

from neuropath import scratch as nn
from neuropath.lessons import architectures as arch
from neuropath.lessons import mobilenet


@pytest.mark.parametrize(("alpha", "side"), [(1.0, 224), (0.35, 96), (0.5, 160), (1.4, 224), (0.35, 97)])
def test_the_table_has_keras_counts_layer_by_layer(alpha, side):
    table = mobilenet.base(alpha, side)
    with keras.StatelessScope(initialize_variables=False):
        theirs = keras.applications.MobileNetV2((side, side, 3), alpha=alpha, include_top=False, weights=None)
    layers = [layer for layer in theirs.layers if hasattr(layer, "kernel")]
    assert [prod(layer.kernel.shape) for layer in layers] == arch.parameters(table)
    work = [prod(layer.output.shape[1:-1]) * prod(layer.kernel.shape) for layer in layers]
    assert work == arch.macs(table)
    assert mobilenet.counts(table) == (theirs.count_params(), sum(work))


def test_it_takes_the_widths_themselves_as_the_scratch_network_does():
    widths = [8, 8, *[16] * 16, 24]
    ours = nn.MobileNetV2((32, 32, 3), widths, rng=np.random.default_rng(0))
    kernels = sum(p.size for name, p in ours.params.items() if name.endswith("/W"))
    assert kernels == sum(arch.parameters(mobilenet.base(widths, 32)))


def test_scaling_refuses_what_is_not_whole():
    half = mobilenet.scaled(mobilenet.base(), 0.5, 112)
    assert half.layers[0].filters == 16
    assert half.layers[1].groups == half.layers[1].filters == 16
    with pytest.raises(ValueError, match="no whole number"):
        mobilenet.scaled(mobilenet.base(), 0.3, 224)
