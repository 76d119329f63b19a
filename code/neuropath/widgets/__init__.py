"""Explorers: pictures to drag, alive in the static book, in Jupyter and in Colab from the same Python line.

All logic is in JavaScript (`name.js` beside `name.py`), so that no kernel is needed to move anything.
"""

from .activation import ActivationExplorer
from .bayes import BayesExplorer
from .compose import module_source, write_modules
from .convolution import ConvolutionExplorer
from .dropout import DropoutExplorer
from .explorer import MIME_TYPE, Explorer
from .graph import GraphExplorer
from .head import HeadExplorer
from .mlp import MlpExplorer
from .neuron import NeuronExplorer
from .penalty import PenaltyExplorer
from .race import RaceExplorer
from .rate import RateExplorer
from .receptive import ReceptiveExplorer
from .reliability import ReliabilityExplorer
from .separable import SeparableExplorer
from .softmax import SoftmaxExplorer
from .threshold import ThresholdExplorer
from .vanishing import VanishingExplorer
from .xor import XorExplorer

EXPLORERS: tuple[type[Explorer], ...] = (
    NeuronExplorer,
    XorExplorer,
    ActivationExplorer,
    SoftmaxExplorer,
    ConvolutionExplorer,
    ThresholdExplorer,
    ReceptiveExplorer,
    GraphExplorer,
    ReliabilityExplorer,
    SeparableExplorer,
    DropoutExplorer,
    MlpExplorer,
    HeadExplorer,
    PenaltyExplorer,
    RaceExplorer,
    VanishingExplorer,
    BayesExplorer,
    RateExplorer,
)

__all__ = [
    "EXPLORERS",
    "MIME_TYPE",
    "ActivationExplorer",
    "BayesExplorer",
    "ConvolutionExplorer",
    "DropoutExplorer",
    "Explorer",
    "GraphExplorer",
    "HeadExplorer",
    "MlpExplorer",
    "NeuronExplorer",
    "PenaltyExplorer",
    "RaceExplorer",
    "RateExplorer",
    "ReceptiveExplorer",
    "ReliabilityExplorer",
    "SeparableExplorer",
    "SoftmaxExplorer",
    "ThresholdExplorer",
    "VanishingExplorer",
    "XorExplorer",
    "module_source",
    "write_modules",
]
