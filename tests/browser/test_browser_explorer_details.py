"""What hands found out about single explorers, and what was mended after it."""

import pytest

TELL = "return document.querySelector('figure .npx-result').textContent"
NEWS = "return document.querySelector('figure .npx-news').textContent"
SLIDE = (
    "const e = document.querySelector(`figure [aria-label='${arguments[0]}']`);"
    "e.value = arguments[1]; e.dispatchEvent(new Event('input', { bubbles: true }))"
)
PRESS = "[...document.querySelectorAll('figure button')].find(b => b.textContent === arguments[0]).click()"


@pytest.fixture
def alone(open_page):
    """Open the page of one explorer; its first figure is the explorer as it starts."""
    return lambda module, width=900: open_page(width, name=module)


def slide(page, name, value):
    page.run(SLIDE, name, value)
    page.settle()


def test_a_tap_on_the_slice_brings_the_window_there(alone):
    page = alone("convolution")
    for x, y in ((0.515, 0.515), (0.3, 0.6)):
        page.run(
            "const s = document.querySelector('figure .npx-tapped'), b = s.getBoundingClientRect();"
            "const at = { clientX: b.x + arguments[0] * b.width, clientY: b.y + arguments[1] * b.height };"
            "s.dispatchEvent(new MouseEvent('click', { bubbles: true, ...at }))",
            *(x, y),
        )
        page.settle()
        # the view is 34 pixels wide, 3 of them before the slice; the window's middle is one further
        row, column = (int(v * 34 - 3) - 1 for v in (y, x))
        assert page.run(TELL).startswith(f"Output at row {row}, column {column}:")


def test_the_window_that_was_dragged_stays_where_it_was_left(alone):
    """The click that ends a drag is no tap beside the window."""
    page = alone("convolution")
    page.drag("figure .npx-hold", 45, 0)
    left = page.run(TELL)
    assert "row 13" in left
    page.run(
        "document.querySelector('figure .npx-hold').dispatchEvent(new MouseEvent('click', { bubbles: true }))"
    )
    page.settle()
    assert page.run(TELL) == left


@pytest.mark.parametrize("stack", ["five", "lenet", "mobilenet"])
def test_the_width_of_the_view_is_written_on_free_ground(alone, stack):
    page = alone("receptive", 360)
    page.run("document.querySelector('figure input[value=' + arguments[0] + ']').click()", stack)
    page.settle()
    outside, inside = page.run(
        "const box = s => document.querySelector('figure ' + s).getBoundingClientRect();"
        "const svg = box('.npx-plot svg'), words = box('.npx-plot text'), tumour = box('.npx-tumour');"
        "const lies = words.left > svg.left && words.right < svg.right && words.bottom < svg.bottom + 1;"
        "const over = words.top < tumour.bottom && words.bottom > tumour.top;"
        "return [!lies, over]"
    )
    assert (outside, inside) == (False, False)


def test_no_mask_is_drawn_beyond_the_last(alone):
    page = alone("dropout")
    for _ in range(10):
        page.run(PRESS, "100 masks")
    page.settle()
    closed = page.run(
        "return [...document.querySelectorAll('figure:first-of-type button')]"
        ".map(b => [b.textContent, b.disabled])"
    )
    assert dict(closed) == {"New mask": True, "100 masks": True, "Start over": False}
    page.run(PRESS, "Start over")
    page.settle()
    assert not page.run("return document.querySelectorAll('figure:first-of-type button:disabled').length")


def test_at_rate_0_no_unit_is_dropped(alone):
    page = alone("dropout")
    slide(page, "dropout rate", 0)
    stay = page.run(
        "return [...document.querySelectorAll('figure input[type=checkbox]')].slice(0, 8).map(b => b.checked)"
    )
    assert all(stay)


@pytest.mark.parametrize("angle", [45, -60, 135, 10])
def test_the_axis_can_be_taken_hold_of_wherever_the_centre_is(alone, angle):
    page = alone("penalty")
    for name, value in (("centre w₁", 2.2), ("centre w₂", 2.2), ("angle of the long axis, degrees", angle)):
        slide(page, name, value)
    held = page.run(
        "const p = document.querySelector('figure .npx-plot .npx-grid').getBoundingClientRect();"
        "const k = document.querySelector('figure .npx-knob.out circle:last-child').getBoundingClientRect();"
        "return k.x > p.x && k.y > p.y - k.height && k.right < p.right + k.width && k.bottom < p.bottom"
    )
    assert held


def test_answers_come_after_the_question(alone):
    """What the hint asks is told once the reader has moved something, not before."""
    page = alone("penalty")
    assert "exactly 0" not in page.run(NEWS)
    assert "corner" not in page.run(NEWS)
    slide(page, "strength λ", 0.6)
    assert page.run(NEWS).startswith("w₂ is 0 from λ = 0.46 on. The corner")
    page = alone("reliability")
    assert "order" not in page.run(NEWS)
    slide(page, "temperature", 2)
    assert "keeps their order" in page.run(NEWS)


def test_the_curves_follow_the_prevalence_and_not_the_threshold(alone):
    page = alone("threshold")
    read = (
        "return [...document.querySelectorAll('figure:first-of-type .npx-plot .npx-curve.value')]"
        ".map(e => e.getAttribute('d'))"
    )
    before = page.run(read)
    slide(page, "threshold", 2)
    assert page.run(read) == before
    slide(page, "prevalence", 0.02)
    roc, pr = page.run(read)
    assert roc == before[0]
    assert pr != before[1]
