"""What a hostile submission tries, at every level of isolation that this machine reaches."""

import contextlib
import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from sandboxes import OWN_USER, SHUT_IN, descendants, isolation_or_skip, still_there

from neuropath.grading import rootfs, sandbox
from neuropath.grading.child import Child, RemoteDeath, RemoteError, RemoteTimeout
from neuropath.grading.limits import Limits

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="namespaces and this filter are Linux")
QUICK = Limits(cell_seconds=5, call_seconds=2, total_seconds=60, memory_mb=512, disk_mb=8, processes=12)
CANARY = "canary-5d1f0c"


@pytest.fixture(params=SHUT_IN)
def shut_in(request):
    """Levels with namespaces: nothing outside is seen."""
    return isolation_or_skip(request.param)


@pytest.fixture(params=OWN_USER)
def kept_apart(request):
    """Every level at which grading goes on without a word of trust."""
    return isolation_or_skip(request.param)


@contextlib.contextmanager
def submission(isolation, *cells, limits=QUICK):
    """A child in which these cells have run; yields it and the reports."""
    with Child(isolation, limits) as child:
        yield child, child.run(list(cells))


def answer(isolation, code, name="answer", limits=QUICK):
    """The value of `answer` after this one cell, which must not fail."""
    with submission(isolation, code, limits=limits) as (child, (report,)):
        assert report.state == "ok", report
        return child.get(name)


def processes_of(isolation):
    return descendants(sandbox.zygote(isolation).pid)


def settled_processes(isolation, at_least, seconds=5):
    """The zygote's descendants, once there are so many."""
    end = time.monotonic() + seconds
    while len(found := processes_of(isolation)) < at_least and time.monotonic() < end:
        time.sleep(0.02)
    assert len(found) >= at_least, "the attack did not even start"
    return found


@pytest.fixture
def private(tmp_path):
    """A folder as a grader has it: key, roster, another's submission; and its digest."""
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
there = [p for p in ({str(private)!r}, "/proc", "/sys", "/home", "/var", "/etc/passwd", "/bin/sh", "/run")
         if os.path.lexists(p)]
etc = os.listdir("/etc")
"""
    with submission(shut_in, code) as (child, _):
        assert child.get("mine") == []
        assert not set(child.get("there")) - ({"/bin/sh"} if sys.prefix == "/usr" else set())
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


BOMB = """
import os, time
made = 0
try:
    while True:
        if os.fork() == 0:
            time.sleep(600)
        made += 1
except OSError:
    pass
"""


def test_a_fork_bomb_is_small_and_ends_with_the_submission(kept_apart):
    if kept_apart.level == sandbox.USER and os.geteuid() == 0:
        pytest.skip("the kernel counts no processes of root: run by an ordinary user, this level is tested")
    with submission(kept_apart, BOMB) as (child, (report,)):
        assert report.state == "ok"
        assert 3 <= child.get("made") <= QUICK.processes + 8
        bomb = settled_processes(kept_apart, 5)
    assert still_there(bomb) == []
    assert still_there(processes_of(kept_apart)) == []


def test_a_bomb_of_generations_is_stopped(kept_apart):
    """Each child forks too, forever: with the limit on processes it cannot grow, and it can be killed."""
    if kept_apart.level == sandbox.USER and os.geteuid() == 0:
        pytest.skip("the kernel counts no processes of root: run by an ordinary user, this level is tested")
    code = "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass"
    with submission(kept_apart, code, limits=Limits(cell_seconds=1, processes=8)) as (_, (report,)):
        assert report.state == "timed out"
    assert still_there(processes_of(kept_apart)) == []


def test_a_daemonised_child_is_killed(kept_apart):
    code = """
import os, signal, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in range(1, 30):
            try:
                signal.signal(number, signal.SIG_IGN)
            except OSError:
                pass
        time.sleep(600)
    os._exit(0)
os.wait()
"""
    with submission(kept_apart, code) as (_, (report,)):
        assert report.state == "ok"
        family = settled_processes(kept_apart, 3)  # guard, worker, daemon
    assert still_there(family) == []


def test_a_thread_that_never_ends_holds_nobody_up(kept_apart):
    code = "import threading, time\nthreading.Thread(target=lambda: time.sleep(600)).start()\nanswer = 3"
    began = time.monotonic()
    assert answer(kept_apart, code) == 3
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "code", ["import numpy as np\nx = np.ones(5 * 10**9)", "x = bytearray(40 * 10**9)", "x = [0] * 10**10"]
)
def test_forty_gigabytes_are_refused(kept_apart, code):
    with submission(kept_apart, code, "answer = 1") as (child, (first, second)):
        assert (first.state, first.kind) == ("error", "MemoryError") or first.state == "died"
        assert second.state == "ok"
        assert child.get("answer") == 1


def test_memory_that_no_process_maps_is_refused(kept_apart):
    code = """
