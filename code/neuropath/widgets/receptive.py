"""How much of the image one unit sees, layer by layer."""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets

from .explorer import Explorer, Numbers, whole

LAYERS = [[3.0, 1.0, 1.0]] * 5  # five 3 × 3 convolutions
HIGHEST = (11, 4, 8)  # kernel, stride, dilation
MOST = 24  # layers
TUMOUR = 30  # pixels across: 3 cm, if a pixel is a millimetre wide


class ReceptiveExplorer(Explorer):
    """Build a stack of convolutions or poolings and see the receptive field grow over 224 × 224 pixels.

    With r₀ = j₀ = 1, layer l has r = r₋ + (k − 1) · d · j₋ and j = j₋ · s: a unit sees r × r pixels, and
    neighbouring units look j pixels apart. A stride widens only what comes after it. Session 02 A and B.

    Traits: `layers` (L, 3), 1 to 24 rows of kernel (1 … 11), stride (1 … 4) and dilation (1 … 8), whole
    numbers; `shown`, the layer looked at, counted from 1 (beyond the stack: the last). Of the presets,
    LeNet-5 (LeCun et al., 1998) is its three convolutions and two poolings; MobileNetV2's base (Sandler et
    al., 2018) is its 18 layers of 3 × 3: those of 1 × 1 change neither r nor j, and the width multiplier α
    changes channels only. What a unit sees beyond the image is padding. For scale, at one millimetre a pixel:
    a head of 152 × 188 mm and a tumour of 3 cm, both made up.
    """

    module = "receptive"
    ALT = (
        "An image of 224 by 224 pixels of a millimetre with the outline of a head and, in its middle, a disc "
        "of 30 pixels: a tumour of 3 cm. On the disc five nested squares, all within it: what a unit sees "
        "after one, two, three, four and five convolutions of 3 by 3, namely 3, 5, 7, 9 and 11 pixels "
        "across. The largest covers 0.24 % of the image. Beside it, a table of the layers with their kernel, "
        "stride, dilation, receptive field r and distance j, which is 1 throughout."
    )
    layers = Numbers(LAYERS, (None, 3), low=1.0, high=11.0)
    shown = whole(5, 1, MOST)

    @traitlets.validate("layers")
    def _sensible_layers(self, proposal: Any) -> list[list[float]]:
        rows = np.asarray(proposal["value"])
        if not 1 <= len(rows) <= MOST or (rows > HIGHEST).any() or (rows != np.rint(rows)).any():
            raise traitlets.TraitError(
                f"layers expects 1 to {MOST} rows of whole numbers (kernel, stride, dilation), at most "
                f"{HIGHEST}; received {proposal['value']!r}."
            )
        return proposal["value"]


def receptive_fields(layers: list[list[float]]) -> tuple[np.ndarray, np.ndarray]:
    """r and j of every layer, (L,) each, in closed form: r = 1 + Σ (k − 1) d Π strides before."""
    kernel, stride, dilation = np.asarray(layers).T
    jump = np.cumprod(stride)
    before = np.r_[1, jump[:-1]]
    return 1 + np.cumsum((kernel - 1) * dilation * before), jump
