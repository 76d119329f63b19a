"""What a split by slice hides, measured: the same phantom, the same training, split in two ways.

    python -m neuropath.project.leakage --seeds 0 1 2

Few patients with many slices each, as in many published sets. Split by slice, every patient is on both sides:
the network may recognise the anatomy and answer from memory. Split by patient it has to recognise the lesion.
The difference of the two accuracies is the leak.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import tempfile
from pathlib import Path

from .settings import Settings
from .train import train

__all__ = ["demo"]

IMAGES, SLICES = 900, "24-30"  # about 34 patients


def demo(seed: int, folder: Path, **options: object) -> dict[str, float]:
    """Accuracy on the test part of a run of each kind, {"slice": …, "patient": …}; runs go to `folder`.

    options: other fields of `Settings`.
    """
    found = {}
    for split in ("slice", "patient"):
        how: dict = {"images": IMAGES, "slices": SLICES, "seed": seed, "split": split} | options
        with contextlib.redirect_stdout(io.StringIO()):
            result = train(Settings(out=folder / f"{split}-{seed}", **how))
        assert result is not None  # only helping workers get none
        found[split] = result.accuracy
    return found


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m neuropath.project.leakage", description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    options = parser.parse_args(arguments)
    gaps = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in options.seeds:
            found = demo(seed, Path(folder))
            gaps.append(found["slice"] - found["patient"])
            print(
                f"seed {seed}: split by slice {found['slice']:.3f}, by patient {found['patient']:.3f}",
                flush=True,
            )
    print(f"the split by slice promises {100 * sum(gaps) / len(gaps):.0f} points that are not there")


if __name__ == "__main__":
    main()
