"""Each bad input: the file, the line, and what to do."""

from __future__ import annotations

import pytest
from publish_fixtures import FILE, HEAD, body_line, book_with, cells_of, read

from neuropath.publish import exercises, page
from neuropath.publish.errors import BookError, PageError

# name: (body, excerpt of the line that is to blame, words of the message)
WHILE_READING = {
    "unknown directive": ("x\n\n```{theorm}\n```", "```{theorm}", "unknown directive {theorm}"),
    "near directive": ("```{prf:theorm} A\n```", "```{prf:theorm}", "Did you mean prf:theorem?"),
    "unclosed directive": ("a\n\n````{note}\nb\n```", "````{note}", "{note} opened with ```` is not closed"),
    "unclosed listing": ("a\n\n```python\nb", "```python", "code listing opened with ``` is not closed"),
    "same length nested": ("```{note}\n```{tip}\na\n```\n```", "```{tip}", "is not closed"),
    "colon fence": ("a\n:::{note}\nb\n:::", ":::{note}", "write ``` instead of :::"),
    "tilde fence": ("~~~python\nb\n~~~", "~~~python", "only backtick fences"),
    "backtick on the first line": ("```{note} a `b`\n```", "```{note}", "no backtick may follow"),
    "definition list": ("term\n: what it is", ": what", "definition lists"),
    "unknown option": ("```{note}\n:klass: tip\nx\n```", ":klass:", "Did you mean class?"),
    "option without value": ("```{prf:theorem} T\n:label:\nx\n```", ":label:", "needs a line `:label: …`"),
    "missing label": ("```{prf:theorem} T\nx\n```", "x\n", "needs a line `:label: …`"),
    "malformed option": ("```{note}\n:class tip\nx\n```", ":class tip", "options look like `:key: value`"),
    "wrong YAML": (
        "```{code-cell} ipython3\n---\ntags: [setup\n---\n1\n```",
        "tags:",
        "not valid YAML",
    ),
    "wrong YAML in colon options": (
        "```{code-cell} ipython3\n:exercise: {id: a b: c}\n1\n```",
        ":exercise:",
        "YAML",
    ),
    "YAML that is no mapping": ("```{note}\n---\n- a\n---\nx\n```", "- a", "`key: value` pairs"),
    "unclosed options": ("```{note}\n---\nclass: tip\n```", "---\nclass", "is not closed by a second ---"),
    "argument too many": ("```{part-facts} x\n```", "```{part-facts}", "takes nothing on its first line"),
    "argument too few": ("```{figure}\n:alt: x\ncaption\n```", "```{figure}", "needs an argument"),
    "body too many": ("```{image} x.png\n:alt: x\nbody\n```", "body", "has no body"),
    "figure without alt": ("```{figure} x.png\nA caption.\n```", "A caption", "needs a line `:alt: …`"),
    "figure without caption": ("```{figure} x.png\n:alt: x\n```", "```{figure}", "needs a caption"),
    "viz without name": ("```{viz} x\nA caption.\n```", "A caption", "needs a line `:name: …`"),
    "nested cell": (
        "````{note}\n```{code-cell} ipython3\n1\n```\n````",
        "```{code-cell}",
        "must stand at top level",
    ),
    "cell in a list": (
        "- a\n\n  ```{code-cell} ipython3\n  1\n  ```",
        "```{code-cell}",
        "must stand at top level",
    ),
    "other kernel": ("```{code-cell} julia\n1\n```", "```{code-cell} julia", "written {code-cell} ipython3"),
    "empty cell": ("```{code-cell} ipython3\n```", "```{code-cell} ipython3\n```", "this code cell is empty"),
    "card on a session page": ("```{card} x\ny\n```", "```{card}", "front pages only"),
    "tab-set with text": ("````{tab-set}\ntext\n````", "````{tab-set}", "holds {tab-item} directives only"),
    "less indented": ("- a\n\n  ```{note}\n b\n  ```", " b\n", "indented less than the {note}"),
    "outside its quotation": ("> ```{note}\nb\n> ```", "b\n>", "needs the `>` too"),
    "two titles": ("# Another", "# Another", "one `# ` title"),
    "unclosed equation": ("a\n\n$$\nb", "$$\nb", "not closed"),
    "empty line in equation": ("$$\na\n\nb\n$$", "\nb\n", "may hold no empty line"),
    "text after equation": ("$$\na\n$$ and more", "$$ and", "only a (label) may follow"),
    "label inside equation": ("$$\na \\label{x}\n$$", "$$\na", "write the label behind the equation"),
    "comment inside equation": ("$$\na % b\n$$", "$$\na", "no % comment"),
    "bare LaTeX": ("\\begin{align}\na\n\\end{align}", "\\begin{align}", "between $$ lines"),
    "exercise not closed": (
        "```{exercise-start} A\n:label: ex-a\n```",
        "```{exercise-start}",
        "is not closed: write {exercise-end}",
    ),
    "solution inside exercise": (
        "```{exercise-start} A\n:label: ex-a\n```\n```{solution-start} ex-a\n```",
        "```{exercise-start}",
        "is not closed before {solution-start}",
    ),
    "end of nothing": ("```{exercise-end}\n```", "```{exercise-end}", "closes nothing"),
    "no right option": ("```{quiz} Q?\n:label: q\n- [ ] a — b\n- [ ] c — d\n```", "```{quiz}", "received 0"),
    "two right options": (
        "```{quiz} Q?\n:label: q\n- [x] a — b\n- [x] c — d\n```",
        "```{quiz}",
        "received 2",
    ),
    "one option": ("```{quiz} Q?\n:label: q\n- [x] a — b\n```", "```{quiz}", "at least two options"),
    "no feedback": ("```{quiz} Q?\n:label: q\n- [x] a - b\n- [ ] c — d\n```", "```{quiz}", "em dash"),
    "other mark": ("```{quiz} Q?\n:label: q\n- [y] a — b\n- [ ] c — d\n```", "```{quiz}", "received [y]"),
    "unmarked option": (
        "```{quiz} Q?\n:label: q\n- a — b\n- [x] c — d\n```",
        "```{quiz}",
        "starts with `- [ ] `",
    ),
}


