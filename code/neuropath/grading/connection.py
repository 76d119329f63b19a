"""One worker from its start to its end: questions and answers, and the student's calls of our functions."""

from __future__ import annotations

import contextlib
import inspect
import json
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from neuropath.grading import protocol
from neuropath.grading.errors import RemoteDeath, RemoteTimeout, how_it_ended
from neuropath.grading.limits import Limits
from neuropath.grading.protocol import Closed, Late, Stream
from neuropath.grading.reading import Decoder
from neuropath.grading.remote import Remote
from neuropath.grading.sandbox import SandboxError, Zygote
from neuropath.grading.values import PASSED_BACK, Encoder, Malformed

MAX_CALLBACKS = 10_000
MAX_BACK_BYTES = 8 << 20  # of a callback's arguments: the grader computes with them itself
START_SECONDS = 30
Message = tuple[dict[str, Any], list[bytes]]


class Connection:
    """A running worker. SandboxError where it does not start."""

    def __init__(self, zygote: Zygote, limits: Limits):
        self._number = 0
        self._callbacks: list[Callable[..., Any]] = []
        self._line, data = zygote.start(limits)
        self._stream = Stream(data)
        self.open = True
        problem = "no answer"
        try:
            problem = self._stream.receive(time.monotonic() + START_SECONDS)[0].get("problem", "")
        except (Late, Closed, Malformed):
            problem = "the worker did not start"
        finally:
            ending = self.close() if problem else ""
        if problem:
            raise SandboxError(f"{problem}{ending}")

    def encoder(self) -> Encoder:
        """For the arguments of the next call: functions among them can be called back until it is over."""
        self._callbacks = []
        return Encoder(self._function, spare=PASSED_BACK)

    def ask(self, body: dict[str, Any], seconds: float, parts: list[bytes] | None = None) -> Message:
        """One question and its answer. RemoteTimeout or RemoteDeath, after which the worker is gone."""
        if not self.open:
            raise RemoteDeath("there is no process any more: it was ended before")
        self._number += 1
        deadline = time.monotonic() + max(0.0, seconds)
        try:
            self._stream.send(protocol.pack({"number": self._number, **body}, parts), deadline)
            return self._answer(deadline)
        except Late:
            self.close()
            raise RemoteTimeout(f"your code was stopped after {max(0.0, seconds):.3g} seconds") from None
        except Closed:
            raise RemoteDeath(f"your code ended the process{self.close()}") from None
        except Malformed as error:
            raise self.unreadable(error) from None
        except protocol.TooLarge as error:
            raise TypeError(f"the submission cannot be given so much ({error})") from None
        except BaseException:
            self.close()  # question and answer are out of step
            raise

    def unreadable(self, error: Malformed) -> RemoteDeath:
        """End the worker: it sent what no worker sends."""
        self.close()
        return RemoteDeath(f"what your code sent back cannot be read ({error})")

    def close(self) -> str:
        """Kill every process of the submission, wait until they are gone; how it ended, in brackets."""
        if not self.open:
            return ""
        self.open = False
        self._stream.close()
        with self._line as line, contextlib.suppress(OSError, ValueError):
            line.shutdown(socket.SHUT_WR)  # the sign to kill
            line.settimeout(START_SECONDS)
            with line.makefile("rb") as said:
                return _ending(json.loads(said.read() or b"{}"))  # to the guard's own end
        return ""

    def _answer(self, deadline: float) -> Message:
        for _ in range(MAX_CALLBACKS):
            answer, parts = self._stream.receive(deadline)
            if answer.get("number") != self._number:
                raise Malformed("an answer to no question")
            if "back" not in answer:
                return answer, parts
            self._stream.send(self._called_back(answer, parts, deadline), deadline)
        raise Malformed(f"more than {MAX_CALLBACKS} calls of one function")

    def _called_back(self, body: dict[str, Any], parts: list[bytes], deadline: float) -> bytes:
        """Run a function of the check for the student's code; what it raises goes back as an error."""
        which = body["back"]
        if type(which) is not int or not 0 <= which < len(self._callbacks):
            return _raised("RuntimeError", "the call that this function belongs to is over")
        if sum(map(len, parts)) > MAX_BACK_BYTES:
            return _raised("ValueError", f"arguments of more than {MAX_BACK_BYTES >> 20} MB")
        decoder = Decoder(parts)
        args, kwargs = decoder.value(body.get("args")), decoder.value(body.get("kwargs"))
        if not isinstance(args, list) or not isinstance(kwargs, dict) or {*map(type, kwargs)} - {str}:
            raise Malformed("arguments of a call that are none")
        try:
            with _alarm(deadline):
                encoder = Encoder(self._function)
                tree = encoder.tree(self._callbacks[which](*args, **kwargs))
                return protocol.pack({"value": tree}, encoder.parts)
        except Late:
            raise
        except Exception as error:
            return _raised(type(error).__name__, str(error)[:200])

    def _function(self, value: Any) -> Any:
        """A function among what is sent: the submission's own by name, any other to be called back."""
        if not callable(value) or isinstance(value, type):
            return None
        owner = inspect.unwrap(value)
        if isinstance(owner, Remote) and owner.belongs_to(self):
            return {"r": owner.name}
        self._callbacks.append(value)
        return {"f": [len(self._callbacks) - 1, str(getattr(value, "__name__", "function"))]}


def _raised(kind: str, message: str) -> bytes:
    return protocol.pack({"error": {"kind": kind, "message": message}})


def _ending(said: dict[str, Any]) -> str:
    """From the guard, which no student's code reaches."""
    if "error" in said:
        return f" ({said['error']})"
    status = said.get("status")
    return how_it_ended(os.waitstatus_to_exitcode(status)) if isinstance(status, int) else ""


@contextlib.contextmanager
def _alarm(deadline: float) -> Iterator[None]:
    """Raise Late in the main thread when the deadline passes while one of our functions runs."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise Late
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def late(*_: object) -> None:
        raise Late

    started = time.monotonic()
    before = signal.signal(signal.SIGALRM, late)
    outer, _ = signal.setitimer(signal.ITIMER_REAL, left)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if outer:  # the caller had an alarm of its own: it goes on
            signal.setitimer(signal.ITIMER_REAL, max(1e-3, outer - (time.monotonic() - started)))
