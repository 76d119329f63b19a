"""Neural networks in NumPy and nothing else: every layer, loss and optimiser that the course derives."""

from . import initializers
from .activations import log_softmax, log_sum_exp, one_hot, sigmoid, softmax
from .gradients import check_gradient
from .history import History
from .layers import Dense, Dropout, Flatten, Layer, ReLU, Sigmoid, Softmax, Tanh
from .losses import (
    binary_crossentropy,
    categorical_crossentropy,
    mean_squared_error,
    sparse_categorical_crossentropy,
)
from .mlp import create_mnist_model, mlp
from .optimizers import SGD, Adam
from .regularizers import L2
from .sequential import Sequential
from .storage import to_keras

__all__ = [
    "L2",
    "SGD",
    "Adam",
    "Dense",
    "Dropout",
    "Flatten",
    "History",
    "Layer",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Softmax",
    "Tanh",
    "binary_crossentropy",
    "categorical_crossentropy",
    "check_gradient",
    "create_mnist_model",
    "initializers",
    "log_softmax",
    "log_sum_exp",
    "mean_squared_error",
    "mlp",
    "one_hot",
    "sigmoid",
    "softmax",
    "sparse_categorical_crossentropy",
    "to_keras",
]
