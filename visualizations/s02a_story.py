"""Four networks, nineteen years: how many parameters they keep and how many multiplications they make."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from neuropath.lessons.architectures import ALEXNET_2012, LENET5, VGG16, Architecture, Layer, macs, parameters
from neuropath.lessons.style import COLORS, MARKERS, ink, muted

ALT = (
    "Four points on a plane with logarithmic axes, parameters across and multiply-adds for one image "
    "upwards, joined in the order of the years. LeNet-5, 1998: 62 thousand and 0.42 million. AlexNet, "
    "2012: 61 million and 0.72 billion. VGG-16, 2014: 138 million and 15.5 billion, the highest point. "
    "MobileNet, 2017: 4.2 million and 0.57 billion, far to the lower left of VGG-16."
)
# Howard et al. (2017), table 1: each step is a 3 × 3 kernel per channel, then a 1 × 1 across channels.
STEPS = ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1))


def _separable() -> tuple[Layer, ...]:
    layers, channels = [Layer("conv1", "conv", 32, 3, 2, "same", use_bias=False)], 32
    for n, (filters, stride) in enumerate(STEPS, 2):
        layers += [
            Layer(f"each{n}", "conv", channels, 3, stride, "same", groups=channels, use_bias=False),
            Layer(f"mix{n}", "conv", filters, 1, use_bias=False),
        ]
        channels = filters
    end = [Layer("pool", "average", size=7), Layer("flatten", "flatten"), Layer("fc", "dense", 1000)]
    return (*layers, *end)


MOBILENET = Architecture("MobileNet", (224, 224, 3), _separable())  # without batch normalisation's parameters
BESIDE = {  # where each name stands, clear of the dotted line
    "LeNet-5": ((12, -4), "left"),
    "AlexNet-2012": ((-8, -20), "left"),
    "VGG-16": ((-12, 8), "right"),
    "MobileNet": ((-10, -20), "right"),
}
STORY = ((1998, LENET5), (2012, ALEXNET_2012), (2014, VGG16), (2017, MOBILENET))


def counts(network: Architecture) -> tuple[int, int]:
    """Parameters, and multiply-adds for one image."""
    return sum(parameters(network)), sum(macs(network))


def draw() -> Figure:
    """A point a network, a line through the years."""
    figure, ax = plt.subplots(figsize=(7.0, 3.8))
    places = [counts(network) for _, network in STORY]
    ax.plot(*zip(*places, strict=True), ":", color=muted(), lw=1.4, zorder=1)
    hues = ("blue", "green", "orange", "pink")
    for (year, network), place, hue, marker in zip(STORY, places, hues, MARKERS, strict=False):
        ax.plot(*place, marker, color=COLORS[hue], ms=11, zorder=2)
        name = f"{network.name.removesuffix('-2012')}, {year}"
        offset, side = BESIDE[network.name]
        ax.annotate(name, place, offset, textcoords="offset points", ha=side, color=ink())
    ax.set(xscale="log", yscale="log", xlabel="parameters", ylabel="multiply–adds for one image")
    ax.set(xlim=(3e4, 4e8), ylim=(1.5e5, 5e10))
    return figure
