"""A process that has imported everything and waits: each submission is a fork of it.

It holds no secret and runs no student's code. It makes a root file system of its own (where it may) and
for every request forks a guard, which stays outside the submission's namespaces: the guard starts the
worker, watches it, and at the end kills everything that came from it.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import socket
import sys

from neuropath.grading import kernel, rootfs
from neuropath.grading.guard import INSIDE_UID, NAMESPACES, guard, tell
from neuropath.grading.limits import Limits, address_space

LIBRARIES = ("numpy", "neuropath.lessons", "neuropath.scratch", "matplotlib.pyplot")
REQUEST = 1 << 16
ROOM = 64 << 20  # bytes for the start of a thread or two


def main() -> None:
    """`python -P -m neuropath.grading.zygote LEVEL DESCRIPTOR WARM`: serve until the grader is gone."""
    level, descriptor, warm = sys.argv[1:]
    control = socket.socket(fileno=int(descriptor))
    namespaces = level in NAMESPACES
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")  # should memory run out, submissions are ended, and nothing else on this machine
    try:
        visible = rootfs.visible_paths()
        if level == "user namespaces":
            kernel.become_user(INSIDE_UID, INSIDE_UID)
        elif namespaces:
            kernel.unshare(kernel.NEWNS)
        if namespaces:
            base_folder = rootfs.build(visible)
        kernel.hide()  # now, and not before: it takes /proc/self away, where users are mapped
        for name in (*LIBRARIES, *json.loads(warm)) if warm != "none" else ():
            importlib.import_module(name)
        base = address_space()
        base = (1 << 30) if base is None else base + ROOM
        if namespaces:
            kernel.enter(base_folder)
    except Exception as error:
        tell(control, {"error": f"{type(error).__name__}: {error}"})
        return
    tell(control, {"ready": True, "visible": visible if namespaces else []})
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # guards that have ended need no one
    serve(control, level, base)


def serve(control: socket.socket, level: str, base: int) -> None:
    """Fork a guard for each request; a request is the limits, with the two connections of one submission."""
    while True:
        try:
            request, descriptors, _, _ = socket.recv_fds(control, REQUEST, 2)
        except InterruptedError:
            continue
        if not request:
            return
        if os.fork() == 0:
            try:
                control.close()
                guard(level, Limits.from_json(json.loads(request)), base, *descriptors)
            finally:
                os._exit(1)
        for descriptor in descriptors:
            os.close(descriptor)


if __name__ == "__main__":
    main()
