"""Numbers that may be drawn: shown in text and cells, in book and notebook; errors; an instructor's page."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from publish_fixtures import FILE, HEAD, SETUP, book_with, cells_of, read, shown

from neuropath.publish import exercises, links, page, variants
from neuropath.publish.context import Context
from neuropath.publish.errors import BookError, PageError
from neuropath.publish.roles import inline

BODY = """\
````{exercise-start} A
:label: ex-case-a
````
There are {variant}`n` of them, and {variant}`name`; not `` {variant}`n` ``.

```{note}
- Again {variant}`n`.
```
```{code-cell} ipython3
:exercise: {id: case-a, kind: starter, answer: my_f, points: 2}
n = 3  # yours
text = "{variant}`n`"
my_f = ...
```
```{code-cell} ipython3
check("case-a", my_f)
```
```{code-cell} ipython3
---
exercise:
  id: case-a
  kind: check
  variant: {n: [3, 17], name: [ann, bo]}
  hints: [a, b]
  misconceptions: {w: {code: my_f = 1, message: m}}
---
def check_f(my_f, rng, n, name):
    expect(my_f == n, "no")
```
```{exercise-end}
```
```{solution-start} ex-case-a
```
It is {variant}`n`.
```{code-cell} ipython3
:exercise: {id: case-a, kind: solution}
my_f = n
```
```{solution-end}
```

After it, {term}`layer`.
"""
AFTER = ", {term}`layer`"
BODY = BODY.replace(AFTER, "")


def test_a_notebook_shows_the_default():
    text = shown(cells_of(BODY))
    assert "There are 3 of them, and ann; not `` {variant}`n` ``." in text
    assert "> - Again 3." in text
    assert "n = 3  # yours" in text


def test_a_drawn_number_is_shown_in_its_place():
    book = book_with(BODY)
    under_test = book.pages[FILE]
    line = under_test.text.split("\n").index(next(t for t in under_test.text.split("\n") if "There" in t)) + 1
    drawn = Context(book, under_test, drawn={"case-a": {"n": 17}})
    assert inline("{variant}`n` and {variant}`name`", line, drawn) == "17 and ann"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            BODY.replace("are {variant}`n`", "are {variant}`m`"),
            "`ex-case-a` has no variant `m` (it has: n, name)",
        ),
        (BODY + "\nAnd {variant}`n`.\n", "{variant} stands inside exercise-start"),
        (BODY.replace("It is {variant}`n`", "It is {variant}`k`"), "has no variant `k`"),
    ],
)
def test_a_role_that_names_nothing_is_an_error(body, words):
    found = [str(error) for error in links.errors(book_with(body))]
    assert len(found) == 1
    assert words in found[0]
    assert found[0].startswith(f"{FILE}:")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("n = 4  # yours", "it has its default, 3, received 4"),
        ("k = 3  # yours", "`k` is marked `# yours` and is no variant of this exercise (they are: n, name)"),
    ],
)
def test_a_line_marked_yours_holds_the_default(line, words):
    body = BODY.replace("n = 3  # yours", line)
    with pytest.raises(BookError) as caught:
        exercises.collect(read(body))
    (error,) = caught.value.errors
    assert words in str(error)
    assert read(body).text.split("\n")[error.line - 1] == line


def test_lines_marked_yours_get_a_value():
    code = "n = 3  # yours\nk = 3\n    name = 'ann'  # yours\nn = n + 1"
    assert variants.with_values(code, {"n": 17, "name": "bo"}) == (
        "n = 17  # yours\nk = 3\n    name = 'bo'  # yours\nn = n + 1"
    )
    assert variants.with_values(code, {}) == code
    assert variants.given(code) == "n = 3  # yours"
    assert variants.given(code, ["n"]) == ""


def test_sphinx_reads_the_default():
    source = HEAD + SETUP + BODY
    text = variants.written(source, read(BODY))
    assert "There are 3 of them, and ann; not `` {variant}`n` ``." in text
    assert "- Again 3." in text
    assert "It is 3." in text
    assert 'text = "{variant}`n`"' in text, "code is left alone"
    assert text.count("\n") == source.count("\n")
    assert text.endswith("\n")


def test_the_extension_gives_sphinx_that_text(course_text):
    source = [HEAD + SETUP + BODY]
    course_text.show_variants(None, FILE.removesuffix(".md"), source)
    assert "It is 3." in source[0]
    other = ["# A page\n\nWithout any."]
    course_text.show_variants(None, "book/other", other)
    assert other == ["# A page\n\nWithout any."]
    connected = []
    app = SimpleNamespace(connect=lambda *call: connected.append(call), add_node=lambda *_, **__: None)
    course_text.setup(app)
    assert ("source-read", course_text.show_variants) in connected


HIDDEN = """\
```{code-cell} ipython3
:exercise: {id: case-a, kind: hidden}
def check_g(my_f, rng, n, name): expect(my_f, "no")
```
"""


def private(body):
    return page.parse(HEAD + SETUP + body, "own.md", private=True)


def test_an_instructor_s_page_may_hide_tests():
    body = BODY.replace("```{exercise-end}", HIDDEN + "```{exercise-end}", 1)
    body = body.replace('check("case-a", my_f)', "my_f")
    (found,) = exercises.collect(private(body))
    assert [cell.kind for cell in found.cells] == ["starter", "check", "hidden", "solution"]
    assert "kind" not in found.merged()
    with pytest.raises(BookError, match="never stands on a public page"):
        exercises.collect(read(BODY.replace("```{exercise-end}", HIDDEN + "```{exercise-end}", 1)))


def test_a_hidden_test_takes_the_same_numbers():
    body = BODY.replace("```{exercise-end}", HIDDEN.replace(", n, name", "") + "```{exercise-end}", 1)
    with pytest.raises(BookError, match=r"parameters should be \(answer, rng, n, name\)"):
        exercises.collect(private(body.replace('check("case-a", my_f)', "my_f")))


def test_an_instructor_s_page_calls_no_check():
    with pytest.raises(BookError, match="no package carries the check of an own page"):
        exercises.collect(private(BODY))


def test_only_part_of_a_page_is_at_hand():
    body = "$$ a = b $$ (eq-case)\n\n" + BODY
    book = book_with(body)
    under_test = book.pages[FILE]
    span = variants.spans(under_test)[0]
    assert inline("by {eq}`eq-case`", span.first, Context(book, under_test)) == "by (1)"
    part = Context(book, under_test, only=(span.first, span.last))
    assert inline("by {eq}`eq-case`", span.first, part) == "by equation (1) of Part A of Session 1"
    under_test.private = True
    with pytest.raises(PageError, match="`eq-case` stands outside this question"):
        inline("by {eq}`eq-case`", span.first, part)
