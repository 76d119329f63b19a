"""Where the classifier looked: Grad-CAM, drawn over the image. Not what a radiologist would call a finding.

Grad-CAM (Selvaraju et al. 2017, arXiv:1610.02391): the channels A_k of a layer, weighted by the mean gradient
of the class score over the map, α_k = mean_ij ∂y_c/∂A_k,ij, summed, and negative values cut: L = max(0, Σ_k
α_k A_k).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from PIL import Image

from .probe import activations_and_gradients

__all__ = [
    "Explanation",
    "candidate_layers",
    "choose_layer",
    "contour",
    "default_layer",
    "explain",
    "grad_cam",
    "overlay",
    "peak_hits",
    "resize",
]

# A 3×3 map (the last one of MobileNetV2 at 96 px) is too coarse to point at a lesion: in our prototype the
# peak lay inside the true lesion for 18 % of images at 3×3, 29 % at 6×6, 32 % at 12×12 (chance 9 %).
MIN_SIDE = 6
# Keras' activations may be layers of their own or an argument of a convolution (VGG).
NONLINEAR = (keras.layers.ReLU, keras.layers.Activation)
CONTOUR = (255, 255, 255)


@dataclass(frozen=True, eq=False)
class Explanation:
    """One image explained. heatmap: (h, w) of the layer, 0–1; all zero where nothing spoke for the class."""

    heatmap: np.ndarray
    layer: str
    label: int
    probability: float
    probabilities: np.ndarray

    def over(self, image: np.ndarray, **options: Any) -> np.ndarray:
        """The heat map drawn over the image: (H, W, 3) uint8; options as in `overlay`."""
        return overlay(image, self.heatmap, **options)


def explain(
    model: Any, image: np.ndarray, *, label: int | None = None, layer: str | None = None
) -> Explanation:
    """Grad-CAM of one image (H, W[, C]), 0–255, for `label` (default: the most probable class) at `layer`.

    model: a NeuropathologyModel or its Keras model. Raises ValueError for an image, label or layer that
    cannot be.
    """
    network = _network(model)
    batch = _as_batch(network, image[None] if np.ndim(image) in (2, 3) else image)
    layer = layer or default_layer(network)
    maps, probabilities = grad_cam(network, batch, layer=layer, labels=None if label is None else [label])
    chosen = int(probabilities[0].argmax()) if label is None else int(label)
    return Explanation(maps[0], layer, chosen, float(probabilities[0, chosen]), probabilities[0])


def grad_cam(
    model: Any,
    images: np.ndarray,
    *,
    layer: str | None = None,
    labels: Sequence[int] | np.ndarray | None = None,
    of: str = "logit",
    batch_size: int = 64,
) -> tuple[np.ndarray, np.ndarray]:
    """(heat maps (N, h, w) in 0–1, probabilities (N, K)) for images (N, H, W[, C]), 0–255.

    layer: any map of the network or of its nested base; default `default_layer`. labels: whose score, one an
    image; default each image's most probable class. of: "logit" (the paper) or "probability".
    """
    network = _network(model)
    images, layer = _as_batch(network, images), layer or default_layer(network)
    chosen = _check_labels(labels, len(images), network.output_shape[-1])
    parts = [
        activations_and_gradients(network, images[rows], layer, None if chosen is None else chosen[rows], of)
        for rows in (slice(start, start + batch_size) for start in range(0, len(images), batch_size))
    ]
    maps = np.concatenate([_cam(activations, gradients) for activations, gradients, _ in parts])
    return maps, np.concatenate([probabilities for *_, probabilities in parts])


def _cam(activations: np.ndarray, gradients: np.ndarray) -> np.ndarray:
    """(N, h, w, C) twice -> (N, h, w), each scaled to a peak of 1; a map without positive values stays 0."""
    weights = gradients.mean(axis=(1, 2), keepdims=True)  # (N, 1, 1, C)
    maps = np.maximum((weights * activations).sum(axis=-1), 0)
    peak = maps.max(axis=(1, 2), keepdims=True)
    return np.divide(maps, peak, out=np.zeros_like(maps), where=peak > 0)


def overlay(
    image: np.ndarray,
    heatmap: np.ndarray,
    *,
    threshold: float = 0.3,
    alpha: float = 0.45,
    contours: bool = True,
    colormap: str = "inferno",
) -> np.ndarray:
    """(H, W, 3) uint8: the image, the heat map over it where it reaches `threshold`, its outline in white.

    image (H, W[, 1 or 3]) 0–255; heatmap (h, w) 0–1, enlarged smoothly. alpha: 0 shows only the image, 1 only
    heat.
    """
    for name, value in (("threshold", threshold), ("alpha", alpha)):
        if not 0 <= value <= 1:
            raise ValueError(f"{name} expects a number from 0 to 1, received {value!r}.")
    from matplotlib import colormaps  # slow to import, and only pictures need it

    picture = _rgb(np.asarray(image))
    heat = resize(heatmap, picture.shape[:2])
    inside = (heat >= threshold) & (heat > 0)
    colors = colormaps[colormap](heat)[..., :3] * 255
    strength = alpha * inside[..., None]
    drawn = (1 - strength) * picture + strength * colors
    if contours:
        drawn[contour(inside)] = CONTOUR
    return np.clip(np.rint(drawn), 0, 255).astype(np.uint8)


def _rgb(image: np.ndarray) -> np.ndarray:
    """(H, W[, 1 or 3]) -> (H, W, 3), float."""
    picture = image if image.ndim == 3 else image[..., None]
    return np.broadcast_to(picture, (*picture.shape[:2], 3)).astype(float)


def contour(region: np.ndarray) -> np.ndarray:
    """The pixels of a region (H, W) bool that touch its outside: an outline one pixel wide."""
    padded = np.pad(region, 1, mode="edge")
    around = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return region & ~around


def resize(heatmap: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """(h, w) -> (H, W), bilinear, in 0–1."""
    picture = Image.fromarray(np.asarray(heatmap, np.float32))
    return np.asarray(picture.resize((shape[1], shape[0]), Image.Resampling.BILINEAR)).clip(0, 1)


def candidate_layers(model: Any, min_side: int = 3) -> list[str]:
    """The deepest nonlinear map of each resolution of the base, fine to coarse, sides ≥ min_side."""
    network = _network(model)
    bases = [layer for layer in network.layers if isinstance(layer, keras.Model)] or [network]
    found: dict[int, str] = {}
    for layer in bases[0].layers:
        shape = getattr(layer, "output", None) is not None and layer.output.shape
        nonlinear = isinstance(layer, NONLINEAR) or (
            isinstance(layer, keras.layers.Conv2D) and layer.activation is not keras.activations.linear
        )
        if nonlinear and shape and len(shape) == 4 and None not in shape[1:3] and min(shape[1:3]) >= min_side:
            found[min(shape[1:3])] = layer.name
    return [found[side] for side in sorted(found, reverse=True)]


def default_layer(model: Any) -> str:
    """The deepest nonlinear map of 6×6 or more: MobileNetV2's block_13_expand_relu at 96 px, out_relu at 224.

    Deep layers know more, coarse ones point worse; `choose_layer` measures it where lesion masks are known.
    """
    layers = candidate_layers(model, MIN_SIDE) or candidate_layers(model, 1)
    if not layers:
        raise ValueError(
            "explain expects a convolutional network with a fixed input size, received one without."
        )
    return layers[-1]


def choose_layer(
    model: Any, images: np.ndarray, masks: np.ndarray, layers: Sequence[str] | None = None
) -> tuple[str, dict[str, float]]:
    """(the layer whose peak falls into the mask most often, {layer: how often}), for images with a lesion.

    images (N, H, W[, C]), masks (N, H, W) bool, none of them empty. Measure on validation patients, and
    beside a network of random weights: a layer may find lesions by their brightness alone.
    """
    masks = np.asarray(masks, bool)
    if len(masks) != len(images) or not masks.any(axis=(1, 2)).all():
        raise ValueError(f"choose_layer expects one mask an image ({len(images)}), none of them empty.")
    hits = {
        layer: float(peak_hits(grad_cam(model, images, layer=layer)[0], masks).mean())
        for layer in (layers or candidate_layers(model))
    }
    return max(hits, key=lambda layer: hits[layer]), hits


def peak_hits(heatmaps: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """(N,) bool: is the peak of each map (h, w), enlarged to its mask (H, W), in it? A flat map misses."""
    peaks = [
        np.unravel_index(resize(heat, mask.shape).argmax(), mask.shape)
        for heat, mask in zip(heatmaps, masks, strict=True)
    ]
    return np.array([bool(m[p]) and bool(h.any()) for h, m, p in zip(heatmaps, masks, peaks, strict=True)])


def _network(model: Any) -> keras.Model:
    return model if isinstance(model, keras.Model) else model.model


def _as_batch(network: keras.Model, images: np.ndarray) -> np.ndarray:
    """(N, H, W[, C]) -> (N, H, W, C) of the network; grey is repeated where it wants RGB."""
    images, wanted = np.asarray(images), network.input_shape[1:]
    batch = images[..., None] if images.ndim == 3 else images
    if batch.ndim == 4 and batch.shape[3] == 1 and wanted[2] == 3:
        batch = np.repeat(batch, 3, axis=3)
    if batch.shape[1:] != wanted or not len(batch):
        raise ValueError(
            f"Expected images (N, {', '.join(map(str, wanted))}) of 0–255, received {images.shape}."
        )
    return batch


def _check_labels(labels: Any, images: int, classes: int) -> np.ndarray | None:
    if labels is None:
        return None
    chosen = np.asarray(labels)
    if (
        chosen.shape != (images,)
        or chosen.dtype.kind not in "iu"
        or chosen.min() < 0
        or chosen.max() >= classes
    ):
        raise ValueError(f"labels expects {images} integers from 0 to {classes - 1}, received {labels!r}.")
    return chosen
