"""Ways to points, to hidden inputs, to another's marks or to the grader's time: each was open once."""

import os
import sys
import time

import numpy as np
import pytest
from sandboxes import isolation_or_skip
from small_set import NORM_HIDDEN, RIGHT, cells, code, entry, key, write

from neuropath.grading import gradebook, identity, keys, sandbox
from neuropath.grading.child import Child
from neuropath.grading.limits import Limits
from neuropath.grading.problems import Question
from neuropath.grading.results import CRASHED, file_name
from neuropath.lessons.check import run_check

GRAB = "import gc\nworker = next(o for o in gc.get_objects() if type(o).__name__ == 'Worker')\n"
WITH_NAMES = "def check_f(f, rng):\n    x = rng.normal(size=4)\n    expect_close(f(x=x), x.sum(), 'f')"


def asked(id, check, answer, *hidden):
    """A question with a public check ("" for none) and hidden tests."""
    entries = [entry(check, answer, 1)] if check else []
    entries += [entry(source, answer, 1, hidden=True) for source in hidden]
    return Question(id, id, "auto", len(entries), answer=answer, entries=tuple(entries), starter="")


# Points for nothing


def test_an_argument_made_easy_earns_nothing(judged):
    found = judged(cells(q_softmax="def softmax(z):\n    z[:] = 0\n    return np.full(5, 0.2)"))["q-softmax"]
    assert found.points == 0
    assert "changes its argument in place" in found.message


@pytest.mark.parametrize("how", ["x[...] = 0", "x *= 0"])
def test_an_argument_given_by_name_is_watched_too(judged, how):
    easy = f"def f(x):\n    {how}\n    return 0.0"
    found = judged([code(easy)], whole=key(asked=(asked("q-one", WITH_NAMES, "f"),)))["q-one"]
    assert found.points == 0
    assert "changes its argument in place" in found.message


def test_lists_that_are_emptied_earn_nothing():
    source = (
        "def check_f(f, rng):\n    rows = [1.0, 2.0]\n    got = f(rows)\n"
        "    expect(got == [2 * row for row in rows], 'twice as much')\n"
    )
    assert run_check(entry(source, "f", 1), lambda rows: rows.clear() or []).outcome == "wrong"
    assert run_check(entry(source, "f", 1), lambda rows: [2 * row for row in rows]).outcome == "right"


def test_work_in_place_that_does_no_harm_costs_nothing(judged):
    right = RIGHT["q-softmax"].replace("    e =", "    given, z = z, z.copy()\n    given.sort()\n    e =")
    check = "def check_softmax(softmax, rng):\n    z = rng.normal(size=5)\n    kept = z.copy()\n"
    check += "    expect_close(softmax(z), np.exp(kept) / np.exp(kept).sum())"
    found = judged(
        [code("import numpy as np\n" + right)], whole=key(asked=(asked("q-one", check, "softmax"),))
    )
    assert found["q-one"].points == 1


def test_a_generator_goes_on_although_arguments_are_watched(judged):
    check = (
        "def check_f(f, rng):\n    a, b = f(np.ones(3), rng), f(np.ones(3), rng)\n"
        "    expect(not np.array_equal(a, b), 'the same noise twice')"
    )
    noise = "def f(x, rng):\n    x += rng.normal(size=3)\n    return x.copy()"
    found = judged([code(noise)], whole=key(asked=(asked("q-one", check, "f"),)))["q-one"]
    assert found.points == 1


@pytest.mark.parametrize("nothing", [np.array([]), np.zeros((0, 3)), [], ()])
def test_a_condition_on_nothing_does_not_hold(nothing):
    check = "def check_f(f, rng):\n    expect(np.equal(f(3), 1), 'it is not one')"
    result = run_check(entry(check, "f", 1), lambda width: nothing)
    assert (result.outcome, result.message) == ("wrong", "it is not one")


# Hidden tests


def test_what_a_hidden_test_handed_over_gets_into_no_message(judged):
    hidden = "def check_h(f, rng):\n    expect_close(f(np.array([271828.0])), 271828.0)"
    public = "def check_p(f, rng):\n    expect_close(f(np.ones(1)), 1.0)"
    questions = (
        asked("q-first", public, "f", hidden),
        asked("q-second", public.replace("check_p", "check_q"), "g"),
        asked("q-third", "", "norm", NORM_HIDDEN),
    )
    saw = "seen = []\ndef f(x):\n    seen.append(float(x[0]))\n    return x[0]\n"
    saw += "def g(x):\n    raise ValueError(str(seen))\n"
    saw += "class Odd:\n    pass\n"
    saw += GRAB + "was = worker._do_get\ndef get(body, parts):\n    if body['name'] == 'norm':\n"
    saw += "        raise ValueError(str(seen))\n    return was(body, parts)\nworker._do_get = get\nnorm = 1"
    found = judged([code(saw)], whole=key(asked=questions))
    assert found["q-first"].points == 2
    assert (found["q-second"].state, found["q-third"].state) == (CRASHED, CRASHED)
    assert "[1.0]" in found["q-second"].message  # what the public check hands over is no secret
    for result in found.values():
        assert "271828" not in result.message


