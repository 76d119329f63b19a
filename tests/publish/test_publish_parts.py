"""Quiz, facts, references, claims, tidy: each by itself."""

from __future__ import annotations

import pytest
from publish_fixtures import ROOT, book_with, read

from neuropath.publish import book, claims, facts, quiz, references, tidy
from neuropath.publish.errors import PageError

QUIZ = "- [ ] $-1$ — that is — so to say — wrong\n- [x] `a — b` is no dash — yes, since\n  it goes on"


def test_a_quiz_is_read_with_its_options_and_feedback():
    found = quiz.parse("What?", QUIZ.replace("`a — b`", "a"), {"label": "quiz-x"})
    assert found.question == "What?"
    assert found.label == "quiz-x"
    assert found.options == [
        ("$-1$", "That is — so to say — wrong", False),
        ("a is no dash", "Yes, since it goes on", True),
    ]


def test_a_question_may_go_on_in_the_body():
    assert quiz.parse("What", f"is `x`?\n\n{QUIZ}").question == "What is `x`?"


def test_a_quiz_without_question_is_refused():
    with pytest.raises(ValueError, match="needs its question"):
        quiz.parse("", QUIZ)


def test_minutes_grow_with_words_and_formulas_and_not_with_solutions():
    words = "word " * 1800  # ten minutes
    assert facts.minutes_to_read(words) == 10
    assert facts.minutes_to_read(words + "$$\na\n$$\n" * 30) == 20
    hidden = "```{solution-start} ex\n```\n" + words + "\n```{solution-end}\n```\n"
    assert facts.minutes_to_read(words + "\n" + hidden) == 10
    cell = "```{code-cell} ipython3\n:tags: [setup]\n" + "x = 1\n" * 100 + "```\n"
    assert facts.minutes_to_read(cell) == 5
    assert facts.minutes_to_read(cell + words) == 15


def test_the_line_of_facts():
    under_test = read("x")
    assert facts.facts_line(under_test.front, under_test.text) == (
        "**Session 1 · Part A** · about 5 minutes to read · 15 seconds to run · needs a CPU "
        "· builds on {doc}`part_b_other`"
    )
    assert facts.front_matter(under_test.text) == under_test.front
    assert facts.front_matter("# No front matter") == {}
    appendix = {"appendix": "A", "run_seconds": 240, "needs": "GPU", "builds_on": []}
    assert facts.facts_line({"course": appendix}, "").startswith("**Appendix A** · ")
    assert "4 minutes to run" in facts.facts_line({"course": appendix}, "")


def bib(tmp_path, text):
    path = tmp_path / "references.bib"
    path.write_text(text, encoding="utf-8")
    return references.load(path, "book/references.bib")


def test_works_become_author_and_year_with_their_address(tmp_path):
    works = bib(
        tmp_path,
        r"""
@article{a, author = {M{\"u}ller, J{\"o}rg and {van der} Berg, Ann and {The Team}}, title = {The {RNN}},
  year = {2014}, doi = {10.1000/(x)1}}
@misc{b, author = {Kingma, D. P. and others}, title = {Adam}, year = {2014}, eprint = {1412.6980}}
@misc{c, author = {Kingma, D. P. and others}, title = {Another}, year = {2014}, url = {https://example.org}}
""",
    )
    assert works["a"].cited == "[Müller et al., 2014](https://doi.org/10.1000/%28x%291)"
    assert works["a"].full.startswith("Müller, J., van der Berg, A. & The Team (2014). The RNN.")
    assert works["b"].named == "[Kingma et al. (2014a)](https://arxiv.org/abs/1412.6980)"
    assert works["c"].cited == "[Kingma et al., 2014b](https://example.org)"
    assert "(2014b)" in works["c"].full


def test_italics_mark_what_stands_on_the_shelf(tmp_path):
    """The journal or the proceedings where the work is part of one; its own title where it is a book."""
    works = bib(
        tmp_path,
        """
@article{a, author = {B, C}, title = {T}, year = {2000}, journal = {J}, volume = {3}, pages = {1--2}}
@inproceedings{p, author = {D, E}, title = {T}, year = {2000}, booktitle = {Q}, publisher = {P}}
@book{b, author = {F, G}, title = {T}, year = {2000}, publisher = {P}}
@misc{m, author = {H, I}, title = {T}, year = {2000}}
""",
    )
    assert works["a"].full == "B, C. (2000). T. *J* 3, 1–2."
    assert works["p"].full == "D, E. (2000). T. *Q*."
    assert works["b"].full == "F, G. (2000). *T*. P."
    assert works["m"].full == "H, I. (2000). T."


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("@misc{a, title = {T}, year = {2000}}", "lacks 'editor'"),
        ("@misc{a, author = {B, C}, title = {T} year = {2000}}", "book/references.bib:1: "),
        (
            "@misc{a, author={B, C}, title={T}, year={1}}\n@misc{a, author={B, C}, title={T}, year={1}}",
            ":2: ",
        ),
    ],
)
def test_a_bad_entry_is_named(tmp_path, text, words):
    with pytest.raises(PageError) as caught:
        bib(tmp_path, text)
    assert words in str(caught.value)


