"""The numbers in the classifier's head: where they sit, and what pooling saves."""

from __future__ import annotations

from .explorer import Explorer, choice, whole

CHANNELS = 1280  # of MobileNetV2's last maps, at any width up to 1
BASES = {
    "base, α\u00a0=\u00a00.35": 410_208,
    "base, α\u00a0=\u00a01": 2_257_984,
}  # MobileNetV2 without its top
BASE_ADDS = (1_183_792, 6_112_128)  # multiply-adds of its convolutions, for each place of the last maps
START = {"places": 7, "units1": 512, "units2": 256, "classes": 17}


class HeadExplorer(Explorer):
    """Count the head of `NeuropathologyModel` layer by layer, with average pooling or with Flatten.

    A dense layer from n to m units holds n m + m numbers and takes n m multiply-adds; BatchNormalization of n
    features holds 4 n (γ and β trained, mean and variance not) and takes n at inference; dropout, none. The
    base gives (side / 32)² places of 1280 channels: 1280 features after the average, whatever the image's
    side, or all of them after Flatten. To compare: the base's convolutions take `BASE_ADDS` multiply-adds for
    each of these places. Session 01 E.

    Traits: `pooling` "average" or "flatten"; `places` 1 … 10, a thirty-second of the image's side; `units1`
    and `units2` 1 … 1024; `classes` 2 … 100.
    """

    module = "head"
    ALT = (
        "Bars of the numbers that each layer of the head holds: bn1 5,120, half of them trained; fc1 "
        "655,872, by far the longest bar with 82 % of the total; dropout1 none; fc2 131,328; bn2 1,024; "
        "dropout2 none; output 4,369. Together 797,713, of which 794,641 are trained. Two more bars "
        "compare: the MobileNetV2 base holds 410,208 at α = 0.35 and 2,257,984 at α = 1. With Flatten in "
        "place of the average pooling fc1 alone would hold 32,113,152. Below, bars of multiply-adds for one "
        "image: the head takes 792,320, 0.26 % of the 299.5 million of the base at α = 1."
    )
    pooling = choice("average", "flatten")
    places = whole(START["places"], 1, 10)
    units1 = whole(START["units1"], 1, 1024)
    units2 = whole(START["units2"], 1, 1024)
    classes = whole(START["classes"], 2, 100)
