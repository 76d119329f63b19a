"""Plain values as JSON and raw arrays: what may pass between a submission and the grader, and nothing else.

JSON carries None, bool, int, float, str and lists as they are; anything else is an object of one key:
`t` tuple, `d` dictionary (pairs), `z` set, `c` complex, `e` the Ellipsis, `i` a long int in base 16,
`a` array or NumPy number (index of its bytes, dtype, shape, writeable), `g` random generator (PCG64's
state), `f` function of the sender (number and name), `r` function that the receiver itself has (by name).
No pickle, no class names, no code: a hostile sender can choose a value, never what reading it does.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

import numpy as np
from numpy.random import Generator  # NumPy loads it late, when the library may be out of reach

MAX_DEPTH = 32
PASSED_BACK = 2  # levels around a submission's own value, when a check gives it back in a list
MAX_INT_BITS = 1 << 14
MAX_MEMBERS = 4096  # of a set or dictionary: keys can be chosen to collide, which takes quadratic time
MAX_BYTES = 64 << 20
DTYPES = {
    dtype.newbyteorder("<").str: dtype
    for dtype in map(np.dtype, ("?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"))
} | {dtype.newbyteorder("<").str: dtype for dtype in map(np.dtype, ("e", "f", "d", "g", "F", "D", "G"))}
_array, _asarray = np.array, np.asarray  # whatever a submission makes of NumPy's own
EXACT = (type(None), bool, str)


class NotPlain(TypeError):
    """A value that is not sent; the message says what it is ("a Dense", "a generator")."""


class Malformed(ValueError):
    """What was received is not of this format."""


class Encoder:
    """One message being written. `objects` lists the mutable values in the order in which they appear.

    `remote` may turn a value into a tree of its own (functions); it returns None for what it does not know.
    `spare` are levels beyond MAX_DEPTH.
    """

    def __init__(self, remote: Callable[[Any], Any] = lambda value: None, spare: int = 0):
        self._deepest = MAX_DEPTH + spare
        self.parts: list[bytes] = []
        self.objects: list[Any] = []
        self._seen: dict[int, Any] = {}
        self._remote = remote

    def tree(self, value: Any, depth: int = 0) -> Any:
        """The JSON tree of a value; its arrays' bytes go to `parts`. NotPlain for what cannot be sent."""
        if depth > self._deepest:
            raise NotPlain(f"something nested deeper than {self._deepest} levels (or that contains itself)")
        if type(value) in EXACT:
            return value
        if isinstance(value, int) and not isinstance(value, np.generic):
            return _integer(value)
        if isinstance(value, float) and not isinstance(value, np.generic):
            return float.__pos__(value)
        if isinstance(value, str) and not isinstance(value, np.generic):
            return str.__str__(value)
        if value is ...:
            return {"e": 0}
        if isinstance(value, complex) and not isinstance(value, np.generic):
            value = complex.__pos__(value)
            return {"c": [value.real, value.imag]}
        return self._mutable(value, depth)

    def _mutable(self, value: Any, depth: int) -> Any:
        if id(value) in self._seen and isinstance(value, np.ndarray | Generator):
            return self._seen[id(value)]
        if isinstance(value, np.ndarray | np.generic):
            tree = self._array(value)
        elif isinstance(value, Generator):
            tree = {"g": generator_state(value)}
        else:
            return self._container(value, depth)
        if not isinstance(value, np.generic):
            self._seen[id(value)] = tree | {"same": len(self.objects)}
            self.objects.append(value)
        return tree

    def _container(self, value: Any, depth: int) -> Any:
        if isinstance(value, dict | set | frozenset) and len(value) > MAX_MEMBERS:
            raise NotPlain(f"{kind_of(value)} of more than {MAX_MEMBERS} members")
        if isinstance(value, list):
            self.objects.append(value)
            return [self.tree(item, depth + 1) for item in list.__iter__(value)]
        if isinstance(value, dict):
            self.objects.append(value)
            return {
                "d": [[self.tree(k, depth + 1), self.tree(v, depth + 1)] for k, v in list(dict.items(value))]
            }
        if isinstance(value, tuple):
            return {"t": [self.tree(item, depth + 1) for item in tuple.__iter__(value)]}
        if isinstance(value, set | frozenset):
            members = set.copy(value) if isinstance(value, set) else frozenset.copy(value)
            return {"z": [self.tree(item, depth + 1) for item in members]}
        if (tree := self._remote(value)) is not None:
            return tree
        if hasattr(type(value), "__array__") and not isinstance(value, type):  # a table's column, a tensor
            array = _asarray(value)
            tree = self._array(array)
            if not isinstance(array, np.generic):
                self.objects.append(array)  # whoever reads it counts it among what can be the same
            return tree
        raise NotPlain(kind_of(value))

    def _array(self, value: np.ndarray | np.generic) -> dict[str, Any]:
        array = _array(value, subok=False, order="C")
        dtype = array.dtype.newbyteorder("<")
        if dtype.str not in DTYPES:
            kinds = {"O": "objects", "U": "text", "S": "bytes", "V": "records", "M": "dates", "m": "times"}
            raise NotPlain(f"an array of {kinds.get(dtype.kind, str(dtype))[:40]}")
        self.parts.append(array.astype(dtype, copy=False).tobytes())
        scalar = 2 if isinstance(value, np.generic) else int(not value.flags.writeable)
        return {"a": [len(self.parts) - 1, dtype.str, list(array.shape), scalar]}


def _integer(value: int) -> Any:
    number = int.__pos__(value)
    if int.bit_length(number) <= 53:
        return number
    if int.bit_length(number) > MAX_INT_BITS:
        raise NotPlain(f"an int of more than {MAX_INT_BITS} binary digits")
    return {"i": format(number, "x")}


def kind_of(value: Any) -> str:
    """What a value is, in two or three words; asks nothing of the value itself."""
    if isinstance(value, FunctionType) or (callable(value) and not isinstance(value, type)):
        return "a function"
    if isinstance(value, type):
        return "a class"
    name = type_name(value)
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def type_name(value: Any) -> str:
    """The name of a value's type, whatever a metaclass says."""
    return str(type.__dict__["__name__"].__get__(type(value)))[:60]


def generator_state(generator: Generator) -> list[str | int]:
    """The state of a generator of `np.random.default_rng`. NotPlain for another kind."""
    state = generator.bit_generator.state
    if state["bit_generator"] != "PCG64":
        raise NotPlain(f"a random generator of another kind ({state['bit_generator']})")
    inner = state["state"]
    return [format(inner["state"], "x"), format(inner["inc"], "x"), state["has_uint32"], state["uinteger"]]
