"""Three real training runs to be read: too timid, over-fitting, healthy."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath import scratch as nn
from neuropath.lessons import style
from neuropath.lessons.datasets import load

ALT = (
    "Three panels of training loss, solid, and validation loss, dashed, against epoch from 1 to 60. Run "
    "A: both curves lie on each other and fall slowly, almost in a straight line, from 2.6 to 2.0. Run B: "
    "the training loss falls nearly to zero, while the jagged validation loss is least, a little below "
    "0.5, before epoch 30 and then climbs above 0.6. Run C: both fall fast and level off, the validation "
    "loss slightly above the training loss and not rising."
)
EPOCHS = 60


def runs() -> dict[str, dict[str, list[float]]]:
    """The histories of the runs A, B and C."""
    data = load("digits")
    X, X_val = (part.reshape(len(part), -1) for part in (data.X_train, data.X_val))  # (N, 64)
    few, wrong = np.arange(300), np.arange(0, 300, 5)
    y_noisy = data.y_train[few].copy()
    y_noisy[wrong] = (y_noisy[wrong] + 3) % 10  # a fifth of the labels, wrong
    settings = {
        "A": (X, data.y_train, nn.SGD(3e-4), {}),
        "B": (X[few], y_noisy, nn.Adam(4e-3), {}),
        "C": (X, data.y_train, nn.SGD(0.03), {"kernel_regularizer": nn.L2(1e-4)}),
    }
    histories = {}
    for name, (inputs, labels, optimizer, options) in settings.items():
        model = nn.mlp([64, 128, 64, 10], rng=np.random.default_rng(0), **options)
        model.compile(optimizer=optimizer, loss=nn.sparse_categorical_crossentropy)
        rng, validation = np.random.default_rng(0), (X_val, data.y_val)
        model.fit(inputs, labels, rng=rng, epochs=EPOCHS, validation_data=validation, verbose=0)
        histories[name] = model.history.history
    return histories


def draw() -> Figure:
    """One panel a run, all with the same vertical axis."""
    figure, panels = plt.subplots(1, 3, figsize=(7.4, 2.9), sharey=True)
    for axes, (name, history) in zip(panels, runs().items(), strict=True):
        epochs = range(1, EPOCHS + 1)
        axes.plot(epochs, history["loss"], color=style.COLORS["blue"], label="training")
        axes.plot(epochs, history["val_loss"], color=style.COLORS["orange"], ls="--", label="validation")
        axes.set(title=f"run {name}", xlabel="epoch", ylim=(0, 2.6))
        axes.grid(axis="y", lw=0.6)
    panels[0].set_ylabel("loss")
    panels[2].legend()
    return figure
