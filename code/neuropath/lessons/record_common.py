"""What several recorders share: where the real files lie, and a line for each finished row."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

# Cheng's set, and ImageNet's weights at width 0.35 as Keras ships them and as arrays by name.
FILES = {
    "data": "cheng_figshare_3064_224.npz",
    "weights": "mobilenet_v2_0.35_224_no_top.weights.h5",
    "arrays": "mobilenet_v2_0.35_224_no_top.npz",
}


def file(kind: str) -> Path:
    """The set ("data") or the weights ("weights", "arrays") in the folder that NEUROPATH_DATA names."""
    return Path(os.environ.get("NEUROPATH_DATA") or ".") / FILES[kind]


def told(row: dict[str, Any]) -> dict[str, Any]:
    """Print a row, since a recorder runs for minutes; gives it back."""
    values = (f"{k} {v:.3f}" if isinstance(v, float) else f"{k} {v}" for k, v in row.items())
    print(", ".join(values), flush=True)
    return row
