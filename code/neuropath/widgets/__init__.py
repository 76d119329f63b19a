"""Explorers: pictures to drag, alive in the static book, in Jupyter and in Colab from the same Python line.

All logic is in JavaScript (`name.js` beside `name.py`), so that no kernel is needed to move anything.
"""

from .activation import ActivationExplorer
from .compose import module_source, write_modules
from .explorer import MIME_TYPE, Explorer
from .neuron import NeuronExplorer
from .xor import XorExplorer

EXPLORERS: tuple[type[Explorer], ...] = (NeuronExplorer, XorExplorer, ActivationExplorer)

__all__ = [
    "EXPLORERS",
    "MIME_TYPE",
    "ActivationExplorer",
    "Explorer",
    "NeuronExplorer",
    "XorExplorer",
    "module_source",
    "write_modules",
]
