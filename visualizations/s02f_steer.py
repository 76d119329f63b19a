"""Session 02 F: a filter that is turned by mixing two others, and harmonics on a grid that is too coarse."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from neuropath.lessons.style import COLORS, muted, paper

ALT = (
    "Left, three filters of 25 by 25 pixels, blue where positive, orange where negative: the derivative of "
    "a Gaussian across, the same down, and their mixture 0.87 times the first plus 0.5 times the second, "
    "which is the same filter turned by 30 degrees. Right, the length of a harmonic filter's answer while a "
    "pattern is turned through 90 degrees, relative to its mean: for a width of 1.2 pixels a flat line at 1, "
    "for 0.5 pixels a deep wave between 0.3 and 1.4."
)


def gaussian_slope(angle: float, sigma: float = 4.0, half: int = 12) -> np.ndarray:
    """The slope of a Gaussian in the direction `angle` (radians, from x towards y), (25, 25)."""
    y, x = np.mgrid[-half : half + 1, -half : half + 1] / sigma
    return (x * np.cos(angle) + y * np.sin(angle)) * np.exp(-(x**2 + y**2) / 2)


def harmonic(k: int, sigma: float, half: int = 12) -> np.ndarray:
    """r^k exp(-r²/2σ²) exp(ikφ), sampled at the pixels: (2·half + 1, 2·half + 1), complex."""
    y, x = np.mgrid[-half : half + 1, -half : half + 1] / sigma
    return (x + 1j * y) ** k * np.exp(-(x**2 + y**2) / 2)


def pattern(angle: float, sigma: float, half: int = 12) -> np.ndarray:
    """Two blobs of width sigma, 2 and 3 sigma from the centre; turned by `angle`, then sampled."""
    y, x = np.mgrid[-half : half + 1, -half : half + 1] / sigma
    image = np.zeros_like(x)
    for radius, phase in ((2.0, 0.3), (3.0, 1.9)):
        cx, cy = radius * np.cos(angle + phase), radius * np.sin(angle + phase)
        image += np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / 2)
    return image


def answers(k: int, sigma: float, angles: np.ndarray) -> np.ndarray:
    """The complex answer of the k-th harmonic at the centre, for each angle."""
    return np.array([np.sum(np.conj(harmonic(k, sigma)) * pattern(a, sigma)) for a in angles])


def draw() -> Figure:
    """Steering, and its end."""
    figure, axes = plt.subplots(1, 4, figsize=(8.2, 2.5), width_ratios=(1, 1, 1, 1.7))
    signs = LinearSegmentedColormap.from_list("signs", [COLORS["orange"], paper(), COLORS["blue"]])
    across, down = gaussian_slope(0), gaussian_slope(np.pi / 2)
    mixed = np.cos(np.pi / 6) * across + np.sin(np.pi / 6) * down
    for ax, filt, title in zip(
        axes, (across, down, mixed), ("across", "down", ".87 across + .5 down"), strict=False
    ):
        ax.imshow(filt, cmap=signs, vmin=-0.62, vmax=0.62)
        ax.set_title(title, fontsize=9, fontweight="normal")
        ax.set(xticks=[], yticks=[])
        ax.spines[["left", "bottom"]].set_visible(False)
    angles = np.linspace(0, np.pi / 2, 91)
    for sigma, hue, style in ((1.2, "blue", "-"), (0.5, "orange", "--")):
        length = np.abs(answers(2, sigma, angles))
        axes[3].plot(
            np.degrees(angles), length / length.mean(), style, color=COLORS[hue], label=f"σ = {sigma}"
        )
    axes[3].set(xlabel="turned by (degrees)", ylabel="length / mean", xticks=[0, 30, 60, 90])
    axes[3].legend(fontsize=9, labelcolor=muted())
    return figure
