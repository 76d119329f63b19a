"""Values over the pipe: what is sent arrives exactly, and only what is plain is sent."""

import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuropath.grading import protocol, reading, values
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
    x = np.ones(2)
    column, first, second = sent((Column(), x, x))  # the reader counts the column among what can be the same
    assert column.tolist() == [0, 1, 2]
    assert first.tolist() == second.tolist() == [1, 1]
    assert first is second


def test_depth_is_the_same_on_both_sides():
    deep = 0
    for _ in range(values.MAX_DEPTH):
        deep = [deep]
    assert sent(deep) == deep


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
