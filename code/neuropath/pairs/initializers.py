"""Initialisers: the same laws, from different random streams."""

from __future__ import annotations

from functools import partial
from typing import Any

from neuropath import scratch as nn

from .pair import Pair

STREAMS = "The random streams differ, the laws do not."
CONSTANT = ("zeros", "ones")


def _initializer(name: str, differs: str = STREAMS, **options: tuple) -> Pair:
    twin = "".join(part.title() for part in name.split("_"))
    seed: dict[str, Any] = {} if name in CONSTANT else {"seed": 0}
    return Pair(
        name,
        "initializer",
        f"keras.initializers.{twin}",
        make=lambda **o: partial(nn.initializers.get(name), **o),
        keras=lambda keras, **o: getattr(keras.initializers, twin)(**seed, **o),
        options=options,
        differs=differs,
        rtol=0.0 if name in CONSTANT else 1e-10,
    )


INITIALIZERS = (
    _initializer("zeros", ""),
    _initializer("ones", ""),
    _initializer("random_uniform", minval=(-0.05, -0.3), maxval=(0.05, 0.1)),
    _initializer("random_normal", mean=(0.0, 0.5), stddev=(0.05, 0.25)),
    _initializer("truncated_normal", mean=(0.0, 0.5), stddev=(0.05, 0.25)),
    _initializer("glorot_uniform"),
    _initializer("glorot_normal"),
    _initializer("he_uniform"),
    _initializer("he_normal"),
    _initializer("lecun_uniform"),
    _initializer("lecun_normal"),
    _initializer("orthogonal", gain=(1.0, 2.0)),
)
