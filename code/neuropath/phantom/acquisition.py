"""From signals to a picture: receive field, motion, noise, point spread, grey levels.

Motion acts where it happens, in k-space: lines of one image acquired at different moments. The sizes and
shares of all artefacts are modelling choices; how each arises follows Bernstein, King & Zhou, *Handbook of
MRI Pulse Sequences*, 2004.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

from .canvas import Array, Frame
from .physics import Site


def acquire(
    image: Array, frame: Frame, site: Site, rng: np.random.Generator, *, reference: float
) -> tuple[NDArray[np.uint8], str]:
    """The scanner's magnitude picture (size, size) uint8 of the ideal `image`, and the artefact in it or "".

    `reference` is the signal of white matter on a T1 image at this site: noise is measured against it, so
    that a T2 image is as noisy as it would be in the same scanner.
    """
    image = image * _receive_field(frame, site, rng)
    artefact = ""
    if rng.random() < site.motion:
        artefact = str(rng.choice(("motion", "ghosting", "spike"), p=(0.55, 0.33, 0.12)))
        image = _ARTEFACTS[artefact](image, rng)
    zoom = frame.size / 224  # noise of a pixel shrinks as pixels grow; the point spread shrinks in pixels
    sigma = np.float32(site.noise * reference * rng.uniform(0.7, 1.3) * min(1.0, zoom) ** 0.7)
    real, imaginary = rng.standard_normal((2, *image.shape), dtype=np.float32) * sigma
    spread = float(np.hypot(0.30, site.psf * zoom * rng.uniform(0.85, 1.2)))
    magnitude = np.sqrt((image + real) ** 2 + imaginary**2)
    magnitude = _blur(magnitude, spread)
    return _grey_levels(magnitude, site, rng), artefact


def _blur(image: Array, sigma: float) -> Array:
    radius = 1 if sigma < 0.75 else 2
    x = np.arange(-radius, radius + 1)
    kernel = np.exp(-(x**2) / (2 * sigma**2))
    kernel /= kernel.sum()
    for axis in (0, 1):
        image = ndimage.correlate1d(image, kernel, axis=axis, mode="nearest")
    return image


def _receive_field(frame: Frame, site: Site, rng: np.random.Generator) -> Array:
    """exp of a quadratic: smooth shading; at 3 T brightest in the middle, elsewhere towards one coil."""
    x, y = frame.x, frame.y
    a, b = rng.normal(0, site.bias, 2)
    middle = -0.9 * site.bias if site.field > 2 else rng.normal(0.25, 0.4) * site.bias
    cols = np.exp(a * x + middle * x**2).astype(np.float32)
    rows = np.exp(b * y + middle * y**2).astype(np.float32)
    return np.multiply.outer(rows, cols)


def _motion(image: Array, rng: np.random.Generator) -> Array:
    """The head nods by a few pixels during part of the scan: those lines of k-space carry a phase ramp."""
    lines = fft.fft(image, axis=0)
    n = len(image)
    shift = rng.uniform(0.7, 2.4) * n / 224 * rng.choice((-1, 1))
    order = np.abs(fft.fftfreq(n)) * 2  # 0 at the centre of k-space
    moved = (order > rng.uniform(0.05, 0.2)) & (order < rng.uniform(0.35, 0.9))
    ramp = np.where(moved, np.exp(-2j * np.pi * fft.fftfreq(n) * shift), 1)
    return np.abs(fft.ifft(lines * ramp[:, None].astype(np.complex64), axis=0)).astype(np.float32)


def _ghosting(image: Array, rng: np.random.Generator) -> Array:
    """Periodic pulsation multiplies every n-th line: copies of the head at fractions of the field of view."""
    lines = fft.fft(image, axis=0)
    every, depth = int(rng.integers(2, 5)), rng.uniform(0.04, 0.11)
    wave = 1 + depth * np.cos(2 * np.pi * np.arange(len(image)) / every + rng.uniform(0, 6))
    return np.abs(fft.ifft(lines * wave[:, None].astype(np.float32), axis=0)).astype(np.float32)


def _spike(image: Array, rng: np.random.Generator) -> Array:
    """One corrupt sample of k-space: a faint wave over the whole picture."""
    n = len(image)
    k = rng.integers(4, n // 5, 2) * rng.choice((-1, 1), 2)
    y, x = np.arange(n)[:, None], np.arange(n)[None, :]
    wave = np.cos(2 * np.pi * (k[0] * y + k[1] * x) / n).astype(np.float32)
    return np.abs(image + wave * np.float32(image.max() * rng.uniform(0.008, 0.022)))


_ARTEFACTS = {"motion": _motion, "ghosting": _ghosting, "spike": _spike}


def _grey_levels(image: Array, site: Site, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Window as a radiographer would: a high percentile of the head is nearly white, fat may saturate."""
    sample = image[::2, ::2].ravel()
    sample = sample[sample > 0.12 * sample.max()]
    top = np.quantile(sample, rng.uniform(0.90, 0.97)) * rng.uniform(1.05, 1.25)
    scaled = np.clip(image * np.float32(1 / top), 0, 1)
    gamma = site.gamma * rng.uniform(0.9, 1.1)
    return (np.power(scaled, np.float32(gamma)) * np.float32(255) + np.float32(0.5)).astype(np.uint8)
