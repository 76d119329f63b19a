"""A real training run that over-fits: the training loss falls for ever, the validation loss turns round."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons.style import COLORS, ink, muted
from neuropath.visualizations._s01a_digits import overfitting

ALT = (
    "Loss against epoch for a run of 60 epochs. The training loss falls steadily towards zero. The "
    "validation loss falls at first, is least early in the run, where a dashed vertical line says stop "
    "here, and then rises."
)


def draw() -> Figure:
    """Both losses, and the epoch at which early stopping would have kept the weights."""
    history = overfitting()
    train, held_out = history["loss"], history["val_loss"]
    epochs = np.arange(1, len(train) + 1)
    best = int(np.argmin(held_out))
    figure, ax = plt.subplots(figsize=(7.0, 3.0))
    ax.plot(epochs, train, color=COLORS["blue"], label="training loss")
    ax.plot(epochs, held_out, color=COLORS["orange"], ls="--", label="validation loss")
    ax.axvline(epochs[best], color=muted(), ls=":", lw=1.4)
    ax.plot(epochs[best], held_out[best], "o", color=COLORS["orange"], ms=8)
    ax.text(epochs[best] + 0.8, 0.96 * max(train), "stop here,\nkeep these weights", color=ink(), va="top")
    ax.set(xlabel="epoch", ylabel="loss", ylim=(0, None))
    ax.legend(loc="center right")
    return figure
