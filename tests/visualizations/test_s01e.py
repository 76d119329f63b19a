"""The figures of Session 01 Part E: they draw in both themes, and what they say is so."""

import os
import subprocess
import sys

import matplotlib.pyplot as plt

from neuropath import visualizations as viz
from neuropath.visualizations import s01e_head as head
from neuropath.visualizations import s01e_phantom as phantom
from neuropath.visualizations import s01e_stages as stages

NAMES = [name for name in viz.names() if name.startswith("s01e_")]


def test_there_are_figures():
    assert NAMES == ["s01e_head", "s01e_phantom", "s01e_stages"]


def test_the_boxes_are_the_layers_of_the_model():
    from neuropath.project import NeuropathologyModel

    model = NeuropathologyModel(17, (96, 96, 1), weights="none", seed=0)
    network = model.build_model()
    for name, _, count, shape in (*head.FROZEN, *head.HEAD):
        if name == "pixels":
            found, output = 0, network.input_shape
        else:
            layer = model.base if name == "base" else network.get_layer(name)
            found, output = layer.count_params(), layer.output.shape
        assert (name, found) == (name, count)
        assert str(tuple(output[1:])) == shape, name
        assert not count or f"{count:,}" in head.ALT, "a count that the alt text does not say"
    trained = sum(int(w.shape.num_elements()) for w in model.head.trainable_weights)
    assert (model.head.count_params(), trained) == (797_713, 794_641)


def test_the_slices_show_what_the_alt_text_says():
    shown = phantom.slices()
    named = ["Glioma", "Meningioma", "Neurocytoma", "Other lesions", "Schwannoma"]
    assert [phantom.SHORT_NAMES[it.label] for it in shown] == [f"{n} T1C+" for n in named] + ["Normal T2"]
    *lesions, normal = shown
    shares = [it.lesion.sum() / (it.tissue > 0).sum() for it in lesions]
    assert min(shares) > 1 / 17
    assert max(shares) < 1 / 4.5
    assert [bool(it.oedema.any()) for it in shown] == [True] + [False] * 5
    assert not normal.lesion.any()
    assert "cyst" in lesions[3].facts["subtype"]


def test_the_functions_named_in_the_stages_exist():
    from neuropath.project import train

    figure = stages.draw()
    said = [text.get_text() for text in figure.axes[0].texts]
    plt.close(figure)
    for name in ("frozen_stage", "fine_tune_stage"):
        assert callable(getattr(train, name))
        assert any(name in text for text in said)
        assert name in stages.ALT


def test_after_setup_a_bare_figure_is_a_picture():
    """Part E ends cells with Figures made without pyplot; in a fresh kernel they would show as text."""
    code = (
        "from IPython.core.interactiveshell import InteractiveShell as Shell\n"
        "from matplotlib.figure import Figure\n"
        "from neuropath.lessons import setup\n"
        "shell = Shell.instance()\n"
        "SETUP\n"
        "figure = Figure(figsize=(1, 1))\n"
        "figure.subplots()\n"  # an empty figure has no picture
        "print(sorted(shell.display_formatter.format(figure)[0]))\n"
    )
    shown = {}
    for line in ("setup()", "pass"):
        done = subprocess.run(
            [sys.executable, "-c", code.replace("SETUP", line)],
            env=os.environ | {"MPLBACKEND": "module://matplotlib_inline.backend_inline"},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        shown[line] = done.stdout.splitlines()[-1]
    assert "image/png" in shown["setup()"]
    assert "image/png" not in shown["pass"], "setup no longer needs to do this"
