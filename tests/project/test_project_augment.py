"""Augmentation: the fast form against the slow and obvious one, what is drawn, and the generators on top."""

import subprocess
import sys

import numpy as np
import pytest
from project_trees import encoded, picture

from neuropath.project import data_loader
from neuropath.project.augment import (
    ANATOMICAL,
    NONE,
    REFERENCE,
    SHARED,
    Augmentation,
    augment_batch,
    batches,
    tf_dataset,
)


@pytest.fixture
def images(rng):
    return rng.integers(0, 256, (40, 20, 24), dtype=np.uint8)


def slow_move(image, angle, scale, shift):
    """One pixel at a time, straight from the definition."""
    height, width = image.shape
    middle, out = np.array([(height - 1) / 2, (width - 1) / 2]), np.empty(image.shape)
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    for p in np.ndindex(height, width):
        at = np.clip(turn @ (p - middle) + middle + shift, 0, (height - 1, width - 1))
        i, j = np.minimum(at.astype(int), (height - 2, width - 2))
        v, u = at - (i, j)
        out[p] = (1 - v) * ((1 - u) * image[i, j] + u * image[i, j + 1]) + v * (
            (1 - u) * image[i + 1, j] + u * image[i + 1, j + 1]
        )
    return out


def test_the_fast_form_equals_the_slow_one(images):
    how = Augmentation(rotation=25, zoom=(0.75, 1.1), shift=0.1)
    got = augment_batch(images[:SHARED], how, rng=np.random.default_rng(3))
    rng = np.random.default_rng(3)
    angle, scale = np.deg2rad(rng.uniform(-25, 25)), rng.uniform(0.75, 1.1)
    shift = rng.uniform(-0.1, 0.1, 2) * images.shape[1:]
    for image, moved in zip(images, got, strict=False):
        np.testing.assert_allclose(moved, slow_move(image.astype(float), angle, scale, shift), atol=0.02)


def test_nothing_asked_nothing_changed(images, rng):
    got = augment_batch(images, NONE, rng=rng)
    assert got.dtype == np.float32
    np.testing.assert_array_equal(got, images)


def test_flips_are_left_to_right_by_default_and_never_upside_down(images, rng):
    got = augment_batch(images, Augmentation(horizontal_flip=True), rng=rng)
    mirrored = np.array([np.array_equal(g, i[:, ::-1]) for g, i in zip(got, images, strict=True)])
    kept = np.array([np.array_equal(g, i) for g, i in zip(got, images, strict=True)])
    assert (mirrored ^ kept).all()
    assert 5 < mirrored.sum() < 35
    assert not ANATOMICAL.vertical_flip
    assert REFERENCE.vertical_flip


def test_upside_down_where_it_is_asked_for(images, rng):
    got = augment_batch(images, Augmentation(vertical_flip=True), rng=rng)
    assert any(np.array_equal(g, i[::-1]) for g, i in zip(got, images, strict=True))


def test_brightness_and_contrast_stay_in_their_ranges(rng):
    grey = np.full((200, 8, 8), 128, np.uint8)
    lighter = augment_batch(grey, Augmentation(brightness=0.2), rng=rng)[:, 0, 0]
    assert np.abs(lighter - 128).max() <= 51
    assert np.ptp(lighter) > 80
    half = np.tile(np.array([100, 156], np.uint8), (200, 4, 4))
    spread = np.ptp(augment_batch(half, Augmentation(contrast=(0.8, 1.2)), rng=rng), axis=(1, 2)) / 56
    assert 0.8 - 1e-5 <= spread.min() < 0.85
    assert 1.15 < spread.max() <= 1.2 + 1e-5


@pytest.mark.parametrize("shape", [(5, 20, 24), (5, 20, 24, 3), (0, 20, 24)])
def test_values_stay_in_range_and_colours_move_together(shape, rng):
    pixels = rng.integers(0, 256, shape, dtype=np.uint8)
    if len(shape) == 4:
        pixels[:] = pixels[..., :1]
    got = augment_batch(pixels, REFERENCE, rng=rng)
    assert got.shape == shape
    assert not got.size or (got.min() >= 0 and got.max() <= 255)
    if len(shape) == 4:
        np.testing.assert_allclose(got[..., 0], got[..., 2], atol=1e-3)


def test_the_input_is_left_alone(images, rng):
    before = images.copy()
    augment_batch(images, REFERENCE, rng=rng)
    np.testing.assert_array_equal(images, before)


def test_wrong_input_is_refused(images, rng):
    with pytest.raises(ValueError, match="expected uint8 images"):
        augment_batch(images.astype(np.float32), rng=rng)
    with pytest.raises(ValueError, match="least <= most"):
        Augmentation(zoom=(1.2, 0.9))
    with pytest.raises(ValueError, match="0 or more"):
        Augmentation(rotation=-3)


