"""A filter in the kernel: system calls that no answer to an exercise needs are refused.

It needs no privilege, so it holds where there are no namespaces as well: there it is what keeps a
submission from the network. The kernel reads it as a small program (seccomp(2), classic BPF).
"""

from __future__ import annotations

import ctypes
import errno
import struct

from neuropath.grading import kernel

ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
# name: (number on x86_64, number on aarch64)
REFUSED = {
    "add_key": (248, 217),
    "bpf": (321, 280),
    "chroot": (161, 51),
    "finit_module": (313, 273),
    "fsopen": (430, 430),
    "init_module": (175, 105),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "memfd_create": (319, 279),  # memory that no limit counts
    "memfd_secret": (447, 447),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "mq_open": (240, 180),
    "msgget": (68, 186),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "open_tree_attr": (467, 467),
    "perf_event_open": (298, 241),
    "personality": (135, 92),
    "pidfd_getfd": (438, 438),
    "pivot_root": (155, 41),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "request_key": (249, 218),
    "semget": (64, 190),
    "setns": (308, 268),
    "setsid": (112, 157),  # a session of its own gets a share of the processor of its own
    "shmget": (29, 194),
    "socket": (41, 198),  # of any family: where there are no namespaces, the host's own are within reach
    "umount2": (166, 39),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
    "vmsplice": (278, 75),  # memory in pipes, that no limit counts either
}
CLONE, CLONE3, PRCTL, SOCKETPAIR = (56, 220), (435, 435), (157, 167), (53, 199)
X32 = 0x40000000  # a second table of numbers on x86_64
AF_UNIX = 1
LOAD, EQUAL, ATLEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCH, FIRST_ARGUMENT = 0, 4, 16  # offsets in what the kernel shows
ALLOW, KILL, REFUSE = 0x7FFF0000, 0x80000000, 0x00050000
SET_SECCOMP, FILTER = 22, 2

Instruction = tuple[int, int, int, int]  # operation, how far to jump if so, if not, constant


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


def available() -> bool:
    """Is there a filter for this machine?"""
    return kernel.LINUX and kernel.machine() in ARCHITECTURE


def program(machine: str) -> list[Instruction]:
    """The filter for this kind of machine."""
    which = list(ARCHITECTURE).index(machine)
    lines: list[Instruction] = [
        (LOAD, 0, 0, ARCH),
        (EQUAL, 1, 0, ARCHITECTURE[machine]),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER),
    ]
    if machine == "x86_64":
        lines += [(ATLEAST, 0, 1, X32), (RETURN, 0, 0, REFUSE | errno.EPERM)]
    for numbers in REFUSED.values():
        lines += [(EQUAL, 0, 1, numbers[which]), (RETURN, 0, 0, REFUSE | errno.EPERM)]
    # "no such call": the C library then uses clone, whose flags can be looked at
    lines += [(EQUAL, 0, 1, CLONE3[which]), (RETURN, 0, 0, REFUSE | errno.ENOSYS)]
    lines += _by_first_argument(CLONE[which], (ANY_BIT, 0, 1, kernel.NEWUSER))
    lines += _by_first_argument(PRCTL[which], (EQUAL, 0, 1, kernel.PDEATHSIG))
    lines += _by_first_argument(SOCKETPAIR[which], (EQUAL, 1, 0, AF_UNIX))
    return [*lines, (RETURN, 0, 0, ALLOW)]


def _by_first_argument(number: int, question: Instruction) -> list[Instruction]:
    """A call that is refused unless `question`, asked of its first argument, jumps one line further."""
    return [
        (EQUAL, 0, 4, number),
        (LOAD, 0, 0, FIRST_ARGUMENT),
        question,
        (RETURN, 0, 0, REFUSE | errno.EPERM),
        (RETURN, 0, 0, ALLOW),
    ]


def install() -> None:
    """Put the filter on this process and all that it starts, for good. It needs no_new_privs."""
    lines = program(kernel.machine())
    code = b"".join(struct.pack("=HBBI", *line) for line in lines)
    buffer = ctypes.create_string_buffer(code, len(code))
    kernel_reads = _Program(len(lines), ctypes.addressof(buffer))
    kernel.prctl(SET_SECCOMP, FILTER, ctypes.addressof(kernel_reads))
