"""How a page is set: no formula is cut off, wide pictures scroll, notes stand in the margin, folds fold."""

import pytest
from harness import wake

SESSION = "book/session01_neural_networks"
THEORY, INTUITION = f"{SESSION}/part_b_formal_theory.html", f"{SESSION}/part_a_geometric_intuition.html"
# Inline formulas of which a part lies outside what holds them, and that do not scroll.
CUT = """
return [...document.querySelectorAll('article span.math:not(.scrolls)')].filter(span => {
  const row = span.querySelector('mjx-math');
  const held = span.closest('p, li, td, th, dd, dt, summary, figcaption, h1, h2, h3, h4');
  if (!row || !held?.checkVisibility()) return false;
  const right = held.getBoundingClientRect().right + 2;
  return [...row.getClientRects()].some(box => box.right > right);
}).map(span => span.textContent.slice(0, 40));
"""
UNMADE = """
document.querySelectorAll('article .breaks').forEach(span => span.classList.remove('breaks'));
document.querySelectorAll('article wbr').forEach(place => place.remove());
"""
PICTURES = """
return [...document.querySelectorAll('.picture.wide')].map(e => [e.clientWidth, e.scrollWidth, e.tabIndex])
"""
BEFORE_BREAKS = """
const name = e => (e.getAttribute('space') ?? '') + (e.querySelector('mjx-c')?.className ?? '');
return [...document.querySelectorAll('article .breaks wbr')].map(e => e.previousElementSibling)
  .map(e => e.matches('mjx-mo') ? name(e) : e.outerHTML)
"""


@pytest.fixture
def reader(chromium, book, outside):
    def opened(page, width, scheme="light"):
        chromium.emulate(width, 900, prefers_color_scheme=scheme)
        chromium.get(f"{book}/{page}")
        chromium.until("return 'fitted' in document.documentElement.dataset", 30)
        chromium.settle()
        return chromium

    return opened


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_no_formula_in_the_text_is_cut_off(reader, width):
    chromium = reader(THEORY, width)
    assert chromium.run("return document.querySelectorAll('article .breaks wbr').length") > 40
    assert chromium.run(CUT) == []
    if width == 360:  # the negative control: as it would be without breaks
        chromium.run(UNMADE)
        assert len(chromium.run(CUT)) > 10


def test_a_formula_breaks_after_an_operator_between_two_things(reader):
    """Never after a bracket or a sign: what comes before a break has space on both sides, or is a comma."""
    chromium = reader(THEORY, 360)
    before = chromium.run(BEFORE_BREAKS)
    comma = ("mjx-c2C", "mjx-c3B")
    assert all(name[0] in "34" or name.lstrip("12").split()[0] in comma for name in before)
    assert not any("mjx-c28" in name.split() for name in before)


def test_a_wide_picture_keeps_its_size_on_a_phone_and_tab_reaches_it(reader):
    narrow = reader(INTUITION, 360).run(PICTURES)
    assert len(narrow) > 10
    assert all(room < 360 and width > 500 and tab == 0 for room, width, tab in narrow)
    wide = reader(INTUITION, 1280).run(PICTURES)
    assert all(width <= room + 1 and tab == -1 for room, width, tab in wide)


def test_a_note_stands_beside_the_text_or_in_it(reader):
    places = (
        "return [...document.querySelectorAll('aside.margin')].map(e => [e.getBoundingClientRect().left,"
        " document.querySelector('.part-list').getBoundingClientRect().right])"
    )
    beside = reader(INTUITION, 1280).run(places)
    assert len(beside) >= 2
    assert all(left > right for left, right in beside)
    within = reader(INTUITION, 360).run(places)
    assert all(left < 40 for left, right in within)


def test_the_sessions_in_the_sidebar_fold(reader):
    chromium = reader(THEORY, 1280)
    shown = "return document.querySelector('.toc-fold a.current').checkVisibility()"
    assert chromium.run(shown)
    chromium.press_on(".toc-fold > summary", "Enter")
    assert not chromium.run(shown)


def test_excerpts_of_the_search_hold_no_tex(reader, chromium, book):
    chromium.emulate(1280, 900)
    chromium.get(f"{book}/search.html?q=perceptron")
    chromium.until("return document.querySelectorAll('#search-results li').length > 5", 20)
    chromium.until("return /finished|found/i.test(document.querySelector('#search-results').innerText)", 20)
    text = chromium.run("return document.querySelector('#search-results').innerText")
    assert "\\" not in text


def test_a_page_that_is_not_there_leads_to_the_first(chromium, book, outside):
    chromium.get(f"{book}/404.html")
    assert chromium.run("return document.querySelector('a').href") == f"{book}/"
    chromium.get(chromium.run("return document.querySelector('a').href"))
    chromium.until("return document.querySelectorAll('.part-card').length > 0")
    assert wake(chromium) == 0
