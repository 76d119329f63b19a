"""The explorers in a page as the book makes it: alive, moved by mouse, finger and keyboard, legible."""

import functools
import json
import re

import numpy as np
import pytest

from neuropath import scratch as nn
from neuropath.widgets import EXPLORERS, NeuronExplorer

TEXT = "return document.querySelectorAll('figure')[arguments[0]].querySelector(arguments[1]).textContent"
NEURON, XOR, ACTIVATION = range(3)


@pytest.fixture
def open_three(open_page):
    """Opens the page with the first three explorers only."""
    return functools.partial(open_page, name="three")


def number(text: str) -> float:
    """The last number in a text that writes minus signs and powers of ten for readers."""
    digits = str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹\u00a0", "--0123456789 ")
    plain = text.translate(digits).replace(" × 10", "e")
    return float(re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", plain)[-1])


def test_they_mount_without_complaint_and_without_the_network(open_page):
    page = open_page()
    assert page.complaints() == []
    loaded = page.run("return performance.getEntriesByType('resource').map(e => new URL(e.name).hostname)")
    assert set(loaded) == {"127.0.0.1"}
    assert len(loaded) == 2 + len(EXPLORERS)  # the loader, one style sheet, a script each
    shown = page.run(
        "return [...document.querySelectorAll('.explorer-still')].map(e => getComputedStyle(e).display)"
    )
    assert set(shown) == {"none"}


def test_without_javascript_the_still_figure_remains(site, chromium):
    chromium.emulate(900)
    chromium.script_off(True)
    try:
        chromium.get(f"{site}/index.html")
    finally:
        chromium.script_off(False)
    assert chromium.run("return document.querySelectorAll('figure.alive').length") == 0
    shown = chromium.run("return getComputedStyle(document.querySelector('.explorer-still')).display")
    assert shown == "block"


def test_paper_gets_the_still_figure(open_page):
    page = open_page()
    page.emulate(900, medium="print")
    shown = page.run(
        "return [...document.querySelectorAll('figure > div')].map(e => getComputedStyle(e).display)"
    )
    assert shown == ["block", "none"] * len(EXPLORERS)


def test_the_numbers_are_those_of_python(open_three):
    page, start = open_three(), NeuronExplorer()
    page.press_on("figure:nth-of-type(1) input[value=sigmoid]", "Space")
    z = np.dot(start.weights, start.probe) + start.bias
    assert number(page.run(TEXT, NEURON, ".npx-sum strong")) == pytest.approx(z, abs=0.005)
    answer = page.run(TEXT, NEURON, ".npx-sum strong:last-child")
    assert number(answer) == pytest.approx(nn.sigmoid(z), abs=0.005)
    wrong = (np.dot(start.points, start.weights) + start.bias > 0) != start.labels
    assert page.run(TEXT, NEURON, ".npx-result") == f"{wrong.sum()} of 12 on the wrong side"
    assert (
        page.run("return document.querySelectorAll('[data-wrong=true] .npx-ring').length") == wrong.sum() + 2
    )


@pytest.mark.parametrize("pointer", ["mouse", "touch", "pen"])
def test_a_pointer_moves_weights_bias_and_input(open_three, pointer):
    page = open_three()
    figure = "figure:nth-of-type(1)"
    read = "return [...document.querySelectorAll('figure:nth-of-type(1) .npx-value')].map(e => e.textContent)"
    before = page.run(read)
    page.drag(f"{figure} .npx-knob.neuron .npx-reach", 60, 30, pointer)
    weights = page.run(read)
    assert number(weights[0]) > number(before[0]) + 0.5
    assert number(weights[1]) < number(before[1]) - 0.2
    assert weights[2:] == before[2:]
    page.drag(f"{figure} .npx-knob.probe .npx-reach", 0, -80, pointer)
    assert number(page.run(read)[4]) > number(before[4]) + 1
    page.drag(f"{figure} .npx-line-reach", 30, 30, pointer)
    assert page.run(read)[2] != before[2]
    assert page.run(read)[:2] == weights[:2]


def test_the_keyboard_reaches_every_control(open_three):
    page = open_three()
    page.run("document.body.tabIndex = -1; document.body.focus()")
    seen = []
    for _ in range(40):
        page.press("Tab")
        seen.append(
            page.run("const e = document.activeElement; return e.ariaLabel || e.value || e.textContent")
        )
    for label in ("w₁, weight 1", "b, bias", "x₂, input 2", "step", "Perceptron step", "h₂: shift", "layers"):
        assert any(label in one for one in seen), f"{label} was not reached by Tab: {seen}"
    page.run("document.querySelector('[aria-label=\"b, bias\"]').focus()")
    page.press("Right", "Right")
    page.settle()
    assert page.run("return document.activeElement.getAttribute('aria-valuetext')") == "0.60"
    ring = page.run("return getComputedStyle(document.activeElement).outlineStyle")
    assert ring == "solid"


def test_arrow_keys_stay_with_the_slider(open_three):
    """JupyterLab would take them from the page: it moves from cell to cell with them."""
    page = open_three()
    page.run("window.heard = []; document.addEventListener('keydown', e => window.heard.push(e.key))")
    page.press_on("[aria-label='b, bias']", "Right", "Up", "Tab")
    assert page.run("return window.heard") == ["Tab"]


def test_the_perceptron_rule_solves_the_points_and_says_so(open_three):
    page = open_three()
    for _ in range(7):
        page.press_on("figure:nth-of-type(1) .npx-buttons button", "Space")
    assert page.run(TEXT, NEURON, ".npx-result") == "All 12 on their own side"
    page.until(
        "return document.querySelector('.npx-spoken').textContent.includes('All 12 on their own side')"
    )


def test_xor_is_unsolved_until_the_textbook_shows_it(open_three):
    page = open_three(prefers_reduced_motion="reduce")
    results = (
        "return [...document.querySelectorAll('figure:nth-of-type(2) .npx-result')].map(e => e.textContent)"
    )
    apart, solved = page.run(results)
    assert "no line can separate" in apart
    assert "3 of 4" in solved
    page.press_on("figure:nth-of-type(2) .npx-buttons button", "Space")  # at once: motion is reduced
    apart, solved = page.run(results)
    assert "one line can separate them (gap 0.71)" in apart
    assert "XOR is solved" in solved
    page.press_on("figure:nth-of-type(2) .npx-buttons button:last-child", "Space")
    assert "3 of 4" in page.run(results)[1]


def test_the_textbook_glides_there_where_motion_is_welcome(open_three):
    page = open_three()
    page.press_on("figure:nth-of-type(2) .npx-buttons button", "Space")
    page.until("return document.querySelectorAll('figure')[1].textContent.includes('XOR is solved')")
    page.until("return document.querySelectorAll('figure')[1].textContent.includes('1.00\\u00a0x₂ > −1.50')")


def test_a_hidden_line_turns_and_shifts(open_three):
    page = open_three()
    read = "return [...document.querySelectorAll('figure:nth-of-type(2) .npx-value')].map(e => e.textContent)"
    assert [number(v) for v in page.run(read)][:4] == [0, 0, 90, 0]
    page.drag("figure:nth-of-type(2) .npx-knob.one .npx-reach", 0, -40)
    turn, shift, *others = [number(v) for v in page.run(read)]
    assert 20 < turn < 70
    assert shift == 0
    page.drag("figure:nth-of-type(2) .npx-line.two + .npx-line-reach", 60, -40)
    assert number(page.run(read)[3]) > 0.2
    assert [number(v) for v in page.run(read)][2] == others[0] == 90


@pytest.mark.parametrize("pointer", ["mouse", "touch"])
def test_the_point_on_the_curve_moves_and_the_product_follows(open_three, pointer):
    page = open_three()
    for name, layer in (("tanh", nn.Tanh()), ("sigmoid", nn.Sigmoid())):
        page.press_on(f"figure:nth-of-type(3) input[value={name}]", "Space")
        page.drag("figure:nth-of-type(3) .npx-sweep", 33, 0, pointer)
        z = number(page.run(TEXT, ACTIVATION, ".npx-value"))
        assert 0.2 < z < 4.5
        layer.forward(np.array([z]))
        slope = float(layer.backward(np.ones(1))[0])
        assert number(page.run(TEXT, ACTIVATION, ".npx-result")) == pytest.approx(slope**10, rel=0.05)


@pytest.mark.parametrize("width", [360, 900])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_fits_and_wears_the_pages_theme(open_page, width, theme, tmp_path):
    other = {"light": "dark", "dark": "light"}[theme]
    page = open_page(width, theme, prefers_color_scheme=other)  # the page's own choice wins
    assert page.run("return document.documentElement.scrollWidth") <= width
    wide = page.run(
        "return [...document.querySelectorAll('.npx div, .npx p, .npx label, .npx fieldset, .npx table')]"
        ".filter(e => e.scrollWidth > e.clientWidth + 1 && !e.ariaLive).map(e => e.className)"
    )
    assert wide == []
    paper = page.run("return getComputedStyle(document.querySelector('.npx')).backgroundColor")
    assert paper == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 30)"}[theme]
    for number_, cls in enumerate(EXPLORERS, 1):
        shot = tmp_path / f"{cls.module}-{theme}-{width}.png"
        page.screenshot(shot, f"figure:nth-of-type({number_})")
        assert shot.stat().st_size > 10_000