import os, ctypes
answer = []
try:
    answer.append(os.memfd_create("x"))
except OSError:
    pass
answer.append(ctypes.CDLL(None).shmget(0, 1 << 30, 0o1666))
"""
    assert answer(kept_apart, code) == [-1]


def test_the_working_folder_has_a_size(shut_in):
    code = """
answer = []
try:
    for number in range(100):
        with open(f"file{number}", "wb") as file:
            file.write(bytes(1 << 20))
        answer.append(number)
except OSError:
    pass
"""
    assert 3 <= len(answer(shut_in, code)) <= QUICK.disk_mb


def test_ending_the_process_ends_one_cell_only(kept_apart):
    with submission(kept_apart, "a = 1", "import os\nos._exit(3)", "b = a + 1") as (child, reports):
        assert [r.state for r in reports] == ["ok", "died", "ok"]
        assert "exit status 3" in reports[1].message
        assert child.get("b") == 2
        assert child.starts == 2


def test_an_endless_loop_costs_its_own_time_only(kept_apart):
    limits = Limits(cell_seconds=0.5, call_seconds=0.3, total_seconds=30)
    began = time.monotonic()
    cells = [
        "a = 1",
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        "b = a",
    ]
    with submission(kept_apart, *cells, limits=limits) as (child, reports):
        assert [r.state for r in reports] == ["ok", "timed out", "ok"]
        assert child.get("b") == 1
    assert time.monotonic() - began < 5


def test_signals_cannot_stop_the_clock(kept_apart):
    code = """
import signal, time
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
time.sleep(600)
"""
    with submission(kept_apart, code, limits=Limits(cell_seconds=0.5)) as (_, (report,)):
        assert report.state == "timed out"
    assert still_there(processes_of(kept_apart)) == []


def test_what_is_left_running_disturbs_no_later_question(kept_apart):
    code = """
import atexit, signal, time, threading
def boom(*_): raise RuntimeError("late")
signal.signal(signal.SIGALRM, boom)
signal.setitimer(signal.ITIMER_REAL, 0.2, 0.05)
atexit.register(lambda: time.sleep(600))
threading.Thread(target=lambda: time.sleep(600)).start()
def answer(): return 7
"""
    with submission(kept_apart, code) as (child, _):
        time.sleep(0.4)
        assert child.get("answer")() == 7
        began = time.monotonic()
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    "line", ["print('x' * 10**8)", "import os\nfor _ in range(100): os.write(1, b'x' * 10**6)"]
)
def test_a_hundred_megabytes_of_output_are_forgotten(kept_apart, line):
    with submission(kept_apart, line, limits=Limits(output_kb=4)) as (_, (report,)):
        assert report.state == "ok"
        assert len(report.output) <= 4096


@pytest.mark.parametrize("deeper", ["", "import sys\nsys.setrecursionlimit(10**8)\n"])
def test_recursion_without_end(kept_apart, deeper):
    cell = deeper + "def f(n): return [f(n + 1)]\nf(0)"
    limits = Limits(cell_seconds=2, memory_mb=256)
    with submission(kept_apart, cell, "b = 1", limits=limits) as (child, reports):
        assert reports[0].state in (("error", "died", "timed out") if deeper else ("error",))
        if not deeper:
            assert reports[0].kind == "RecursionError"
        assert child.get("b") == 1


def test_what_the_student_replaces_changes_nothing_here(kept_apart):
    code = """
import builtins, json, numpy as np
def yes(*args, **kwargs): return True
for name in ("allclose", "isclose", "isfinite", "array_equal", "all"): setattr(np, name, yes)
for name in ("abs", "all", "any", "isinstance_", "max", "min", "sum"): setattr(builtins, name, yes)
class Always(int):
    def __eq__(self, other): return True
    def __sub__(self, other): return 0
    __hash__ = int.__hash__
class Fits(np.ndarray):
    def __sub__(self, other): return np.zeros(3)
    def __array__(self, *args, **kwargs): return np.ones(3)
number, array = Always(4), np.arange(3.0).view(Fits)
"""
    with submission(kept_apart, code) as (child, _):
        number, array = child.get("number"), child.get("array")
        assert type(number) is int
        assert number != 5
        assert type(array) is np.ndarray
        assert array.tolist() == [0, 1, 2]
        assert not np.allclose(array, 1)


FORGE = """
import os, socket, stat
from neuropath.grading import protocol
pipes = []
for n in range(3, 200):
    try:
        if stat.S_ISSOCK(os.fstat(n).st_mode): pipes.append(n)
    except OSError: pass
