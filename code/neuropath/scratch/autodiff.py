"""A reverse-mode engine for small arrays: write a formula, receive its gradient. Built in Session 01 F.

    from neuropath.scratch import autodiff as ad

    W = ad.leaf(rng.normal(size=(4, 3)))
    (dW,) = ad.gradients(((X @ W).tanh() ** 2).mean(), [W])

Twin: `tf.GradientTape`. Every operation returns a Node that remembers its inputs and, for each, how to pull
an adjoint dL/d(output) back to dL/d(input). `gradients` visits each node once, outputs before inputs. A Node
keeps its inputs alive, so memory grows with the number of operations: the price of reverse mode.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Union

import numpy as np
from numpy.typing import ArrayLike

Pull = Callable[[np.ndarray], np.ndarray]  # from the output's adjoint to an input's share of it
Operand = Union["Node", ArrayLike]


class Node:
    """An array and where it came from: `data`, and one (input node, pull-back) for each input."""

    __array_ufunc__ = None  # so that NumPy leaves `array * node` and `array @ node` to us
    __slots__ = ("data", "inputs")

    def __init__(self, data: ArrayLike, inputs: Sequence[tuple[Node, Pull]] = ()):
        self.data, self.inputs = np.asarray(data, dtype=float), tuple(inputs)

    def __add__(self, other: Operand) -> Node:
        a, b = self, leaf(other)
        return Node(a.data + b.data, [(a, lambda g: g), (b, lambda g: g)])

    def __mul__(self, other: Operand) -> Node:
        a, b = self, leaf(other)
        return Node(a.data * b.data, [(a, lambda g: g * b.data), (b, lambda g: g * a.data)])

    def __pow__(self, power: float) -> Node:
        if not isinstance(power, (int, float)):
            raise TypeError(f"** expects a number as power, received {power!r}: use (b * a.log()).exp().")
        return Node(self.data**power, [(self, lambda g: g * power * self.data ** (power - 1))])

    def __matmul__(self, other: Operand) -> Node:
        a, b = self, leaf(other)
        if (a.data.ndim, b.data.ndim) != (2, 2):
            raise ValueError(f"@ expects two matrices, received shapes {a.data.shape} and {b.data.shape}.")
        return Node(a.data @ b.data, [(a, lambda g: g @ b.data.T), (b, lambda g: a.data.T @ g)])

    def __rmatmul__(self, other: ArrayLike) -> Node:
        return leaf(other) @ self

    def __neg__(self) -> Node:
        return self * -1.0

    def __sub__(self, other: Operand) -> Node:
        return self + -leaf(other)

    def __rsub__(self, other: Operand) -> Node:
        return leaf(other) + -self

    def __truediv__(self, other: Operand) -> Node:
        return self * leaf(other) ** -1.0

    def __rtruediv__(self, other: Operand) -> Node:
        return leaf(other) * self**-1.0

    __radd__, __rmul__ = __add__, __mul__

    def exp(self) -> Node:
        """e to each entry."""
        value = np.exp(self.data)
        return Node(value, [(self, lambda g: g * value)])

    def log(self) -> Node:
        """Natural logarithm of each entry."""
        return Node(np.log(self.data), [(self, lambda g: g / self.data)])

    def tanh(self) -> Node:
        """Hyperbolic tangent of each entry."""
        value = np.tanh(self.data)
        return Node(value, [(self, lambda g: g * (1 - value**2))])

    def relu(self) -> Node:
        """max(0, entry); the slope at 0 is taken as 0, as in Keras."""
        return Node(np.maximum(self.data, 0), [(self, lambda g: g * (self.data > 0))])

    def sum(self, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Node:
        """Sum over `axis`, over everything by default."""
        shape = np.sum(self.data, axis=axis, keepdims=True).shape
        value = np.sum(self.data, axis=axis, keepdims=keepdims)
        return Node(value, [(self, lambda g: np.broadcast_to(g.reshape(shape), self.data.shape))])

    def mean(self) -> Node:
        """Mean of all entries."""
        return self.sum() / self.data.size

    def log_sum_exp(self) -> Node:
        """Stable log Σ exp along the last axis: (…, K) -> (…, 1). Its gradient is the softmax."""
        shift = self.data.max(axis=-1, keepdims=True)  # a constant: the value does not depend on it
        return (self - shift).exp().sum(axis=-1, keepdims=True).log() + shift


def leaf(value: Operand) -> Node:
    """A Node without inputs that holds `value` (any shape, made float64); a Node is returned as it is."""
    return value if isinstance(value, Node) else Node(value)


def topological(root: Node) -> list[Node]:
    """Every node that root depends on, inputs before outputs, root last. No recursion: graphs are deep."""
    order, seen = list[Node](), set[int]()
    stack = [(root, False)]  # False: its inputs are still to come
    while stack:
        node, inputs_done = stack.pop()
        if inputs_done:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((parent, False) for parent, _ in node.inputs)
    return order


def gradients(loss: Node, sources: Sequence[Node]) -> list[np.ndarray]:
    """dloss/dsource for each source, in its shape; zeros where loss does not depend on it.

    Raises TypeError for a source that is no Node, ValueError for a loss that is not one number.
    """
    if any(not isinstance(source, Node) for source in sources):
        raise TypeError(
            "gradients expects Nodes as sources: wrap arrays in leaf(...) and compute with those."
        )
    if loss.data.size != 1:
        raise ValueError(f"gradients expects a loss of one number, received shape {loss.data.shape}: sum it.")
    adjoint = {id(loss): np.ones_like(loss.data)}
    for node in reversed(topological(loss)):
        for parent, pull in node.inputs:
            part = _unbroadcast(pull(adjoint[id(node)]), parent.data.shape)
            adjoint[id(parent)] = adjoint[id(parent)] + part if id(parent) in adjoint else part
    return [np.array(adjoint.get(id(source), np.zeros_like(source.data))) for source in sources]


def _unbroadcast(part: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Sum over the axes that NumPy had stretched: an entry used n times collects n contributions."""
    part = part.sum(axis=tuple(range(part.ndim - len(shape))))
    stretched = tuple(i for i, n in enumerate(shape) if n == 1 and part.shape[i] != 1)
    return part.sum(axis=stretched, keepdims=True) if stretched else part