HOSTS = {
    "the system": ("", {"prefers_color_scheme": "dark"}),
    "JupyterLab": ("document.body.dataset.jpThemeLight = 'false'", {}),
    "Colab": ("document.documentElement.setAttribute('theme', 'dark')", {}),
    "VS Code": ("document.body.className = 'vscode-dark'", {}),
}


@pytest.mark.parametrize("host", HOSTS)
def test_dark_mode_of_every_host(open_page, host):
    script, media = HOSTS[host]
    page = open_page(prefers_color_scheme="light")
    assert page.run("return document.querySelector('.npx').dataset.theme") == "light"
    page.emulate(900, **({"prefers_color_scheme": "light"} | media))
    page.run(script)
    page.until("return [...document.querySelectorAll('.npx')].every(e => e.dataset.theme == 'dark')")


def test_contrast_of_all_text(open_three):
    """Text on its explorer's paper, and on tinted boxes, reaches 4.5 : 1 in both themes."""
    for theme in ("light", "dark"):
        page = open_three(theme=theme)
        colors = page.run(
            "const s = getComputedStyle(document.querySelector('.npx'));"
            "return Object.fromEntries(['ink','paper','muted','soft','one','two','amber']"
            ".map(k => [k, s.getPropertyValue('--npx-' + k).trim()]))"
        )
        for text in ("ink", "muted", "one", "two", "amber"):
            assert contrast(colors[text], colors["paper"]) >= 4.5, (theme, text)
        assert contrast(colors["ink"], colors["soft"]) >= 4.5


