"""The explorers of loss, gradient and training: moved by hand and keyboard, started, paused and reset."""

import time

import numpy as np
import pytest
from test_browser_explorers import number

from neuropath import scratch as nn
from neuropath.visualizations import load
from neuropath.widgets.graph import LAST
from neuropath.widgets.mlp import POINTS, RATE, SEED, START
from neuropath.widgets.softmax import CLASSES, LOGITS, TRUTH

TEXT = "return document.querySelector(arguments[0]).textContent"
VALUES = "return [...document.querySelectorAll(arguments[0] + ' .npx-value')].map(e => e.textContent)"


def figure(name: str) -> str:
    return f"figure[data-module={name}]"


def press_button(page, name, label):
    """Press the space bar on a button of an explorer, found by its words."""
    read = "return [...document.querySelectorAll(arguments[0] + ' button')].map(b => b.textContent)"
    words = page.run(read, figure(name))
    place = words.index(label)
    page.run("document.querySelectorAll(arguments[0] + ' button')[arguments[1]].focus()", figure(name), place)
    page.press("Space")
    page.settle()


@pytest.mark.parametrize("pointer", ["mouse", "touch"])
def test_a_logit_is_dragged_and_a_constant_changes_nothing(open_page, pointer):
    page, here = open_page(), figure("softmax")
    answer = f"{here} .npx-result"
    logits = np.array([LOGITS])
    loss, _ = nn.sparse_categorical_crossentropy(logits, np.array([CLASSES.index(TRUTH)]))
    assert number(page.run(TEXT, answer)) == pytest.approx(loss, abs=0.005)
    before = page.run(TEXT, answer)
    page.press_on(f"{here} [aria-label='constant added to all logits']", *["Right"] * 9)
    assert page.run(VALUES, here)[4] == "0.45"
    assert page.run(TEXT, answer) == before
    page.drag(f"{here} .npx-knob .npx-reach", 0, 40, pointer)
    logits[0, 0] = number(page.run(VALUES, here)[0])
    assert logits[0, 0] < LOGITS[0] - 0.5
    loss, _ = nn.sparse_categorical_crossentropy(logits, np.array([CLASSES.index(TRUTH)]))
    assert number(page.run(TEXT, answer)) == pytest.approx(loss, abs=0.005)
    press_button(page, "softmax", "Step down the gradient")
    assert number(page.run(TEXT, answer)) < loss


def test_the_graph_walks_forward_and_back(open_page):
    page, here = open_page(prefers_reduced_motion="reduce"), figure("graph")
    grads = (
        f"return [...document.querySelectorAll('{here} .npx-node .npx-grad-text')].map(e => e.textContent)"
    )
    start = page.run(grads)
    assert sum(text != "" for text in start) == 10  # every box but the target's
    press_button(page, "graph", "Reset")
    assert set(page.run(grads)) == {""}
    for _ in range(LAST):
        press_button(page, "graph", "Forward")
    assert page.run(grads) == start
    press_button(page, "graph", "Back")
    assert sum(text != "" for text in page.run(grads)) == 8
    page.press_on(f"{here} input[value=one]", "Space")
    press_button(page, "graph", "Forward")
    assert "contributions add" in page.run(TEXT, f"{here} .npx-steps")


def test_the_network_trains_pauses_steps_and_starts_over(open_page):
    page, here = open_page(), figure("mlp")
    answer, note = f"{here} .npx-result", f"{here} .npx-news"
    first = page.run(TEXT, answer)
    twin = load("explorer_mlp")
    X, y = twin.sample(START["data"], SEED)
    model = twin.network(SEED, **START)
    press_button(page, "mlp", "Step")
    twin.train(model, X, y, RATE, SEED, 1)
    loss, _ = nn.binary_crossentropy(model.forward(X), y)
    assert page.run(TEXT, answer).startswith(f"Loss {loss:.3f}")
    press_button(page, "mlp", "Start")
    page.until(f"return document.querySelector('{answer}').textContent.includes('{POINTS} of {POINTS}')", 30)
    press_button(page, "mlp", "Pause")
    rest = page.run(TEXT, note)
    time.sleep(0.3)
    assert page.run(TEXT, note) == rest
    press_button(page, "mlp", "Reset")
    assert page.run(TEXT, answer) == first


@pytest.mark.parametrize("pointer", ["mouse", "touch"])
def test_the_race_starts_where_the_hand_puts_it(open_page, pointer):
    page, here = open_page(), figure("race")
    page.drag(f"{here} .npx-knob .npx-reach", 40, 30, pointer)
    _, _, x, y = (number(v) for v in page.run(VALUES, here))  # after learning rate and steps
    assert x > -1.7
    assert y < 1.1
    press_button(page, "race", "Reset")
    gaps = f"return [...document.querySelectorAll('{here} tbody td:nth-of-type(1)')].map(e => e.textContent)"
    assert [number(v) for v in page.run(gaps)] == pytest.approx([(x**2 + 40 * y**2) / 2] * 4, rel=0.01)
    press_button(page, "race", "Start")
    page.until(f"return document.querySelector('{here} .npx-result').textContent.includes('first')", 30)
    press_button(page, "race", "Pause")


def test_a_rate_from_small_to_divergent(open_page):
    page, here = open_page(), figure("rate")
    rate = f"{here} [aria-label='learning rate']"
    set_to = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))"
    for value, word in ((0.1, "Too small"), (1, "Just right"), (1.8, "Too large"), (2.2, "Divergent")):
        page.run(set_to, page.find(rate), value)
        page.settle()
        assert page.run(TEXT, f"{here} .npx-result").startswith(word)
        assert number(page.run(TEXT, f"{here} .npx-sum strong")) == pytest.approx(abs(1 - value), abs=1e-9)
    page.drag(f"{here} .npx-knob .npx-reach", 60, 0)
    assert number(page.run(VALUES, here)[0]) > -2.2


def test_nothing_runs_by_itself(open_page):
    page = open_page()
    read = "return [...document.querySelectorAll('figure .npx-result')].map(e => e.textContent)"
    before = page.run(read)
    time.sleep(0.5)
    assert page.run(read) == before
    assert page.complaints() == []
