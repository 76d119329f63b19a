"""What a hand finds out that no still picture shows: each explorer's own discovery, in a browser."""

import re

import numpy as np
import pytest

from neuropath import scratch as nn
from neuropath.widgets import GraphExplorer, NeuronExplorer

RUNS = {"race": 80, "rate": 12}
DIGITS = str.maketrans("−\u00a0", "- ")
STEPS = "return document.querySelector('[aria-label=\"steps shown\"]').valueAsNumber"
START = "document.querySelector('.npx-buttons button').click()"


def numbers(text):
    return [float(v) for v in re.findall(r"-?\d+\.\d+", text.translate(DIGITS))]


def test_a_nudged_leaf_moves_the_loss_as_its_derivative_foretold(open_page):
    page, start = open_page(name="graph"), GraphExplorer().state()

    def loss(w1):
        z = np.dot([w1, start["weights"][1]], start["inputs"]) + start["bias"]
        return (nn.sigmoid(z) - start["target"]) ** 2

    page.press_on("[aria-label='weight 1']", *["Right"] * 8)
    moved, became, foretold = page.run(
        "const steps = document.querySelector('.npx-steps');"
        "return [...steps.querySelectorAll('strong, span')].map(e => e.textContent)"
    )
    assert numbers(moved) == [1.0, 1.4]
    assert numbers(became) == pytest.approx([loss(1.0), loss(1.4)], abs=6e-4)
    slope = (loss(1.0 + 1e-6) - loss(1.0 - 1e-6)) / 2e-6
    assert numbers(foretold)[-1] == pytest.approx(loss(1.0) + 0.4 * slope, abs=6e-4)
    page.press_on("figure:first-of-type .npx-buttons button:last-child", "Space")
    assert "foretold" not in page.run("return document.querySelector('.npx-steps').textContent")


def test_the_score_is_length_times_distance(open_page):
    page, start = open_page(name="neuron"), NeuronExplorer()
    length = np.linalg.norm(start.weights)
    told = page.run("return document.querySelectorAll('.npx-sum span')[1].textContent")
    assert numbers(told) == pytest.approx(
        [length, (np.dot(start.weights, start.probe) + start.bias) / length], abs=6e-3
    )
    ends = page.run(
        "const d = document.querySelector('.npx-drop');"
        "return ['x1', 'y1', 'x2', 'y2'].map(key => Number(d.getAttribute(key)))"
    )
    way = np.array([ends[2] - ends[0], ends[1] - ends[3]])  # pixels count downwards
    assert np.dot(way, start.weights) / np.linalg.norm(way) / length == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("module", RUNS)
def test_the_first_start_begins_at_the_start_and_the_next_goes_on(open_page, module):
    page = open_page(name=module)
    assert page.run(STEPS) == RUNS[module]
    page.run(START)
    page.until(f"{STEPS} < {RUNS[module]}")
    page.until(f"{STEPS} >= 2")
    assert page.run(STEPS) < RUNS[module]
    page.run(START)
    page.settle()
    paused = page.run(STEPS)
    page.settle()
    assert page.run(STEPS) == paused
    page.run(START)
    page.until(f"{STEPS} > {paused}")


@pytest.mark.parametrize("width", [360, 640])
@pytest.mark.parametrize("module", ["xor", "activation", "race", "rate", "vanishing"])
def test_what_is_dragged_stays_under_the_hand(open_page, module, width):
    """No slider moves away because a sentence above it has grown by a line."""
    page = open_page(width, name=module)
    jumped = page.run(
        """
        const figure = document.querySelector("figure"), frame = () => new Promise(requestAnimationFrame);
        const at = (e) => Math.round(e.getBoundingClientRect().top - figure.getBoundingClientRect().top);
        const jumped = [];
        for (const slider of figure.querySelectorAll("input[type=range]")) {
          const first = at(slider), { min, max, value } = slider, places = new Set();
          for (let i = 0; i <= 24; i++) {
            slider.value = Number(min) + ((max - min) * i) / 24;
            slider.dispatchEvent(new Event("input"));
            await frame();
            await frame();
            places.add(at(slider) - first);
          }
          slider.value = value;
          slider.dispatchEvent(new Event("input"));
          await frame();
          if (places.size > 1) jumped.push([slider.ariaLabel, ...places]);
        }
        return jumped;
        """
    )
    assert jumped == []