def contrast(one: str, other: str) -> float:
    """WCAG's ratio of two colours #rrggbb."""

    def luminance(color):
        channels = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
        linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
        return linear @ [0.2126, 0.7152, 0.0722]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_a_kernel_hears_of_changes_and_can_make_them(open_three):
    """With a model as Jupyter gives it: changes go out once the hand rests, and come in at once."""
    page = open_three()
    state = json.dumps(NeuronExplorer().state())
    heard = page.run(
        """
        const { createModel } = neuropathExplorers;
        const { default: explorer } = await import(new URL("modules/neuron.mjs", location));
        const model = createModel(JSON.parse(arguments[0]));
        let saved = 0;
        model.save_changes = () => saved++;
        const el = document.createElement("div");
        document.body.append(el);
        const close = explorer.render({ model, el });
        model.set("bias", 5);
        await new Promise(r => setTimeout(r, 300));
        const bias = [...el.querySelectorAll(".npx-value")][2].textContent;
        const before = saved;
        const range = el.querySelector("[aria-label='b, bias']");
        for (const value of [1, 2, 3]) { range.value = value; range.dispatchEvent(new Event("input")); }
        await new Promise(r => setTimeout(r, 400));
        close();
        return { bias, before, saved, kept: model.get("bias"), left: el.children.length };
        """,
        state,
    )
    assert heard == {"bias": "5.00", "before": 0, "saved": 1, "kept": 3, "left": 0}