def test_a_missing_bibliography_holds_no_works(tmp_path):
    assert references.load(tmp_path / "none.bib", "none.bib") == {}


# -- claims -------------------------------------------------------------------------------------------------

THEOREM = "```{prf:theorem} A | B\n:label: thm-a\nTrue.\n```\n\n"


def cell(options):
    return f"```{{code-cell}} ipython3\n{options}\nassert True\n```\n\n"


def test_claims_and_checks_find_each_other():
    found, errors = claims.collect(
        book_with(
            THEOREM
            + cell(":verifies: [thm-a, thm-other]\n:check: symbolic")
            + cell(":verifies: thm-a\n:check: instance")
        )
    )
    assert errors == []
    by_label = {claim.label: claim for claim in found}
    assert [(c.kind, c.cell) for c in by_label["thm-a"].checks] == [("symbolic", 2), ("instance", 3)]
    assert by_label["thm-other"].file.endswith("part_b_other.md")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (THEOREM, "no cell checks the theorem `thm-a`: add one with `:verifies: [thm-a]`"),
        (cell(":verifies: [thm-none]\n:check: instance"), "verifies `thm-none`, which is no claim"),
        (THEOREM + cell(":verifies: [thm-a]"), "received None"),
        (THEOREM + cell(":verifies: [thm-a]\n:check: proof"), "received 'proof'"),
        (cell(":check: instance"), "`verifies:` is a list of labels"),
    ],
)
def test_what_is_wrong_with_claims_is_said(body, words):
    _, errors = claims.collect(book_with(body))
    assert any(words in str(error) for error in errors)


def test_the_table_says_what_kind_of_check(tmp_path):
    import shutil

    shutil.copytree(ROOT, tmp_path, dirs_exist_ok=True)
    other = tmp_path / "book/session01_fixture/part_b_other.md"
    other.write_text(
        other.read_text(encoding="utf-8") + "\n" + cell(":verifies: [thm-other]\n:check: illustrated"),
        encoding="utf-8",
    )
    rows = claims.checked_table(tmp_path).splitlines()
    part = "{doc}`01 B </book/session01_fixture/part_b_other>`"
    assert rows[2] == (
        f"| {{prf:ref}}`thm-other` Other theorem with $x^2$ | {part} | illustrated | {part} cell 2 |"
    )
    other.unlink()
    assert claims.checked_table(tmp_path) == "*No page states a claim yet.*"


# -- tidy ---------------------------------------------------------------------------------------------------


def test_cells_are_formatted_where_they_are_written(tmp_path, capsys):
    path = tmp_path / "book" / "a.md"
    path.parent.mkdir()
    start = "```{code-cell} ipython3\n"
    ugly = f"# A\n\n{start}:tags: [x]\nx = 'a'   # why\n```\n\ntext\n\n{start}y=1\n```\n"
    path.write_text(ugly, encoding="utf-8")
    assert tidy.main(["--check"], tmp_path) == 1
    assert path.read_text(encoding="utf-8") == ugly
    assert tidy.main([], tmp_path) == 0
    assert path.read_text(encoding="utf-8") == ugly.replace("'a'   #", '"a"  #').replace("y=1", "y = 1")
    assert tidy.main(["--check"], tmp_path) == 0
    assert "all code cells are formatted" in capsys.readouterr().out


def test_a_cell_that_is_no_python_is_named(tmp_path):
    path = tmp_path / "book" / "a.md"
    path.parent.mkdir()
    path.write_text("# A\n\n```{code-cell} ipython3\nx = (\n```\n", encoding="utf-8")
    with pytest.raises(PageError, match=r"book/a\.md:3"):
        tidy.main([], tmp_path)


# -- book ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "base", "address"),
    [
        ("", "", ""),
        ("https://github.com/Some/Course", "", "https://some.github.io/Course/"),
        ("https://github.com/Some/some.github.io", "", "https://some.github.io/"),
        ("https://git.example.org/some/course", "", ""),
        ("", "https://course.example.org", "https://course.example.org/"),
    ],
)
def test_the_books_address_is_known_only_when_it_is_set(tmp_path, url, base, address):
    config = f'repository:\n  url: "{url}"\nhtml:\n  baseurl: "{base}"\n'
    (tmp_path / "_config.yml").write_text(config, encoding="utf-8")
    assert book.Book(tmp_path).address == address
