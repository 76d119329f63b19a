"""What was wrong with a data set: every finding kept, all of them said at once, with counts and paths.

Three weights. *fatal*: training on this would mislead, so nothing starts. *skipped*: the file was left out
and the rest is used. *note*: the file was used after a change that is named. Loaders add findings while they
read and call `raise_if_fatal` once, at the end: a reader mends ten faults in one round, not in ten.
"""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["DataError", "Finding", "Report", "printable"]

SHOWN = 5  # paths per kind in the message; the rest are counted
WEIGHTS = ("fatal", "skipped", "note")


class DataError(RuntimeError):
    """A data set cannot be used as it is; the message lists everything found and what to do."""

    def __init__(self, message: str, report: Report | None = None):
        super().__init__(message)
        self.report = report


def printable(text: str) -> str:
    """A file name as text that can be printed: what is not UTF-8 in it (old archives) becomes a question
    mark.
    """
    return text.encode("utf-8", "replace").decode()


@dataclass(frozen=True)
class Finding:
    """One thing found: its weight, what it is (one kind is counted together), where, and more."""

    weight: str
    kind: str
    where: str = ""
    detail: str = ""


@dataclass
class Report:
    """Findings about one data set, in the order in which they were met."""

    findings: list[Finding] = field(default_factory=list)

    def add(self, weight: str, kind: str, where: object = "", detail: str = "") -> None:
        """Keep one finding; `weight` is "fatal", "skipped" or "note"."""
        if weight not in WEIGHTS:
            raise ValueError(f"expected a weight among {WEIGHTS}, received {weight!r}")
        self.findings.append(Finding(weight, kind, printable(str(where)), printable(detail)))

    def of(self, weight: str) -> list[Finding]:
        return [finding for finding in self.findings if finding.weight == weight]

    def count(self, weight: str, kind: str | None = None) -> int:
        return sum(kind in (None, finding.kind) for finding in self.of(weight))

    def __bool__(self) -> bool:
        return bool(self.findings)

    def __str__(self) -> str:
        """Fatal findings first; under each kind its number and the first few paths."""
        lines: list[str] = []
        for weight in WEIGHTS:
            kinds = dict.fromkeys(finding.kind for finding in self.of(weight))
            for kind in kinds:
                lines += self._lines(weight, kind)
        return "\n".join(lines) or "nothing was wrong"

    def _lines(self, weight: str, kind: str) -> list[str]:
        found = [finding for finding in self.of(weight) if finding.kind == kind]
        many = f" ({len(found):,})" if len(found) > 1 else ""
        lines = [f"[{weight}] {kind}{many}"]
        for finding in found[:SHOWN]:
            said = ": ".join(part for part in (finding.where, finding.detail) if part)
            lines += [f"    {said}"] if said else []
        if len(found) > SHOWN:
            lines.append(f"    … and {len(found) - SHOWN:,} more")
        return lines

    def raise_if_fatal(self, what: str, advice: str = "") -> None:
        """DataError with every finding in it if one of them is fatal; otherwise nothing happens."""
        fatal = self.count("fatal")
        if fatal:
            count = "1 problem" if fatal == 1 else f"{fatal} problems"
            tail = f"\n{advice}" if advice else ""
            raise DataError(f"{what} cannot be used, {count}:\n{self}{tail}", self)
