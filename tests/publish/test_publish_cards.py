"""The cards of the front page: one a part, in order, each a link that says where it leads."""

import re
from pathlib import Path

import pytest

from neuropath.publish import cards
from neuropath.publish.navigation import Part, Session

ROOT = Path(__file__).resolve().parents[2]


def part(letter="A", minutes=40):
    return Part(f"book/s/part_{letter.lower()}", letter, "Seeing it", "What it is *about*: $x$.", minutes, 5)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(5, "5 minutes"), (85, "85 minutes"), (90, "1½ hours"), (120, "2 hours"), (470, "8 hours")],
)
def test_lengths_read_like_words(minutes, words):
    assert cards.length(minutes) == words


def test_a_card_is_a_link_with_a_name():
    text = cards.card(part())
    assert ":link: /book/s/part_a\n:link-type: doc\n" in text
    assert ":link-alt: Part A, Seeing it\n" in text
    assert text.startswith("````{grid-item-card} A · Seeing it\n")
    assert text.endswith("What it is *about*: $x$.\n\n40 minutes to read\n````\n")


def test_a_grid_holds_the_parts_in_their_order_inside_a_longer_fence():
    text = cards.grid(Session(2, "Pictures", [part("A"), part("C")]))
    assert re.findall(r"grid-item-card\} (\w)", text) == ["A", "C"]
    fence = re.match(r"`+", text)[0]
    assert text.rstrip().endswith("\n" + fence)
    assert not re.search(rf"^{fence}.*card", text, re.M)


def test_a_session_says_its_name_its_parts_and_its_hours():
    session = Session(2, "Pictures", [part("A"), part("C")])
    assert cards.heading(session) == "Session 02 · Pictures"
    assert cards.summary(session) == "2 parts, about 80 minutes to read"
    assert cards.summary(Session(3, "", [part()])) == "1 part, about 40 minutes to read"
    assert cards.heading(Session(3, "")) == "Session 03"


def test_the_book_has_a_card_for_each_of_its_parts_and_the_front_page_shows_them():
    shown = "".join(grid for _, grid in cards.blocks(ROOT))
    linked = re.findall(r"^:link: /(book/\S+)$", shown, re.M)
    parts = ROOT.glob("book/session*/part_*.md")
    assert sorted(linked) == sorted(p.relative_to(ROOT).with_suffix("").as_posix() for p in parts)
    assert "```{session-cards}" in (ROOT / "book/intro.md").read_text(encoding="utf-8")
