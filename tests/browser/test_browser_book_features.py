"""What a reader does with the book besides reading: the theme, the search, and reading without scripts."""

import pytest

THEME = "return document.documentElement.dataset.theme"
MODE = "return document.documentElement.dataset.mode"
BUTTON = ".theme-switch-button"


@pytest.fixture
def reader(chromium, outside):
    chromium.emulate(1280, 900, prefers_color_scheme="light")
    return chromium


def brightness(chromium) -> float:
    """Mean of the page's background colour, 0 … 255."""
    channels = chromium.run(
        "return getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)"
    )
    return sum(channels[:3]) / 3


def switch_to(chromium, mode: str) -> None:
    for _ in range(3):
        if chromium.run(MODE) == mode:
            return
        chromium.press_on(BUTTON, "Enter")
    assert chromium.run(MODE) == mode


def test_the_theme_is_switched_and_remembered(reader, book):
    reader.get(f"{book}/book/notation.html")
    switch_to(reader, "dark")
    assert reader.run(THEME) == "dark"
    assert brightness(reader) < 60
    for page in ("notation", "glossary"):  # the same page anew, then another one
        reader.get(f"{book}/book/{page}.html")
        assert reader.run(THEME) == "dark"
        assert brightness(reader) < 60
    switch_to(reader, "light")
    assert brightness(reader) > 200
    switch_to(reader, "auto")
    reader.emulate(1280, 900, prefers_color_scheme="dark")
    assert reader.until(f"{THEME} === 'dark'")


def test_what_scrolls_on_a_phone_is_reached_by_tab_in_both_themes(reader, book):
    """The dark theme's pictures come when they are scrolled to; each theme has pictures of its own."""
    unreached = (
        "return [...document.querySelectorAll('.picture.wide, article pre')].filter(e => e.checkVisibility()"
        " && e.tabIndex !== 0 && e.scrollWidth > e.clientWidth + 1)"
        ".map(e => e.parentElement.id || e.outerHTML)"
    )
    reader.emulate(360, 800, prefers_color_scheme="dark")
    reader.get(f"{book}/book/session01_neural_networks/part_a_geometric_intuition.html")
    reader.run("document.documentElement.dataset.theme = document.documentElement.dataset.mode = 'dark'")
    pictures = reader.run("return document.querySelectorAll('.picture.wide img.in-dark').length")
    assert pictures > 5
    for picture in range(pictures):
        name = f"document.querySelectorAll('.picture.wide img.in-dark')[{picture}]"
        reader.run(f"{name}.scrollIntoView({{ block: 'center', behavior: 'instant' }})")
        reader.until(f"return {name}.complete && {name}.naturalWidth > 0")
    for theme in ("dark", "light"):
        reader.run("document.documentElement.dataset.theme = arguments[0]", theme)
        reader.run("return new Promise(r => setTimeout(r, 600))")  # the theme itself looks after 300 ms
        scrolling = (
            "return [...document.querySelectorAll('.picture.wide')].filter(e => e.tabIndex === 0).length"
        )
        assert reader.run(scrolling) > 5
        assert reader.run(unreached) == []


def test_the_search_finds_a_word_from_the_button_on(reader, book):
    reader.get(f"{book}/book/notation.html")
    reader.press_on(".search-button-field", "Enter")
    reader.until("return document.activeElement.type === 'search'")
    reader.press(*"perceptron", "Enter")
    reader.until("return document.querySelectorAll('#search-results li').length > 1", 20)
    reader.until("return /finished|found/i.test(document.querySelector('#search-results').innerText)", 20)
    links = reader.run("return [...document.querySelectorAll('#search-results li a')].map(e => e.href)")
    assert any("part_a_geometric_intuition" in link for link in links)
    reader.get(links[0])
    assert "perceptron" in reader.run("return document.body.innerText").lower()


def test_a_word_that_is_not_in_the_book_is_not_found(reader, book):
    reader.get(f"{book}/search.html?q=qwertzuiop")
    reader.until("return /did not match|no results|0 page/i.test(document.body.innerText)", 20)
    assert reader.run("return document.querySelectorAll('#search-results li').length") == 0


def test_without_javascript_everything_is_there_to_read(reader, book):
    reader.script_off(True)
    try:
        reader.get(f"{book}/book/session01_neural_networks/part_a_geometric_intuition.html")
    finally:
        reader.script_off(False)
    stills = reader.run(
        "return [...document.querySelectorAll('.explorer-still img.in-light')]"
        ".map(e => [e.naturalWidth, e.alt.length])"
    )
    assert len(stills) == 3
    assert all(width > 100 and alt > 100 for width, alt in stills)
    assert reader.run("return document.querySelectorAll('figure.alive').length") == 0
    assert reader.run("return [...document.querySelectorAll('.math')].every(e => e.textContent.length > 2)")
