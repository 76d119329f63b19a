"""Neural networks in NumPy and nothing else: every layer, loss and optimiser that the course derives."""

from . import initializers
from .activations import log_softmax, log_sum_exp, one_hot, sigmoid, softmax
from .callbacks import (
    Callback,
    CallbackList,
    CSVLogger,
    EarlyStopping,
    LambdaCallback,
    ModelCheckpoint,
    ReduceLROnPlateau,
)
from .classifier import Classifier
from .clipping import clip_by_global_norm, clip_by_norm, clip_by_value, global_norm
from .conv import Conv2D
from .conv_depthwise import DepthwiseConv2D, SeparableConv2D
from .conv_transpose import Conv2DTranspose
from .gradients import check_gradient
from .graph import Add, Graph
from .history import History
from .image_graph import ImageGraph
from .initializers import (
    glorot_normal,
    glorot_uniform,
    he_normal,
    he_uniform,
    lecun_normal,
    lecun_uniform,
    ones,
    orthogonal,
    random_normal,
    random_uniform,
    truncated_normal,
    zeros,
)
from .layers import Dense, Dropout, Flatten, Layer, ReLU, Sigmoid, Softmax, Tanh
from .layers_activation import GELU, Swish
from .lbfgs import full_batch, lbfgs
from .lenet import lenet5
from .line_search import Minimum, wolfe
from .losses import (
    binary_crossentropy,
    categorical_crossentropy,
    huber,
    mean_absolute_error,
    mean_squared_error,
    sparse_categorical_crossentropy,
)
from .losses_common import sample_weights
from .losses_focal import binary_focal_crossentropy, categorical_focal_crossentropy
from .mlp import create_mnist_model, mlp
from .mobilenet_v2 import MobileNetV2
from .newton import newton
from .normalization import BatchNormalization, GroupNormalization, LayerNormalization
from .optimizers import SGD, Adagrad, Adam, AdamW, Optimizer, RMSprop
from .pooling import AveragePooling2D, GlobalAveragePooling2D, GlobalMaxPool2D, MaxPool2D
from .preprocessing import Concatenate, Rescaling
from .regularizers import L1, L1L2, L2, Regularizer
from .reshaping import Reshape, UpSampling2D, ZeroPadding2D
from .schedules import (
    CosineDecay,
    CosineDecayRestarts,
    ExponentialDecay,
    LinearWarmup,
    PiecewiseConstantDecay,
    StepDecay,
)
from .sequential import Sequential
from .storage import to_keras

__all__ = [
    "GELU",
    "L1",
    "L1L2",
    "L2",
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "Add",
    "AveragePooling2D",
    "BatchNormalization",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "Classifier",
    "Concatenate",
    "Conv2D",
    "Conv2DTranspose",
    "CosineDecay",
    "CosineDecayRestarts",
    "Dense",
    "DepthwiseConv2D",
    "Dropout",
    "EarlyStopping",
    "ExponentialDecay",
    "Flatten",
    "GlobalAveragePooling2D",
    "GlobalMaxPool2D",
    "Graph",
    "GroupNormalization",
    "History",
    "ImageGraph",
    "LambdaCallback",
    "Layer",
    "LayerNormalization",
    "LinearWarmup",
    "MaxPool2D",
    "Minimum",
    "MobileNetV2",
    "ModelCheckpoint",
    "Optimizer",
    "PiecewiseConstantDecay",
    "RMSprop",
    "ReLU",
    "ReduceLROnPlateau",
    "Regularizer",
    "Rescaling",
    "Reshape",
    "SeparableConv2D",
    "Sequential",
    "Sigmoid",
    "Softmax",
    "StepDecay",
    "Swish",
    "Tanh",
    "UpSampling2D",
    "ZeroPadding2D",
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "check_gradient",
    "clip_by_global_norm",
    "clip_by_norm",
    "clip_by_value",
    "create_mnist_model",
    "full_batch",
    "global_norm",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "huber",
    "initializers",
    "lbfgs",
    "lecun_normal",
    "lecun_uniform",
    "lenet5",
    "log_softmax",
    "log_sum_exp",
    "mean_absolute_error",
    "mean_squared_error",
    "mlp",
    "newton",
    "one_hot",
    "ones",
    "orthogonal",
    "random_normal",
    "random_uniform",
    "sample_weights",
    "sigmoid",
    "softmax",
    "sparse_categorical_crossentropy",
    "to_keras",
    "truncated_normal",
    "wolfe",
    "zeros",
]
