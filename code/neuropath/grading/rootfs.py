"""The file system that a submission sees: the interpreter, the libraries, the package, an empty folder."""

from __future__ import annotations

import importlib.util
import os
import stat
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

from neuropath.grading import kernel

BASES = (
    "/mnt",
    "/media",
    "/srv",
    "/var/tmp",
    "/tmp",
)  # over one of these the new root is built, unseen outside
INSIDE = "/r"  # below the mount, not the mount: chroot() into it also rules out new user namespaces
WORK = "/content"  # the working folder, named as in Colab
DEVICES = ("null", "zero", "full", "random", "urandom")
LOADER = ("/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib")
SETTINGS = ("/etc/ld.so.cache", "/etc/localtime", "/etc/alternatives")
PACKAGE = str(Path(__file__).resolve().parents[1])
KEPT_FLAGS = (
    (os.ST_NOEXEC, kernel.NOEXEC) if hasattr(os, "ST_NOEXEC") else (0, 0),
    (os.ST_NOATIME, kernel.NOATIME) if hasattr(os, "ST_NOATIME") else (0, 0),
    (os.ST_RELATIME, kernel.RELATIME) if hasattr(os, "ST_RELATIME") else (0, 0),
)


def visible_paths() -> list[str]:
    """What a submission may read, outermost folders only: interpreter, libraries, package, loader."""
    wanted = [sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix]
    wanted += [sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), PACKAGE]
    wanted += [entry for entry in sys.path if entry and os.path.isabs(entry) and not _is_cwd(entry)]
    figures = importlib.util.find_spec("neuropath.visualizations")
    wanted += list(figures.submodule_search_locations or []) if figures else []
    wanted += [*LOADER, *SETTINGS]
    return outermost(wanted)


def _is_cwd(entry: str) -> bool:
    """Python puts the current folder on its path for `-c` and `-m`: that is where submissions may lie."""
    return os.path.realpath(entry) == os.path.realpath(os.getcwd())


def outermost(paths: Iterable[str]) -> list[str]:
    """Paths that exist, without those below another; "/" and home folders are left out."""
    real = {os.path.normpath(path) for path in paths if path and os.path.exists(path)}
    real |= {os.path.realpath(path) for path in real}
    real -= {"/", os.path.expanduser("~"), "/home", "/root", "/tmp", "/usr/local"}
    return sorted(path for path in real if not any(path != top and _below(path, top) for top in real))


def _below(path: str, top: str) -> bool:
    return not os.path.islink(top) and (path == top or path.startswith(top + "/"))


def exposed(secrets: Iterable[str | os.PathLike[str]], visible: Iterable[str]) -> list[str]:
    """Those of these paths that a submission could read, since they lie below something that it must see."""
    tops = [os.path.realpath(path) for path in visible]
    return [
        os.fspath(s) for s in secrets if any(_below(os.path.realpath(s), t) for t in tops if os.path.isdir(t))
    ]


def build(visible: Iterable[str]) -> str:
    """Build the new root below a mount, in a mount namespace of this process alone; the mount's path.

    OSError if the system refuses it. Until `kernel.enter`, the old root is there as before, but for the
    folder that was mounted over, in which nothing lies that is still needed.
    """
    visible = list(visible)
    base = _base([*visible, *(os.environ.get(name, "") for name in ("HOME", "MPLCONFIGDIR"))])
    kernel.mount("none", "/", "none", kernel.REC | kernel.PRIVATE)
    devices = [f"/dev/{name}" for name in DEVICES]
    opened = [(path, os.open(path, os.O_PATH | os.O_NOFOLLOW)) for path in [*visible, *devices]]
    root, flags = base + INSIDE, kernel.NOSUID | kernel.NODEV
    try:
        kernel.mount("tmpfs", base, "tmpfs", flags, "size=4m,nr_inodes=4k,mode=755")
        for folder in (WORK, "/dev"):
            os.makedirs(root + folder)
        for path, descriptor in opened:
            _show(path, descriptor, root)
        _started_as(f"{root}/proc/self", os.path.realpath(sys.executable))
        if not os.path.lexists(f"{root}/tmp"):  # it does where the interpreter lies below it
            os.symlink(WORK, f"{root}/tmp")
    finally:
        for _, descriptor in opened:
            os.close(descriptor)
    kernel.mount("none", base, "none", kernel.REMOUNT | kernel.RDONLY | flags)
    return base


def _started_as(folder: str, program: str) -> None:
    """The two entries of /proc/self without which TensorFlow ends the process, as a link and a file."""
    os.makedirs(folder)
    os.symlink(program, f"{folder}/exe")
    with open(f"{folder}/cmdline", "wb") as file:
        file.write(program.encode() + b"\0")


def _base(needed: Iterable[str]) -> str:
    """A folder that exists and below which nothing lies that is needed."""
    for base in BASES:
        there = os.path.isdir(base) and not os.path.islink(base)
        if there and not any(_below(os.path.realpath(path), base) for path in needed if path):
            return base
    raise OSError(f"none of {', '.join(BASES)} is a folder free to build a root file system over")


def _show(path: str, descriptor: int, root: str) -> None:
    """Show one file, folder or link of the old root at the same path of the new one, read-only."""
    target = root + path
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if stat.S_ISLNK(os.fstat(descriptor).st_mode):
        os.symlink(os.readlink("", dir_fd=descriptor), target)
        return
    source = f"/proc/self/fd/{descriptor}"
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o644))
    kernel.mount(source, target, "none", kernel.BIND | kernel.REC)
    if not path.startswith("/dev/"):
        for place in _mounts_below(target):
            _read_only(place)


def _mounts_below(target: str) -> list[str]:
    """The mount points at and below a path (a folder of libraries may hold further mounts)."""
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as file:
        places = [line.split()[4].encode().decode("unicode_escape") for line in file]
    return [place for place in places if place == target or place.startswith(target + "/")]


def _read_only(place: str) -> None:
    """Remount one bind mount read-only; what its mount forbids already (noexec …) stays forbidden."""
    has = os.statvfs(place).f_flag
    kept = sum(flag for seen, flag in KEPT_FLAGS if has & seen)
    flags = kernel.REMOUNT | kernel.BIND | kernel.RDONLY | kernel.NOSUID | kernel.NODEV | kept
    kernel.mount("none", place, "none", flags)
    if not os.statvfs(place).f_flag & os.ST_RDONLY:
        raise OSError(f"{place} is still writable after it was mounted read-only")


def working_folder(disk_mb: int, uid: int, gid: int) -> None:
    """A tmpfs of this size for one submission, in a mount namespace of its own, then the new root."""
    options = f"size={disk_mb}m,nr_inodes=4k,mode=700,uid={uid},gid={gid}"
    kernel.mount("tmpfs", INSIDE + WORK, "tmpfs", kernel.NOSUID | kernel.NODEV, options)
    os.chroot(INSIDE)
    os.chdir(WORK)
