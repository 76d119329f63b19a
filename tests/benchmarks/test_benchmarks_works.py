"""Both sides do the same work, or no time is taken. Each test also plants a fault and sees it refused."""

import functools
from types import SimpleNamespace

import numpy as np
import pytest
from benchmarks import frozen, head, layers, lenet, mlp, mobilenet
from benchmarks.measure import WITH_TORCH, Agreement

from neuropath import scratch as nn
from neuropath.scratch import folding

WITHIN = {mlp: 4 + 2 * WITH_TORCH, lenet: 1 + WITH_TORCH, head: 1 + WITH_TORCH, layers: len(layers.LAYERS)}


@pytest.mark.parametrize("module", WITHIN, ids=lambda m: m.__name__.split(".")[1])
def test_all_sides_agree_and_can_be_called(module, keras):
    found, names = [], set()
    for work in module.works(quick=True):
        found += work.agreements
        names.add(work.name)
        for call in (*work.ours.values(), *work.others.values()):
            assert (call is not None and call() is not NotImplemented) or not WITH_TORCH
    assert len(found) == WITHIN[module]
    if module is not layers:
        assert {one.work for one in module.passes(quick=True)} == names, "a profile finds its rows by name"
    assert all(0 <= a.distance <= a.tolerance for a in found)


def test_mobilenet_agrees_forward_and_backward(keras):
    works = list(mobilenet.works(quick=True))
    assert {one.work for one in mobilenet.passes(quick=True)} == {work.name for work in works}
    found = [a for work in works for a in work.agreements]
    assert len(found) == 5 + 2 * WITH_TORCH
    assert max(a.distance for a in found if "float64" in a.what) < 1e-11


def test_another_learning_rate_is_seen(keras, monkeypatch):
    monkeypatch.setattr(
        nn.SGD, "step", lambda self, params, grads: params["all"].__isub__(0.0626 * grads["all"])
    )
    with pytest.raises(AssertionError, match="MLP, SGD, float64"):
        next(mlp.works(quick=True))


def test_another_pooling_is_seen(keras, monkeypatch):
    monkeypatch.setattr(nn, "lenet5", functools.partial(nn.lenet5, pooling="average"))
    with pytest.raises(AssertionError, match="LeNet-5, float64"):
        next(lenet.works(quick=True))


def test_another_normalisation_in_the_head_is_seen(keras, monkeypatch):
    make = head.our_head

    def other(rates, dtype="float32"):
        made = make(rates, dtype)
        made["bn2"].epsilon = 1.01e-3
        return made

    monkeypatch.setattr(head, "our_head", other)
    with pytest.raises(AssertionError, match="head without dropout"):
        next(head.works(quick=True))


def test_a_wrong_fold_is_seen(keras, monkeypatch):
    right = folding.absorb

    def wrong(conv, norm):
        right(conv, norm)
        conv.params["b"] = conv.params["b"] * np.float32(1.01)

    monkeypatch.setattr(folding, "absorb", wrong)
    with pytest.raises(AssertionError, match="folded"):
        mobilenet.forward(0.35, 96, 2)


def test_a_wrong_gradient_is_seen(keras, monkeypatch):
    right = nn.BatchNormalization.backward
    monkeypatch.setattr(nn.BatchNormalization, "backward", lambda self, dY: right(self, dY) * (1 + 1e-6))
    with pytest.raises(AssertionError, match=r"forward \+ backward.*float64"):
        mobilenet.backward(0.35, 96, 2)


def test_input_pipelines_give_the_same_pixels(keras):
    from benchmarks import input_pipeline

    for work in input_pipeline.works(quick=True):
        assert work.agreements[0].distance == 0
        assert [call() for call in (*work.ours.values(), *work.others.values())] == [work.per] * 6
        assert work.aimed == ("cached batches", "cached batches, all cores")


def test_other_pixels_are_seen(keras, monkeypatch):
    from benchmarks import input_pipeline

    right = input_pipeline.decode_files

    def brighter(paths, reading):
        return SimpleNamespace(pixels=right(paths, reading).pixels ^ 1)

    monkeypatch.setattr(input_pipeline, "decode_files", brighter)
    with pytest.raises(AssertionError, match="a batch without augmentation"):
        next(input_pipeline.works(quick=True))


@pytest.fixture
def stage_1(keras, monkeypatch):
    """frozen.measure whose training is replaced: `losses` are what the two ways report."""
    from benchmarks import frozen_features

    from neuropath.project import callbacks, train

    losses = {way: np.array([2.0, 1.5, 1.2]) for way in frozen_features.WAYS}
    seconds = {"images": 12.0, "features": 2.0}
    seen = []

    def fake(way, data, settings, folder):
        seen.append(callbacks.PATIENCE)
        return seconds[way], losses[way]

    monkeypatch.setattr(frozen_features, "run", fake)
    monkeypatch.setattr(train, "load_data", lambda settings: SimpleNamespace(rows=lambda part: range(1234)))
    return SimpleNamespace(losses=losses, patience=lambda: callbacks.PATIENCE, seen=seen)


def test_stage_1_is_a_row_with_its_target(stage_1):
    patience = stage_1.patience()
    agreement, row = frozen.measure("Haswell")
    assert agreement == Agreement("stage 1, losses of all epochs", 0.0, frozen.TOLERANCE)
    assert (row.ratio, row.target, row.reached, row.rounds) == (6.0, 5.0, True, 1)
    assert "1,234 images" in row.work
    assert stage_1.seen == [frozen.EPOCHS] * 2, "early stopping would end the two ways at different epochs"
    assert stage_1.patience() == patience


def test_stage_1_refuses_other_losses_and_other_lengths(stage_1):
    stage_1.losses["features"] = np.array([2.0, 1.5, 1.2 * 1.01])
    with pytest.raises(AssertionError, match=r"losses 1\.0e-02 apart"):
        list(frozen.measure("Haswell"))
    stage_1.losses["features"] = np.array([2.0, 1.5])
    with pytest.raises(AssertionError, match="2 epochs by features and 3 by images"):
        list(frozen.measure("Haswell"))
