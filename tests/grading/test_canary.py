"""What decides marks stays with the instructor; who has done nothing gets 0, and who has done all, all.

The book is copied, and every solution, test and rubric in it gets a word that is nowhere else.
"""

import json
import random
import string
from dataclasses import replace
from pathlib import Path

import pytest
from canaries import ROOT, copied_with_canaries, hits
from corpus.notebooks import text
from corpus.own import QUESTION
from sandboxes import SHUT_IN

from neuropath.grading import assemble, gradebook, keys, results, sandbox, spec
from neuropath.grading.assemble import Paper
from neuropath.grading.limits import Limits
from neuropath.publish import book as books
from neuropath.publish import classroom, stripped

SETS = sorted((ROOT / "code/neuropath/grading/sets").glob("*.yml"))
every_set = pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)


def random_roster(seed: int) -> list[dict[str, str]]:
    """Twenty students with ids as universities make them."""
    made = random.Random(seed)
    ids = {
        "".join(made.choices(string.ascii_lowercase + string.digits, k=made.randint(3, 9))) for _ in range(60)
    }
    return [{"id": f"s{id}", "name": f"Student {id.title()}"} for id in sorted(ids)[:20]]


@pytest.fixture(scope="module")
def book_with_canaries(tmp_path_factory):
    """(folder of the copied checkout, how many canaries of each kind are in it)."""
    root = tmp_path_factory.mktemp("course")
    return root, copied_with_canaries(root)


@pytest.fixture(scope="module")
def papers(book_with_canaries):
    """The ready sets, each with an own page added, put together from the book with canaries."""
    root = book_with_canaries[0]
    made = {}
    for path in SETS:
        (root / path.name).write_text(
            f"{path.read_text(encoding='utf-8').rstrip()}\n{QUESTION}", encoding="utf-8"
        )
        made[path.stem] = Paper(*spec.load(root / path.name, root))
    return made


# -- what students get --------------------------------------------------------------------------------------


def test_canaries_are_everywhere(book_with_canaries, papers):
    """Or the tests below would prove nothing: the instructor's notebooks and the keys are full of them."""
    root, planted = book_with_canaries
    assert all(planted[kind] > 20 for kind in ("solution", "check", "message", "rubric", "prose"))
    assert planted["hidden"] == 1
    for paper in papers.values():
        kept = hits(assemble.dumps(paper.instructor()))
        kinds = {word.split(b"-")[1] for word in kept}
        assert kinds == {b"solution", b"check", b"rubric", b"prose", b"hidden"}
        assert len(kept) > 2 * len(paper.questions)
    assert sum(len(hits(page.read_bytes())) for page in (root / "book").rglob("*.md")) > 400


@every_set
def test_no_canary_is_in_a_student_s_notebook(papers, path):
    """Sources, metadata, ids, outputs: the whole file, of the plain notebook and of twenty students'."""
    paper = papers[path.stem]
    for student in [None, *(row["id"] for row in random_roster(11))]:
        whole = paper.student(student)
        assert hits(assemble.dumps(whole)) == []
        assert whole["metadata"].keys() == {"kernelspec", "neuropath"}
        assert all(not cell["metadata"] or cell["metadata"].keys() == {"tags"} for cell in whole["cells"])
        assert all(not cell.get("outputs") for cell in whole["cells"])


def test_no_canary_is_in_a_class_build(book_with_canaries):
    """Nothing that Sphinx gets to see has one, so nothing that it writes (test_canary_book.py lets it)."""
    root, _ = book_with_canaries
    classroom.write(root)
    tree = root / classroom.TREE
    files = [file for file in tree.rglob("*") if file.is_file()]
    assert len(files) > 50
    assert [file.name for file in files if hits(file.read_bytes())] == []
    cut = [text for page in books.load(root).pages.values() for text in stripped.removed(page)]
    assert len(hits("\n".join(cut))) > 400


# -- what is graded -----------------------------------------------------------------------------------------


