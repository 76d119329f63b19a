"""Values over the pipe: what is sent arrives exactly, and what is forged is a value or Malformed."""

import json
import math
import socket
import struct
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuropath.grading import protocol, reading, syscalls, values
from neuropath.grading.errors import RemoteError, clean, remote_error
from neuropath.grading.reading import Decoder
from neuropath.grading.values import Encoder, Malformed, NotPlain


def sent(value):
    """The value as the other side reads it."""
    encoder = Encoder()
    frame = protocol.pack({"value": encoder.tree(value)}, encoder.parts)
    total, length = protocol.HEAD.unpack(frame[: protocol.HEAD.size])
    body, parts = protocol.unpack(total, length, frame[protocol.HEAD.size :])
    return Decoder(parts).value(body["value"])


def alike(a, b):
    """The same type and the same value, NaN and the sign of zero included."""
    if type(a) is not type(b):
        return False
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(alike, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(alike(a[key], b[key]) for key in a)
    if isinstance(a, np.ndarray | np.generic):
        same = np.array_equal(a, b) if a.dtype.char in "gG" else a.tobytes() == b.tobytes()  # these have gaps
        return a.dtype == b.dtype and a.shape == b.shape and same
    if isinstance(a, float):
        return struct.pack("d", a) == struct.pack("d", b) or (math.isnan(a) and math.isnan(b))
    return a == b


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.floats()
    | st.complex_numbers(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.just(...),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(PLAIN)
def test_plain_values_arrive_as_they_are(value):
    assert alike(sent(value), value)


@pytest.mark.parametrize(
    "dtype", ["?", "i1", "i2", "i4", "i8", "u1", "u4", "u8", "e", "f", "d", "g", "F", "D"]
)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 3), (2, 3, 4)])
def test_arrays_and_numbers_of_every_type(dtype, shape, rng):
    array = (100 * rng.normal(size=shape)).astype(dtype) if dtype[0] != "u" else np.ones(shape, dtype)
    array = np.asarray(array)
    assert alike(sent(array), array)
    assert sent(array).flags.writeable
    if shape == (3,):
        assert alike(sent(array[0]), array[0])
        assert alike(sent([array, (array[1], {"a": array[::-1]})])[1][1]["a"], array[::-1].copy())


def test_nan_infinity_and_the_sign_of_zero():
    array = np.array([np.nan, -np.inf, -0.0])
    assert sent(array).tobytes() == array.tobytes()
    assert str(sent([float("nan"), float("-inf"), -0.0])) == "[nan, -inf, -0.0]"


def test_order_byte_order_and_read_only_are_kept_where_they_matter():
    fortran = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    assert np.array_equal(sent(fortran), fortran)
    big = np.arange(4, dtype=">i4")
    assert sent(big).tolist() == [0, 1, 2, 3]
    fixed = np.ones(2)
    fixed.flags.writeable = False
    assert not sent(fixed).flags.writeable


def test_one_array_sent_twice_is_one_array():
    array = np.ones(3)
    first, second = sent([array, array])
    assert first is second


def test_a_random_generator_goes_on_where_it_stood(rng):
    rng.integers(5, dtype=np.int32)  # leaves half a draw in its buffer
    copy = sent(rng)
    assert copy.bit_generator.state == rng.bit_generator.state
    assert copy.normal() == rng.normal()


