"""The tables of the page "Benchmarks", made from the runs that `python -m benchmarks` has recorded."""

from __future__ import annotations

import json
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from neuropath.publish import benchmarks_grading

Run = dict[str, Any]

SCHEMA = 1
# full: everything; short: that, in few rounds; part: some of it; quick: little of it, which means nothing
KINDS = ("full", "short", "part", "quick")
GROUPS = ("mlp", "lenet", "mobilenet", "layers", "head", "stage1", "input", "memory")
TABLES = ("machines", "targets", "missed", "shares", "grading", *GROUPS)
FACTS = {"schema", "kind", "recorded", "machine", "rounds", "load", "seconds", "rows", "agreements", "shares"}
SHARE = {
    "work",
    "ms",
}  # of a pass; "group" and "products" too, but for runs recorded before these were measured
NETWORK, OPTIMISER = "mobilenet", "optimiser"  # the group that has a table of its own; a kind of work
COLUMNS = {
    "group", "work", "ours", "beside", "unit", "our_value", "their_value", "ratio", "low", "high", "rounds",
    "target", "reached", "note",
}  # fmt: skip
OTHERS = (benchmarks_grading.FILE,)  # recorded beside them, by programs of their own
NAMES = {
    "numpy": "NumPy",
    "keras": "Keras",
    "tensorflow": "TensorFlow",
    "torch": "PyTorch",
    "pillow": "Pillow",
}


def recorded_folder(root: Path) -> Path:
    return root / "benchmarks" / "recorded"


def target_file(root: Path, core: str) -> Path:
    """Where a run on this BLAS core type is kept."""
    return recorded_folder(root) / f"{core.lower()}.json"


def load(path: str | PathLike[str]) -> Run:
    """A run from its file. ValueError, with what is wrong, for what `python -m benchmarks` did not write."""
    run = json.loads(Path(path).read_text(encoding="utf-8"))
    if not isinstance(run, dict) or run.get("schema") != SCHEMA:
        raise ValueError(f"{path}: expected a run of schema {SCHEMA}; record it anew: python -m benchmarks.")
    if lacking := FACTS - run.keys():
        raise ValueError(f"{path}: expected a whole run, received one without {', '.join(sorted(lacking))}.")
    if run["kind"] not in KINDS:
        raise ValueError(f"{path}: expected a kind among {', '.join(KINDS)}, received {run['kind']!r}.")
    for row in run["rows"]:
        if row.keys() != COLUMNS or row["group"] not in GROUPS:
            raise ValueError(f"{path}: expected rows with {', '.join(sorted(COLUMNS))}, received {row}.")
        if row["reached"] is not None and row["reached"] != (row["ratio"] >= row["target"]):
            raise ValueError(
                f"{path}: {row['work']!r} beside {row['beside']!r} calls its target the wrong name."
            )
    for share in run["shares"]:
        if not share.keys() >= SHARE or not share["ms"] or min(share["ms"].values()) < 0:
            raise ValueError(f"{path}: expected shares with work and milliseconds, received {share}.")
    return run


def recorded(root: Path) -> list[Run]:
    """The runs that are kept, by core type. ValueError where there is none, or one that is not complete."""
    files = sorted(file for file in recorded_folder(root).glob("*.json") if file.name not in OTHERS)
    if not files:
        raise ValueError("no run is recorded in benchmarks/recorded: python -m benchmarks --core both.")
    runs = [load(file) for file in files]
    if odd := [str(file.name) for file, run in zip(files, runs, strict=True) if run["kind"] not in KINDS[:2]]:
        raise ValueError(f"the page expects complete runs, received parts of one: {', '.join(odd)}.")
    return runs


def benchmarks_table(root: Path, name: str) -> str:
    """One table (or list) of the page, as MyST. ValueError for other names."""
    if name not in TABLES:
        raise ValueError(f"{{benchmarks-table}} expects one of {', '.join(TABLES)}; received {name!r}.")
    if name == "grading":
        return benchmarks_grading.grading_table(recorded_folder(root))
    runs = recorded(root)
    if name in GROUPS:
        return _rows(runs, name)
    return {"machines": _machines, "targets": _targets, "missed": _missed, "shares": _shares}[name](runs)


