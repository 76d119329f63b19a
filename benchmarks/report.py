"""From rounds to rows, from rows to one table for a terminal. The file and the page: neuropath.publish."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from benchmarks import machine, targets
from benchmarks.measure import Work, quartiles
from neuropath.publish.benchmarks import KINDS, SCHEMA

SCALE = {"s": 1.0, "ms": 1e3, "µs": 1e6, "MB": 1.0}
VERDICTS = {True: "reached", False: "MISSED", None: ""}


@dataclass(frozen=True)
class Row:
    """One of our forms beside one other side. ratio: theirs ÷ ours, above 1 NumPy wins; its quartiles."""

    group: str
    work: str
    ours: str
    beside: str
    unit: str
    our_value: float
    their_value: float | None = None
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    rounds: int = 1
    target: float | None = None
    reached: bool | None = None
    note: str = ""


def row(
    group: str,
    work: str,
    ours: str,
    beside: str,
    unit: str,
    our_values: Sequence[float] | np.ndarray,
    their_values: Sequence[float] | np.ndarray | None,
    target: float | None = None,
) -> Row:
    """A row of values (rounds,) in `unit`; their_values None: that side is absent.

    The ratio is the median of each round's own, so that what slows a whole round cancels.
    """
    middle = quartiles(np.asarray(our_values))[1]
    if their_values is None:
        note = f"{beside.split()[0]} absent"
        return Row(group, work, ours, beside, unit, middle, rounds=len(our_values), target=target, note=note)
    low, ratio, high = quartiles(np.asarray(their_values) / np.asarray(our_values))
    theirs, reached = quartiles(np.asarray(their_values))[1], None if target is None else ratio >= target
    return Row(
        group, work, ours, beside, unit, middle, theirs, ratio, low, high, len(our_values), target, reached
    )


def rows_of(work: Work, seconds: dict[str, np.ndarray], core: str) -> Iterator[Row]:
    """A row for each form of ours beside each other side, from the seconds a call of each."""
    scale = SCALE[work.unit] / work.per
    for ours in work.ours:
        for other, call in work.others.items():
            theirs = None if call is None else seconds[other] * scale
            aim = targets.target(work.key, other, core) if _is_aimed(work, ours, other) else None
            yield row(work.group, work.name, ours, other, work.unit, seconds[ours] * scale, theirs, aim)


def _is_aimed(work: Work, ours: str, other: str) -> bool:
    """A target is for like beside like: one core, or all cores on both sides."""
    return ours in (work.aimed or work.ours) and ("all cores" in ours) == ("all cores" in other)


def run_of(
    rows: Sequence[Row], agreements: Sequence[Any], shares: Sequence[dict], **facts: Any
) -> dict[str, Any]:
    """Everything about one run as plain values: what the file holds."""
    if facts["kind"] not in KINDS:
        raise ValueError(f"a run expects a kind among {', '.join(KINDS)}, received {facts['kind']!r}.")
    return {
        "schema": SCHEMA,
        **facts,
        "rows": [asdict(r) for r in rows],
        "agreements": [asdict(a) for a in agreements],
        "shares": list(shares),
    }


# -- the terminal's table -----------------------------------------------------------------------------------


def number(value: float | None) -> str:
    """Three digits, as a reader needs them; a dash for None."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}" if value >= 0.1 else f"{value:.2g}"


def table(runs: Sequence[dict[str, Any]]) -> str:
    """One table of all runs, each with its own columns, and below it what they were measured on."""
    heads = ["work", "ours", "beside"]
    for run in runs:
        heads += [f"{run['machine']['blas']['core']}: ours", "theirs", "ratio", "quartiles", "target", ""]
    found: dict[tuple[str, ...], dict[int, dict[str, Any]]] = {}  # in the order of the first run
    for i, run in enumerate(runs):
        for r in run["rows"]:
            found.setdefault((r["group"], r["work"], r["ours"], r["beside"]), {})[i] = r
    body, last = [], ""
    for key, by_run in found.items():
        _, work, ours, beside = key
        cells = [work if work != last else "", ours, beside]
        for i in range(len(runs)):
            cells += _cells(by_run[i]) if i in by_run else [""] * 6
        body.append(cells)
        last = work
    profiles = [_profile(run, share) for run in runs for share in run["shares"]]
    return "\n".join([*_aligned([heads, *body]), "", *profiles, "", *map(_footer, runs), LEGEND])


LEGEND = (
    "ratio: reference time ÷ our time (memory: reference MB ÷ our MB), the median over rounds in which the "
    "sides take turns; above 1 NumPy wins. One thread each side, unless a row says all cores."
)


def _cells(r: dict[str, Any]) -> list[str]:
    spread = f"{number(r['low'])}–{number(r['high'])}" if r["ratio"] is not None and r["rounds"] > 1 else ""
    aim = "" if r["target"] is None else f"≥ {r['target']:g}"
    verdict = r["note"] or VERDICTS[r["reached"]]
    return [
        f"{number(r['our_value'])} {r['unit']}",
        number(r["their_value"]),
        number(r["ratio"]),
        spread,
        aim,
        verdict,
    ]


def _profile(run: dict[str, Any], share: dict[str, Any]) -> str:
    """Where our time goes in one pass, and what its matrix products alone would take."""
    ms, core = share["ms"], run["machine"]["blas"]["core"]
    parts = [f"{kind} {ms[kind] / sum(ms.values()):.0%}" for kind in sorted(ms, key=ms.__getitem__)[::-1]]
    alone = f"; products alone {number(share['products'])} ms" if "products" in share else ""
    return f"{core}: {share['work']}: {number(sum(ms.values()))} ms: {', '.join(parts)}{alone}"


def _aligned(lines: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*lines, strict=True)]
    texts = [
        "  ".join(
            c.ljust(w) if i < 3 else c.rjust(w) for i, (c, w) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    ]
    return [texts[0].rstrip(), "─" * len(texts[0]), *(text.rstrip() for text in texts[1:])]


def _footer(run: dict[str, Any]) -> str:
    aimed = [r for r in run["rows"] if r["reached"] is not None]
    worst = max((a["distance"] / a["tolerance"] for a in run["agreements"]), default=0.0)
    return (
        f"{machine.line(run['machine'])}. {run['recorded']}, a {run['kind']} run of {run['rounds']} rounds "
        f"in {run['seconds']:.0f} s, load {run['load'][0]}–{run['load'][1]}. "
        f"{sum(r['reached'] for r in aimed)} of {len(aimed)} targets reached. Before anything was timed "
        f"{len(run['agreements'])} comparisons showed the sides to agree, the worst at {worst:.0%} of its "
        "tolerance.\n"
    )
