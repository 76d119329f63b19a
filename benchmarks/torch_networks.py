"""The networks in PyTorch, filled with our numbers. Imported only where torch is installed."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import torch
from torch import nn

from neuropath import scratch
from neuropath.scratch.mobilenet_v2 import BLOCKS, widths


def tensor(array: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(array))


def images(X: np.ndarray, turned: bool = False) -> torch.Tensor:
    """(N, H, W, C) as torch's (N, C, H, W), in memory still channels-last; `turned` by 180°."""
    X = X[:, ::-1, ::-1] if turned else X
    return tensor(X).permute(0, 3, 1, 2)


def kernel(W: np.ndarray, turned: bool = False) -> np.ndarray:
    """A convolution's W (kh, kw, in, out), or a depthwise one's (kh, kw, C, 1), in torch's order."""
    W = W[::-1, ::-1] if turned else W
    return np.ascontiguousarray(W.transpose(2, 3, 0, 1) if W.shape[3] == 1 else W.transpose(3, 2, 0, 1))


def fill(net: nn.Module, layers: Iterable, turned: bool = False) -> None:
    """Copy the numbers of our layers into torch's, one after another: both have the network's order."""
    theirs = [m for m in net.modules() if list(m.parameters(recurse=False))]
    ours = [layer for layer in layers if layer.params]
    with torch.no_grad():
        for m, layer in zip(theirs, ours, strict=True):
            for parameter, array in zip(m.parameters(), arrays(layer, layer.params, turned), strict=True):
                parameter.copy_(tensor(array))
            if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d)):
                m.running_mean.copy_(tensor(layer.state["moving_mean"]))
                m.running_var.copy_(tensor(layer.state["moving_variance"]))


def arrays(layer: object, named: dict[str, np.ndarray], turned: bool = False) -> list[np.ndarray]:
    """Our parameters of a layer, or their gradients, as torch stores them: weight, then bias."""
    if isinstance(layer, scratch.Dense):
        return [a.T if name == "W" else a for name, a in named.items()]
    return [kernel(a, turned) if name == "W" else a for name, a in named.items()]


def gradients(net: nn.Module) -> list[np.ndarray]:
    return [p.grad.numpy() for p in net.parameters()]


def mlp(sizes: Iterable[int]) -> nn.Sequential:
    layers: list[nn.Module] = []
    for n_in, units in pairwise(sizes):
        layers += [nn.Linear(n_in, units), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


class Rows(nn.Module):
    """Maps to vectors in the order (H, W, C), so that a Dense layer meets what ours meets."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.permute(0, 2, 3, 1).flatten(1)


def lenet() -> nn.Sequential:
    """LeNet-5 with ReLU and max pooling: (N, 1, 28, 28) to logits (N, 10)."""
    return nn.Sequential(
        *(nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), Rows()),
        *(nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)),
    )


def head(n_in: int, units: tuple[int, int], classes: int, rates: tuple[float, float]) -> nn.Sequential:
    """The classifier's head: features (N, n_in) to logits."""
    return nn.Sequential(
        *(nn.BatchNorm1d(n_in, eps=1e-3, momentum=0.01), nn.Linear(n_in, units[0]), nn.ReLU()),
        *(nn.Dropout(rates[0]), nn.Linear(units[0], units[1]), nn.ReLU()),
        *(nn.BatchNorm1d(units[1], eps=1e-3, momentum=0.01), nn.Dropout(rates[1])),
        nn.Linear(units[1], classes),
    )


def unit(n_in: int, n_out: int, size: int, stride: int = 1, groups: int = 1, relu: bool = True) -> list:
    """Convolution, normalisation, ReLU6."""
    conv = nn.Conv2d(n_in, n_out, size, stride, size // 2, groups=groups, bias=False)
    return [conv, nn.BatchNorm2d(n_out, eps=1e-3, momentum=1e-3), *([nn.ReLU6(inplace=True)] * relu)]


class Block(nn.Sequential):
    """An inverted residual block."""

    def __init__(self, n_in: int, n_out: int, expansion: int, stride: int):
        wide = n_in * expansion
        expand = unit(n_in, wide, 1) if expansion > 1 else []
        super().__init__(*expand, *unit(wide, wide, 3, stride, wide), *unit(wide, n_out, 1, relu=False))
        self.adds = stride == 1 and n_in == n_out

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + super().forward(x) if self.adds else super().forward(x)


def mobilenet(alpha: float) -> nn.Sequential:
    """MobileNetV2 with average pooling: (N, 3, H, W) to (N, 1280), H and W multiples of 32.

    Where the stride is 2 Keras pads below and to the right, torch on all sides, of which it then uses the
    upper and the left. So torch gets images and kernels turned by 180°, and both compute the same sums; an
    extra padding layer would slow torch down.
    """
    stem, *filters, last = widths(alpha)
    layers = unit(3, stem, 3, 2)
    for (expansion, _, stride), n_in, n_out in zip(BLOCKS, [stem, *filters], filters, strict=False):
        layers.append(Block(n_in, n_out, expansion, stride))
    layers += [*unit(filters[-1], last, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*layers).to(memory_format=torch.channels_last)


def as_ours(parameter: torch.Tensor) -> np.ndarray:
    """A copy of torch's array in our order: dense (in, out), kernels (kh, kw, in, out)."""
    array = parameter.detach().numpy().copy()
    if array.ndim == 4:
        return array.transpose(2, 3, 1, 0)
    return array.T if array.ndim == 2 else array