def number(value: float | None) -> str:
    """Three digits, as a reader needs them; a dash for None."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def ratio(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def _core(run: Run) -> str:
    return run["machine"]["blas"]["core"]


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [" | ".join(cell.replace("|", r"\|") for cell in row) for row in rows]
    return "\n".join(f"| {line} |" for line in [" | ".join(heads), " | ".join(["---"] * len(heads)), *lines])


def _machines(runs: Sequence[Run]) -> str:
    """What each run was measured on, and how busy that was."""
    facts = []
    for run in runs:
        m, blas = run["machine"], run["machine"]["blas"]
        packages = ", ".join(f"{NAMES.get(k, k.capitalize())} {v}" for k, v in m["versions"].items())
        short = " **A short run, to be repeated on a quiet machine.**" if run["kind"] == "short" else ""
        facts.append(
            f"- **{_core(run)} kernels** ({blas['library']} {blas['version']}, {_threads(blas['threads'])}): "
            f"{m['processor']}, {m['architecture']}, {m['cores']} cores; oneDNN {m['onednn']}; {packages}. "
            f"{run['recorded']}, {run['rounds']} rounds, {run['seconds']:.0f} s, "
            f"{number(run['load'][0])} to {number(run['load'][1])} processes wanting a core.{short}"
        )
    return "\n".join(facts)


def _threads(count: int) -> str:
    return f"{count} thread{'' if count == 1 else 's'}"


def _targets(runs: Sequence[Run]) -> str:
    """How many targets each run reached."""
    parts = []
    for run in runs:
        aimed = [row["reached"] for row in run["rows"] if row["reached"] is not None]
        parts.append(f"{sum(aimed)} of {len(aimed)} on {_core(run)} kernels")
    return f"Targets reached: {'; '.join(parts)}."


def _rows(runs: Sequence[Run], group: str) -> str:
    """One group, a row for each pair of sides, and for each run its times, ratio and target."""
    found: dict[tuple[str, str, str], dict[int, dict]] = {}
    for i, run in enumerate(runs):
        for row in run["rows"]:
            if row["group"] == group:
                found.setdefault((row["work"], row["ours"], row["beside"]), {})[i] = row
    heads = ["work", "ours / beside"]
    for run in runs:
        heads += [f"{_core(run)}: ours / theirs", "ratio"]
    rows, last = [], ""
    for (work, ours, beside), by_run in found.items():
        cells = [work if work != last else "", f"{ours} / {beside}"]
        for i in range(len(runs)):
            cells += _cells(by_run[i]) if i in by_run else ["", ""]
        rows.append(cells)
        last = work
    return _table(heads, rows) if rows else "*Not measured on this machine.*"


def _cells(row: dict) -> list[str]:
    """(times, ratio with its quartiles and what is aimed at)."""
    if row["ratio"] is None:
        return [f"{number(row['our_value'])} {row['unit']}", row["note"]]
    spread = f" ({ratio(row['low'])}–{ratio(row['high'])})" if row["rounds"] > 1 else ""
    verdict = "" if row["reached"] is None else ", reached" if row["reached"] else ", **missed**"
    target = f"; ≥ {row['target']:g}{verdict}" if row["target"] is not None else ""
    times = f"{number(row['our_value'])} / {number(row['their_value'])} {row['unit']}"
    return [times, f"**{ratio(row['ratio'])}**{spread}{target}"]


def _missed(runs: Sequence[Run]) -> str:
    """A line for each target that was not reached, with what our time there goes to."""
    lines = []
    for run in runs:
        shares = {share["work"]: share for share in run["shares"]}
        for row in run["rows"]:
            if row["reached"] is False:
                lines.append(
                    f"- {_core(run)}: **{row['work']}**, {row['ours']} beside {row['beside']}: "
                    f"{row['ratio']:.3g} where {row['target']:g} was aimed at."
                    f"{_why(row, shares.get(row['work']))}"
                )
    return "\n".join(lines) or "None: every target is reached."


def _why(row: dict, share: dict[str, Any] | None) -> str:
    """What keeps us from a target, where the work has a profile: that of the network as it is, not folded."""
    if share is None or not row["ours"].startswith("NumPy"):
        return ""
    as_it_is = row["ours"] == "NumPy"
    reasons = [_largest(share["ms"])] if as_it_is else []
    if "products" in share:
        bound = row["their_value"] / share["products"]
        found = f"Its matrix products alone take {number(share['products'])} {row['unit']}"
        found += f", which would be a ratio of {ratio(bound)}"
        if bound < row["target"]:
            found += ": with this BLAS the target is out of reach, whatever else is done"
        elif as_it_is and OPTIMISER in share["ms"]:
            both = row["their_value"] / (share["products"] + share["ms"][OPTIMISER])
            found += f"; with the optimiser, {ratio(both)}"
        reasons.append(found + ".")
    return "".join(f" {reason}" for reason in reasons)


def _largest(ms: dict[str, float], count: int = 3) -> str:
    total = sum(ms.values())
    top = sorted(ms, key=ms.__getitem__, reverse=True)[:count]
    return f"Of our time, {', '.join(f'{ms[kind] / total:.0%} is {kind}' for kind in top)}."


def _shares(runs: Sequence[Run]) -> str:
    """For each pass and run the share of each kind of work: a table of MobileNetV2, one of the others."""
    tables = []
    for lead, ours in (("MobileNetV2:", True), ("Training, the optimiser and the metrics included:", False)):
        passes = [
            (run, s) for run in runs for s in run["shares"] if (s.get("group", NETWORK) == NETWORK) == ours
        ]
        if passes:
            tables.append(f"{lead}\n\n{_shares_table(passes)}")
    return "\n\n".join(tables) or "*Not measured on this machine.*"


def _shares_table(passes: Sequence[tuple[Run, dict[str, Any]]]) -> str:
    """The kinds that take most come first; what the products alone take is no kind, but part of several."""
    kinds = sorted(
        {k for _, s in passes for k in s["ms"]},
        key=lambda k: -sum(s["ms"].get(k, 0) / sum(s["ms"].values()) for _, s in passes),
    )
    rows, last = [], ""
    works = list(dict.fromkeys(s["work"] for _, s in passes))
    for run, share in sorted(passes, key=lambda one: works.index(one[1]["work"])):
        total, work = sum(share["ms"].values()), share["work"]
        cells = [f"{share['ms'][kind] / total:.0%}" if kind in share["ms"] else "–" for kind in kinds]
        alone = f"{number(share['products'])} ms" if "products" in share else "–"
        rows.append([work if work != last else "", _core(run), f"{number(total)} ms", alone, *cells])
        last = work
    return _table(["work", "kernels", "all of it", "products alone", *kinds], rows)
