"""What a depthwise-separable convolution costs, and what the standard one would."""

from __future__ import annotations

from .explorer import Explorer, whole

START = {"height": 56, "width": 56, "kernel": 3, "inputs": 64, "outputs": 128, "expansion": 6}


class SeparableExplorer(Explorer):
    """Compare a standard convolution with a depthwise-separable one and with an inverted residual.

    For an output of H × W places, a kernel k × k and C_in → C_out channels (stride 1, padding "same", no
    bias), weights: k² C_in C_out against k² C_in + C_in C_out, the ratio 1/C_out + 1/k²; the inverted
    residual first widens to t C_in channels, t C_in (C_in + k² + C_out). Multiply-adds: H W times as many.
    Session 03 B and C; Howard et al. (2017), Sandler et al. (2018).

    Traits: `height` and `width` 1 … 224, `kernel` 1 … 7, `inputs` and `outputs` 1 … 320, `expansion` 1 … 10.
    """

    module = "separable"
    ALT = (
        "A rectangle of 9 columns, one for each place of a 3 by 3 kernel, by 128 rows, one for each "
        "output channel: 1,152 cells, the cost of a standard convolution for one input channel. Along it "
        "a thin strip of 9 cells, the depthwise step, and a column of 128 cells, the pointwise step: "
        "together 0.1189 of the rectangle, which is 1/128 + 1/9. Bars of multiply-adds at 56 by 56 places "
        "and 64 inputs: standard 231 million, separable 27 million, inverted residual with expansion 6 "
        "242 million."
    )
    height = whole(START["height"], 1, 224)
    width = whole(START["width"], 1, 224)
    kernel = whole(START["kernel"], 1, 7)
    inputs = whole(START["inputs"], 1, 320)
    outputs = whole(START["outputs"], 1, 320)
    expansion = whole(START["expansion"], 1, 10)
