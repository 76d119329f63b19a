"""The process that runs a submission: it answers questions about names and calls, and decides nothing.

Everything in here is in the student's hands as soon as the first cell has run. It holds no secret, and the
grader takes what it sends for a value at most.
"""

from __future__ import annotations

import builtins
import contextlib
import inspect
import io
import linecache
import os
import re
import signal
import socket
import sys
import threading
import traceback
import types
from collections.abc import Iterator
from typing import Any

import numpy as np

from neuropath.grading import notebook, protocol, values
from neuropath.grading.protocol import Stream
from neuropath.grading.reading import Decoder
from neuropath.grading.values import PASSED_BACK, Encoder, NotPlain

CELL = re.compile(r"<cell (\d+)>")
ORIGINAL = dict(vars(builtins))
DESCRIPTIONS = 300  # characters of an exception's message that are passed on


class Kept(io.TextIOBase):
    """A text stream that keeps its first characters and forgets the rest, however much that is."""

    def __init__(self, limit: int):
        self._limit = limit
        self._pieces: list[str] = []
        self._kept = 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if self._kept < self._limit:
            piece = text[: self._limit - self._kept]
            self._pieces.append(piece)
            self._kept += len(piece)
        return len(text)

    def take(self) -> str:
        """What was kept since the last time."""
        text, self._pieces = "".join(self._pieces), []
        return text


class CalledBack:
    """A function of the grader, as the student's function receives it."""

    def __init__(self, worker: Worker, number: int, name: str):
        self.__name__ = name
        self._ask = lambda args, kwargs: worker.ask_back(number, args, kwargs)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask(args, kwargs)


