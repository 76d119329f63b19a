"""What a submission wrote where any user may write, removed after it.

For the level that has an own user and no file system of its own. Run as that user, which no account has:
nothing of anybody else's can be deleted.
"""

from __future__ import annotations

import contextlib
import os
import subprocess

FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", "/run/lock", "/var/crash")
SECONDS = 60


def remove(uid: int) -> None:
    """Delete everything directly in FOLDERS that belongs to `uid`, with all below it."""
    for folder in FOLDERS:
        with contextlib.suppress(OSError):
            for entry in list(os.scandir(folder)):
                with contextlib.suppress(OSError):
                    if entry.stat(follow_symlinks=False).st_uid == uid:
                        delete(entry.path)


def delete(path: str) -> None:
    """Delete a file or folder, also one that is closed to its owner, or deeper than recursion goes."""
    open_first = os.geteuid() != 0 and not os.path.islink(path)  # nothing is closed to root
    for command in [*([["chmod", "-R", "u+rwx", path]] if open_first else []), ["rm", "-rf", "--", path]]:
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            subprocess.run(
                command, capture_output=True, stdin=subprocess.DEVNULL, timeout=SECONDS, check=False
            )
