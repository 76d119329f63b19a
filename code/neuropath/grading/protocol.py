"""Frames over a socket: 8 bytes of length, 4 of the JSON's length, JSON, then the arrays' bytes.

The grader reads what a submission may have forged. So lengths are limited before anything is allocated,
JSON is limited in size and depth, arrays are raw numbers whose shape must fit their bytes, and each answer
carries the number of its question. Whatever does not fit ends the submission (Malformed).
"""

from __future__ import annotations

import json
import socket
import struct
import time
from typing import Any

from neuropath.grading.values import Malformed

MAX_FRAME = 64 << 20
MAX_JSON = 8 << 20
MAX_PARTS = 10_000
HEAD = struct.Struct(">QI")
CHUNK = 1 << 20


class TooLarge(ValueError):
    """A message beyond 64 MB (or 8 MB of it outside arrays)."""


class Closed(ConnectionError):
    """The other side is gone."""


class Late(TimeoutError):
    """The deadline passed first."""


def pack(body: dict[str, Any], parts: list[bytes] | None = None) -> bytes:
    """One frame. TooLarge beyond the limits."""
    parts = parts or []
    text = json.dumps({**body, "sizes": [len(part) for part in parts]}, separators=(",", ":")).encode()
    total = 4 + len(text) + sum(map(len, parts))
    if total > MAX_FRAME or len(text) > MAX_JSON or len(parts) > MAX_PARTS:
        raise TooLarge(f"{total / 1e6:.0f} MB: at most {MAX_FRAME >> 20} MB are passed on")
    return b"".join([HEAD.pack(total, len(text)), text, *parts])


def unpack(total: int, length: int, payload: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """Body and array bytes of a frame. Malformed for anything that `pack` would not have written."""
    if len(payload) != total - 4 or length > len(payload):
        raise Malformed("a frame whose lengths disagree")
    try:
        body = json.loads(payload[:length].decode("utf-8"))
    except (ValueError, RecursionError):
        raise Malformed("a frame that is not JSON") from None
    sizes = body.pop("sizes", None) if isinstance(body, dict) else None
    if not isinstance(sizes, list) or len(sizes) > MAX_PARTS:
        raise Malformed("a frame without its sizes")
    if any(type(size) is not int or size < 0 for size in sizes) or sum(sizes) != len(payload) - length:
        raise Malformed("a frame whose sizes disagree")
    parts, start = [], length
    for size in sizes:
        parts.append(payload[start : start + size])
        start += size
    return body, parts


class Stream:
    """Both directions of one connection; every wait ends at a deadline of `time.monotonic()`."""

    def __init__(self, connection: socket.socket):
        self._socket = connection

    def send(self, frame: bytes, deadline: float | None = None) -> None:
        """Send one packed frame. Late or Closed if that cannot be done."""
        try:
            self._wait(deadline)
            self._socket.sendall(frame)
        except TimeoutError:
            raise Late from None
        except OSError:
            raise Closed from None

    def receive(self, deadline: float | None = None) -> tuple[dict[str, Any], list[bytes]]:
        """The next frame. Late, Closed or Malformed."""
        total, length = HEAD.unpack(self._exactly(HEAD.size, deadline))
        if not 4 <= total <= MAX_FRAME or length > min(MAX_JSON, total - 4):
            raise Malformed("a frame of an impossible length")
        return unpack(total, length, self._exactly(total - 4, deadline))

    def close(self) -> None:
        self._socket.close()

    def _exactly(self, size: int, deadline: float | None) -> bytes:
        data = bytearray()
        while len(data) < size:
            try:
                self._wait(deadline)
                piece = self._socket.recv(min(size - len(data), CHUNK))
            except TimeoutError:
                raise Late from None
            except OSError:
                raise Closed from None
            if not piece:
                raise Closed
            data += piece
        return bytes(data)

    def _wait(self, deadline: float | None) -> None:
        if deadline is None:
            self._socket.settimeout(None)
            return
        left = deadline - time.monotonic()
        if left <= 0:
            raise Late
        self._socket.settimeout(left)