class Worker:
    """Cells run in one namespace, `__main__`; answers are looked up in it by name."""

    def __init__(self, stream: Stream, output_kb: int):
        self._stream = stream
        self._lock = threading.RLock()
        self._process = os.getpid()
        self._number = 0
        self._space = self._fresh_main()
        self._replaced: dict[str, Any] = {}  # what the student has put in the place of builtins
        self._output = Kept(output_kb << 10)
        sys.stdout = sys.stderr = self._output
        notebook.stand_in()
        builtins.display = notebook.Nothing()  # type: ignore[attr-defined]

    @staticmethod
    def _fresh_main() -> dict[str, Any]:
        module = types.ModuleType("__main__")
        module.__dict__["__builtins__"] = builtins
        sys.modules["__main__"] = module
        return module.__dict__

    def serve(self) -> None:
        """Answer until the grader is gone."""
        while True:
            body, parts = self._stream.receive()
            self._number = body.get("number", 0)
            try:
                answer, parts = getattr(self, f"_do_{body['do']}")(body, parts)
                frame = protocol.pack({"number": self._number, **answer}, parts)
            except NotPlain as error:
                frame = self._failure({"kind": "kind", "message": f"{body.get('verb', 'is')} {error}"})
            except protocol.TooLarge as error:
                frame = self._failure({"kind": "kind", "message": f"{body.get('verb', 'is')} {error}"})
            except BaseException as error:
                frame = self._failure(describe_error(error))
            if os.getpid() != self._process:  # forked by the student's code, which has come to its end here
                os._exit(0)
            self._tidy()
            with self._lock:
                self._stream.send(frame)

    @contextlib.contextmanager
    def _students_builtins(self) -> Iterator[None]:
        """What the student's code has done to `builtins` holds for that code, and not for this."""
        vars(builtins).update(self._replaced)
        try:
            yield
        finally:
            now = vars(builtins)
            self._replaced = {name: now[name] for name in now if now[name] is not ORIGINAL.get(name, now)}
            now.update(ORIGINAL)

    def _failure(self, error: dict[str, str]) -> bytes:
        return protocol.pack({"number": self._number, "error": error})

    def _tidy(self) -> None:
        """An alarm that the student's code left behind does not go off in the next question."""
        if hasattr(signal, "setitimer"):
            for clock, number in (
                (signal.ITIMER_REAL, signal.SIGALRM),
                (signal.ITIMER_VIRTUAL, signal.SIGVTALRM),
            ):
                with contextlib.suppress(Exception):
                    signal.setitimer(clock, 0)
                    signal.signal(number, signal.SIG_IGN)

    def _do_cell(self, body: dict[str, Any], _: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
        name = f"<cell {body['index']}>"
        source = notebook.plain_source(body["source"])
        if notebook.only_checks(source):
            source = ""  # a slow answer would be called once more, at the cost of the answers after it
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        answer: dict[str, Any] = {}
        try:
            code = compile(source, name, "exec")
            with self._students_builtins():
                exec(code, self._space)
        except BaseException as error:
            answer["error"] = describe_error(error)
        return {**answer, "output": self._output.take()}, []

    def _do_has(self, body: dict[str, Any], _: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
        return {"value": body["name"] in self._space}, []

    def _do_get(self, body: dict[str, Any], _: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
        value = self._space[body["name"]]
        if callable(value):
            return {"function": describe_function(value)}, []
        encoder = Encoder()
        return {"value": encoder.tree(value)}, encoder.parts

    def _do_call(self, body: dict[str, Any], parts: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
        decoder = Decoder(parts, self._function, spare=PASSED_BACK)
        args, kwargs = decoder.value(body["args"]), decoder.value(body["kwargs"])
        before = [_snapshot(item) for item in decoder.objects]
        try:
            with self._students_builtins():
                value = self._space[body["name"]](*args, **kwargs)
            encoder = Encoder()
            answer: dict[str, Any] = {"value": encoder.tree(value)}
        except NotPlain:
            raise
        except BaseException as error:
            encoder, answer = Encoder(), {"error": describe_error(error)}
        changed = [
            (number, item)
            for number, (item, was) in enumerate(zip(decoder.objects, before, strict=True))
            if not _unchanged(item, was)
        ]
        # its own Encoder numbers objects anew, but goes on with the same list of parts
        answer["changed"] = [[number, _again(encoder, item)] for number, item in changed]
        return answer, encoder.parts

    def _function(self, kind: str, body: Any) -> Any:
        if kind == "r":
            return self._space[body]
        return CalledBack(self, int(body[0]), str(body[1]))

    def ask_back(self, callback: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a function of the grader. RuntimeError with its message where it fails."""
        with self._lock:
            encoder = Encoder()
            trees = {"args": encoder.tree(list(args)), "kwargs": encoder.tree(kwargs)}
            body = {"number": self._number, "back": callback, **trees}
            self._stream.send(protocol.pack(body, encoder.parts))
            answer, parts = self._stream.receive()
        if error := answer.get("error"):
            kind = getattr(builtins, error["kind"], RuntimeError)
            usual = isinstance(kind, type) and issubclass(kind, Exception)
            raise (kind if usual else RuntimeError)(error["message"])
        return Decoder(parts, self._function).value(answer["value"])


def _snapshot(item: Any) -> Any:
    if isinstance(item, np.random.Generator):
        return values.generator_state(item)
    return item.copy()


def _unchanged(item: Any, was: Any) -> bool:
    if isinstance(item, np.random.Generator):
        return values.generator_state(item) == was
    if isinstance(item, np.ndarray):
        return item.shape == was.shape and item.tobytes() == was.tobytes()
    if isinstance(item, dict):
        return item.keys() == was.keys() and all(item[key] is was[key] for key in was)
    return len(item) == len(was) and all(a is b for a, b in zip(item, was, strict=True))


def _again(encoder: Encoder, item: Any) -> Any:
    fresh = Encoder()
    fresh.parts = encoder.parts
    return fresh.tree(item)


def describe_function(function: Any) -> dict[str, Any]:
    """Name, place, and parameters (name, kind, default's text or None) of a callable."""
    found: dict[str, Any] = {
        "name": str(getattr(function, "__name__", type(function).__name__)),
        "class": isinstance(function, type),
    }
    with contextlib.suppress(Exception):
        found["parameters"] = [
            [p.name, int(p.kind), None if p.default is p.empty else repr(p.default)[:60]]
            for p in inspect.signature(function).parameters.values()
        ]
    with contextlib.suppress(Exception):
        found["at"] = [str(function.__code__.co_filename)[:60], int(function.__code__.co_firstlineno)]
    return found


def describe_error(error: BaseException) -> dict[str, str]:
    """An exception's type, its message and the deepest line of the student's own."""
    found = {"kind": values.type_name(error), "message": "", "line": ""}
    with contextlib.suppress(BaseException):
        found["message"] = str(error)[:DESCRIPTIONS]
    with contextlib.suppress(BaseException):
        if isinstance(error, SyntaxError):
            found["message"], found["line"] = str(error.msg), (error.text or "").strip()
        frames = list(traceback.walk_tb(error.__traceback__))
        for frame, number in frames:
            if CELL.fullmatch(frame.f_code.co_filename):
                found["line"] = linecache.getline(frame.f_code.co_filename, number).strip()
                found["number"] = str(number)
    return found


def main(connection: socket.socket, output_kb: int) -> None:
    """Serve one submission on this connection; the process ends with it and runs no student's atexit."""
    try:
        Worker(Stream(connection), output_kb).serve()
    except BaseException:
        os._exit(1)
    os._exit(0)
