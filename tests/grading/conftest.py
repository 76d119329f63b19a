"""Fixtures of the tests of grading: levels of isolation, a child in one, the verdicts on a notebook."""

import json

import pytest
from sandboxes import OWN_USER, SHUT_IN, isolation_or_skip
from small_set import RIGHT, SECRET_TEXT, cells, key, notebook, write

from neuropath.grading import judge, keys, sandbox, submission
from neuropath.grading.child import Child
from neuropath.grading.limits import Limits


@pytest.fixture(params=SHUT_IN)
def shut_in(request):
    """Levels with namespaces: nothing outside is seen."""
    return isolation_or_skip(request.param)


@pytest.fixture(params=OWN_USER)
def kept_apart(request):
    """Every level at which grading goes on without a word of trust."""
    return isolation_or_skip(request.param)


@pytest.fixture(scope="module")
def isolation():
    """What this machine has, without a word about what must hold; its processes end with the module."""
    yield isolation_or_skip(sandbox.describe().level)
    sandbox.close_all()


@pytest.fixture
def child(isolation):
    """A process without a cell yet."""
    with Child(isolation, Limits(cell_seconds=5, call_seconds=2)) as child:
        yield child


@pytest.fixture
def judged(isolation):
    """A function that gives the result for each question of a notebook of these cells."""

    def run(made, student="ada", whole=None):
        whole = whole or key()
        work = submission.parse(json.dumps(notebook(made)).encode())
        with Child(isolation, whole.set.limits) as child:
            found = judge.judge_all(work, child, whole, student)
        assert not child.alive
        for result in found:
            assert SECRET_TEXT not in result.message
        return {result.id: result for result in found}

    return run


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A folder of submissions, a key's folder (whose content is made by hand here), OUT."""
    monkeypatch.setattr(keys, "read", lambda folder: key())
    (tmp_path / "key").mkdir(mode=0o700)
    (tmp_path / "key" / "key.json").write_text("secret")
    write(tmp_path / "in" / "hw_ada.ipynb", cells(RIGHT, why="Because of that."))
    write(tmp_path / "in" / "hw_bob.ipynb", cells())
    yield tmp_path
    sandbox.close_all()
