"""A page is known as the grader's by its own last line, and only such a page is ever removed."""

import pytest
from results_samples import graded, right

from neuropath.grading import feedback, returned


@pytest.fixture
def page(tmp_path):
    (path,) = feedback.write_all(tmp_path / "feedback", [graded("ann", right())], title="Set")
    return path


def test_a_page_as_it_was_written_is_ours_and_goes(page):
    assert returned.is_ours(page)
    assert returned.clear(page.parent, [page]) == ([], [])
    assert returned.clear(page.parent, [page.with_name("bob.html")]) == ([page], [])
    assert not page.exists()
    assert returned.clear(page.parent / "none", []) == ([], [])


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.replace(b"Softmax", b"Softmin"),
        lambda data: data + b"more",
        lambda data: data[: data.rindex(b"<!--")],
        lambda data: b"",
    ],
)
def test_a_page_that_a_person_changed_is_left_alone(page, change):
    page.write_bytes(change(page.read_bytes()))
    assert returned.clear(page.parent, []) == ([], [page])
    assert page.exists()


def test_links_and_other_files_are_left_alone(page):
    (page.parent / "link.html").symlink_to(page)
    (page.parent / "page.txt").write_bytes(page.read_bytes())
    removed, left = returned.clear(page.parent, [page])
    assert (removed, [path.name for path in left]) == ([], ["link.html"])
    assert page.exists()
    assert (page.parent / "page.txt").exists()
