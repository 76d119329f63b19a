"""Reading plain values that a hostile sender may have written: each a value, or Malformed, and nothing else.

Nothing is allocated before its size is known to be right, nothing is read twice, nothing is executed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from neuropath.grading.values import (
    DTYPES,
    MAX_BYTES,
    MAX_DEPTH,
    MAX_INT_BITS,
    MAX_MEMBERS,
    Malformed,
    generator_state,
)

_frombuffer = np.frombuffer  # whatever a submission makes of NumPy's own


class Decoder:
    """One message being read. Malformed for anything that an Encoder would not have written."""

    def __init__(
        self,
        parts: list[bytes],
        function: Callable[[str, Any], Any] | None = None,
        used: int = 0,
        spare: int = 0,
    ):
        self._deepest = MAX_DEPTH + spare
        self.objects: list[Any] = []
        self.used = used  # how many of the parts earlier trees have taken
        self._parts = parts
        self._function = function

    def value(self, tree: Any) -> Any:
        """The value of a JSON tree."""
        try:
            return self._value(tree, 0)
        except (TypeError, ValueError, ArithmeticError, LookupError, MemoryError, RecursionError) as error:
            raise error if isinstance(error, Malformed) else Malformed(type(error).__name__) from None

    def _value(self, tree: Any, depth: int) -> Any:
        if depth > self._deepest:
            raise Malformed("nested too deeply")
        if isinstance(tree, str):
            return tree.encode("utf-8", "replace").decode("utf-8")  # no lone surrogates: no file takes them
        if tree is None or isinstance(tree, bool | int | float):
            return tree
        if isinstance(tree, list):
            items: list[Any] = []
            self.objects.append(items)
            items += [self._value(item, depth + 1) for item in tree]
            return items
        if "same" in tree:
            return self._again(tree["same"])
        (key, body), *more = tree.items() if isinstance(tree, dict) and tree else [("", None)]
        reader = getattr(self, f"_read_{key}", None) if key in "tdzceiagfr" and key and not more else None
        if reader is None:
            raise Malformed("an unknown kind of value")
        return reader(body, depth)

    def _again(self, number: Any) -> Any:
        if type(number) is not int or not 0 <= number < len(self.objects):
            raise Malformed("a repeated value that has not been sent")
        found = self.objects[number]
        if not isinstance(found, np.ndarray | np.random.Generator):
            raise Malformed("a repeated container")
        return found

    def _read_t(self, body: Any, depth: int) -> tuple[Any, ...]:
        return tuple(self._value(item, depth + 1) for item in _list(body))

    def _read_z(self, body: Any, depth: int) -> set[Any]:
        return {_key(self._value(item, depth + 1)) for item in _members(body)}

    def _read_d(self, body: Any, depth: int) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        self.objects.append(found)
        for pair in _members(body):
            name, item = _list(pair, 2)
            found[_key(self._value(name, depth + 1))] = self._value(item, depth + 1)
        return found

    def _read_c(self, body: Any, _: int) -> complex:
        real, imag = (float(_number(part)) for part in _list(body, 2))
        return complex(real, imag)

    def _read_e(self, body: Any, _: int) -> Any:
        return ...

    def _read_i(self, body: Any, _: int) -> int:
        if not isinstance(body, str) or len(body) > MAX_INT_BITS // 4 + 2:
            raise Malformed("a long int that is none")
        try:
            return int(body, 16)
        except ValueError:
            raise Malformed("a long int that is none") from None

    def _read_a(self, body: Any, _: int) -> Any:
        index, name, shape, scalar = _list(body, 4)
        if type(index) is not int or index != self.used or index >= len(self._parts):
            raise Malformed("an array out of turn")  # each part once: a thousand copies would fill memory
        self.used += 1
        if not isinstance(name, str) or name not in DTYPES:
            raise Malformed("an array of no known type")
        array = _from_bytes(self._parts[index], DTYPES[name], _list(shape))
        if scalar == 2:
            if array.ndim:
                raise Malformed("a number with a shape")
            return array[()]
        array.flags.writeable = scalar != 1
        self.objects.append(array)
        return array

    def _read_g(self, body: Any, _: int) -> np.random.Generator:
        generator = np.random.Generator(np.random.PCG64(0))
        set_generator(generator, body)
        self.objects.append(generator)
        return generator

    def _read_f(self, body: Any, _: int) -> Any:
        return self._call("f", body)

    def _read_r(self, body: Any, _: int) -> Any:
        return self._call("r", body)

    def _call(self, kind: str, body: Any) -> Any:
        if self._function is None:
            raise Malformed("a function where a plain value should be")
        return self._function(kind, body)


def _list(body: Any, length: int | None = None) -> list[Any]:
    if not isinstance(body, list) or (length is not None and len(body) != length):
        raise Malformed("a list of another length was due")
    return body


def _members(body: Any) -> list[Any]:
    if len(_list(body)) > MAX_MEMBERS:
        raise Malformed(f"more than {MAX_MEMBERS} members")
    return body


def _number(value: Any) -> float:
    if type(value) not in (int, float) or (isinstance(value, int) and abs(value) > 1 << 64):
        raise Malformed("a number was due")
    return value


def _key(value: Any) -> Any:
    """A member of a set or a key of a dictionary."""
    try:
        hash(value)  # every type that is read here is Python's or NumPy's own
    except TypeError:
        raise Malformed("a key that is none") from None
    return value


def _from_bytes(data: bytes, dtype: np.dtype, shape: list[Any]) -> np.ndarray:
    """A new array of exactly these bytes; nothing is allocated before their number is right."""
    sizes_good = len(shape) <= 32 and all(type(size) is int and 0 <= size < 1 << 40 for size in shape)
    if not sizes_good or math.prod(shape) * dtype.itemsize != len(data):
        raise Malformed("an array whose shape and bytes disagree")
    if math.prod(max(size, 1) for size in shape) * dtype.itemsize > MAX_BYTES:  # empty, but a wide row's sum
        raise Malformed("an array with an impossible shape")
    if dtype.kind == "b":  # a byte that is neither 0 nor 1 is no truth value
        return _frombuffer(data, np.uint8).astype(bool).reshape(shape)
    return _frombuffer(data, dtype.newbyteorder("<")).astype(dtype).reshape(shape)


def set_generator(generator: np.random.Generator, body: Any, same_stream: bool = False) -> None:
    """Give a generator this state. With `same_stream` only one that drawing from it can lead to."""
    state_text, stream_text, has, kept = _list(body, 4)
    if not all(isinstance(text, str) and len(text) <= 32 for text in (state_text, stream_text)):
        raise Malformed("a random generator's state that is none")
    try:
        state, stream = int(state_text, 16), int(stream_text, 16)
    except ValueError:
        raise Malformed("a random generator's state that is none") from None
    now = generator.bit_generator.state
    fine = min(state, stream) >= 0 and stream % 2 == 1 and has in (0, 1)  # odd: a full period
    if not fine or type(has) is not int or type(kept) is not int or not 0 <= kept < 1 << 32:
        raise Malformed("a random generator's state that is none")
    if same_stream and stream != now["state"]["inc"]:
        raise Malformed("another random generator than was sent")
    inner = {"state": state, "inc": stream}
    generator.bit_generator.state = {**now, "state": inner, "has_uint32": has, "uinteger": kept}


def replace(mine: Any, fresh: Any) -> None:
    """Give a mutable value of ours the contents that came back. Malformed where they do not fit it."""
    if isinstance(mine, np.random.Generator) and isinstance(fresh, np.random.Generator):
        set_generator(mine, generator_state(fresh), same_stream=True)
    elif isinstance(mine, np.ndarray) and isinstance(fresh, np.ndarray):
        if mine.shape != fresh.shape or mine.dtype != fresh.dtype or not mine.flags.writeable:
            raise Malformed("a changed array of another shape or type")
        mine[...] = fresh
    elif isinstance(mine, list) and isinstance(fresh, list):
        mine[:] = fresh
    elif isinstance(mine, dict) and isinstance(fresh, dict):
        mine.clear()
        mine.update(fresh)
    else:
        raise Malformed("a change of another kind of value")


def write_back(mine: list[Any], changed: Any, parts: list[bytes], used: int) -> None:
    """Give our mutable values the contents that a call left in them; `changed`: pairs of number and tree."""
    for pair in _list(changed):
        number, tree = _list(pair, 2)
        decoder = Decoder(parts, used=used)
        fresh = decoder.value(tree)
        used = decoder.used
        if type(number) is not int or not 0 <= number < len(mine):
            raise Malformed("a change of nothing that was sent")
        replace(mine[number], fresh)
