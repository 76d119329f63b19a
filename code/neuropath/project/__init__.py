"""The real classifier, in Keras: data, model, training, evaluation, explanation.

Names are imported when they are first used, since Keras takes seconds to start and class names need none of
it.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "callbacks": ("create_callbacks", "latest", "read_history"),
    "data_loader": ("MRIDataLoader",),
    "evaluate_model": ("Evaluation", "ModelEvaluator"),
    "generator": ("ArrayGenerator", "CachedGenerator", "DataGenerator"),
    "helpers": ("Visualizer",),
    "neuropathology_model": ("NeuropathologyModel",),
    "weights": ("WeightsUnavailable", "save_base_weights"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
