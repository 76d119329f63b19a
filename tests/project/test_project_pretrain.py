"""The bundled backbone: that it is there and differs from a random one; and the script that makes it."""

import csv
import os
from concurrent.futures import Future

import numpy as np
import pytest
from project_models import make

from neuropath.project import pretrain_data as data


class AtOnce:
    """An executor that works in this process: starting others takes seconds."""

    def submit(self, function, *arguments):
        future = Future()
        future.set_result(function(*arguments))
        return future


@pytest.fixture(scope="module")
def batch():
    return data.make_chunk(36, 64, (0.15, 0.36), (3, 1))


@pytest.fixture(scope="module")
def weights(keras):
    from neuropath.project import weights

    return weights


def test_bundled_weights_are_small_and_come_with_their_datasheet_and_log(weights):
    assert weights.BUNDLED.stat().st_size <= 1_000_000
    sheet = weights.BUNDLED.with_name("datasheet.md").read_text()
    assert "near-domain" in sheet
    with open(weights.BUNDLED.with_name(weights.BUNDLED.stem + ".log.csv"), newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["round"]) for row in rows] == list(range(len(rows)))
    assert {int(row["size"]) for row in rows} == {64, 96}


def test_bundled_weights_are_finite_float16(weights):
    with np.load(weights.BUNDLED) as archive:
        arrays = [archive[name] for name in archive.files]
    assert sum(array.size for array in arrays) == 410_208
    assert all(array.dtype == np.float16 and np.isfinite(array).all() for array in arrays)


def test_bundled_features_are_not_those_of_random_weights(keras, batch):
    shape = (64, 64, 1)
    trained, random = make(weights="bundled", input_shape=shape), make(input_shape=shape)
    random.recalibrate(batch.images)
    assert not trained.base.trainable
    x, y = (np.asarray(m.features(m._batch(batch.images[:8]), training=False)) for m in (trained, random))
    assert x.shape == y.shape == (8, 1280)
    assert np.isfinite(x).all()
    assert x.std(axis=0).max() > 0.05  # pictures differ in them
    assert abs(np.corrcoef(x.mean(axis=0), y.mean(axis=0))[0, 1]) < 0.5


def test_pictures_answer_every_head(batch):
    assert batch.images.shape == (36, 64, 64)
    assert batch.images.dtype == np.uint8
    assert batch.dense.shape == (36, 8, 8, len(data.CHANNELS))
    assert batch.traits.shape == (36, data.HEADS["traits"])
    for name in ("kind", "polarity", "modality", "level", "place"):
        answers = getattr(batch, name)
        assert answers.shape == (36,)
        assert answers.max() < data.HEADS[name]
    nothing = batch.kind == data.KINDS.index("none")
    assert (batch.dense[..., 0].reshape(36, -1).max(axis=1) > 0).tolist() == (~nothing).tolist()
    assert (batch.place[nothing] == data.HEADS["place"] - 1).all()
    assert (batch.polarity[nothing] == 3).all()


def test_pictures_depend_on_the_seed_alone():
    few = data.make_chunk(3, 64, (0.1, 0.3), (3, 2))
    more = data.make_chunk(8, 64, (0.1, 0.3), (3, 2))
    other = data.make_chunk(3, 64, (0.1, 0.3), (3, 3))
    np.testing.assert_array_equal(few.images, more.images[:3])
    np.testing.assert_array_equal(few.dense, more.dense[:3])
    assert not np.array_equal(few.images, other.images)


def test_a_round_is_ordered_in_chunks():
    futures = data.make_batch(data.CHUNK + 2, size=64, radii=(0.1, 0.3), seed=(1,), pool=Lazy())
    assert [arguments[0] for arguments in futures] == [data.CHUNK, 2]


class Lazy:
    def submit(self, function, *arguments):
        return arguments


def test_rate_rises_then_falls_and_pictures_grow():
    from neuropath.project import pretrain

    rates = [pretrain.rate_at(p) for p in np.linspace(0, 1, 101)]
    peak = int(np.argmax(rates))
    assert 0 < peak < 5
    assert rates[peak] == pytest.approx(pretrain.PEAK, rel=0.01)
    assert np.all(np.diff(rates[peak:]) <= 0)
    assert [pretrain.stage_at(p).size for p in (0.0, 0.2, 0.9, 1.0)] == [64, 64, 96, 96]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"out": "weights.h5"}, "ends in .npz"),
        ({"minutes": 0}, "positive minutes"),
        ({"pictures": 64}, "at least 128 pictures"),
        ({"seed": -1}, "a seed ≥ 0"),
    ],
)
def test_a_plan_that_cannot_be_carried_out_is_refused(options, said, tmp_path):
    from neuropath.project import pretrain

    plan = {"out": tmp_path / "weights.npz"} | options
    plan["out"] = tmp_path / plan["out"]
    with pytest.raises(ValueError, match=said):
        pretrain.pretrain(pretrain.Plan(**plan))
    assert not os.listdir(tmp_path)


def test_a_log_without_its_checkpoint_is_refused(keras, tmp_path):
    from neuropath.project import pretrain

    plan = pretrain.Plan(tmp_path / "weights.npz")
    with pytest.raises(ValueError, match="is missing: put it back"):
        pretrain._resume(plan, [{"round": "0"}])


def test_replay_resumes_and_repeats_what_the_log_says(keras, weights, tmp_path, monkeypatch):
    """Two rounds, one after the other in two runs, are the two rounds of one run: same numbers."""
    from neuropath.project import pretrain

    monkeypatch.setattr(pretrain, "EPOCHS", 1)
    monkeypatch.setattr(pretrain, "BATCH", 8)
    log = tmp_path / "log.csv"
    rows = ["0,64,0.001,0.1", "1,64,0.0005,0.3"]
    log.write_text("\n".join(["round,size,rate,progress", *rows]) + "\n")
    first = tmp_path / "first.csv"
    first.write_text("\n".join(["round,size,rate,progress", rows[0]]) + "\n")

    def run(name, replay, done):
        plan = pretrain.Plan(tmp_path / name, pictures=16, replay=replay)
        model = pretrain._rounds(plan, pretrain._resume(plan, done), done, AtOnce())
        return [np.array(w) for w in model.get_weights()]

    whole = run("whole.npz", log, [])
    run("parts.npz", first, [])
    parts = run("parts.npz", log, pretrain._read(tmp_path / "parts.log.csv"))
    for a, b in zip(whole, parts, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
    assert len(pretrain._read(tmp_path / "parts.log.csv")) == 2


def test_a_larger_picture_keeps_weights_and_optimiser(keras, batch):
    from neuropath.project import pretrain_task as task

    x, y = task.arrays(batch)
    model = task.build(64, 0)
    model.fit(x[:8], {name: value[:8] for name, value in y.items()}, batch_size=8, verbose=0)
    other = task.resized(model, 96, 0)
    assert other.input_shape == (None, 96, 96, 1)
    for a, b in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert int(other.optimizer.iterations) == 1
    pooled, mean = y["block_12_add_mask"], batch.dense[..., :1].mean(axis=(1, 2)) / 255
    assert pooled.shape == (36, 4, 4, 1)
    np.testing.assert_allclose(pooled.mean(axis=(1, 2)), mean, rtol=1e-5, atol=1e-6)
