"""The classifier: its head by the numbers, bases, two stages. Small and random throughout."""

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from project_models import make, weights_of


@pytest.fixture(scope="module")
def model(project):
    return make(live=True)


def test_head_has_the_references_layers_and_numbers_of_parameters(project):
    model = make(classes=17)
    counts = {layer.name: layer.count_params() for layer in model.model.layers}
    assert (counts["fc1"], counts["fc2"], counts["output"]) == (655_872, 131_328, 4_369)
    assert (counts["bn1"], counts["bn2"]) == (4 * 1280, 4 * 256)
    tail = ["global_avg_pool", "bn1", "fc1", "dropout1", "fc2", "bn2", "dropout2", "output"]
    assert [layer.name for layer in model.model.layers][-8:] == tail
    assert (model.model.get_layer("dropout1").rate, model.model.get_layer("dropout2").rate) == (0.5, 0.3)
    assert counts["mobilenet"] == 410_208


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mobilenet", lambda x: x / 127.5 - 1),
        ("efficientnet", lambda x: x),
        ("resnet", lambda x: x[..., ::-1] - np.array([103.939, 116.779, 123.68])),
        ("vgg", lambda x: x[..., ::-1] - np.array([103.939, 116.779, 123.68])),
    ],
)
def test_each_base_gets_what_keras_own_preprocessing_gives_it(keras, name, expected):
    from neuropath.project import bases

    pixels = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 3)).astype("float32")
    start = keras.Input((8, 8, 3))
    ours = keras.Model(start, bases.preprocess(start, name, "matched")).predict_on_batch(pixels)
    module = {"mobilenet": "mobilenet_v2", "vgg": "vgg16"}.get(name, name)
    theirs = getattr(keras.applications, module).preprocess_input(pixels.copy())
    np.testing.assert_allclose(ours, theirs, atol=1e-5)
    np.testing.assert_allclose(ours, expected(pixels), atol=1e-4)
    slip = keras.Model(start, bases.preprocess(start, name, "unit")).predict_on_batch(pixels)
    np.testing.assert_allclose(slip, pixels / 255, atol=1e-6)


@pytest.mark.parametrize("name", ["efficientnet", "resnet", "vgg"])
def test_the_other_bases_build_predict_and_come_back_from_a_file(project, images, tmp_path, name):
    model = make(base_model=name, live=True)
    assert model.base.name == name
    before = model.predict(images[:2])
    model.save_model(tmp_path / "m.keras")
    again = project.NeuropathologyModel.load_model(tmp_path / "m.keras")
    assert (again.base_model_name, again.preprocessing) == (name, "matched")
    np.testing.assert_allclose(again.predict(images[:2]), before, atol=1e-6)


def test_grey_images_give_what_rgb_images_give(project, images):
    grey, rgb = make(live=True), make(live=True, input_shape=(32, 32, 3))
    np.testing.assert_allclose(grey.predict(images), rgb.predict(np.stack([images] * 3, -1)), atol=1e-6)
    np.testing.assert_allclose(rgb.predict(images), grey.predict(images[..., None]), atol=1e-6)


