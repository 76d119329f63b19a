"""The numbers drawn for a student: the same for ever, spread over the choices, one by one."""

from collections import Counter

import pytest

from neuropath.grading.draw import draw

CHOICES = {"n": [3, 17, 28], "k": [1, 2]}
DRAWN = [{"n": 3, "k": 1}, {"n": 28, "k": 1}, {"n": 28, "k": 1}]


def test_without_a_student_the_first_of_each():
    assert draw(None, "ex", CHOICES) == {"n": 3, "k": 1}
    assert draw("", "ex", CHOICES) == {"n": 3, "k": 1}


def test_what_was_drawn_once_is_drawn_for_ever():
    """These values were handed out; a change of them would grade last year's answers as wrong."""
    drawn = {student: draw(student, "s01c-temperature", CHOICES) for student in ("anna", "ben", "chloé")}
    assert drawn == {"anna": DRAWN[0], "ben": DRAWN[1], "chloé": DRAWN[2]}


def test_a_name_is_drawn_by_itself():
    for student in map(str, range(20)):
        assert draw(student, "ex", {"k": [1, 2]})["k"] == draw(student, "ex", CHOICES)["k"]


def test_the_parts_cannot_be_shifted_into_each_other():
    many = {"n": list(range(10**6))}
    assert draw("a", "bc", many) != draw("ab", "c", many)


def test_all_choices_come_up_about_equally():
    counts = Counter(draw(f"student{i}", "ex", CHOICES)["n"] for i in range(900))
    assert set(counts) == {3, 17, 28}
    assert min(counts.values()) > 240


def test_nothing_to_choose_from():
    with pytest.raises(ValueError, match="variant `n` of ex offers nothing"):
        draw("a", "ex", {"n": []})
