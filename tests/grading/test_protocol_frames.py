"""Frames over the pipe: forged ones, those that never end, those that are too large."""

import socket
import time

import pytest

from neuropath.grading import protocol
from neuropath.grading.values import Malformed


@pytest.fixture
def pipe():
    here, there = socket.socketpair()
    with there:
        yield protocol.Stream(here), there
        here.close()


@pytest.mark.parametrize(
    "data",
    [
        protocol.HEAD.pack(1 << 60, 10),
        protocol.HEAD.pack(protocol.MAX_FRAME + 1, 10),
        protocol.HEAD.pack(10, 20),
        protocol.HEAD.pack(3, 0),
        protocol.HEAD.pack(4, 0),
        protocol.HEAD.pack(6, 2) + b"[]",
        protocol.HEAD.pack(6, 2) + b"{}",
        protocol.HEAD.pack(6, 2) + b"\xff\xff",
        protocol.HEAD.pack(16, 12) + b'{"sizes":[1]}'[:12],
        protocol.HEAD.pack(17, 13) + b'{"sizes":[1]}',
        protocol.HEAD.pack(18, 14) + b'{"sizes":[-1]}',
        protocol.HEAD.pack(19, 14) + b'{"sizes":[1e0]}',
        protocol.HEAD.pack(100_004, 100_000) + b"[" * 100_000,
        protocol.HEAD.pack(5004, 5000) + b"9" * 5000,
    ],
)
def test_forged_frames_are_malformed(pipe, data):
    stream, there = pipe
    there.sendall(data)
    with pytest.raises(Malformed):
        stream.receive(time.monotonic() + 5)


def test_waiting_ends_at_the_deadline_and_at_the_other_sides_end(pipe):
    stream, there = pipe
    there.sendall(b"\0" * 5)
    with pytest.raises(protocol.Late):
        stream.receive(time.monotonic() + 0.05)
    there.close()
    with pytest.raises(protocol.Closed):
        stream.receive(time.monotonic() + 5)


def test_sending_to_one_who_does_not_read_ends_at_the_deadline(pipe):
    stream, _ = pipe
    began = time.monotonic()
    with pytest.raises(protocol.Late):
        stream.send(bytes(50 << 20), began + 0.1)
    assert time.monotonic() - began < 2


def test_too_much_is_not_packed():
    with pytest.raises(protocol.TooLarge, match="at most 64 MB"):
        protocol.pack({}, [bytes(protocol.MAX_FRAME)])
