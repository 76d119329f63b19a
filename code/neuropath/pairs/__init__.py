"""The table of twins: what the course wrote in NumPy ↔ what Keras wrote, and how they may differ.

One table drives the parity tests and the book's page of twins. Only our own side is imported: `keras` in a
Pair is a function that is *handed* the module, so that reading the table costs no TensorFlow.
"""

from __future__ import annotations

from .callbacks import CALLBACKS
from .images import IMAGE_LAYERS
from .initializers import INITIALIZERS
from .layers import LAYERS
from .losses import FUNCTIONS, LOSSES, REGULARIZERS
from .models import MODELS, NETWORKS
from .optimizers import CLIPPING, OPTIMIZERS, SCHEDULES
from .pair import KINDS, Pair

__all__ = ["KINDS", "PAIRS", "WITHOUT_TWIN", "Pair"]

PAIRS: tuple[Pair, ...] = (
    *LAYERS,
    *IMAGE_LAYERS,
    *MODELS,
    *NETWORKS,
    *LOSSES,
    *FUNCTIONS,
    *REGULARIZERS,
    *INITIALIZERS,
    *OPTIMIZERS,
    *CLIPPING,
    *SCHEDULES,
    *CALLBACKS,
)

# Public names that have no twin, and why.
WITHOUT_TWIN: dict[str, str] = {
    "Classifier": "its twin is the project's own `NeuropathologyModel`; its tests compare the two",
    "History": "a record with the same `.history` as Keras' History; the Sequential pair compares it",
    "ImageGraph": "a Graph that knows the size of its images; the MobileNetV2 pair is one",
    "Layer": "the common part of the layers; it computes nothing",
    "Minimum": "what `lbfgs` and `newton` return",
    "Optimizer": "the common part of the optimisers; each of them has its own pair",
    "Regularizer": "says what a layer asks of its regulariser; each of these has its own pair",
    "check_gradient": "it compares with finite differences, which need no framework",
    "create_mnist_model": "an mlp of fixed sizes; the Sequential pair covers it",
    "full_batch": "a model's loss as a function of one vector, for `lbfgs`; Keras has no such minimisers",
    "global_norm": "the norm by which `clip_by_global_norm` divides; that pair compares it",
    "initializers": "a module; each initialiser in it has its own pair",
    "lbfgs": "Keras minimises by batches only; it is compared with SciPy's L-BFGS-B instead",
    "lenet5": "builds a Sequential, as `mlp` does; its tests compare it with the same layers in Keras",
    "mlp": "builds a Sequential; that pair is made with it",
    "newton": "Keras has no second-order method; it is compared with SciPy's Newton-CG instead",
    "sample_weights": "what `class_weight` of Keras' fit does inside; tests of fit compare it",
    "to_keras": "carries weights to the twin; the tests of models use it",
    "wolfe": "a line search; its result is checked against the conditions it must satisfy",
}