def test_batches_cover_an_epoch_once(images, rng):
    got = list(batches(images, np.arange(40), rng=rng, batch_size=16))
    assert [len(y) for _, y in got] == [16, 16, 8]
    assert got[0][0].shape == (16, 20, 24, 1)
    assert sorted(np.concatenate([y for _, y in got])) == list(range(40))


def test_the_light_modules_do_not_import_tensorflow():
    code = (
        "import sys, neuropath.project.augment, neuropath.project.data_loader, neuropath.project.classes; "
        "print([m for m in ('tensorflow', 'keras', 'sklearn') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@pytest.fixture
def generator(keras):
    from neuropath.project import generator

    return generator


@pytest.fixture
def paths(tmp_path):
    for i in range(10):
        (tmp_path / f"{i}.png").write_bytes(encoded(picture(i, 40)))
    return [tmp_path / f"{i}.png" for i in range(10)]


def test_the_generator_over_files(generator, paths):
    assert data_loader.DataGenerator is generator.DataGenerator
    plain = generator.DataGenerator(
        paths, np.arange(10), seed=0, size=32, batch_size=4, augment=False, shuffle=False
    )
    assert len(plain) == 3
    X, y = plain[2]
    assert X.shape == (2, 32, 32, 3)
    assert X.dtype == np.float32
    assert y.tolist() == [8, 9]
    changed = generator.DataGenerator(paths, np.arange(10), seed=0, size=32, batch_size=4, shuffle=False)
    assert np.abs(changed[2][0] - X).mean() > 5
    assert 0 <= changed[0][0].min() <= changed[0][0].max() <= 255


def test_the_generator_over_files_shuffles_by_its_seed(generator, paths):
    made = [generator.DataGenerator(paths, np.arange(10), seed=s, size=16, augment=False) for s in (1, 1, 2)]
    orders = [g[0][1].tolist() for g in made]
    assert orders[0] == orders[1] != orders[2]
    made[0].on_epoch_end()
    assert made[0][0][1].tolist() != orders[1]


def test_the_cached_generator_repeats_epoch_and_batch(generator, images):
    first, second = (
        generator.CachedGenerator(images, np.arange(40), seed=5, batch_size=16) for _ in range(2)
    )
    second[0]
    np.testing.assert_array_equal(first[1][0], second[1][0])
    before = first[1][0]
    first.on_epoch_end()  # as fit does after a first look at the data: no epoch has begun
    assert first.epoch == 0
    first.on_epoch_begin()
    first.on_epoch_end()
    assert not np.array_equal(first[1][0], before)
    resumed = generator.CachedGenerator(images, np.arange(40), seed=5, batch_size=16, epoch=1)
    np.testing.assert_array_equal(resumed[2][0], first[2][0])


def test_plain_is_in_order_and_unchanged_with_three_channels(generator, images):
    plain = generator.CachedGenerator.plain(images, np.arange(40), batch_size=16, channels=3)
    X, y = plain[2]
    assert X.shape == (8, 20, 24, 3)
    np.testing.assert_array_equal(X[..., 1], images[32:])
    assert y.tolist() == list(range(32, 40))


def test_generators_want_a_label_for_every_image(generator, images, paths):
    for make in (
        lambda: generator.CachedGenerator(images, np.arange(39), seed=0),
        lambda: generator.DataGenerator(paths, np.arange(9), seed=0),
        lambda: generator.CachedGenerator(images[:0], np.arange(0), seed=0),
        lambda: generator.CachedGenerator(images, np.arange(40), seed=0, channels=2),
    ):
        with pytest.raises(ValueError, match="expected"):
            make()


def test_fit_takes_the_cached_generator(keras, generator, images):
    model = keras.Sequential([keras.layers.Input((20, 24, 1)), keras.layers.Flatten(), keras.layers.Dense(2)])
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    data = generator.CachedGenerator(images, np.arange(40) % 2, seed=0)
    history = model.fit(data, epochs=2, verbose=0).history
    assert len(history["loss"]) == 2
    assert data.epoch == 2


def test_the_tensorflow_dataset_gives_the_same_kind_of_batches(keras, images):
    data = tf_dataset(images, np.arange(40), seed=0, batch_size=16)
    assert len(data) == 3
    first = [y.numpy().tolist() for _, y in data]
    assert sorted(np.concatenate(first)) == list(range(40))
    assert [y.numpy().tolist() for _, y in data] != first
    X, _ = next(iter(data))
    assert X.shape == (16, 20, 24, 1)