@pytest.mark.parametrize("name", WHILE_READING)
def test_a_page_that_cannot_be_read_says_where_and_why(name):
    body, excerpt, words = WHILE_READING[name]
    with pytest.raises(PageError) as caught:
        read(body)
    assert words in caught.value.message
    assert str(caught.value).startswith(f"{FILE}:{body_line(body, excerpt)}: ")


# found when the notebook is made, because they need the whole book
WHILE_RENDERING = {
    "unknown role": ("a\nb {math}`x`", "b {math}", "unknown role {math}"),
    "near role": ("a {cite}`x`", "a {cite}", "Did you mean cite:"),
    "unknown label": ("a\n\nb {ref}`sec-other-strt`", "b {ref}", "Did you mean sec-other-start?"),
    "ref to a claim": ("a {ref}`thm-other`", "a {ref}", "use {prf:ref}`thm-other`"),
    "prf:ref to a section": ("a {prf:ref}`sec-other-start`", "a {prf", "cites theorems"),
    "eq to a section": ("a {eq}`sec-other-start`", "a {eq}", "cites equations"),
    "numref to a section": ("a {numref}`sec-other-start`", "a {num", "cites figures and tables"),
    "unknown page": (
        "a {doc}`part_c_none`",
        "a {doc}",
        "there is no page book/session01_fixture/part_c_none.md",
    ),
    "unknown citation": ("a {cite:p}`nobody1900`", "a {cite:p}", "has no entry `nobody1900`"),
    "unknown term": ("a {term}`logits`", "a {term}", "the glossary has no term 'logits'"),
    "unknown footnote": ("a[^x]", "a[^x]", "footnote [^x] is not defined"),
    "footnote cited nowhere": ("a\n\n[^x]: y", "[^x]:", "is cited nowhere"),
    "missing image": ("```{image} no.png\n:alt: x\n```", "```{image}", "there is no image"),
    "image without text": ("a ![](pictures/dot.png)", "a !", "needs a text"),
    "odd image": ("![x](a.tiff)", "![x]", "an image is one of png"),
    "missing file in link": ("[a](../nothing.py)", "[a]", "there is no file book/nothing.py"),
    "HTML with a relative address": ('<img src="a.png">', "<img", "use {figure}"),
    "eqref in text": ("a $x \\eqref{y}$", "a $x", "cite it by {eq}"),
    "missing source": ("```{literalinclude} no.py\n:pyobject: a\n```", "```{literal", "there is no file"),
    "missing symbol": (
        "```{literalinclude} /code/quoted.py\n:pyobject: Model.none\n```",
        "```{literal",
        "defines no `Model.none`",
    ),
    "no symbol": ("```{literalinclude} /code/quoted.py\n```", "```{literal", "give `:pyobject:"),
    "front page only": ("```{checked-table}\n```", "```{checked", "front pages only"),
    "target without title": ("(x)=\ntext\n\nsee {ref}`x`", "see", "has no title to show"),
    "ragged list-table": ("```{list-table}\n* - a\n  - b\n* - c\n```", "```{list", "same number of cells"),
    "list-table with text": ("```{list-table}\n* - a\ntext\n```", "text\n", "rows `* - cell`"),
}


@pytest.mark.parametrize("name", WHILE_RENDERING)
def test_a_page_that_cannot_be_rendered_says_where_and_why(name):
    body, excerpt, words = WHILE_RENDERING[name]
    with pytest.raises(PageError) as caught:
        cells_of(body)
    assert words in caught.value.message
    assert str(caught.value).startswith(f"{FILE}:{body_line(body, excerpt)}: ")


def test_a_double_label_names_both_places():
    with pytest.raises(BookError) as caught:
        book_with("(sec-other-start)=\n## Again")
    assert "label `sec-other-start` is taken: book/session01_fixture/part_b_other.md:13" in str(caught.value)
    assert f"{FILE}:{body_line('(sec-other-start)=', '(sec-other-start)=')}: " in str(caught.value)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("---\ncourse: [\n---\n# A", 2, "not valid YAML"),
        ("---\ncourse: 1\n", 1, "front matter opened by --- is not closed"),
        ("no title", 1, "needs a title"),
        ("# A\n\n```{part-facts}\n```", 1, "front matter needs `jupytext:`"),
        (HEAD + "\n```{code-cell} ipython3\n1\n```", 8, "give it `:tags: [setup]`"),
    ],
)
def test_front_matter_and_setup(text, line, words):
    with pytest.raises(PageError) as caught:
        page.parse(text, FILE)
    assert words in caught.value.message
    assert caught.value.line == line


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda course: course.pop("needs"), "lacks needs"),
        (lambda course: course.update(needs="TPU"), "`needs` in the front matter is CPU or GPU"),
        (
            lambda course: course.update(run_seconds="soon"),
            "`run_seconds` in the front matter is a whole number",
        ),
    ],
)
def test_facts_line_names_what_the_front_matter_lacks(change, words):
    from neuropath.publish import facts

    under_test = read("x")
    change(under_test.front["course"])
    with pytest.raises(ValueError, match=words):
        facts.facts_line(under_test.front, under_test.text)


def test_exercises_of_a_broken_page_are_not_looked_at():
    assert exercises.collect(read("no exercise here")) == []