def test_subclasses_arrive_as_what_they_derive_from():
    class Odd(int):
        __add__ = __index__ = __int__ = lambda self, *_: 99

    class Text(str):
        __str__ = __repr__ = lambda self: "forged"

    class Items(list):
        __iter__ = lambda self: iter([99])  # noqa: E731

    class Table(dict):
        items = lambda self: [("forged", 1)]  # noqa: E731

    class Near(float):
        __float__ = lambda self: 99.0  # noqa: E731

    class Array(np.ndarray):
        __array__ = tobytes = astype = lambda self, *_, **__: np.ones(3)

    odd = [Odd(3), Text("a"), Items([1]), Table(b=2), Near(-0.0), np.arange(3.0).view(Array)]
    found = sent(odd)
    assert alike(found, [3, "a", [1], {"b": 2}, -0.0, np.arange(3.0)])


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (object(), "an object"),
        (print, "a function"),
        (int, "a class"),
        ((n for n in ()), "a generator"),
        (np.array(["a"]), "an array of text"),
        (np.array([None]), "an array of objects"),
        (np.zeros(2, [("a", "f8")]), "an array of records"),
        (b"bytes", "a bytes"),
        (range(3), "a range"),
        ([1 << 20_000], "an int of more than"),
        (dict.fromkeys(range(5000)), "a dict of more than"),
    ],
)
def test_anything_else_is_named_not_sent(value, said):
    with pytest.raises(NotPlain, match=said):
        Encoder().tree(value)


def test_a_list_that_contains_itself_is_refused():
    loop = []
    loop.append(loop)
    with pytest.raises(NotPlain, match="deeper"):
        Encoder().tree(loop)


def test_what_can_be_made_an_array_is_sent_as_one():
    class Column:
        def __array__(self, dtype=None, copy=None):
            return np.arange(3)

    assert sent(Column()).tolist() == [0, 1, 2]


EIGHT = b"12345678"
FORGED = [
    ({}, []),
    ({"x": 1}, []),
    ({"_": 1}, []),
    ({"": 1}, []),
    ({"tdz": []}, []),
    ({"t": 5}, []),
    ({"d": [[1]]}, []),
    ({"d": [[[1], 2]]}, []),
    ({"z": [{"d": []}]}, []),
    ({"z": list(range(5000))}, []),
    ({"c": [1]}, []),
    ({"c": ["1", 2]}, []),
    ({"c": [10**30, 0]}, []),
    ({"i": "f" * 10_000}, []),
    ({"i": "0x"}, []),
    ({"i": 7}, []),
    ({"f": [0, "print"]}, []),
    ({"r": "eval"}, []),
    ({"same": 0}, []),
    ([{"same": 0}], []),
    ({"same": True}, []),
    ({"same": -1}, []),
    ({"a": [0, "<f8", [1], 0]}, []),
    ({"a": [0, "<f8", [2], 0]}, [EIGHT]),
    ({"a": [0, "<f8", [-1], 0]}, [EIGHT]),
    ({"a": [0, "<f8", [-1, -1], 0]}, [EIGHT]),
    ({"a": [0, "<f8", [True], 0]}, [EIGHT]),
    ({"a": [0, "<f8", ["1"], 0]}, [EIGHT]),
    ({"a": [0, "<f8", [1] * 40, 0]}, [EIGHT]),
    ({"a": [0, "|O", [1], 0]}, [EIGHT]),
    ({"a": [0, "<U2", [1], 0]}, [EIGHT]),
    ({"a": [0, ["<f8"], [1], 0]}, [EIGHT]),
    ({"a": [0, "<f8", [1], 2]}, [EIGHT]),
    ({"a": [0, "<f8", [0, 1 << 30], 0]}, [b""]),  # empty, but the sum over its rows takes 8 GB
    ([{"a": [0, "<f8", [1], 0]}, {"a": [0, "<f8", [1], 0]}], [EIGHT]),
    ({"g": ["1", "2", 0, 0]}, []),  # an even stream: its numbers would repeat at once
    ({"g": ["-1", "3", 0, 0]}, []),
    ({"g": ["1", "3", 2, 0]}, []),
    ({"g": ["1", "3", 0, 1 << 40]}, []),
    ({"g": ["x", "3", 0, 0]}, []),
    (json.loads("[" * 200 + "]" * 200), []),
]


@pytest.mark.parametrize(("tree", "parts"), FORGED)
def test_forged_trees_are_malformed(tree, parts):
    with pytest.raises(Malformed):
        Decoder(parts).value(tree)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from([*"tdzceiagfr", "same", "x"]), inner, min_size=1, max_size=2)
    ),
    max_leaves=8,
)


