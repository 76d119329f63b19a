"""Assigning a set that is out already, and from where it cannot be handed out safely."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from set_samples import ALL, compile_checks, mini, written

from neuropath import cli
from neuropath.grading import keys, rootfs, spec
from neuropath.grading.assemble import Paper

ROSTER = "id,name\n" + "".join(f"s{n:02d},Student {n}\n" for n in range(12))


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A checkout in small as the current folder, and a spec and a roster beside it."""
    root = mini(tmp_path / "root")
    path = written(tmp_path / "desk", ALL, more="pages: [own.md]\n")
    (path.parent / "roster.csv").write_text(ROSTER)
    compile_checks(monkeypatch, Paper(*spec.load(path, root)).questions)
    monkeypatch.chdir(root)
    return path.parent


def assign(desk: Path) -> int:
    words = ["assign", desk / "set.yml", "--out", desk / "out", "--roster", desk / "roster.csv"]
    return cli.main([str(word) for word in words])


def test_numbers_that_change_while_a_set_is_out_are_told(desk, capsys):
    assert assign(desk) == 0
    before = keys.read(desk / "out-key").drawn
    assert assign(desk) == 0
    assert "other numbers" not in capsys.readouterr().out
    own = desk / "own.md"
    own.write_text(own.read_text().replace("variant: {n: [3, 8]}", "variant: {n: [3, 8, 9]}"))
    assert assign(desk) == 0
    said = capsys.readouterr().out
    after = keys.read(desk / "out-key").drawn
    changed = [id for id in before if before[id]["own-rms"] != after[id]["own-rms"]]
    assert 5 < len(changed) < 12
    assert f"warning    {', '.join(changed[:5])} and {len(changed) - 5} more had other numbers" in said


def test_a_date_decides_no_mark(desk):
    assert assign(desk) == 0
    before = keys.read(desk / "out-key")
    path = desk / "set.yml"
    path.write_text(path.read_text() + "due: 2027-01-29T18:00:00+01:00\ninstructions: Alone.\n")
    assert assign(desk) == 0
    after = keys.read(desk / "out-key")
    assert after.set.due != before.set.due
    assert after.digest == before.digest, "what was graded stays graded"
    path.write_text(path.read_text().replace("points: 5, hidden", "points: 6, hidden"))
    assert assign(desk) == 0
    assert keys.read(desk / "out-key").digest != before.digest


def test_own_pages_do_not_lie_where_submissions_can_read_them(desk, monkeypatch, capsys):
    monkeypatch.setattr(rootfs, "visible_paths", lambda: [str(desk)])
    assert assign(desk) == 1
    said = capsys.readouterr().err
    assert "own.md: this folder belongs to the package" in said
    assert not (desk / "out").exists()


@pytest.mark.parametrize("points", ["1.667", "2.675"])
def test_points_have_two_decimals_at_most(desk, capsys, points):
    path = desk / "set.yml"
    path.write_text(path.read_text().replace("points: 5, hidden", f"points: {points}, hidden"))
    assert assign(desk) == 1
    assert f"`points` should have two decimals at most, received {points}" in capsys.readouterr().err


def test_the_rows_of_a_rubric_add_up_to_its_points(tmp_path):
    root = mini(tmp_path / "root")
    for points in (1, 0.1, 2.99):
        path = written(tmp_path / "desk", f"[{{id: mini-why, points: {points}}}]")
        (asked,) = Paper(*spec.load(path, root)).questions
        assert round(sum(row["points"] for row in asked.rubric), 9) == points


def test_what_a_terminal_cannot_show_stops_nothing(tmp_path, monkeypatch):
    shown = io.BytesIO()
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(shown, encoding="latin-1"))
    monkeypatch.chdir(mini(tmp_path / "root"))
    assert cli.main(["assign", str(tmp_path / "\N{BRAIN}.yml"), "--out", str(tmp_path / "out")]) == 1
    sys.stderr.flush()
    assert b"\\U0001f9e0.yml" in shown.getvalue()
