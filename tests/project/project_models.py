"""Small random classifiers for the tests of the model, its weights and its files."""

import numpy as np

SHAPE = (32, 32, 1)


def make(*, classes=4, live=False, **options):
    """A small random network; `live`: with statistics of data. Without, deep features fade to nothing."""
    from neuropath.project.neuropathology_model import NeuropathologyModel

    defaults = {"input_shape": SHAPE, "weights": "none", "seed": 7}
    model = NeuropathologyModel(classes, **(defaults | options))
    model.build_model()
    if live:
        model.recalibrate(np.random.default_rng(5).integers(0, 256, (10, 32, 32), dtype=np.uint8))
    return model


def weights_of(model):
    """Copies of the weights of a model or layer."""
    return [np.array(w) for w in model.get_weights()]
