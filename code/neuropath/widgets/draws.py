"""The explorers' random numbers, so that still figures and tests see what the browser draws."""

from __future__ import annotations

import numpy as np

WORD = 0xFFFFFFFF  # JavaScript's bit operations work on 32 bits


def uniforms(seed: int, count: int) -> np.ndarray:
    """`count` numbers in 0 … 1, equal to those of `generator(seed)` in JavaScript: mulberry32."""
    state, found = seed & WORD, np.empty(count)
    for i in range(count):
        state = (state + 0x6D2B79F5) & WORD
        t = (state ^ state >> 15) * (state | 1) & WORD
        t ^= (t + (t ^ t >> 7) * (t | 61)) & WORD
        found[i] = (t ^ t >> 14) / 2**32
    return found


def normals(seed: int, count: int) -> np.ndarray:
    """`count` standard normal numbers from twice as many uniform ones, by Box and Muller's formula."""
    u, v = uniforms(seed, 2 * count).reshape(count, 2).T
    return np.sqrt(-2 * np.log1p(-u)) * np.cos(2 * np.pi * v)
