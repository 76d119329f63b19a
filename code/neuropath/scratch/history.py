"""What `fit` gives back, and what it shows meanwhile."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any


class History:
    """`.history` maps "loss", "accuracy", "val_loss", "val_accuracy" to one number an epoch, as in Keras."""

    def __init__(self) -> None:
        self.history: dict[str, list[float]] = {}

    def append(self, logs: Mapping[str, float]) -> None:
        """Add one epoch."""
        for name, value in logs.items():
            self.history.setdefault(name, []).append(value)

    def __repr__(self) -> str:
        last = ", ".join(f"{name} {values[-1]:.4f}" for name, values in self.history.items())
        return f"History({len(next(iter(self.history.values()), []))} epochs; last: {last})"


class Mean:
    """The mean of each log over the examples seen so far, batch by batch."""

    def __init__(self) -> None:
        self._sums: dict[str, float] = {}
        self._n = 0

    def add(self, logs: Mapping[str, float], n: int) -> None:
        """Add the means over a batch of n examples."""
        self._n += n
        for name, value in logs.items():
            self._sums[name] = self._sums.get(name, 0.0) + n * value

    def result(self) -> dict[str, float]:
        """The means."""
        return {name: total / self._n for name, total in self._sums.items()}


class Progress:
    """verbose=1: one tqdm bar; 2: a line an epoch; 0: silence."""

    def __init__(self, verbose: int, epochs: int, batches: int):
        if verbose not in (0, 1, 2):
            raise ValueError(
                f"Expected verbose 0 (silent), 1 (bar) or 2 (line an epoch), received {verbose!r}."
            )
        self._verbose, self._epochs = verbose, epochs
        self._bar: Any = None
        if verbose == 1:
            from tqdm import tqdm  # only for those who look

            self._bar = tqdm(total=epochs * batches, unit="batch", mininterval=0.2)

    def batch(self) -> None:
        """One batch is done."""
        if self._bar is not None:
            self._bar.update()

    def epoch(self, epoch: int, logs: Mapping[str, float]) -> None:
        """An epoch, counted from 0, is done."""
        text = " - ".join(f"{name} {_short(value)}" for name, value in logs.items())
        if self._bar is not None:
            self._bar.set_description(f"epoch {epoch + 1}/{self._epochs}", refresh=False)
            self._bar.set_postfix_str(text)
        elif self._verbose == 2:
            print(f"epoch {epoch + 1}/{self._epochs} - {text}", flush=True)

    def close(self) -> None:
        """Leave the line in peace, however fit ended."""
        if self._bar is not None:
            self._bar.close()


def _short(value: float) -> str:
    return f"{value:.4f}" if math.isfinite(value) and abs(value) < 1e4 else f"{value:.3g}"
