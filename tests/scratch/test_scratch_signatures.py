"""Each argument of ours exists in Keras under the same name, with the same default, in the same place."""

import inspect

import pytest

from neuropath import scratch as nn
from neuropath.pairs import PAIRS, WITHOUT_TWIN

P = inspect.Parameter
NO_DEFAULT = P.empty

# Ours has them, Keras has not (there): why.
OURS = {
    "n_in": "a layer makes its weights at once: Keras learns the size of its input from the first batch",
    "in_channels": "as n_in",
    "rng": "randomness is an object that is handed in; Keras takes a seed",
    "dtype": 'of one layer, default "float32"; Keras takes its policy, by keyword too',
    "sample_weight": "a loss is a function here; in Keras the loss object is called with it",
    "epsilon in categorical_focal_crossentropy": "Keras' cut at 1e-7 is fixed",
    "Z": "the name of the argument of a function: Keras says x",
    "y": "the name of the argument of a function: Keras says x or y_true",
    "Y": "y_true in Keras, which comes first there",
    "Y_hat": "y_pred in Keras",
    "logits": "y_pred in Keras",
    "n_classes in one_hot": "num_classes in Keras, which can be left out there",
    "shape": "of an initialiser, a function here; in Keras the object is called with it",
    "watch in MobileNetV2": "maps that are kept for Grad-CAM; Keras makes a second model",
    "nodes in Graph": "a list of layers with their names; Keras traces calls",
    "watch in Graph": "as in MobileNetV2",
    "layers in Sequential": "required: a Sequential cannot be added to",
    "learning_rate in LinearWarmup": "a number or another schedule",
    "warmup_steps in LinearWarmup": "Keras' PolynomialDecay says decay_steps",
    "params in CallbackList": "fit's {verbose, epochs, steps}; Keras takes them one by one as **params",
}
# Another default: why.
DEFAULTS = {
    "strides": "1 here, (1, 1) in Keras: the same",
    "dilation_rate": "as strides",
    "pool_size": "(2, 2) here; AveragePooling2D has none in Keras, MaxPool2D has the same",
    "decay_rate in StepDecay": "a tenth is what the name is used for",
    "initial_learning_rate in LinearWarmup": "a warm-up starts from 0",
    "axis in log_sum_exp": "logits are summed row by row; Keras' default is over everything",
    "callbacks": "required here",
    "model": "required here",
    "include_top in MobileNetV2": "the features are what the course needs",
    "input_shape in MobileNetV2": "(224, 224, 3), which None means in Keras where there is a top",
}
FIT = {
    "X": "x in Keras",
    "rng": "see above; it shuffles",
    "batch_size": "None means 32 in Keras",
    "callbacks": "() here, None in Keras: the same",
    "verbose": '1 here; "auto" means 1 in Keras',
}
FIT_MISSING = {
    "validation_batch_size",
    "validation_freq",
    "validation_steps",
    "initial_epoch",
    "steps_per_epoch",
}


def arguments(function):
    """{name: Parameter} without *args and **kwargs."""
    found = inspect.signature(function).parameters.items()
    return {name: p for name, p in found if p.kind not in (P.VAR_POSITIONAL, P.VAR_KEYWORD)}


def keras_object(keras, twin):
    """The object whose dotted name opens the text of a pair's twin, and what is called there."""
    found = keras
    for part in twin.split("(")[0].split(".")[1:]:
        found = getattr(found, part)
    return found


COMPARED = [p for p in PAIRS if not p.twin.startswith("keras.layers.Activation") and p.kind != "clipping"]


def allowed(table, argument, name):
    return argument in table or f"{argument} in {name}" in table


@pytest.mark.parametrize("pair", COMPARED, ids=lambda p: p.name)
def test_names_defaults_and_order_are_those_of_keras(pair, keras):
    ours, twin = arguments(getattr(nn, pair.name)), keras_object(keras, pair.twin)
    theirs = arguments(twin)
    shared = [name for name in ours if name in theirs]
    alien = [name for name in ours if name not in theirs and not allowed(OURS, name, pair.name)]
    assert not alien, f"{pair.name}: Keras has no {alien}"
    odd = [
        f"{name}={ours[name].default!r}, Keras {theirs[name].default!r}"
        for name in shared
        if ours[name].default != theirs[name].default and not allowed({**OURS, **DEFAULTS}, name, pair.name)
    ]
    assert not odd, f"{pair.name}: {odd}"
    by_place = [name for name in shared if ours[name].kind is not P.KEYWORD_ONLY]
    if pair.kind != "function":
        assert by_place == [name for name in theirs if name in by_place], f"{pair.name}: another order"


