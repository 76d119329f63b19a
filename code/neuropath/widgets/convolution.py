"""A kernel that slides over a brain slice: window, products, sum, output map."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import traitlets

from .explorer import Explorer, Numbers, choice, whole

EDGE_X = [[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]]
ROW, COLUMN = 13, 19  # where the meningioma begins


@cache
def brain_slice() -> tuple[tuple[int, ...], ...]:
    """A simulated slice with a bright meningioma, 28 × 28 whole numbers of 0–255, the same every time.

    A phantom of 64 × 64 pixels without its dark rim, each 2 × 2 block averaged.
    """
    from neuropath.phantom import generate  # SciPy: only for who looks at this explorer

    scan = generate(8, size=64, seed=0, jobs=1, progress=False).images[7]
    blocks = scan[4:60, 4:60].astype(float).reshape(28, 2, 28, 2).mean(axis=(1, 3))
    return tuple(tuple(int(v) for v in row) for row in np.rint(blocks))


class ConvolutionExplorer(Explorer):
    """Slide a 3 × 3 kernel over a slice, edit it, and watch the nine products behind an output pixel.

    Y[h, w] = Σᵢⱼ X[h·s + i·d − p, w·s + j·d − p] K[i, j] with stride s, dilation d and p zeros before the
    image: what frameworks call convolution (nothing is flipped). Of n pixels ⌊(n + P − d(k − 1) − 1) / s⌋ + 1
    remain, where P is 0 for "valid"; "same" takes as many zeros as leave ⌈n / s⌉. Session 02 A and B.

    Traits: `image` (H, W), 7 to 48 pixels a side, whole numbers 0–255 (default: `brain_slice()`); `kernel`
    (3, 3), entries −9 … 9; `padding` "valid" or "same"; `strides` and `dilation_rate` 1 … 3 (Keras' layers
    allow only one of the two above 1, the definition both); `row` and `column`, the output pixel looked at,
    counted from 0; beyond the output the last one is shown.
    """

    module = "convolution"
    ALT = (
        "Left, a simulated brain slice of 28 by 28 pixels with a bright meningioma at the right rim; a "
        "window of 3 by 3 pixels covers the tumour's left border. Middle, the kernel's nine entries: "
        "minus 1, 0, 1; minus 2, 0, 2; minus 1, 0, 1. Right, the output of 26 by 26 pixels: blue where "
        "brightness rises from left to right, orange where it falls, pale in even tissue. At the marked "
        "pixel, row 13 and column 19, the nine products sum to about 390."
    )
    image = Numbers([[0.0]], (None, None), low=0.0, high=255.0)
    kernel = Numbers(EDGE_X, (3, 3), low=-9.0, high=9.0)
    padding = choice("valid", "same")
    strides = whole(1, 1, 3)
    dilation_rate = whole(1, 1, 3)
    row = whole(ROW, 0, 47)
    column = whole(COLUMN, 0, 47)

    @traitlets.default("image")
    def _slice(self) -> list[list[float]]:
        return [[float(v) for v in row] for row in brain_slice()]

    @traitlets.validate("image")
    def _whole_pixels(self, proposal: Any) -> list[list[float]]:
        pixels = np.asarray(proposal["value"])
        if min(pixels.shape) < 7 or max(pixels.shape) > 48 or (pixels != np.rint(pixels)).any():
            raise traitlets.TraitError(
                f"image expects whole numbers 0–255, 7 to 48 pixels a side; received shape {pixels.shape}."
            )
        return proposal["value"]
