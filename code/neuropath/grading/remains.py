"""What a submission wrote where any user may write, removed after it.

For the level that has an own user and no file system of its own. Run as that user, which no account has:
nothing of anybody else's can be deleted.
"""

from __future__ import annotations

import contextlib
import os
import shutil

FOLDERS = ("/tmp", "/var/tmp", "/dev/shm")


def remove(uid: int) -> None:
    """Delete everything directly in FOLDERS that belongs to `uid`, with all below it."""
    for folder in FOLDERS:
        with contextlib.suppress(OSError):
            for entry in list(os.scandir(folder)):
                with contextlib.suppress(OSError):
                    if entry.stat(follow_symlinks=False).st_uid == uid:
                        _remove(entry)


def _remove(entry: os.DirEntry) -> None:
    if not entry.is_dir(follow_symlinks=False):
        os.unlink(entry.path)
        return
    os.chmod(entry.path, 0o700)
    for path, names, _ in os.walk(entry.path):  # a folder closed to its own owner cannot be listed
        for name in names:
            with contextlib.suppress(OSError):
                if not os.path.islink(f"{path}/{name}"):
                    os.chmod(f"{path}/{name}", 0o700)
    shutil.rmtree(entry.path, ignore_errors=True)
