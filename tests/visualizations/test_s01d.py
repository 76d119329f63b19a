"""The figures of Session 01 Part D: they draw in both themes, and what their alt text says is so."""

import numpy as np
import pytest

from neuropath import scratch as nn
from neuropath import visualizations as viz
from neuropath.visualizations import s01d_curves as curves
from neuropath.visualizations import s01d_loop as loop
from neuropath.visualizations import s01d_memory as memory

NAMES = [name for name in viz.names() if name.startswith("s01d_")]


def test_there_are_figures():
    assert NAMES == ["s01d_curves", "s01d_loop", "s01d_memory"]


def test_the_shapes_of_the_loop_are_those_of_the_network():
    model = nn.mlp([64, 128, 64, 10], rng=np.random.default_rng(0))
    logits = model.forward(np.zeros((32, 64), "float32"))
    model.backward(nn.sparse_categorical_crossentropy(logits, np.zeros(32, int))[1])
    assert f"logits\n{logits.shape}" in loop.TOP
    for number, text in zip("123", loop.BACK, strict=True):
        assert str(model.grads[f"dense_{number}/W"].shape) in text
        assert str(model.grads[f"dense_{number}/b"].shape) in text


def test_the_megabytes_are_those_of_the_alt_text():
    small, large = memory.megabytes(32), memory.megabytes(2048)
    assert small["parameters"] == pytest.approx(4 * 109_386 / 1e6)
    assert [round(value, 2) for value in small.values()] == [0.44, 0.44, 0.88, 0.13]
    assert large["inputs and activations"] == pytest.approx(64 * small["inputs and activations"])
    assert round(large["inputs and activations"], 1) == 8.1


def test_the_three_runs_are_what_the_alt_text_says():
    a, b, c = (curves.runs()[name] for name in "ABC")
    assert a["loss"][0] > 2.4
    assert 1.8 < a["loss"][-1] < 2.2
    assert abs(a["loss"][-1] - a["val_loss"][-1]) < 0.1
    assert b["loss"][-1] < 0.1
    assert np.argmin(b["val_loss"]) < 30
    assert np.mean(b["val_loss"][-10:]) > 0.6 > 0.5 > min(b["val_loss"])
    assert c["loss"][-1] < c["val_loss"][-1] < 1.2 * min(c["val_loss"]) < 0.25
