"""The tables of the page "Twins", made from `neuropath.pairs`: the same entries that the parity tests run."""

from __future__ import annotations

import math
from typing import Any

from neuropath.pairs import KINDS, PAIRS, WITHOUT_TWIN, Pair
from neuropath.pairs.pair import power

HEAD = "| ours and Keras' | compared over | equal to | what differs, and why |"


def twins_table(kind: str) -> str:
    """The pairs of one kind as a MyST table; "without" lists what has no twin. ValueError for other kinds."""
    if kind == "without":
        rows = [f"| `{name}` | {_text(reason)} |" for name, reason in WITHOUT_TWIN.items()]
        return "\n".join(["| ours | why it has no twin |", "| --- | --- |", *rows])
    if kind not in KINDS:
        raise ValueError(f"{{twins-table}} expects one of {', '.join(KINDS)}, without; received {kind!r}.")
    rows = [_row(pair) for pair in PAIRS if pair.kind == kind]
    return "\n".join([HEAD, "|" + " --- |" * 4, *rows])


def _row(pair: Pair) -> str:
    count = sum(1 for _ in pair.variants()) * (len(pair.modes) if pair.kind == "layer" else 1)
    cases = f"{count} case{'s' if count > 1 else ''}"
    options = "; ".join(f"{name}: {', '.join(map(_value, v))}" for name, v in pair.options.items())
    cells = (
        f"`{pair.name}`<br>`{pair.twin}`",
        f"{options} ({cases})" if options else cases,
        pair.agreement,
        pair.differs or "–",
    )
    return f"| {' | '.join(map(_text, cells))} |"


def _value(value: Any) -> str:
    """An option's value for the reader; small powers of two as such, which float32 holds exactly."""
    if isinstance(value, (tuple, list)):
        inner = ", ".join(map(_value, value))
        return f"({inner})" if isinstance(value, tuple) else f"[{inner}]"
    if isinstance(value, float):
        exponent = math.log2(abs(value)) if value else 0.0
        if exponent.is_integer() and exponent < -3:
            return f"{'−' if value < 0 else ''}2{power(int(exponent))}"
        return f"{value:g}".replace("-", "−")
    return f"`{value}`" if isinstance(value, str) else str(value).replace("-", "−")


def _text(text: str) -> str:
    return text.replace("|", r"\|")