def handed_in(folder: Path, paper: Paper, roster: list[dict[str, str]], *, solved: bool) -> Path:
    """A folder with each student's notebook: as it was handed out, or the instructor's with its numbers."""
    folder.mkdir()
    for row in roster:
        whole = (paper.instructor if solved else paper.student)(row["id"], row["name"])
        (folder / f"{row['id']}.ipynb").write_text(assemble.dumps(whole), encoding="utf-8")
    return folder


def graded(folder: Path, key: Path, out: Path) -> list[results.Graded]:
    """The folder through the grader's own door."""
    assert gradebook.grade(folder, key, out, jobs=2) == 0
    sandbox.close_all()
    return [results.read(path) for path in (out / "results").glob("*.json")]


@pytest.fixture
def shut_in():
    level = sandbox.describe().level
    sandbox.close_all()
    if level not in SHUT_IN:
        pytest.skip(f"submissions can be shut in by namespaces only; here: {level}")


@every_set
def test_twenty_students_with_nothing_and_with_everything(tmp_path, shut_in, papers, path):
    """0 points, all “not attempted”, no crash; and full marks with words for a person. No canary is told."""
    paper, roster = papers[path.stem], random_roster(SETS.index(path))
    paper.set = replace(paper.set, limits=Limits(call_seconds=10, cell_seconds=20))  # of a busy machine
    keys.write(tmp_path / "key", paper.set, paper.bank, roster)
    for solved in (False, True):
        folder = handed_in(tmp_path / f"in-{solved}", paper, roster, solved=solved)
        out = tmp_path / f"out-{solved}"
        found = graded(folder, tmp_path / "key", out)
        assert len(found) == len(roster)
        for one in found:
            for result in one.results:
                came = (one.student, result.id, result.state, result.points, result.message)
                if not solved:
                    assert came[2:4] == ("not attempted", 0), came
                    assert result.message.startswith(UNTOUCHED), came
                elif result.kind == "manual":
                    assert came[2:4] == ("needs a person", None), came
                else:
                    assert came[2:4] == ("graded", result.out_of), came
        pages = [*(out / "feedback").iterdir(), out / "overview.html", out / "marks.csv"]
        assert len(pages) == len(roster) + 2
        if not solved:  # those who were given the solutions have written them into their own answers
            assert [page.name for page in pages if hits(page.read_bytes())] == []


UNTOUCHED = ("the starter is untouched", "nothing was written below the line `Answer to ")
WRONG = {
    "def": "raise ValueError(__import__('json').dumps([str(v) for v in globals().values()])[:9000])",
    "value": "print(1 / 0)",
}


def spoiled(whole: dict) -> dict:
    """Every answer wrong, in a way that shows as much as a student can get to show."""
    for cell in whole["cells"]:
        source = text(cell)
        if cell["cell_type"] == "code" and "return ..." in source:
            cell["source"] = source.replace("return ...", WRONG["def"])
        elif cell["cell_type"] == "code" and "= ..." in source:
            cell["source"] = source.replace("= ...", "= 12345.678")
        elif source.startswith("Answer to "):
            cell["source"] = source.replace("*Write here.*", "I do not know.")
    return whole


@every_set
def test_no_canary_is_in_the_feedback_on_wrong_answers(tmp_path, shut_in, papers, path):
    paper, roster = papers[path.stem], random_roster(29)[:3]
    paper.set = replace(paper.set, limits=Limits())
    keys.write(tmp_path / "key", paper.set, paper.bank, roster)
    folder = handed_in(tmp_path / "in", paper, roster, solved=False)
    for file in folder.iterdir():
        file.write_text(json.dumps(spoiled(json.loads(file.read_text()))))
    found = graded(folder, tmp_path / "key", tmp_path / "out")
    assert {result.points for one in found for result in one.results} == {0, None}
    assert {result.state for one in found for result in one.results} == {
        "graded",
        "crashed",
        "needs a person",
    }
    pages = [*(tmp_path / "out" / "feedback").iterdir(), tmp_path / "out" / "overview.html"]
    assert [page.name for page in pages if hits(page.read_bytes())] == []
    assert hits((tmp_path / "out" / "needs_person.csv").read_bytes()), "the rubric is for those who grade"