@given(JSON, st.lists(st.binary(max_size=16), max_size=2))
def test_whatever_is_sent_is_read_or_malformed(tree, parts):
    """Nothing but Malformed comes of any JSON, and what is read is plain and can be sent back."""
    try:
        value = Decoder(parts).value(tree)
    except Malformed:
        return
    Encoder().tree(value)


def test_truth_values_are_zero_or_one():
    assert Decoder([b"\x02\x00\xff"]).value({"a": [0, "|b1", [3], 0]}).tobytes() == b"\1\0\1"


def test_text_can_be_written_to_a_file():
    assert Decoder([]).value("a\ud800b").encode()
    assert clean("a\x1b[31m\nb\ud800", 100).isprintable()
    assert clean(7, 100) == ""


def test_a_generator_comes_back_on_its_own_stream_only(rng):
    other = np.random.default_rng(99)
    with pytest.raises(Malformed, match="another random generator"):
        reading.replace(rng, other)
    later = sent(rng)
    expected = later.normal(size=3)[-1]
    reading.replace(rng, sent(later))
    assert rng.bit_generator.state == later.bit_generator.state
    assert rng.normal() != expected


@pytest.mark.parametrize("fresh", [np.ones(3, "f4"), np.ones((3, 1)), [1.0, 1.0, 1.0], np.ones(4)])
def test_an_array_comes_back_with_its_shape_and_type_only(fresh):
    mine = np.zeros(3)
    with pytest.raises(Malformed):
        reading.replace(mine, fresh)
    assert mine.tolist() == [0, 0, 0]


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


def test_errors_are_named_after_what_was_raised_and_forge_nothing():
    error = remote_error({"kind": "ValueError", "message": "no\x1b[2J", "line": "x = f(1)"})
    assert isinstance(error, RemoteError)
    assert isinstance(error, ValueError)
    assert type(error).__name__ == "ValueError"
    assert str(error) == "no [2J (in your line `x = f(1)`)"
    assert error.original is ValueError
    for said in (
        None,
        {},
        {"kind": 7},
        {"kind": "<script>"},
        {"kind": "StopIteration"},
        {"kind": "SystemExit"},
    ):
        error = remote_error(said)
        assert isinstance(error, RemoteError)
        assert not isinstance(error, StopIteration | SystemExit)
        assert error.original is RemoteError


@pytest.mark.parametrize("machine", syscalls.ARCHITECTURE)
def test_the_filter_is_a_program_that_ends(machine):
    """Every jump lands inside; the last line allows; each refused call is looked for by its number here."""
    lines = syscalls.program(machine)
    which = list(syscalls.ARCHITECTURE).index(machine)
    for place, (operation, if_so, if_not, _) in enumerate(lines):
        assert operation in (syscalls.RETURN, syscalls.LOAD) or place + 1 + max(if_so, if_not) < len(lines)
    assert lines[-1] == (syscalls.RETURN, 0, 0, syscalls.ALLOW)
    looked_for = [k for operation, _, _, k in lines if operation == syscalls.EQUAL]
    assert {numbers[which] for numbers in syscalls.REFUSED.values()} <= set(looked_for)
    assert len(set(looked_for)) == len(looked_for)


def test_limits_are_numbers_above_zero():
    from neuropath.grading.limits import Limits

    assert Limits.from_json(json.loads(json.dumps(Limits(warm=("keras",)).to_json()))) == Limits(
        warm=("keras",)
    )
    for slip in (
        {"cell_seconds": 0},
        {"memory_mb": "much"},
        {"processes": True},
        {"output_kb": float("nan")},
    ):
        with pytest.raises(ValueError, match="should be a number above 0"):
            Limits(**slip)
    with pytest.raises(ValueError, match="cells_second is no limit"):
        Limits.from_json({"cells_second": 3})


def test_depth_is_the_same_on_both_sides():
    deep = 0
    for _ in range(values.MAX_DEPTH):
        deep = [deep]
    assert sent(deep) == deep
