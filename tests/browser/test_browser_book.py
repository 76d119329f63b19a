"""Every page of the built book, each loaded once: whole, linked, legible, within its budget."""

import re

import pytest
from built import AUDIT, AXE, BOOK, FACTS, OPEN, RAW, WIDE, WIDTHS, Visit, broken, pages, visit
from harness import NOT_NOW, lacking

from neuropath.publish import vendor
from neuropath.widgets import EXPLORERS

# One of each fault that a page must not have.
FAULTY = """
<article><p>left over: $x$, {ref}`there`, \\label{eq}, :::</p><p>whole: <code>$x$</code></p>
<mjx-container><mjx-merror>Undefined control sequence</mjx-merror></mjx-container>
<div class="quiz"><details class="quiz-option"><summary>(a)</summary><div></div></details></div>
<p style="width: 900px; color: #999; background: #fff">wide and pale</p><button></button></article>
"""
TEXT_BYTES, EXPLORER_BYTES = 1_500_000, 30_000
EACH = pytest.mark.parametrize("page", pages(), scope="module")


@pytest.fixture(scope="module")
def seen(book, chromium, outside, measured):
    """The visit of a page, made when first asked for; one that failed is not made again."""
    visits: dict[str, Visit | AssertionError] = {}

    def look_up(page):
        if page not in visits:
            already = len(outside.asked) if outside else 0
            try:
                found = visits[page] = visit(chromium, book, page)
            except AssertionError as failure:
                visits[page] = failure
                raise
            if outside:
                found.budget["bytes"] += sum(map(outside.weight, outside.asked[already:]))
            measured[page] = found.budget | {"explorers": found.explorers}
        if isinstance(visits[page], AssertionError):
            pytest.fail(f"the page could not be visited: {visits[page]}", pytrace=False)
        return visits[page]

    return look_up


@EACH
def test_the_page_is_whole(seen, book, page):
    found = seen(page)
    assert found.complaints == []
    assert found.raw == []
    assert found.facts["broken_math"] == []
    assert found.facts["plain_math"] == 0


@EACH
def test_links_and_images_lead_somewhere(seen, book, page):
    facts = seen(page).facts
    assert len(facts["links"]) > 10
    assert broken(book, facts["links"]) == []
    assert broken(book, facts["images"]) == []
    assert facts["empty_images"] == []
    assert facts["no_alt"] == []
    assert facts["rooted"] == []  # published below a folder of its host, it would lead out of the book


@EACH
def test_quizzes_answer_and_solutions_open(seen, page):
    opened = seen(page).opened
    assert opened["wrong"] == []
    if "/part_" in page:
        assert opened["options"] >= 9
        assert opened["folds"] >= 4


@EACH
def test_nothing_is_wider_than_the_screen(seen, page):
    assert seen(page).wide == {width: [] for width in WIDTHS}


@EACH
def test_its_pictures_are_taken(seen, page):
    shots = seen(page).shots
    assert {
        int(width) for shot in shots for width in re.findall(r"-(\d+)-(?:dark-)?\d+\.jpg$", shot.name)
    } == {*WIDTHS}
    assert all(shot.stat().st_size > 4_000 for shot in shots)


@EACH
def test_axe_finds_nothing_serious(seen, page):
    if not AXE.is_file():
        lacking("axe-core comes from npm: run `neuropath vendor` first")
    found = seen(page).violations
    assert {"light", "dark"} < set(found)
    assert {where: told for where, told in found.items() if told} == {}


@EACH
def test_the_page_keeps_to_its_budget(seen, page):
    budget = seen(page).budget
    assert 0 < budget["bytes"] <= TEXT_BYTES
    assert budget["first_contentful_paint"] > 0


@EACH
def test_nothing_comes_from_elsewhere_but_what_is_pinned(seen, book, outside, page):
    loaded = seen(page).facts["loaded"]
    assert seen(page).facts["unpinned"] == []
    foreign = [name for name in loaded if not name.startswith((f"{book}/", "data:", "blob:"))]
    if outside is None:
        assert foreign == []
    else:
        assert outside.refused == []
        assert all(vendor.url(outside.record).rpartition("/es5/")[0] in name for name in foreign)


def test_every_explorer_is_alive_in_the_gallery(seen):
    assert seen("book/gallery.html").explorers == len(EXPLORERS) >= 18


@pytest.mark.parametrize("cls", EXPLORERS, ids=lambda cls: cls.module)
def test_an_explorer_is_light(book, cls):
    file = BOOK / "_static" / "explorers" / f"{cls.module}.classic.mjs"
    assert 1000 < file.stat().st_size <= EXPLORER_BYTES


def test_faults_are_seen(book, chromium):
    """The negative control of the checks above, on a page with one of each fault."""
    chromium.emulate(360)
    chromium.get(f"{book}/book/glossary.html")
    chromium.run("document.body.innerHTML = arguments[0]", FAULTY)
    assert len(chromium.run(RAW)) == 1
    assert chromium.run(FACTS)["broken_math"] == ["Undefined control sequence"]
    assert len(chromium.run(WIDE)) >= 2
    opened = chromium.run(OPEN)
    assert opened["options"] == 1
    assert len(opened["wrong"]) == 2  # it has nothing to show, and no option is right
    gone = [f"{book}/book/nowhere.html", f"{book}/book/glossary.html#nothing", f"{book}/book/glossary.html"]
    assert len(broken(book, gone)) == 2
    if AXE.is_file():
        chromium.run(AXE.read_text(encoding="utf-8") + "; window.axe = axe;")
        found = {violation.partition(":")[0] for violation in chromium.run(AUDIT, None)}
        assert {"button-name", "color-contrast"} <= found
    chromium.complaints()


def test_a_file_that_is_not_npms_is_refused_by_the_browser(book, chromium, outside):
    """The negative control of the hashes: the CDN hands out other bytes under the pinned address."""
    if outside is None:
        pytest.skip(f"{NOT_NOW}this book brings its files along, there is no CDN to distrust")
    outside.spoil = True
    try:
        chromium.devtools("Network.setCacheDisabled", {"cacheDisabled": True})
        chromium.get(f"{book}/book/notation.html")
        chromium.until("return document.documentElement.matches('.plain-tex')")
        assert any("integrity" in complaint for complaint in chromium.complaints())
    finally:
        outside.spoil = False
        chromium.devtools("Network.setCacheDisabled", {"cacheDisabled": False})
