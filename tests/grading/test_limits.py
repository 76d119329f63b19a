"""What a submission may use, and the system calls it may not make: the numbers, and the filter's program."""

import json

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


@pytest.mark.parametrize("machine", syscalls.ARCHITECTURE)
def test_the_filter_is_a_program_that_ends(machine):
    """Every jump lands inside; the last line allows; each refused call is looked for by its number here."""
    lines = syscalls.program(machine)
    which = list(syscalls.ARCHITECTURE).index(machine)
    for place, (operation, if_so, if_not, _) in enumerate(lines):
        assert operation in (syscalls.RETURN, syscalls.LOAD) or place + 1 + max(if_so, if_not) < len(lines)
    assert lines[-1] == (syscalls.RETURN, 0, 0, syscalls.ALLOW)
    looked_for = [k for operation, _, _, k in lines if operation == syscalls.EQUAL]
    assert {numbers[which] for numbers in syscalls.REFUSED.values()} <= set(looked_for)
    assert len(set(looked_for)) == len(looked_for)
