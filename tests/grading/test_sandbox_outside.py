"""What a hostile submission sees and reaches outside: files, another's submission, network, environment."""

import hashlib
import os
import socket
import sys
from pathlib import Path

import pytest
from sandboxes import LINUX_ONLY, QUICK, answer, isolation_or_skip, submission

from neuropath.grading import rootfs, sandbox
from neuropath.grading.child import Child

pytestmark = LINUX_ONLY
CANARY = "canary-5d1f0c"


@pytest.fixture
def private(tmp_path):
    """A folder as a grader has it: key, roster, another's submission."""
    folder = tmp_path / "key"
    folder.mkdir(mode=0o700)
    for name in ("key.json", "roster.csv", "other.ipynb"):
        (folder / name).write_text(f"{CANARY} {name}")
        (folder / name).chmod(0o600)
    return folder


def digest(folder):
    files = sorted(path for path in Path(folder).rglob("*") if path.is_file())
    return hashlib.sha256(b"".join(str(p).encode() + p.read_bytes() for p in files)).hexdigest()


def test_key_and_other_submissions_cannot_be_read(kept_apart, private):
    code = f"""
answer = []
for name in ("key.json", "roster.csv", "other.ipynb", ".", ".."):
    try:
        answer.append(open({str(private)!r} + "/" + name).read())
    except OSError as error:
        answer.append(type(error).__name__)
"""
    found = answer(kept_apart, code)
    assert set(found) <= {"FileNotFoundError", "PermissionError", "IsADirectoryError"}, found


def test_nothing_but_the_interpreter_the_libraries_and_an_empty_folder_is_there(shut_in, private):
    code = f"""
import os
names = os.listdir("/")
mine = os.listdir(".")
there = [p for p in ({str(private)!r}, "/proc/1", "/sys", "/home", "/var", "/etc/passwd", "/bin/sh", "/run")
         if os.path.lexists(p)]
etc = os.listdir("/etc")
proc, self = os.listdir("/proc"), os.listdir("/proc/self")
told = open("/proc/self/cmdline").read(), os.readlink("/proc/self/exe")
"""
    with submission(shut_in, code) as (child, _):
        assert child.get("mine") == []
        assert not set(child.get("there")) - ({"/bin/sh"} if sys.prefix == "/usr" else set())
        assert child.get("proc") == ["self"]
        assert set(child.get("self")) == {"exe", "cmdline"}, "TensorFlow asks for these two"
        python = os.path.realpath(sys.executable)
        assert child.get("told") == (python + "\0", python)
        assert set(child.get("etc")) <= {os.path.basename(path) for path in rootfs.SETTINGS}


def test_nothing_outside_can_be_written(shut_in, private):
    before = digest(private)
    code = f"""
import os, sys
answer, places = [], {{"/", "/etc", "/dev", "/lib", "/usr", "/content/..", sys.prefix, sys.base_prefix}}
import numpy, neuropath.grading
places |= {{os.path.dirname(m.__file__) for m in (numpy, neuropath.grading, os)}} | {{{str(private)!r}}}
for place in sorted(places):
    for attempt in (lambda: open(place + "/planted", "w"), lambda: os.chmod(place, 0o777),
                    lambda: os.rename(place, place + "x"), lambda: os.symlink("/", place + "/planted")):
        try:
            attempt()
            answer.append(place)
        except OSError:
            pass
for module in (numpy, neuropath.grading):
    try:
        open(module.__file__, "a")
        answer.append(module.__file__)
    except OSError:
        pass
open("mine.txt", "w").write("this is allowed")
if os.path.islink("/tmp"):  # the usual place for such things is the same folder
    assert open("/tmp/mine.txt").read()
"""
    assert answer(shut_in, code) == []
    assert digest(private) == before


def test_a_file_of_one_submission_is_not_there_in_the_next(shut_in):
    answer(shut_in, "answer = open('left.txt', 'w').write('for my friend')")
    assert answer(shut_in, "import os\nanswer = os.listdir('.') + os.listdir('/dev')")[:1] != ["left.txt"]


def test_two_submissions_at_once_have_nothing_in_common(kept_apart):
    code = "import os\nopen('mine.txt', 'w').close()\nanswer = [os.getuid(), os.getcwd(), os.listdir('.')]"
    with submission(kept_apart, code) as (one, _), submission(kept_apart, code) as (two, _):
        first, second = one.get("answer"), two.get("answer")
        assert first[2] == second[2] == ["mine.txt"]
        if kept_apart.level != sandbox.USER:  # there every submission is the grader's own user outside
            assert first[0] != second[0]
            assert 0 not in (first[0], second[0])


NETWORK = """
import ctypes, socket
answer, libc = [], ctypes.CDLL(None, use_errno=True)
for family, address in ((socket.AF_INET, ("127.0.0.1", {port})), (socket.AF_INET6, ("::1", {port})),
                        (socket.AF_UNIX, {name!r})):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        try:
            with socket.socket(family, kind) as s:
                s.settimeout(1)
                s.connect(address)
                s.send(b"{canary}")
                answer.append(str(address))
        except OSError as error:
            pass
answer.append(libc.socket(2, 1, 0))  # past Python
"""


def test_a_listener_outside_sees_nothing(shut_in):
    name = f"\0neuropath-listener-{os.getpid()}"
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as local,
    ):
        local.bind(name)
        local.listen()
        code = NETWORK.format(port=tcp.getsockname()[1], name=name, canary=CANARY)
        assert answer(shut_in, code) == [-1]
        for listener in (tcp, local):
            listener.settimeout(0.1)
            with pytest.raises(TimeoutError):
                listener.accept()


def test_the_filter_keeps_from_the_network_where_there_is_no_namespace():
    isolation = isolation_or_skip(sandbox.CONTAINER)
    with socket.create_server(("127.0.0.1", 0)) as tcp:
        code = NETWORK.format(port=tcp.getsockname()[1], name="\0nobody-listens", canary=CANARY)
        assert answer(isolation, code) == [-1]
        tcp.settimeout(0.1)
        with pytest.raises(TimeoutError):
            tcp.accept()


def test_the_listener_would_have_seen_it():
    """The negative control of the two tests above: the same lines outside the sandbox do arrive."""
    with socket.create_server(("127.0.0.1", 0)) as tcp:
        space = {}
        exec(NETWORK.format(port=tcp.getsockname()[1], name="\0nobody-listens", canary=CANARY), space)
        tcp.settimeout(5)
        accepted, _ = tcp.accept()
        with accepted:
            assert accepted.recv(100) == CANARY.encode()
        os.close(space["answer"][-1])


def test_nothing_of_the_graders_surroundings_is_in_the_environment(monkeypatch, kept_apart):
    monkeypatch.setenv("NEUROPATH_SECRET", CANARY)
    zygote = sandbox.Zygote(kept_apart, warm=None)
    try:
        with Child(kept_apart, QUICK, zygote=zygote) as child:
            child.run(["import os, sys\nenv = dict(os.environ)\nwhere = [os.getcwd(), *sys.argv]"])
            env = child.get("env")
            assert CANARY not in str(env)
            assert env["HOME"] == child.get("where")[0]
            assert env["MPLBACKEND"] == "Agg"
            assert env["OPENBLAS_NUM_THREADS"] == "1"
            assert not {"PYTHONPATH", "VIRTUAL_ENV", "USER", "LOGNAME", "SSH_AUTH_SOCK"} & set(env)
    finally:
        zygote.close()