def test_a_single_image_and_many(model, images):
    many = model.predict(images, batch_size=4)
    assert many.shape == (10, 4)
    assert many.std(axis=0).min() > 1e-3, "the same for every image: this proves nothing"
    np.testing.assert_allclose(many.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(model.predict(images[3]), many[3:4], atol=1e-5)
    labels, confidence = model.predict_class(images)
    assert (labels == many.argmax(1)).all()
    np.testing.assert_allclose(confidence, many.max(1), atol=1e-5)


def test_a_seed_repeats_the_whole_network_and_another_does_not(project, model, images):
    same, other = make(live=True), make(live=True, seed=8)
    for ours, theirs in zip(weights_of(model.model), weights_of(same.model), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert not np.allclose(model.predict(images), other.predict(images))
    kernels = [w for w in weights_of(other.base) if w.ndim == 4]
    assert all(kernel.std() > 0 for kernel in kernels)
    assert not np.allclose(kernels[0], weights_of(model.base)[0])


def test_features_and_head_are_the_two_halves(model, images):
    pixels = images[..., None]
    features = model.features.predict_on_batch(pixels)
    assert features.shape == (10, 1280)
    np.testing.assert_allclose(
        model.head.predict_on_batch(features), model.model.predict_on_batch(pixels), atol=1e-6
    )
    assert model.head.get_layer("fc1") is model.model.get_layer("fc1")


def test_training_the_head_on_features_is_training_the_frozen_whole(project, images, labels):
    from neuropath.project.callbacks import ReseedDropout

    losses, kernels = [], []
    for head_only in (False, True):
        model = make(live=True)
        assert model.fine_tune_model(0) == 0  # frozen
        model.compile_model(head_only=head_only)
        trained = model.head if head_only else model.model
        for name, rate in (("dropout1", 0.0), ("dropout2", 0.0)):  # their random numbers differ
            model.model.get_layer(name).rate = rate
        inputs = model.features.predict_on_batch(images[..., None]) if head_only else images[..., None]
        options = {"batch_size": 5, "shuffle": False, "verbose": 0, "callbacks": [ReseedDropout(1)]}
        losses.append(trained.fit(inputs, labels, epochs=2, **options).history["loss"])
        kernels.append(np.array(model.model.get_layer("fc1").kernel))
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-4)
    np.testing.assert_allclose(kernels[0], kernels[1], atol=1e-4)


def test_compile_takes_one_hot_labels_as_the_reference_does(model, images, labels):
    model.compile_model(1e-3, labels="one_hot", label_smoothing=0.1)
    scores = model.model.evaluate(images[..., None], np.eye(4)[labels], verbose=0, return_dict=True)
    assert scores.keys() == {"loss", "accuracy", "precision", "recall", "auc"}
    assert float(model.model.optimizer.learning_rate) == pytest.approx(1e-3)


def test_fine_tuning_moves_the_last_layers_and_leaves_the_statistics(project, keras, images, labels):
    model = make()
    model.compile_model()
    count = model.fine_tune_model(20, 1e-3)
    assert count == 13, "of the last 20, 7 are BatchNormalization"
    assert float(model.model.optimizer.learning_rate) == pytest.approx(1e-3)
    before = {layer.name: weights_of(layer) for layer in model.base.layers}
    model.model.fit(images[..., None], labels, batch_size=5, verbose=0)
    moved = {
        layer.name
        for layer in model.base.layers
        if any((a != b).any() for a, b in zip(before[layer.name], weights_of(layer), strict=True))
    }
    last = {layer.name for layer in model.base.layers[-20:]}
    norms = {it.name for it in model.base.layers if isinstance(it, keras.layers.BatchNormalization)}
    assert moved, "nothing was trained"
    assert moved <= last - norms
    assert model.fine_tune_model("all") == len(model.base.layers) - len(norms)
    assert model.fine_tune_model("all", train_batch_norm=True) == len(model.base.layers)
    assert model.fine_tune_model(10_000) == len(model.base.layers) - len(norms)


def test_the_heads_statistics_can_be_frozen_too(project, images, labels):
    model = make(live=True, head_momentum=0.9)
    assert model.model.get_layer("bn1").momentum == 0.9
    for train_them in (False, True):
        model.fine_tune_model(20, train_head_norm=train_them)
        before = np.array(model.model.get_layer("bn1").moving_mean)
        model.model.fit(images[..., None], labels, verbose=0)
        assert (np.array(model.model.get_layer("bn1").moving_mean) != before).any() == train_them


def test_momentum_is_low_where_statistics_must_be_learnt(project, keras, images):
    """With Keras' 0.999 a hundred steps leave 90 % of the initial statistics in place; with 0.9 nothing."""
    model = make()
    assert {it.momentum for it in model.base.layers if hasattr(it, "momentum")} == {0.9}
    assert model.base.trainable
    assert 0.999**100 > 0.9 > 0.9**100 * 1e4
    stock = keras.applications.MobileNetV2(
        alpha=0.35, include_top=False, weights=None, input_shape=(32, 32, 3)
    )
    assert {it.momentum for it in stock.layers if hasattr(it, "momentum")} == {0.999}


def test_recalibration_gives_the_statistics_of_the_data(project, images):
    model = make()
    norm = model.base.get_layer("bn_Conv1")
    model.recalibrate(images, batch_size=5)
    kernel = np.array(model.base.get_layer("Conv1").kernel)
    pixels = np.repeat(images[..., None] / 127.5 - 1, 3, axis=3)
    padded = np.pad(pixels, ((0, 0), (0, 1), (0, 1), (0, 0)))  # stride 2 on 32 pixels: "same" pads after
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (1, 2))[:, ::2, ::2]
    maps = np.einsum("nijcab,abco->nijo", windows, kernel)
    np.testing.assert_allclose(np.array(norm.moving_mean), maps.mean((0, 1, 2)), atol=1e-4)
    assert norm.momentum == 0.9
    assert model.base.trainable


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"base_model": "inception"}, "base_model expects one of mobilenet"),
        ({"input_shape": (16, 16, 3)}, "at least 32"),
        ({"input_shape": (96, 96)}, "height, width, channels"),
        ({"preprocessing": "caffe"}, "preprocessing expects"),
        ({"classes": 1}, "at least 2"),
        ({"weights": "no/such/file.npz"}, "is no file"),
    ],
)
def test_bad_options_are_named(project, options, message):
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        make(**options)


