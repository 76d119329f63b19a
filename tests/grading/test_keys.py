"""The key: whole, unchanged, and for its owner's eyes only."""

from __future__ import annotations

import json
import os
import stat

import pytest
from set_samples import ALL, CANARIES, loaded

from neuropath.grading import keys
from neuropath.grading.assemble import Paper
from neuropath.grading.keys import KeyFileError
from neuropath.grading.problems import AUTO, MANUAL

ROSTER = [{"id": "anna", "name": "Anna Ø", "mail": "a@example.org"}, {"id": "ben", "name": "Ben", "mail": ""}]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """(problem set, bank)"""
    return loaded(tmp_path_factory.mktemp("set"))


@pytest.fixture
def folder(tmp_path, made):
    keys.write(tmp_path / "key", *made, ROSTER)
    return tmp_path / "key"


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_everything_comes_back(folder, made):
    problems, bank = made
    key = keys.read(folder)
    assert key.set == problems
    assert json.dumps(key.questions[0].entries) == json.dumps(Paper(problems, bank).questions[0].entries)
    assert key.questions == Paper(problems, bank).questions
    assert [question.kind for question in key.questions] == [AUTO] * 4 + [MANUAL]
    assert key.roster == tuple(ROSTER)
    assert key.students == {"anna": "Anna Ø", "ben": "Ben"}
    assert key.points == 14
    assert len(key.secret) == 64
    assert CANARIES["hidden"] in key.questions[3].entries[1]["source"]
    assert key.questions[1].starter == "n = 7  # yours\npairs = ..."


def test_what_was_drawn_is_in_it(folder, made):
    key, paper = keys.read(folder), Paper(*made)
    for student in ("anna", "ben"):
        assert key.drawn[student] == paper.drawn(student)
        assert key.variant(student, "mini-square") == paper.drawn(student)["mini-square"]
    assert key.variant("stranger", "mini-square") == key.variant(None, "mini-square") == {"n": 4}
    assert key.variant("anna", "mini-why") == {}


def test_only_the_owner_may_read_it(folder):
    assert (mode(folder), mode(folder / "key.json")) == (0o700, 0o600)


@pytest.mark.skipif(os.name != "posix", reason="permissions as POSIX has them")
def test_a_key_that_others_can_read_is_refused(folder):
    (folder / "key.json").chmod(0o640)
    with pytest.raises(KeyFileError, match=r"others on this machine can read .*: chmod 600 "):
        keys.read(folder)
    (folder / "key.json").chmod(0o600)
    folder.chmod(0o755)
    with pytest.raises(KeyFileError, match="chmod 700 "):
        keys.read(folder)


def test_the_mask_of_the_process_does_not_matter(tmp_path, made):
    before = os.umask(0)
    try:
        keys.write(tmp_path / "key", *made)
    finally:
        os.umask(before)
    assert (mode(tmp_path / "key"), mode(tmp_path / "key" / "key.json")) == (0o700, 0o600)


def changed(folder, **entries):
    path = folder / "key.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | entries))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda folder: changed(folder, secret="0"), "was changed by hand"),
        (lambda folder: changed(folder, version=9), "of version 9, expected 1"),
        (lambda folder: (folder / "key.json").write_text("[]"), "is no grading key"),
        (lambda folder: (folder / "key.json").write_text("{"), "is no grading key"),
        (lambda folder: (folder / "key.json").write_text("{}"), "is no grading key"),
        (lambda folder: (folder / "key.json").write_bytes(b"\xff"), "is no grading key"),
        (lambda folder: (folder / "key.json").unlink(), "there is no key.json"),
    ],
)
def test_a_key_that_is_not_whole_is_refused(folder, spoil, words):
    spoil(folder)
    with pytest.raises(KeyFileError, match=words):
        keys.read(folder)


def test_the_same_set_again_is_the_same_key(folder, made):
    before = keys.read(folder)
    assert keys.write(folder, *made, ROSTER) == before


def test_a_mended_set_keeps_its_secret_and_changes_its_digest(folder, made, tmp_path):
    before = keys.read(folder)
    mended = loaded(tmp_path, ALL.replace("points: 5", "points: 6"))
    after = keys.write(folder, *mended, ROSTER)
    assert after.secret == before.secret
    assert after.digest != before.digest


def test_two_keys_have_two_secrets(tmp_path, made):
    assert keys.write(tmp_path / "a", *made).secret != keys.write(tmp_path / "b", *made).secret


def test_the_key_of_another_set_is_not_overwritten(folder, made):
    from dataclasses import replace

    problems, bank = made
    with pytest.raises(KeyFileError, match="holds the key of trial: name another folder for that of other"):
        keys.write(folder, replace(problems, id="other"), bank)
    assert keys.read(folder).set.id == "trial"


def test_a_folder_with_other_things_is_left_alone(tmp_path, made):
    (tmp_path / "home").mkdir(mode=0o755)
    (tmp_path / "home" / "letter.txt").write_text("mine")
    with pytest.raises(KeyFileError, match="holds other things and no key"):
        keys.write(tmp_path / "home", *made)
    assert mode(tmp_path / "home") == 0o755