"""


def test_only_one_connection_is_open_and_nothing_else(kept_apart):
    code = FORGE + "\nothers = []\nfor n in set(range(3, 1000)) - set(pipes):\n    try:\n"
    code += "        os.fstat(n)\n        others.append(n)\n    except OSError: pass"
    with submission(kept_apart, code) as (child, _):
        assert len(child.get("pipes")) == 1
        assert child.get("others") == []


def test_a_forged_answer_is_a_value_at_most(kept_apart):
    """An answer ahead of its question's turn ends the submission; one in turn is the student's own answer."""
    code = FORGE + (
        "def answer():\n    for n in range(100):\n"
        "        os.write(pipes[0], protocol.pack({'number': n, 'value': 42, 'verdict': 'right'}))\n"
        "    return 1"
    )
    with submission(kept_apart, code) as (child, _), pytest.raises(RemoteDeath, match="no question"):
        child.get("answer")()
    code = FORGE + (
        "def answer(n):\n    os.write(pipes[0], protocol.pack({'number': n, 'value': 42, 'points': 9}))\n"
        "    os._exit(0)"
    )
    with submission(kept_apart, code) as (child, _):
        assert child.get("answer")(3) == 42  # cell 1, get 2, call 3: a value, to be judged like any other
        with pytest.raises(RemoteDeath):
            child.get("answer")


@pytest.mark.parametrize(
    "sent",
    [
        "b'garbage that is no frame at all'",
        "b'\\xff' * 12",
        "protocol.HEAD.pack(20, 16) + b'[' * 16",
        "protocol.HEAD.pack((8 << 20) + 4, 8 << 20) + b'[' * (8 << 20)",
        "protocol.pack({'number': 3, 'value': {'a': [0, '<f8', [10**9], 0]}}, [b'12345678'])",
        "protocol.pack({'number': 3, 'value': {'a': [0, '|O', [1], 0]}}, [b'12345678'])",
        "protocol.pack({'number': 3, 'value': {'f': [0, 'print']}})",
        "protocol.pack({'number': 3, 'value': 1, 'changed': [[0, [1]], [7, [1]]]})",
    ],
)
def test_a_malformed_answer_is_death(kept_apart, sent):
    code = FORGE + (
        f"def answer():\n    data = {sent}\n    while data:\n        data = data[os.write(pipes[0], data):]\n"
        "    import time\n    time.sleep(600)"
    )
    with submission(kept_apart, code) as (child, _):
        with pytest.raises(RemoteDeath, match="cannot be read"):
            child.get("answer")()
        assert not child.alive


def test_half_an_answer_is_a_timeout(kept_apart):
    code = FORGE + "def answer():\n    os.write(pipes[0], b'\\0' * 5)\n    while True: pass"
    with submission(kept_apart, code, limits=Limits(call_seconds=0.3)) as (child, _):
        answer_ = child.get("answer")
        with pytest.raises(RemoteTimeout):
            answer_()


def test_no_signal_reaches_the_grader(kept_apart):
    received = []
    before = signal.signal(signal.SIGTERM, lambda *_: received.append("term"))
    try:
        code = f"""
import os
answer = []
for pid in ({os.getpid()}, {sandbox.zygote(kept_apart).pid}, os.getppid()):
    for number in (15, 9):
        try:
            if pid > 1:
                os.kill(pid, number)
                answer.append(pid)
        except OSError:
            pass
"""
        assert answer(kept_apart, code) == []
    finally:
        signal.signal(signal.SIGTERM, before)
    assert received == []
    with submission(kept_apart, "import os\nos.kill(-1, 9)", "answer = 5") as (child, _):
        assert child.get("answer") == 5
    assert sandbox.zygote(kept_apart).alive()


def test_the_grader_cannot_be_looked_into(kept_apart):
    code = f"""
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
answer = []
for pid in ({os.getpid()}, {sandbox.zygote(kept_apart).pid}, os.getppid(), 1):
    for name in ("environ", "mem", "maps", "fd", "cwd/.", "root/etc/shadow"):
        path = f"/proc/{{pid}}/{{name}}"
        try:
            os.listdir(path) if name == "fd" else open(path, "rb").read(1)
            answer.append(path)
        except OSError:
            pass
    if libc.ptrace(16, pid, 0, 0) == 0:  # attach
        answer.append(pid)
    if libc.process_vm_readv(pid, 0, 0, 0, 0, 0) == 0:
        answer.append(-pid)
