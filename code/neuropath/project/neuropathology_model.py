"""The classifier: a convolutional base, a head of three dense layers, and the two stages of its training.

Names and defaults are those of the reference project (neuropathology-dl), so that a reader of either finds
the other; where we differ, the docstring says so. Only Keras is used: it runs on TensorFlow and on JAX alike.
"""

from __future__ import annotations

import zipfile
from os import PathLike
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers

from . import bases
from .files import atomic
from .weights import WeightsUnavailable, load_base

__all__ = ["LABELS", "OPTIMIZERS", "NeuropathologyModel"]

LABELS = ("integer", "one_hot")
OPTIMIZERS = {
    "adam": keras.optimizers.Adam,
    "sgd": lambda learning_rate: keras.optimizers.SGD(learning_rate, momentum=0.9),
    "rmsprop": keras.optimizers.RMSprop,
}
HEAD = ("global_avg_pool", "bn1", "fc1", "dropout1", "fc2", "bn2", "dropout2", "output")


class NeuropathologyModel:
    """Images (N, H, W, C), 0–255, to probabilities (N, num_classes).

    base_model: mobilenet, efficientnet, resnet or vgg. weights: "imagenet", "bundled" (ours; mobilenet at α =
    0.35), "none" (random: the base trains from the first epoch) or a file of the base's weights. alpha: width
    of MobileNetV2, of no effect elsewhere (the reference has 1.0). preprocessing: "matched" to the base, or
    "unit", the reference's slip ([0, 1] whatever the base expects). seed: makes the head, its dropout and a
    random base repeatable. Raises ValueError for an unknown choice.

    head_momentum: of bn1 and bn2. Keras' 0.99, the reference's too, suits hundreds of steps an epoch. With
    30, what validation uses lags behind what training does, and in stage 2 validation may collapse (from 0.80
    to 0.23 at a learning rate of 5e-4: 917 slices of the Cheng set, one seed). Take 0.9 there, and 1e-4.

    `model` is the whole network; `features` (images -> pooled features) and `head` (features ->
    probabilities) are its two halves and share its weights: a frozen base's features can be computed once and
    the head trained on them, which is the same training, only faster.
    """

    model: keras.Model
    base: keras.Model
    features: keras.Model
    head: keras.Model

    def __init__(
        self,
        num_classes: int = 17,
        input_shape: tuple[int, int, int] = (224, 224, 3),
        base_model: str = "mobilenet",
        *,
        weights: str | PathLike[str] = "imagenet",
        alpha: float = 0.35,
        preprocessing: str = "matched",
        head_momentum: float = 0.99,
        seed: int | None = None,
    ):
        if num_classes < 2:
            raise ValueError(f"num_classes expects at least 2, received {num_classes!r}.")
        _one_of("base_model", base_model, tuple(bases.BASES))
        _one_of("preprocessing", preprocessing, bases.PREPROCESSINGS)
        self.num_classes, self.input_shape = num_classes, bases.check_input_shape(input_shape)
        self.base_model_name, self.weights, self.alpha = base_model, weights, alpha
        self.preprocessing, self.head_momentum, self.seed = preprocessing, head_momentum, seed

    def build_model(self) -> keras.Model:
        """Build and return the network: base, pooling, head. The base is frozen unless random."""
        self.base = self._get_base_model()
        self.base.trainable = self.weights == "none"
        pixels = keras.Input(self.input_shape, name="pixels")  # 0–255, any dtype
        maps = self.base(bases.preprocess(pixels, self.base_model_name, self.preprocessing))
        x = layers.GlobalAveragePooling2D(name="global_avg_pool")(maps)
        x = layers.BatchNormalization(name="bn1", momentum=self.head_momentum)(x)
        x = layers.Dense(512, activation="relu", name="fc1", kernel_initializer=self._glorot(1))(x)
        x = layers.Dropout(0.5, name="dropout1", seed=self._seed(2))(x)
        x = layers.Dense(256, activation="relu", name="fc2", kernel_initializer=self._glorot(3))(x)
        x = layers.BatchNormalization(name="bn2", momentum=self.head_momentum)(x)
        x = layers.Dropout(0.3, name="dropout2", seed=self._seed(4))(x)
        output = layers.Dense(
            self.num_classes,
            activation="softmax",
            name="output",
            dtype=_at_least_single(),
            kernel_initializer=self._glorot(5),
        )
        self.model = keras.Model(pixels, output(x), name="neuropathology_model")
        self._split()
        return self.model

    def _get_base_model(self) -> keras.Model:
        """The base with its weights, without its top. Stochastic depth is off where weights are given.

        (Only EfficientNet has any. A frozen base then gives the same features at every visit.)
        """
        base = load_base(self.base_model_name, self.input_shape, self.weights, self.alpha, self.seed)
        if self.weights != "none":
            for layer in base.layers:
                if isinstance(layer, layers.Dropout):
                    layer.rate = 0.0
        return base

    def _split(self) -> None:
        """Make `features` and `head` from the layers of `model`."""
        pooled = self.model.get_layer("global_avg_pool").output
        self.features = keras.Model(self.model.input, pooled, name="features")
        x = start = keras.Input(pooled.shape[1:], name="pooled")
        for name in HEAD[1:]:
            x = self.model.get_layer(name)(x)
        self.head = keras.Model(start, x, name="head")

    def compile_model(
        self,
        learning_rate: float = 1e-3,
        optimizer: str = "adam",
        *,
        labels: str = "integer",
        label_smoothing: float = 0.0,
        head_only: bool = False,
        **options: Any,
    ) -> None:
        """Cross-entropy, an optimiser, and the metrics.

        labels: "integer" (N,), as all our data gives them, with accuracy; or "one_hot" (N, K), as in the
        reference, with its accuracy, precision, recall and AUC (Keras' last three need one-hot labels).
        head_only: compile `head`, for training on features of a frozen base. options go on to
        `keras.Model.compile` (jit_compile, steps_per_execution).
        """
        _one_of("optimizer", optimizer, tuple(OPTIMIZERS))
        _one_of("labels", labels, LABELS)
        loss, metrics = _loss_and_metrics(labels, label_smoothing)
        self._built()
        target = self.head if head_only else self.model
        chosen = _scaled(OPTIMIZERS[optimizer](learning_rate), target)
        target.compile(optimizer=chosen, loss=loss, metrics=metrics, **options)
        self._compiled = {
            "optimizer": optimizer,
            "labels": labels,
            "label_smoothing": label_smoothing,
            **options,
        }

    def fine_tune_model(
        self,
        unfreeze: int | str = 20,
        learning_rate: float = 1e-4,
        *,
        train_batch_norm: bool = False,
        train_head_norm: bool = True,
        **options: Any,
    ) -> int:
        """Stage 2: let the last `unfreeze` layers of the base train ("all" for every one) and compile anew.

        The base's BatchNormalization stays in inference mode unless `train_batch_norm` (the reference lets it
        move; with batches of 16 its statistics then follow the noise). train_head_norm=False freezes bn1 and
        bn2 likewise: while the base moves, their moving statistics lag behind (see the class). Options not
        given are those of the last compile_model; the optimiser starts afresh. Returns how many layers of the
        base train now. The reference's training script uses 5e-4: measured on 917 slices, that undid stage 1.
        """
        self._built()
        count = bases.set_trainable(self.base, unfreeze, batch_norm=train_batch_norm)
        for name in ("bn1", "bn2"):
            self.model.get_layer(name).trainable = train_head_norm
        self.compile_model(learning_rate, **{**getattr(self, "_compiled", {}), **options})
        return count

    def recalibrate(self, images: np.ndarray, batch_size: int = 64) -> None:
        """Set the base's batch statistics from images (N, H, W[, C]): what a random base needs first."""
        self._built()
        into_base = keras.Model(self.model.input, self.model.get_layer("preprocessing").output)
        batches = (images[start : start + batch_size] for start in range(0, len(images), batch_size))
        bases.recalibrate_batch_norm(self.base, (into_base(self._batch(batch)) for batch in batches))

    def predict(self, images: np.ndarray, batch_size: int = 32) -> np.ndarray:
        """Probabilities (N, num_classes) for images (N, H, W[, C]); N is 1 for a single image (H, W[, C])."""
        images = self._batch(images)
        if len(images) <= batch_size:  # without the loop of `predict`, which is slow for a single image
            return np.asarray(self.model.predict_on_batch(images))
        return np.asarray(self.model.predict(images, batch_size=batch_size, verbose=0))

    def predict_class(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(labels (N,), their probabilities (N,)). A probability is a softmax, not a measured frequency."""
        probabilities = self.predict(images)
        return probabilities.argmax(axis=1), probabilities.max(axis=1)

    def save_model(self, path: str | PathLike[str]) -> None:
        """Write the whole network to a .keras file, whole or not at all."""
        self._built()
        if Path(path).suffix != ".keras":
            raise ValueError(f"save_model expects a path that ends in .keras, received {str(path)!r}.")
        with atomic(path) as temporary:
            self.model.save(temporary)

    @classmethod
    def load_model(cls, path: str | PathLike[str]) -> NeuropathologyModel:
        """Open a network that save_model or a checkpoint wrote, its optimiser included; no training is lost.

        Raises WeightsUnavailable if there is no such file, ValueError if it holds something else.
        """
        network = _open(Path(path))
        nested = [layer for layer in network.layers if isinstance(layer, keras.Model)]
        names = {layer.name for layer in network.layers}
        if len(nested) != 1 or nested[0].name not in bases.BASES or not {*HEAD, "preprocessing"} <= names:
            raise ValueError(
                f"load_model expects a classifier of this project, received {path}, a model with the layers "
                f"{sorted(names)[:8]}: train one with `neuropath train`."
            )
        unit = abs(network.get_layer("preprocessing").scale - 1 / 255) < 1e-9
        it = cls(network.output_shape[-1], network.input_shape[1:], nested[0].name, weights=path)
        it.preprocessing = "unit" if unit else "matched"
        it.model, it.base = network, nested[0]
        it._split()
        return it

    def _batch(self, images: np.ndarray) -> np.ndarray:
        """Images as the network takes them, (N, H, W, C); grey becomes RGB if need be, or ValueError."""
        self._built()
        images, wanted = np.asarray(images), self.input_shape
        one = images if images.ndim in (3, 4) else images[None]
        if one.shape[1:] == wanted[:2]:
            one = one[..., None]
        elif one.ndim == 3 and one.shape[:2] == wanted[:2] and one.shape[2] in (1, 3):
            one = one[None]
        if one.ndim == 4 and one.shape[3] == 1 and wanted[2] == 3:
            one = np.repeat(one, 3, axis=3)
        if one.shape[1:] != wanted:
            raise ValueError(
                f"Expected images (N, {', '.join(map(str, wanted))}) of 0–255, received {images.shape}."
            )
        return one

    def _seed(self, offset: int) -> int | None:
        return None if self.seed is None else 1000 * self.seed + offset

    def _glorot(self, offset: int) -> keras.initializers.Initializer:
        return keras.initializers.GlorotUniform(seed=self._seed(offset))

    def _built(self) -> None:
        if getattr(self, "model", None) is None:
            raise ValueError("The model is not built yet: call build_model() first.")


def _loss_and_metrics(labels: str, label_smoothing: float) -> tuple[keras.losses.Loss, list[Any]]:
    if labels == "integer":
        if label_smoothing:
            raise ValueError('label_smoothing expects labels="one_hot", received labels="integer".')
        return keras.losses.SparseCategoricalCrossentropy(), ["accuracy"]
    metrics = keras.metrics
    extra = [metrics.Precision(name="precision"), metrics.Recall(name="recall"), metrics.AUC(name="auc")]
    return keras.losses.CategoricalCrossentropy(label_smoothing=label_smoothing), ["accuracy", *extra]


def _scaled(optimizer: keras.optimizers.Optimizer, model: keras.Model) -> keras.optimizers.Optimizer:
    """In half precision the loss is scaled up, or small gradients would be zeros.

    Keras' compile does that too, but saves the optimiser as it was given: under another policy than the one
    it was trained with, the file could then not be loaded.
    """
    half = model.dtype_policy.name == "mixed_float16"
    return keras.optimizers.LossScaleOptimizer(optimizer) if half else optimizer


def _at_least_single() -> str:
    """The dtype of the policy, float32 under mixed precision: half loses the softmax's small numbers."""
    dtype = str(keras.config.dtype_policy().compute_dtype)
    return "float32" if dtype in ("float16", "bfloat16") else dtype


def _one_of(name: str, value: Any, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ValueError(f"{name} expects one of {', '.join(choices)}, received {value!r}.")


def _open(path: Path) -> keras.Model:
    if not path.is_file():
        raise WeightsUnavailable(
            f"load_model expects a .keras file, received {str(path)!r}, which is no file."
        )
    try:
        return keras.saving.load_model(path)
    except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile) as error:
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ValueError(
            f"load_model expects a .keras file that save_model wrote, received {path}, which is "
            "damaged or something "
            f"else: {first} Copy it again, or train anew."
        ) from error