def test_what_cannot_be_read_is_still_told_where_nothing_was_hidden(judged):
    found = judged([code("norm = object()")], whole=key(asked=(asked("q", "", "norm", NORM_HIDDEN),)))["q"]
    assert "`norm` is an object" in found.message


# Another's marks


def identified(tmp_path, *names, roster=("ada", "bob", "4711", "471134", "ada-b")):
    for when, name in enumerate(names):
        path = write(tmp_path / name, cells())
        os.utime(path, (1000 + when, 1000 + when))
    found = identity.identify(identity.find_notebooks(tmp_path), dict.fromkeys(roster, "Name"), tmp_path)
    return {one.file: one for one in found}


@pytest.mark.parametrize("name", ["ada/bob.ipynb", "x_4711_99_471134.ipynb", "bob 1/ada_final.ipynb"])
def test_a_name_with_two_ids_takes_nobodys_place(tmp_path, name):
    found = identified(tmp_path, "hw_bob.ipynb", "hw_471134.ipynb", "hw_ada.ipynb", name)
    assert {one.student for one in found.values()} == {"ada", "bob", "471134", name[: -len(".ipynb")]}
    assert "several ids of the roster" in found[name].remarks[0]


@pytest.mark.parametrize("name", ["hw_ada-b_2.ipynb", "ada-b/hw_ADA-B.ipynb"])
def test_an_id_that_contains_another_is_no_second_one(tmp_path, name):
    assert identified(tmp_path, name)[name].student == "ada-b"


@pytest.mark.parametrize("stem", ["\u8bed" * 75, "\U0001f600" * 40, "x\ny\tz", "." * 60])
def test_no_file_name_breaks_a_page_or_a_line(tmp_path, stem):
    (one,) = identified(tmp_path, f"{stem}.ipynb").values()
    assert file_name(one.student, ".html")
    assert not {"\n", "\t"} & {*one.file, *one.student}


def test_one_odd_name_takes_nobody_else_the_marks(tmp_path, monkeypatch):
    monkeypatch.setattr(keys, "read", lambda folder: key())
    write(tmp_path / "in" / "ada.ipynb", cells(RIGHT))
    write(tmp_path / "in" / ("\u8bed" * 75 + ".ipynb"), cells())
    (tmp_path / "key").mkdir()
    assert gradebook.grade(tmp_path / "in", tmp_path / "key", tmp_path / "out", jobs=1) == 0
    assert "\nada,Ada Test,ada.ipynb" in (tmp_path / "out" / "marks.csv").read_text(encoding="utf-8")
    assert len(list((tmp_path / "out" / "feedback").iterdir())) == 2


# The grader's time and memory


def test_output_that_is_claimed_in_every_cell_is_kept_once(isolation):
    claims = (
        GRAB + "class Claims:\n    def take(self): return '\\U0001f600' * 250_000\nworker._output = Claims()"
    )
    started = time.monotonic()
    with Child(isolation, Limits(total_seconds=30, output_kb=64)) as child:
        reports = child.run([claims, *["0"] * 40])
    assert {report.state for report in reports} == {"ok"}
    assert sum(len(report.output) for report in reports) == 64 << 10
    assert time.monotonic() - started < 30


@pytest.mark.skipif(sys.platform != "linux", reason="a matter of Linux")
def test_when_memory_runs_out_submissions_are_ended_first(isolation):
    with open(f"/proc/{sandbox.zygote(isolation).pid}/oom_score_adj") as file:
        assert file.read().strip() == "1000"


LEAVES = """
import os
for top in ("/tmp", "/var/tmp", "/dev/shm"):
    deep = f"{top}/left-behind-NAME/a/b"
    os.makedirs(deep)
    open(f"{deep}/file", "w").write("x")
    os.symlink("/etc", f"{deep}/link")
    os.chmod(f"{top}/left-behind-NAME/a", 0)
done = True
"""


def test_where_it_can_write_nothing_stays(tmp_path):
    isolation = isolation_or_skip(sandbox.CONTAINER)
    mine = tmp_path / "mine"
    mine.touch()
    name = str(os.getpid())
    with Child(isolation, Limits(total_seconds=30)) as child:
        child.run([LEAVES.replace("NAME", name)])
        assert child.get("done") is True, "it wrote there"
        assert os.path.isdir(f"/tmp/left-behind-{name}")
    folders = [f"{top}/left-behind-{name}" for top in ("/tmp", "/var/tmp", "/dev/shm")]
    assert [folder for folder in folders if os.path.exists(folder)] == []
    assert mine.exists()
    assert os.path.isdir("/etc")
