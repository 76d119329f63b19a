"""Every explorer: alive, moved by mouse, finger and keyboard, heard, and its numbers are Python's."""

import pytest
from built import SHOTS, WIDTHS
from harness import wake
from probes import TABLE, Probe, differences, probes

from neuropath.widgets import EXPLORERS

RANGE = "input[type=range]"
KNOB = ".npx-knob .npx-reach"
# What a hand takes hold of, and how far it moves it; a hand that does not move taps.
HOLDS = {
    "neuron": (KNOB, 60, 30),
    "xor": (KNOB, 0, -40),
    "activation": (".npx-sweep", 33, 0),
    "softmax": (KNOB, 0, 30),
    "convolution": (".npx-aim", 30, 20),
    "threshold": (KNOB, 30, 0),
    "receptive": (RANGE, -60, 0),
    "graph": (RANGE, 40, 0),
    "reliability": (".npx-sweep", 40, 0),
    "separable": (RANGE, 40, 0),
    "dropout": (".npx-member", 0, 0),
    "mlp": (RANGE, 40, 0),
    "head": ("[aria-label='units of fc1']", 40, 0),
    "penalty": (KNOB, 30, 20),
    "race": (KNOB, 40, 20),
    "vanishing": (RANGE, 40, 0),
    "bayes": (KNOB, 50, 0),
    "rate": (KNOB, 40, 0),
}
# The control that keys move, where the first slider of all may leave the result as it is.
KEYS = {
    "xor": (".npx-buttons button", ["Space"]),
    "head": ("[aria-label='units of fc1']", ["Right"]),
}
ALL = pytest.mark.parametrize("explorer", EXPLORERS, ids=lambda cls: cls.module, scope="module")
STATE = (
    "const f = document.querySelector('figure'), v = e => e.type === 'checkbox' ? e.checked : e.value;"
    "return f.querySelector('.npx').innerText + [...f.querySelectorAll('input')].map(v)"
)
RESTART = (
    "const all = [...document.querySelectorAll('figure:first-of-type button')];"
    "const button = all.find(b => b.textContent === 'Start over'); button?.click(); return !!button"
)
SPOKEN = "return document.querySelector('figure .npx-spoken').textContent"


@pytest.fixture(scope="module")
def one(chromium, site, explorer):
    """The page of one explorer: as it starts, then at each probe."""
    chromium.emulate(900, 900, prefers_reduced_motion="reduce")
    chromium.complaints()
    chromium.get(f"{site}/{explorer.module}.html")
    assert wake(chromium) == 1 + len(probes(explorer))
    return chromium


@ALL
def test_the_numbers_are_pythons(one, explorer):
    found = probes(explorer)
    texts = one.run(
        "const all = document.querySelectorAll('figure'), text = e => e.textContent.trim();"
        "return arguments[0].map((s, i) => [...all[i + 1].querySelectorAll(s)].map(text).join(' | '))",
        [probe.selector for probe in found],
    )
    wrong = {
        str(probe.traits): told
        for probe, text in zip(found, texts, strict=True)
        if (told := differences(probe, text))
    }
    assert wrong == {}


@ALL
def test_it_has_a_name_a_hint_and_a_result(one, explorer):
    assert one.run("return document.querySelector('.npx').getAttribute('aria-label')").startswith(
        "Explorer: "
    )
    assert len(one.run("return document.querySelector('.npx-hint').textContent")) > 40
    assert len(one.run("return document.querySelector('.npx-result').textContent")) > 10


@ALL
@pytest.mark.parametrize("pointer", ["mouse", "touch"])
def test_a_hand_moves_it_and_it_tells(one, explorer, pointer):
    selector, dx, dy = HOLDS[explorer.module]
    again = one.run(RESTART)
    one.run("return new Promise(r => setTimeout(r, 500))")  # what is said waits until the hand rests
    before, said = one.run(STATE), one.run(SPOKEN)
    way = 1 if again or pointer == "mouse" else -1.6  # there, and back again and beyond
    one.drag(f"figure {selector}", round(way * dx), round(way * dy), pointer)
    assert one.run(STATE) != before
    one.until(f"return document.querySelector('figure .npx-spoken').textContent !== {said!r}")


@ALL
def test_the_keyboard_moves_it_and_it_tells(one, explorer):
    before, said = one.run(STATE), one.run(SPOKEN)
    value, most = one.run(f"const e = document.querySelector('figure {RANGE}'); return [e.value, e.max]")
    selector, keys = KEYS.get(explorer.module, (RANGE, ["Left" if value == most else "Right"] * 2))
    one.press_on(f"figure {selector}", *keys)
    assert one.run(STATE) != before
    one.until(f"return document.querySelector('figure .npx-spoken').textContent !== {said!r}")


@ALL
def test_every_control_is_reached_by_tab_and_has_a_name(one, explorer):
    wanted = one.run(
        "return [...document.querySelectorAll('figure:first-of-type :is(input, button, select)')]"
        ".filter(e => !e.disabled && e.getClientRects().length && (e.type !== 'radio' || e.checked)).length"
    )
    one.run("document.body.tabIndex = -1; document.body.focus()")
    names = []
    for _ in range(wanted + 12):  # a group of radio buttons of which none is chosen may be entered twice
        one.press("Tab")
        name = one.run(
            "const e = document.activeElement, f = document.querySelector('figure');"
            "return f.contains(e) ? (e.ariaLabel || e.labels?.[0]?.innerText || e.innerText || '?') : ''"
        )
        if names and not name:
            break
        names.append(name)
    assert len([name for name in names if name]) >= wanted
    assert "?" not in names


@ALL
def test_nothing_was_complained_of(one, explorer):
    assert one.complaints() == []


@pytest.mark.parametrize("width", WIDTHS)
def test_all_fit_and_have_their_picture_taken(open_page, width):
    page = open_page(width)
    assert page.run("return document.documentElement.scrollWidth") <= width
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.emulate(width, 2400)  # a picture of an element ends where the window does
    page.settle()
    for cls in EXPLORERS:
        shot = SHOTS / f"explorer-{cls.module}-{width}.png"
        page.screenshot(shot, f"figure[data-module={cls.module}]")
        assert shot.stat().st_size > 8_000


def test_every_explorer_has_its_probes_and_its_hold():
    modules = {cls.module for cls in EXPLORERS}
    assert set(TABLE) == set(HOLDS) == modules
    assert len(modules) >= 18
    assert all(probes(cls) for cls in EXPLORERS)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("p = 0.25", False),
        ("p = 0.26", True),
        ("p = 2.5 × 10⁻¹", False),
        ("p = −0.25", True),
        ("q = 1", True),
    ],
)
def test_a_number_that_python_does_not_give_is_seen(text, wrong):
    assert bool(differences(Probe({}, [0.2543], r"p = (.+)$"), text)) == wrong
