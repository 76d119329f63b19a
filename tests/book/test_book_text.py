"""Typographic mends: what stays together, which sessions fold, what scrolls on a phone."""

import pytest
from docutils import nodes


@pytest.fixture
def text(course_text):
    return course_text


def formula(tex: str) -> str:
    return rf'<span class="math notranslate nohighlight">\({tex}\)</span>'


@pytest.mark.parametrize("after", [",", ".", ");", "?", "”,"])
def test_punctuation_stays_with_its_formula(text, after):
    set_ = text.set_text(f"<p>If {formula('a_1 &lt; b')}{after} then</p>")
    assert f'<span class="glued">{formula("a_1 &lt; b")}{after}</span> then' in set_


def test_what_is_not_punctuation_moves_freely(text):
    for body in (f"<p>{formula('a')} and {formula('b')} (so)</p>", "<p>one, two</p>"):
        assert text.set_text(body) == body


def test_a_proof_is_named_and_its_end_is_not_left_alone(text):
    body = (
        f'<div class="proof admonition" id="proof">\n<p>Proof. Done. {formula(chr(92) + "square")}</p></div>'
    )
    set_ = text.set_text(body)
    assert '<span class="proof-word">Proof.</span> Done.\N{NO-BREAK SPACE}<span' in set_
    assert text.set_text("<p>Proof. Of nothing.</p>") == "<p>Proof. Of nothing.</p>"


def sidebar(*groups: tuple[str, bool]) -> str:
    return "\n".join(
        f'<p aria-level="2" class="caption" role="heading"><span class="caption-text">{name}</span></p>\n'
        f'<ul class="{"current " if here else ""}nav bd-sidenav">\n<li><a href="a.html">{name} A</a>\n<ul>\n'
        "<li>deep</li>\n</ul>\n</li>\n</ul>"
        for name, here in groups
    )


def test_of_several_sessions_only_the_readers_is_open(text):
    folded = text.fold_groups(
        sidebar(("Before", False), ("Session 01 · X", False), ("Session 02", True), ("Appendices", False))
    )
    assert folded.count("<details") == 3
    assert folded.count('<details class="toc-fold" open>') == 1
    assert folded.index("open>") < folded.index("Session 02") < folded.index("Appendices")
    assert '<p aria-level="2" class="caption" role="heading"><span class="caption-text">Before' in folded
    assert folded.count("<ul") == folded.count("</ul>") == 8  # nested lists stay inside


def test_a_book_of_one_session_shows_it(text):
    assert "open>" in text.fold_groups(sidebar(("Before", True), ("Session 01", False), ("Reference", False)))
    assert text.fold_groups("") == ""


def document(*children: nodes.Node) -> nodes.document:
    tree = nodes.document(None, None)
    tree += list(children)
    return tree


def test_a_figures_pictures_get_a_frame_and_the_caption_stays_outside(text):
    figure = nodes.figure(
        "", nodes.image(uri="light"), nodes.image(uri="dark"), nodes.caption("", "what it is")
    )
    text.frame_pictures(document(figure, nodes.figure("", nodes.caption("", "no picture"))))
    frame, caption = figure.children
    assert frame["classes"] == ["picture", "wide"]
    assert [image["uri"] for image in frame] == ["light", "dark"]
    assert isinstance(caption, nodes.caption)


def test_columns_of_sentences_are_marked_and_columns_of_numbers_are_not(text):
    long = "a cell that says something worth reading"
    rows = [
        nodes.row("", *(nodes.entry("", nodes.paragraph("", word)) for word in words))
        for words in (("epoch", "what"), ("1", "short"), ("2", long))
    ]
    table = nodes.table("", nodes.tgroup("", nodes.tbody("", *rows), cols=2))
    text.mark_wordy(document(table))
    assert [[entry["classes"] for entry in row] for row in rows] == [[[], ["wordy"]]] * 3


def test_the_table_of_runs_names_pages_by_their_titles(text):
    words = ("Document", "Status"), ("book/engine", "✅"), ("book/other", "❌")
    rows = [nodes.row("", *(nodes.entry("", nodes.paragraph("", word)) for word in row)) for row in words]
    table = nodes.table("", nodes.tgroup("", nodes.tbody("", *rows), cols=2))
    text.name_pages(table, {"book/engine": "The engine"})
    shown = [[entry.astext() for entry in row] for row in rows]
    assert shown == [["page", "ended"], ["The engine", "ok"], ["book/other", "failed"]]
