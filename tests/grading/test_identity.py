"""Odd names of files: nobody's work is taken for another's, and nobody's is dropped in silence."""

import os
import sys
import unicodedata

import pytest
from small_set import cells, write

from neuropath.grading import identity

ROSTER = {"ada": "Ada", "a17": "Bea", "josé": "José"}


def identified(folder, *names, roster=ROSTER):
    for when, name in enumerate(names):
        path = write(folder / name, cells())
        os.utime(path, (1000 + when, 1000 + when))
    return identity.identify(identity.find_notebooks(folder), roster, folder)


LONG = "/".join(letter * 200 for letter in "xyz")


@pytest.mark.parametrize("roster", [{}, {"zoe": "Zoe"}])
@pytest.mark.parametrize(
    "names",
    [
        ["ada", "ada ", " ada", "ada.IPYNB"],
        ["a\x01", "a\x02", "a\ufffd"],
        [os.fsdecode(b"\xe9"), os.fsdecode(b"\xe8"), "\ufffd"],
        [f"{LONG}/a", f"{LONG}/b"],
        ["x\ny", "x\ty"],
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse or change such names")
def test_no_two_files_of_unknown_students_share_an_id(tmp_path, names, roster):
    endings = [name if name.endswith("IPYNB") else f"{name}.ipynb" for name in names]
    found = identified(tmp_path, *endings, roster=roster)
    assert len({one.student for one in found}) == len(names)
    assert not any(one.older for one in found)
    assert ("ada" in {one.student for one in found}) == ("ada" in names), "a plain name stays as it is"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse or change such names")
def test_nobody_can_choose_the_id_that_another_s_odd_name_gets(tmp_path):
    (odd,) = identified(tmp_path / "odd", "ada .ipynb", roster={})
    (long,) = identified(tmp_path / "long", f"{'x' * 120}.ipynb", roster={})
    wanted = [f"{odd.student}.ipynb", f"{long.student}.ipynb"]
    found = identified(tmp_path / "in", *wanted, roster={})
    assert not {one.student for one in found} & {odd.student, long.student}


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_an_id_is_found_however_a_system_writes_its_accents(tmp_path, form):
    name = unicodedata.normalize(form, "hw_josé_2.ipynb")
    assert [one.student for one in identified(tmp_path, name)] == ["josé"]
    there = {unicodedata.normalize("NFD", "josé"): "José"}
    assert [one.student for one in identified(tmp_path, name, roster=there)] == list(there)


@pytest.mark.parametrize(
    ("names", "different"),
    [
        (["hw_a17", "hw_a17-1"], False),
        (["a17", "a17 (1)"], False),
        (["hw_2026-05-01_A17", "hw_2026-06-30_a17"], False),
        (["doe_4711_98_a17_hw", "doe_LATE_4711_99_a17_hw-2", "doe_4711_97_a17_hw"], False),
        (["set1_a17", "a17"], True),
        (["doe_4711_98_a17", "roe_4712_99_a17"], True),
        (["doe_1/a17", "roe_2/a17"], True),
    ],
)
def test_files_of_one_student_under_different_names_are_to_be_looked_at(tmp_path, names, different):
    (one,) = identified(tmp_path, *(f"{name}.ipynb" for name in names))
    assert (one.student, len(one.older)) == ("a17", len(names) - 1)
    (remark,) = one.remarks
    told = "2 files under different names: look whether both are theirs; the newest counts ("
    assert remark.startswith(told) == different
    assert remark.startswith(f"{len(names)} files were handed in; the newest counts (") != different