@pytest.mark.parametrize("name", ["SGD", "Adagrad", "RMSprop", "Adam", "AdamW"])
def test_what_every_optimiser_takes(name, keras):
    """The **options of each are those of Optimizer."""
    ours, theirs = arguments(nn.Optimizer), arguments(getattr(keras.optimizers, name))
    options = [option for option in ours if option != "learning_rate"]
    assert options == ["weight_decay", "clipnorm", "clipvalue", "global_clipnorm"]
    for option in options:
        assert ours[option].default is None
        assert option in theirs
        if (name, option) != ("AdamW", "weight_decay"):
            assert theirs[option].default is None
            getattr(nn, name)(**{option: 0.5} if option != "weight_decay" else {})


def test_the_hooks_of_a_callback_are_keras_hooks(keras):
    ours = {name for name in vars(nn.Callback) if name.startswith("on_")}
    theirs = {name for name in dir(keras.callbacks.Callback) if name.startswith("on_")}
    left_out = {name for name in theirs if "test" in name or "predict" in name}
    assert ours == theirs - left_out - {"on_batch_begin", "on_batch_end"}  # Keras' old names of two of them
    for hook in ours:
        names = list(arguments(getattr(keras.callbacks.Callback, hook)))
        assert list(arguments(getattr(nn.Callback, hook))) == names


def test_fit_evaluate_and_compile(keras):
    ours, theirs = arguments(nn.Sequential.fit), arguments(keras.Model.fit)
    assert ours.keys() - theirs.keys() == {"X", "rng"}
    assert theirs.keys() - ours.keys() == {"x", *FIT_MISSING}
    for name in ours.keys() & theirs.keys() - FIT.keys() - {"y"}:
        assert ours[name].default == theirs[name].default, name
    for name in ("X", "rng", "y"):
        assert ours[name].default is NO_DEFAULT
    evaluate, compiled = arguments(nn.Sequential.evaluate), arguments(nn.Sequential.compile)
    assert evaluate.keys() - arguments(keras.Model.evaluate).keys() == {"X"}
    assert compiled.keys() <= arguments(keras.Model.compile).keys()


def test_no_exception_is_listed_in_vain(keras):
    """Each entry above excuses something that is there."""
    names = {argument for p in COMPARED for argument in arguments(getattr(nn, p.name))}
    pairs = {f"{argument} in {p.name}" for p in COMPARED for argument in arguments(getattr(nn, p.name))}
    assert {**OURS, **DEFAULTS}.keys() <= names | pairs


def test_every_public_name_has_a_pair_or_a_reason():
    paired = {pair.name for pair in PAIRS}
    assert paired | WITHOUT_TWIN.keys() == set(nn.__all__)
    assert not paired & WITHOUT_TWIN.keys()


# Arguments that no pair varies: compared elsewhere, or without an influence on the numbers.
NOT_VARIED = {
    **dict.fromkeys(("n_in", "units", "in_channels", "filters"), "a size or a stream, made by the pair"),
    **dict.fromkeys(("rng", "dtype", "layers", "nodes", "watch", "callbacks", "model"), "the pair's own"),
    **dict.fromkeys(("Z", "y", "Y", "Y_hat", "logits", "shape", "grads", "axis"), "what is computed with"),
    "kernel_initializer": "random parameters are set; initialisers have pairs of their own",
    "depthwise_initializer": "as kernel_initializer",
    "pointwise_initializer": "as kernel_initializer",
    "kernel_regularizer": "l2 of the pair",
    "depthwise_regularizer": "l2 of the pair",
    "pointwise_regularizer": "l2 of the pair",
    "sample_weight": "every loss is compared with and without",
    "n_classes": "one_hot's is 5",
    "clipvalue": "bound of the pair",
    "clipnorm": "bound of the pair",
    "global_clipnorm": "bound of the pair",
    "verbose": "prints",
    "monitor": "a name",
    "filepath": "a name",
    "filename": "a name",
    "save_freq": "test_scratch_callbacks_fuzz counts batches",
    "params": "what fit tells",
    "epsilon in categorical_focal_crossentropy": "Keras' is fixed",
    "alpha in MobileNetV2": "test_scratch_mobilenet takes six widths",
    "include_top in MobileNetV2": "test_scratch_mobilenet",
    "classes in MobileNetV2": "test_scratch_mobilenet",
    "dilation_rate in Conv2DTranspose": "TensorFlow has none on a CPU: against scratch.reference",
}


@pytest.mark.parametrize("pair", PAIRS, ids=lambda p: p.name)
def test_every_argument_is_varied(pair):
    varied = {name for name, values in pair.options.items() if len(values) > 1}
    fixed = {"alpha in MobileNetV2"} & {f"{name} in {pair.name}" for name in pair.options}
    left = arguments(getattr(nn, pair.name)).keys() - varied
    if pair.kind in ("optimizer", "schedule"):
        left -= pair.options.keys()  # rates and first rates scale everything
    left = {name for name in left if not allowed(NOT_VARIED, name, pair.name)} - {f.split()[0] for f in fixed}
    assert not left, f"{pair.name}: no pair varies {sorted(left)}"