def test_bad_calls_are_named(project, model, images):
    with pytest.raises(ValueError, match="call build_model"):
        project.NeuropathologyModel(weights="none").compile_model()
    with pytest.raises(ValueError, match=r"Expected images \(N, 32, 32, 1\)"):
        model.predict(images[:, :20])
    with pytest.raises(ValueError, match="unfreeze expects"):
        model.fine_tune_model("most")
    with pytest.raises(ValueError, match="unfreeze expects"):
        model.fine_tune_model(-1)
    with pytest.raises(ValueError, match="labels expects one of"):
        model.compile_model(labels="words")
    with pytest.raises(ValueError, match="label_smoothing expects"):
        model.compile_model(labels="integer", label_smoothing=0.1)


def test_only_one_function_of_the_project_knows_a_backend():
    """The model and its training are Keras alone; Grad-CAM's gradient is the exception, in one function."""
    from neuropath.project import __file__ as home

    ours = ("bases", "weights", "neuropathology_model", "callbacks", "metrics", "explain", "helpers", "probe")
    pattern = re.compile(r"\b(?:import|from) (?:tensorflow|jax|torch)\b")
    found = {name: len(pattern.findall(Path(home).with_name(f"{name}.py").read_text())) for name in ours}
    assert {name: n for name, n in found.items() if n} == {"probe": 2}


@pytest.mark.skipif(find_spec("jax") is None, reason="JAX is not installed")
def test_the_same_training_runs_on_jax():
    code = (
        "import numpy as np\nfrom neuropath.project import NeuropathologyModel, explain\n"
        "m = NeuropathologyModel(3, (32, 32, 1), weights='none', seed=1); m.build_model()\n"
        "m.compile_model(); m.fine_tune_model(20, 1e-3)\n"
        "x = np.zeros((4, 32, 32), 'uint8'); h = m.model.fit(x[..., None], [0, 1, 2, 0], verbose=0)\n"
        "print(explain.grad_cam(m, x)[0].shape)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr


def test_importing_the_package_costs_no_keras():
    code = "import sys, neuropath.project as p; print('keras' in sys.modules, sorted(p.__all__) == dir(p))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "True"]


def test_every_name_of_the_package_leads_somewhere(project):
    import neuropath.project

    assert all(getattr(neuropath.project, name).__name__ == name for name in neuropath.project.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Classifier'"):
        neuropath.project.Classifier  # noqa: B018


@pytest.mark.parametrize(
    ("policy", "dtype"),
    [
        ("float32", "float32"),
        ("float64", "float64"),
        ("mixed_float16", "float32"),
        ("mixed_bfloat16", "float32"),
    ],
)
def test_the_output_has_the_dtype_of_the_policy_but_never_half(project, keras, policy, dtype):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        model = make(classes=3).model
    finally:
        keras.config.set_dtype_policy(before)
    output = model.get_layer("output")
    assert (output.dtype_policy.name, output.kernel.dtype, model.output.dtype) == (dtype, dtype, dtype)