"""
    assert answer(kept_apart, code) == []


def test_no_privilege_can_be_won_back(kept_apart):
    code = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
answer = []
for name, call in {
    "uid": lambda: os.setuid(0), "groups": lambda: os.setgroups([0]), "chroot": lambda: os.chroot("/"),
    "nice": lambda: os.nice(-5), "host": lambda: os.sethostname("x") if hasattr(os, "sethostname") else 1 / 0,
}.items():
    try:
        call()
        answer.append(name)
    except (OSError, ZeroDivisionError):
        pass
for flag in (0x10000000, 0x00020000, 0x40000000, 0x20000000):
    if libc.unshare(flag) == 0: answer.append(hex(flag))
    if libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0) >= 0: answer.append("clone")
if libc.mount(b"none", b"/content", b"tmpfs", 0, None) == 0: answer.append("mount")
if libc.syscall(425, 1, 0) >= 0: answer.append("io_uring")
import resource
for kind in (resource.RLIMIT_AS, resource.RLIMIT_NPROC, resource.RLIMIT_CPU):
    try:
        resource.setrlimit(kind, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        answer.append(kind)
    except (OSError, ValueError):
        pass
"""
    if os.uname().machine != "x86_64":
        code = code.replace("libc.syscall(56,", "libc.syscall(220,")
    assert answer(kept_apart, code) == []


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


GRADER = """
import sys, time
from neuropath.grading import sandbox
from neuropath.grading.child import Child
isolation = sandbox.at(sys.argv[1])
child = Child(isolation)
child.run(["import time, os\\nwhere = os.getcwd()\\nif os.fork() == 0: time.sleep(600)"])
print(child.get("where"))
print(sandbox.zygote(isolation).pid, flush=True)
time.sleep(600)
"""


def test_when_the_grader_is_killed_everything_ends(kept_apart):
    command = [sys.executable, "-c", GRADER, kept_apart.level]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as grader:
        folder, zygote = grader.stdout.readline().strip(), int(grader.stdout.readline())
        family = descendants(grader.pid)
        assert zygote in family
        assert len(family) >= 3
        grader.kill()
    assert still_there(family) == []
    if kept_apart.level == sandbox.CONTAINER:  # elsewhere the folder was never of this file system
        assert "submission-" in folder
        assert not os.path.exists(folder)


def test_the_zygote_ends_when_closed_and_a_submission_needs_one(kept_apart):
    zygote = sandbox.Zygote(kept_apart, warm=None)
    child = Child(kept_apart, QUICK, zygote=zygote)
    child.run(["a = 1"])
    family = descendants(zygote.pid)
    zygote.close()
    assert still_there(family) == []
    with pytest.raises(RemoteDeath):
        child.get("a")
    with pytest.raises(sandbox.SandboxError, match="gone"):
        child.run(["a = 1"])


def test_describe_finds_the_strongest_level_and_says_what_holds():
    found = sandbox.describe()
    reached = [level for level in sandbox.LEVELS[:-1] if sandbox.why_not(level) is None]
    assert found.level == (reached or [sandbox.NONE])[0]
    assert found.missing, "nothing is perfect"
    assert all(sentence.endswith(".") for sentence in found.holds + found.missing)
    assert all(sentence in str(found) for sentence in found.holds + found.missing)


def test_levels_say_what_they_lack():
    assert "reads every file" in str(sandbox.at(sandbox.CONTAINER))
    assert "runs as you" in str(sandbox.at(sandbox.NONE))
    assert "no network" in str(sandbox.at(sandbox.USER))
    with pytest.raises(ValueError, match="one of root and namespaces"):
        sandbox.at("chroot")


def test_a_key_below_what_a_submission_sees_is_named(shut_in, tmp_path):
    inside = Path(rootfs.PACKAGE) / "grading"
    assert sandbox.exposed([tmp_path, inside], shut_in) == [str(inside)]
    assert sandbox.exposed([tmp_path], sandbox.at(sandbox.NONE)) == [str(tmp_path)]


def test_at_the_lowest_level_values_still_come_and_processes_still_end():
    isolation = isolation_or_skip(sandbox.NONE)
    with submission(isolation, "import os, time\nif os.fork() == 0: time.sleep(600)", "a = 2") as (child, _):
        assert child.get("a") == 2
        family = settled_processes(isolation, 3)
    assert still_there(family) == []
    with pytest.raises(RemoteError), submission(isolation, "pass") as (child, _):
        child.get("nothing")
