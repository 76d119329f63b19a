"""The grader's side of a submission: run its cells, fetch its values, call its functions. No judging."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from neuropath.grading import reading, sandbox
from neuropath.grading.connection import Connection, Message
from neuropath.grading.errors import RemoteDeath, RemoteError, RemoteTimeout, clean, remote_error
from neuropath.grading.limits import Limits
from neuropath.grading.reading import Decoder
from neuropath.grading.remote import Remote
from neuropath.grading.sandbox import Isolation, SandboxError, Zygote
from neuropath.grading.values import Malformed, NotPlain

__all__ = ["CellReport", "Child", "Remote", "RemoteDeath", "RemoteError", "RemoteTimeout", "SandboxError"]


@dataclass(frozen=True)
class CellReport:
    """How one cell ended: "ok", "error", "timed out" or "died"; kind, message and line of its exception."""

    index: int
    state: str
    kind: str = ""
    message: str = ""
    line: str = ""
    output: str = ""
    seconds: float = 0.0


class Child:
    """One submission in its sandbox. Use it in a `with`: at the end every process of it is dead.

    SandboxError, from any method, only where the sandbox itself cannot be started.
    """

    def __init__(self, isolation: Isolation, limits: Limits | None = None, *, zygote: Zygote | None = None):
        self.isolation, self.limits = isolation, limits or Limits()
        self.used_seconds = 0.0  # of the grader's clock, spent waiting for the submission
        self.starts = 0  # of a process; more than 1 where one had to be replaced
        self._zygote = zygote
        self._worker: Connection | None = None
        self._output_left = self.limits.output_kb << 10  # characters, whatever the submission claims
        self._bad: dict[str, CellReport] = {}  # source -> how it ended the process

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(self, cells: list[str]) -> list[CellReport]:
        """Run the cells in order, each to its own end; one report per cell, in the same order.

        A cell that outlasts its time or ends the process is left out from then on: a fresh process runs the
        cells before it once more, and the cells after it follow there.
        """
        reports: list[CellReport] = []
        self._start()
        for index, source in enumerate(cells):
            if not self.alive and not self._bring_back(cells[:index]):
                reports.append(self._out_of_time(index))
                continue
            reports.append(self._known(index, source) or self._cell(index, source))
        if not self.alive:
            self._bring_back(cells)
        return reports

    def restart(self, cells: list[str]) -> list[CellReport]:
        """A fresh process with these cells, but those that ended one before."""
        return self.run(cells)

    def has(self, name: str) -> bool:
        """Does the submission define this name? RemoteTimeout, RemoteDeath."""
        return self._ask({"do": "has", "name": name})[0].get("value") is True

    def get(self, name: str) -> Any:
        """The plain value of this name, or a Remote if it can be called.

        RemoteError of kind "kind" for a value that is not plain, of kind "KeyError" for a missing name.
        """
        body, parts = self._ask({"do": "get", "name": name, "verb": "is"})
        if "error" in body:
            raise remote_error(body["error"])
        if "function" in body:
            return Remote(self.call, lambda: self._worker, name, body["function"])
        return self._read(body, parts, [])

    def call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call the submission's function; what it changes in its arguments is changed in ours.

        Functions among the arguments are called back. TypeError for an argument that cannot be sent,
        RemoteError for what the function raises, RemoteTimeout, RemoteDeath.
        """
        if self._worker is None:
            raise RemoteDeath("there is no process: no cells have been run")
        encoder = self._worker.encoder()
        try:
            trees = {"args": encoder.tree(list(args)), "kwargs": encoder.tree(kwargs)}
        except NotPlain as error:
            raise TypeError(f"the submission's {name} cannot be given {error}") from None
        question = {"do": "call", "name": name, "verb": "returned", **trees}
        body, parts = self._ask(question, encoder.parts)
        return self._read(body, parts, encoder.objects)

    @property
    def alive(self) -> bool:
        """Is there a process to ask?"""
        return self._worker is not None and self._worker.open

    def close(self) -> None:
        """Kill every process of the submission, and wait until they are gone."""
        if self._worker is not None:
            self._worker.close()

    def _start(self) -> None:
        self.close()
        # Before the clock starts: what the first of many waits for is imported for all.
        zygote = self._zygote or sandbox.zygote(self.isolation, self.limits.warm)
        started = time.monotonic()
        try:
            self._worker = Connection(zygote, self.limits)
        except SandboxError as error:
            raise SandboxError(f"{self.isolation.level}: {error}") from None
        self.starts += 1
        self.used_seconds += time.monotonic() - started

    def _bring_back(self, cells: list[str]) -> bool:
        """A fresh process in which the cells that do no harm have been run; False where time is over."""
        while self._left() > 0:
            self._start()
            for index, source in enumerate(cells):
                if self._known(index, source) is None:
                    self._cell(index, source)
                if not self.alive:
                    break
            else:
                return True
        return False

    def _left(self) -> float:
        return self.limits.total_seconds - self.used_seconds

    def _out_of_time(self, index: int) -> CellReport:
        message = f"the {self.limits.total_seconds:g} seconds for the whole submission were over"
        return CellReport(index, "timed out", message=message)

    def _known(self, index: int, source: str) -> CellReport | None:
        bad = self._bad.get(source)
        return None if bad is None else CellReport(index, bad.state, message=bad.message)

    def _cell(self, index: int, source: str) -> CellReport:
        started = time.monotonic()
        question = {"do": "cell", "index": index, "source": source}
        try:
            body, _ = self._ask(question, seconds=self.limits.cell_seconds)
        except (RemoteTimeout, RemoteDeath) as end:
            state = "timed out" if isinstance(end, RemoteTimeout) else "died"
            report = CellReport(index, state, message=str(end), seconds=time.monotonic() - started)
            if self._left() <= 0 and state == "timed out":
                return self._out_of_time(index)
            self._bad[source] = report
            return report
        seconds = time.monotonic() - started
        output = clean(body.get("output"), self._output_left, lines=True)
        self._output_left -= len(output)
        if "error" not in body:
            return CellReport(index, "ok", output=output, seconds=seconds)
        error = remote_error(body["error"])
        return CellReport(index, "error", error.kind, error.message, error.line, output, seconds)

    def _ask(
        self, body: dict[str, Any], parts: list[bytes] | None = None, seconds: float | None = None
    ) -> Message:
        if self._worker is None:
            raise RemoteDeath("there is no process: no cells have been run")
        started = time.monotonic()
        try:
            allowed = self.limits.call_seconds if seconds is None else seconds
            return self._worker.ask(body, min(allowed, self._left()), parts)
        finally:
            self.used_seconds += time.monotonic() - started

    def _read(self, body: dict[str, Any], parts: list[bytes], mine: list[Any]) -> Any:
        """The value in an answer, once `mine` (what was sent and can change) has what came back."""
        assert self._worker is not None
        try:
            decoder = Decoder(parts)
            value = None if "error" in body else decoder.value(body.get("value"))
            reading.write_back(mine, body.get("changed", []), parts, decoder.used)
        except Malformed as error:
            raise self._worker.unreadable(error) from None
        if "error" in body:
            raise remote_error(body["error"])
        return value
