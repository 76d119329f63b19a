"""A second round of attacks, on what the first had left open: memory, processor, the grader's own folder."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sandboxes import LINUX_ONLY, answer, isolation_or_skip, submission
from small_set import RIGHT, cells, entry, write

from neuropath.grading import gradebook, remains, sandbox
from neuropath.lessons.check import run_check

HERE = Path(__file__).parent

# -- what the kernel refuses --------------------------------------------------------------------------------

CALLS = """
import ctypes, errno, os, socket
libc = ctypes.CDLL(None, use_errno=True)
reading, writing = os.pipe()
class Piece(ctypes.Structure):
    _fields_ = [("base", ctypes.c_char_p), ("length", ctypes.c_size_t)]
piece = Piece(b"x" * 4096, 4096)
tried = {
    "memory in a pipe": lambda: libc.vmsplice(writing, ctypes.byref(piece), 1, 0),
    "a session of its own": lambda: libc.setsid(),
    "outliving the guard": lambda: libc.prctl(1, 0, 0, 0, 0),
    "a socket of the machine": lambda: libc.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0),
    "a pair of another family": lambda: libc.socketpair(16, socket.SOCK_RAW, 0, (ctypes.c_int * 2)()),
    "another personality": lambda: libc.personality(0x40000),
}
answer = {}
for name, attempt in tried.items():
    answer[name] = errno.errorcode.get(ctypes.get_errno()) if attempt() == -1 else "done"
"""
PAIRS = "import socket\none, two = socket.socketpair()\none.send(b'hello')\nanswer = two.recv(5).decode()"


@LINUX_ONLY
@pytest.mark.parametrize("level", sandbox.LEVELS)
def test_calls_by_which_others_came_to_harm_are_refused(level):
    found = answer(isolation_or_skip(level), CALLS)
    assert set(found.values()) == {"EPERM"}, found
    assert len(found) == 6


@LINUX_ONLY
def test_what_programs_need_is_allowed(kept_apart):
    assert answer(kept_apart, PAIRS) == "hello"


# -- the folder in which the grader is started --------------------------------------------------------------


def test_a_module_that_was_handed_in_is_not_the_grader_s(tmp_path):
    """`neuropath grade .`: what the grader imports comes from nowhere near the submissions."""
    folder, out, note = tmp_path / "in", tmp_path / "out", tmp_path / "imported"
    write(folder / "ada.ipynb", cells(RIGHT))
    for name in ("struct", "signal", "random", "queue"):
        (folder / f"{name}.py").write_text(f"open({str(note)!r}, 'a').write('{name}')")
    script = (
        f"import sys\nsys.path.insert(0, {str(HERE)!r})\n"
        "from test_run import graded, many\n"
        f"if __name__ == '__main__':\n    print(graded({str(folder)!r}, {str(out)!r}, many(1)).fresh)\n"
    )
    (tmp_path / "script.py").write_text(script)
    command = [sys.executable, str(tmp_path / "script.py")]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    assert done.stdout.split()[-1] == "1"
    assert not note.exists()


# -- points -------------------------------------------------------------------------------------------------


def test_arguments_of_another_type_are_changed_arguments():
    """Equal numbers that overflow: the check's own sum of powers came out as 0."""
    check = (
        "def check_powers(powers, rng):\n    n = [int(k) for k in rng.integers(2, 120, 3)]\n"
        "    got = powers(n)\n    expect_close(got, sum(k**8 for k in n), 'the sum')"
    )

    def small(n):
        n[:] = [np.uint8(k) for k in n]
        return sum(k**8 for k in n)

    with np.errstate(over="ignore"):
        assert run_check(entry(check, "powers", 1), small).outcome == "wrong"
    assert run_check(entry(check, "powers", 1), lambda n: sum(k**8 for k in n)).outcome == "right"


def test_what_is_nested_as_deep_as_it_may_be_can_be_passed_back(kept_apart):
    nest = "def f(x):\n    for _ in range(31):\n        x = [x]\n    return x\ndef g(x): return 3"
    with submission(kept_apart, nest) as (child, _):
        deep = child.call("f", (1,), {})
        assert child.call("g", (deep,), {}) == 3
        assert child.call("g", ([deep],), {}) == 3


# -- what is left behind ------------------------------------------------------------------------------------


def test_deep_folders_are_removed_too(tmp_path):
    before = os.getcwd()
    try:
        os.chdir(tmp_path)
        os.mkdir("deep")
        os.chdir("deep")
        for _ in range(1500):  # deeper than recursion goes, and longer than a path may be
            os.mkdir("folder")
            os.chdir("folder")
        Path("message").write_text("hello")
    finally:
        os.chdir(before)
    remains.delete(str(tmp_path / "deep"))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_closed_to_its_owner_is_removed(tmp_path):
    (tmp_path / "closed" / "inner").mkdir(parents=True)
    (tmp_path / "closed" / "inner").chmod(0)
    remains.delete(str(tmp_path / "closed"))
    assert list(tmp_path.iterdir()) == []


def test_a_link_is_removed_and_not_what_it_leads_to(tmp_path):
    (tmp_path / "kept").write_text("kept")
    (tmp_path / "link").symlink_to(tmp_path / "kept")
    remains.delete(str(tmp_path / "link"))
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert (tmp_path / "kept").stat().st_mode & 0o777 != 0o700


def test_where_every_user_could_read_what_was_handed_in_nothing_is_graded(tmp_path, monkeypatch):
    """At the level without a file system of its own, one submission could copy from another."""
    isolation = sandbox.at(sandbox.CONTAINER)
    for folder in ("in", "key"):
        (tmp_path / folder).mkdir(mode=0o700)
    tmp_path.chmod(0o755)
    above = [path for path in tmp_path.parents if not path.stat().st_mode & 0o001]
    if above:
        monkeypatch.setattr(gradebook, "_is_open", lambda folder: bool(folder.stat().st_mode & 0o001))
    gradebook._check_isolation(isolation, [tmp_path / "key", tmp_path / "in"], trusted=False)
    (tmp_path / "in").chmod(0o755)
    with pytest.raises(gradebook.UnsafeError, match=f"chmod 700 {tmp_path / 'in'}$"):
        gradebook._check_isolation(isolation, [tmp_path / "key", tmp_path / "in"], trusted=False)


def test_a_folder_is_closed_by_any_of_those_above_it(tmp_path):
    inner = tmp_path / "outer" / "inner"
    inner.mkdir(parents=True)
    for path in (inner, inner.parent):
        path.chmod(0o755)
    reached = all(path.stat().st_mode & 0o001 for path in (tmp_path, *tmp_path.parents))
    assert gradebook._is_open(inner) == reached
    inner.parent.chmod(0o700)
    assert not gradebook._is_open(inner)
    inner.parent.chmod(0o755)
    inner.chmod(0o700)
    assert not gradebook._is_open(inner)
