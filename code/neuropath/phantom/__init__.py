"""A physics-based MRI phantom: simulated patients whose lesions are known exactly. NumPy and SciPy only.

    from neuropath.phantom import generate
    data = generate(600, size=96, seed=0)      # data.images, data.labels, data.lesion, data.split, ...

It teaches; it is not a model of any real patient, and nothing trained on it is a diagnostic device.
"""

from .classes import CLASSES, FOLDER_NAMES, SHORT_NAMES
from .generate import PhantomSet, generate
from .physics import SITES, signals, spin_echo, with_gadolinium
from .tissues import TISSUES

__all__ = [
    "CLASSES",
    "FOLDER_NAMES",
    "SHORT_NAMES",
    "SITES",
    "TISSUES",
    "PhantomSet",
    "generate",
    "signals",
    "spin_echo",
    "with_gadolinium",
]
