"""Gradients by depth: which weights let a signal through thirty layers, forward and back."""

from __future__ import annotations

import numpy as np

from .draws import normals
from .explorer import Explorer, Numbers, choice, whole

WIDTH, EXAMPLES, DEEPEST = 32, 16, 30
DEPTH, SCALE, SEED = 20, 1.0, 0


class VanishingExplorer(Explorer):
    """Watch activations and gradients shrink or grow through a real random network, beside the theory.

    The network: 32 inputs and up to 30 layers Y = φ(X W) of 32 units, no bias, weights from N(0, σ²w/32);
    a batch of 16 inputs and the gradient at the output from N(0, 1). Drawn are root mean squares of each
    layer's output and of the loss's gradient with respect to it. Theory (infinite width, independent layers):
    qₗ = σ²w · mean φ², and going back through layer l the mean square is multiplied by σ²w · E φ′(√qₗ z)²,
    z ∼ N(0, 1). For layers of equal width LeCun's and Glorot's variances are σ²w = 1, He's is 2.
    Session 01 C and 04 C.

    Traits: `activation` sigmoid, tanh or relu; `depth` 1 … 30; `scale`, σ²w, 1/16 … 128; `seed` of the
    network, 0 … 999.
    """

    module = "vanishing"
    ALT = (
        "Two plots over the layers of a sigmoid network of 20 layers with LeCun's weights, on logarithmic "
        "axes from 10 to the minus 20 to 10 to the 10. Left, the activations stay near one half in every "
        "layer. Right, the gradient, 1 at the output, falls in a straight line towards the input, by a "
        "factor of about 0.23 a layer, to about 2 times 10 to the minus 13; dots of the random network "
        "follow the dashed line of the theory."
    )
    activation = choice("sigmoid", "tanh", "relu")
    depth = whole(DEPTH, 1, DEEPEST)
    scale = Numbers(SCALE, low=0.0625, high=128.0)
    seed = whole(SEED, 0, 999)


def network(seed: int, scale: float, depth: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The explorer's own network: weights (depth, 32, 32), inputs X and output gradients dY (16, 32)."""
    drawn = normals(seed, DEEPEST * WIDTH**2 + 2 * EXAMPLES * WIDTH)
    weights, batch = np.split(drawn, [DEEPEST * WIDTH**2])
    X, dY = batch.reshape(2, EXAMPLES, WIDTH)
    return weights.reshape(DEEPEST, WIDTH, WIDTH)[:depth] * np.sqrt(scale / WIDTH), X, dY
