"""The few system calls of Linux that Python does not offer: namespaces, mounts, privileges."""

from __future__ import annotations

import ctypes
import os
import sys

NEWNS, NEWUTS, NEWIPC = 0x00020000, 0x04000000, 0x08000000
NEWUSER, NEWPID, NEWNET = 0x10000000, 0x20000000, 0x40000000
RDONLY, NOSUID, NODEV, NOEXEC, REMOUNT, NOATIME = 1, 2, 4, 8, 32, 1024
BIND, REC, PRIVATE, RELATIME = 4096, 16384, 1 << 18, 1 << 21
DETACH = 2  # of umount2: at once from view, from memory when nobody uses it
PDEATHSIG, DUMPABLE, CAPBSET_DROP, NO_NEW_PRIVS, CAP_AMBIENT, SUBREAPER = 1, 4, 24, 38, 47, 36
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
CAPABILITY_VERSION = 0x20080522
KILL = 9

LINUX = sys.platform == "linux"
_libc = ctypes.CDLL(None, use_errno=True) if LINUX else None


def machine() -> str:
    """The processor's name as the kernel has it ("x86_64", "aarch64", …)."""
    return os.uname().machine


def _done(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def unshare(flags: int) -> None:
    """Leave the shared namespaces of these flags for new, empty ones."""
    assert _libc is not None
    _done(_libc.unshare(flags), "unshare")


def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    """mount(2). OSError with the target in its text."""
    assert _libc is not None
    encoded = [text.encode() for text in (source, target, kind)]
    result = _libc.mount(*encoded, ctypes.c_ulong(flags), data.encode() or None)
    _done(result, f"mount on {target}")


def enter(root: str) -> None:
    """Make the mount point `root` the root of this mount namespace; what was there before is gone from it."""
    assert _libc is not None
    os.chdir(root)
    number = PIVOT_ROOT.get(machine())
    if number is None:
        raise OSError(f"pivot_root: its number is not known for a {machine()}")
    _done(_libc.syscall(ctypes.c_long(number), b".", b"."), "pivot_root")
    _done(_libc.umount2(b".", DETACH), "umount2")
    os.chdir("/")


def prctl(option: int, value: int = 0, extra: int = 0) -> None:
    """prctl(2); does nothing where the system is not Linux."""
    if _libc is not None:
        words = [ctypes.c_ulong(number) for number in (value, extra, 0, 0)]
        _done(_libc.prctl(option, *words), f"prctl {option}")


def die_with_parent(signal: int = KILL) -> None:
    """Have the kernel send this process a signal when its parent ends."""
    prctl(PDEATHSIG, signal)


def hide() -> None:
    """Neither debugger nor /proc shows this process to others of its user."""
    prctl(DUMPABLE, 0)


def drop_privileges() -> None:
    """Give up every capability, for good, and any way to gain one by starting a program."""
    if _libc is None:
        return
    for number in range(64):
        if _libc.prctl(CAPBSET_DROP, ctypes.c_ulong(number), *[ctypes.c_ulong(0)] * 3) != 0:
            break  # beyond the last one, or this process has not the right to drop (nor to have) any
    _libc.prctl(CAP_AMBIENT, ctypes.c_ulong(4), *[ctypes.c_ulong(0)] * 3)  # 4: clear all
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    _done(_libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")
    prctl(NO_NEW_PRIVS, 1)


def become_user(uid: int, gid: int) -> None:
    """Map this process's user of the world outside to `uid` inside its new user namespace."""
    outer_uid, outer_gid = os.geteuid(), os.getegid()
    unshare(NEWUSER | NEWNS)
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{uid} {outer_uid} 1"),
        ("gid_map", f"{gid} {outer_gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)
