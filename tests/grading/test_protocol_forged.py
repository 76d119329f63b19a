"""Forged values over the pipe: each is read as a plain value, or it is Malformed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuropath.grading.errors import RemoteError, clean, remote_error
from neuropath.grading.reading import Decoder
from neuropath.grading.values import Encoder, Malformed

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
