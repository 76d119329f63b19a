"""LeNet-5, AlexNet and VGG-16 as tables of layers, and what can be counted from a table alone.

Sizes, parameters, multiply-adds and receptive fields follow from the formulas of Session 02 B:
thm-s02b-output-size, prop-s02b-parameters, thm-s02b-receptive-field. No network is built for that;
`keras_model` builds one, so that the counts can be compared.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

Shape = tuple[int, ...]
SPATIAL = ("conv", "max", "average")
KINDS = (*SPATIAL, "flatten", "dense")


@dataclass(frozen=True)
class Layer:
    """One row of an architecture.

    kind: "conv", "max" or "average" (pooling), "flatten", "dense"; filters: channels or units that come out;
    padding: "valid", "same" (as Keras), or how many pixels at each end; groups: see prop-s02b-parameters.
    """

    name: str
    kind: str
    filters: int = 0
    size: int = 1
    stride: int = 1
    padding: str | int = "valid"
    dilation: int = 1
    groups: int = 1
    use_bias: bool = True

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(
                f"Layer {self.name!r} expects kind to be one of {KINDS}, received {self.kind!r}."
            )

    @property
    def reach(self) -> int:
        """How many pixels the window spans, gaps included."""
        return (self.size - 1) * self.dilation + 1


@dataclass(frozen=True)
class Architecture:
    """A stack of layers and the shape (H, W, C) of the images it takes."""

    name: str
    input_shape: tuple[int, int, int]
    layers: tuple[Layer, ...]


@dataclass(frozen=True)
class Field:
    """Output y of a layer sees the input pixels start + y·jump, …, start + y·jump + width − 1 of an axis."""

    name: str
    width: int
    jump: int
    start: int

    @property
    def centre(self) -> float:
        """The middle of what output 0 sees."""
        return self.start + (self.width - 1) / 2


# -- counting -----------------------------------------------------------------------------------------------


def pads(n: int, layer: Layer) -> tuple[int, int]:
    """Pixels added (before, after) to an axis of n: Keras' "same" puts an odd one after."""
    if isinstance(layer.padding, int):
        return layer.padding, layer.padding
    if layer.padding == "valid":
        return 0, 0
    if layer.padding != "same":
        raise ValueError(
            f'{layer.name} expects padding "valid", "same" or a number, received {layer.padding!r}.'
        )
    total = max((-(-n // layer.stride) - 1) * layer.stride + layer.reach - n, 0)
    return total // 2, total - total // 2


def output_size(n: int, layer: Layer) -> int:
    """⌊(n + P − r) / s⌋ + 1 places along an axis of n pixels (thm-s02b-output-size); ValueError below 1."""
    places = (n + sum(pads(n, layer)) - layer.reach) // layer.stride + 1
    if places < 1:
        raise ValueError(f"{layer.name} reaches over {layer.reach} pixels, but the axis has only {n}.")
    return places


def shapes(architecture: Architecture) -> list[Shape]:
    """The output shape of every layer, without the batch: (H, W, C), or (units,)."""
    found: list[Shape] = [architecture.input_shape]
    for layer in architecture.layers:
        shape = found[-1]
        if layer.kind in SPATIAL:
            channels = layer.filters if layer.kind == "conv" else shape[2]
            found.append((output_size(shape[0], layer), output_size(shape[1], layer), channels))
        elif layer.kind == "flatten":
            found.append((math.prod(shape),))
        else:
            found.append((layer.filters,))
    return found[1:]


def parameters(architecture: Architecture) -> list[int]:
    """Weights and biases of every layer (prop-s02b-parameters); 0 for pooling and flatten."""
    return [
        weights + layer.filters * (layer.use_bias and weights > 0)
        for layer, weights in zip(architecture.layers, _weights(architecture), strict=True)
    ]


def macs(architecture: Architecture) -> list[int]:
    """Multiply-adds of every layer for one example: each weight is used at every place. FLOPs are twice that.

    Biases, activations and pooling multiply nothing and are not counted.
    """
    made = zip(_weights(architecture), shapes(architecture), strict=True)
    return [weights * math.prod(shape[:-1]) for weights, shape in made]


def receptive_field(layers: Iterable[Layer], n: int | None = None) -> list[Field]:
    """What one unit of each layer sees of an axis of the image; layers from the first flatten on see all.

    By thm-s02b-receptive-field. Only "same" needs n, the length of the axis: without it, as for any n that
    the strides divide without remainder.
    """
    fields, width, jump, start = [], 1, 1, 0
    for layer in layers:
        if layer.kind not in SPATIAL:
            break
        before, _ = pads(layer.stride if n is None else n, layer)
        width, start = width + (layer.reach - 1) * jump, start - before * jump
        jump *= layer.stride
        n = None if n is None else output_size(n, layer)
        fields.append(Field(layer.name, width, jump, start))
    return fields


def _weights(architecture: Architecture) -> list[int]:
    """Kernel entries of every layer."""
    before = [architecture.input_shape, *shapes(architecture)[:-1]]
    return [
        layer.size**2 * shape[-1] // layer.groups * layer.filters
        if layer.kind == "conv"
        else shape[-1] * layer.filters
        if layer.kind == "dense"
        else 0
        for layer, shape in zip(architecture.layers, before, strict=True)
    ]


# -- showing and building -----------------------------------------------------------------------------------


def table(architecture: Architecture) -> str:
    """All counts as text: a line a layer, and the sums."""
    weights, work = parameters(architecture), macs(architecture)
    fields = {
        field.name: field for field in receptive_field(architecture.layers, architecture.input_shape[0])
    }
    lines = [f"{architecture.name:<12}{'output':>15}{'parameters':>14}{'MACs':>17}{'sees':>6}{'jump':>6}"]
    for layer, shape, p, m in zip(architecture.layers, shapes(architecture), weights, work, strict=True):
        field = fields.get(layer.name)
        seen = f"{field.width:>6}{field.jump:>6}" if field else ""
        lines.append(f"{layer.name:<12}{' × '.join(map(str, shape)):>15}{p:>14,}{m:>17,}{seen}")
    return "\n".join([*lines, f"{'sum':<12}{'':>15}{sum(weights):>14,}{sum(work):>17,}"])


def keras_model(architecture: Architecture) -> Any:
    """The same network in Keras (ReLU between, logits at the end), with its own random weights."""
    import keras

    add, last = keras.layers, architecture.layers[-1].name
    model = keras.Sequential(
        [keras.Input(architecture.input_shape)], name=architecture.name.replace("-", "_")
    )
    for layer in architecture.layers:
        activation = "linear" if layer.name == last else "relu"
        if isinstance(layer.padding, int) and layer.padding:
            model.add(add.ZeroPadding2D(layer.padding, name=f"{layer.name}_pad"))
        padding = "same" if layer.padding == "same" else "valid"
        window = {"strides": layer.stride, "padding": padding, "name": layer.name}
        bias = {"use_bias": layer.use_bias, "activation": activation}
        if layer.kind == "conv":
            more = {"dilation_rate": layer.dilation, "groups": layer.groups}
            model.add(add.Conv2D(layer.filters, layer.size, **window, **more, **bias))
        elif layer.kind in ("max", "average"):
            pool = add.MaxPool2D if layer.kind == "max" else add.AveragePooling2D
            model.add(pool(layer.size, **window))
        elif layer.kind == "flatten":
            model.add(add.Flatten(name=layer.name))
        else:
            model.add(add.Dense(layer.filters, name=layer.name, **bias))
    return model


# -- the networks -------------------------------------------------------------------------------------------


def _dense(*units: int) -> tuple[Layer, ...]:
    return (Layer("flatten", "flatten"), *(Layer(f"fc{i}", "dense", u) for i, u in enumerate(units, 1)))


# LeCun et al. (1998), in today's form: every map of conv2 sees all six before it, pooling has no weights, and
# the last layer is trained. Images are 28 × 28 (the paper puts them into 32 × 32, a frame of background).
LENET5 = Architecture(
    "LeNet-5",
    (28, 28, 1),
    (
        Layer("conv1", "conv", 6, 5, padding="same"),
        Layer("pool1", "average", size=2, stride=2),
        Layer("conv2", "conv", 16, 5),
        Layer("pool2", "average", size=2, stride=2),
        *_dense(120, 84, 10),
    ),
)

# The one-tower network of Krizhevsky (2014), as torchvision builds it.
ALEXNET = Architecture(
    "AlexNet",
    (224, 224, 3),
    (
        Layer("conv1", "conv", 64, 11, 4, padding=2),
        Layer("pool1", "max", size=3, stride=2),
        Layer("conv2", "conv", 192, 5, padding=2),
        Layer("pool2", "max", size=3, stride=2),
        Layer("conv3", "conv", 384, 3, padding=1),
        Layer("conv4", "conv", 256, 3, padding=1),
        Layer("conv5", "conv", 256, 3, padding=1),
        Layer("pool5", "max", size=3, stride=2),
        *_dense(4096, 4096, 1000),
    ),
)

# Krizhevsky, Sutskever, Hinton (2012): two towers that meet in conv3. Its 55 places need 227 pixels, not 224.
ALEXNET_2012 = Architecture(
    "AlexNet-2012",
    (227, 227, 3),
    (
        Layer("conv1", "conv", 96, 11, 4),
        Layer("pool1", "max", size=3, stride=2),
        Layer("conv2", "conv", 256, 5, padding=2, groups=2),
        Layer("pool2", "max", size=3, stride=2),
        Layer("conv3", "conv", 384, 3, padding=1),
        Layer("conv4", "conv", 384, 3, padding=1, groups=2),
        Layer("conv5", "conv", 256, 3, padding=1, groups=2),
        Layer("pool5", "max", size=3, stride=2),
        *_dense(4096, 4096, 1000),
    ),
)


def _vgg(*blocks: tuple[int, int]) -> tuple[Layer, ...]:
    """Blocks of 3 × 3 convolutions, (how many, filters), each followed by a 2 × 2 maximum."""
    layers: list[Layer] = []
    for b, (times, filters) in enumerate(blocks, 1):
        layers += [Layer(f"conv{b}_{i}", "conv", filters, 3, padding="same") for i in range(1, times + 1)]
        layers.append(Layer(f"pool{b}", "max", size=2, stride=2))
    return tuple(layers)


# Simonyan and Zisserman (2014), configuration D.
VGG16 = Architecture(
    "VGG-16",
    (224, 224, 3),
    (*_vgg((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)), *_dense(4096, 4096, 1000)),
)
