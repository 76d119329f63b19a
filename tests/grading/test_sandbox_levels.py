"""The levels of isolation: which one is found, what each says that it lacks, what the lowest still does."""

from pathlib import Path

import pytest
from sandboxes import LINUX_ONLY, isolation_or_skip, settled_processes, still_there, submission

from neuropath.grading import rootfs, sandbox
from neuropath.grading.child import RemoteError

pytestmark = LINUX_ONLY


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
