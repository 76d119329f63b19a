"""What a submission may use, and the system calls it may not make: the numbers, and the filter's program."""

import json
import re
from pathlib import Path

import pytest

from neuropath.grading import syscalls
from neuropath.grading.limits import Limits


def test_limits_are_numbers_above_zero():
    assert Limits.from_json(json.loads(json.dumps(Limits(warm=("keras",)).to_json()))) == Limits(
        warm=("keras",)
    )
    for slip in (
        {"cell_seconds": 0},
        {"memory_mb": "much"},
        {"processes": True},
        {"output_kb": float("nan")},
    ):
        with pytest.raises(ValueError, match="should be a number above 0"):
            Limits(**slip)
    with pytest.raises(ValueError, match="cells_second is no limit"):
        Limits.from_json({"cells_second": 3})


HEADERS = {  # of the kernel, in the order of the numbers; aarch64 has the generic ones
    "x86_64": "/usr/include/x86_64-linux-gnu/asm/unistd_64.h",
    "aarch64": "/usr/include/asm-generic/unistd.h",
}


@pytest.mark.parametrize("machine", syscalls.ARCHITECTURE)
def test_the_numbers_are_the_kernel_s(machine):
    header = Path(HEADERS[machine])
    if not header.exists():
        pytest.skip(f"{header} is not there: it comes with a C library's headers (apt: linux-libc-dev)")
    told = re.findall(r"#define __NR_(\w+)\s+(\d+)$", header.read_text(), re.MULTILINE)
    known = {name: int(number) for name, number in told}
    which = list(syscalls.ARCHITECTURE).index(machine)
    ours = {name: numbers[which] for name, numbers in syscalls.REFUSED.items()}
    ours |= {
        "clone": syscalls.CLONE[which],
        "clone3": syscalls.CLONE3[which],
        "prctl": syscalls.PRCTL[which],
        "socketpair": syscalls.SOCKETPAIR[which],
    }
    assert {name: known[name] for name in ours if name in known} == {n: ours[n] for n in ours if n in known}
    assert len(ours.keys() - known) <= 3, "headers older than a call or two do not name it"


@pytest.mark.parametrize("machine", syscalls.ARCHITECTURE)
def test_the_filter_is_a_program_that_ends(machine):
    """Every jump lands inside; the last line allows; each refused call is looked for by its number here."""
    lines = syscalls.program(machine)
    which = list(syscalls.ARCHITECTURE).index(machine)
    for place, (operation, if_so, if_not, _) in enumerate(lines):
        assert operation in (syscalls.RETURN, syscalls.LOAD) or place + 1 + max(if_so, if_not) < len(lines)
    assert lines[-1] == (syscalls.RETURN, 0, 0, syscalls.ALLOW)
    arguments = [place + 1 for place, line in enumerate(lines) if line[3] == syscalls.FIRST_ARGUMENT]
    looked_for = [
        line[3] for place, line in enumerate(lines) if line[0] == syscalls.EQUAL and place not in arguments
    ]
    assert {numbers[which] for numbers in syscalls.REFUSED.values()} <= set(looked_for)
    assert len(set(looked_for)) == len(looked_for)
