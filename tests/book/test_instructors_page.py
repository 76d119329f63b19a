"""The instructors' guide holds: hours are the pages', commands exist, its own page can be handed out."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from neuropath.grading import assign, filled, given, grade, merging
from neuropath.grading.handout import hand_out
from neuropath.publish import exercises, facts
from neuropath.publish import page as pages

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "book" / "instructors.md").read_text(encoding="utf-8")
CONTAINER = (ROOT / "Containerfile").read_text(encoding="utf-8")


def parts() -> dict[str, tuple[int, int]]:
    """ "01 A" → minutes to read and number of exercises, from the pages."""
    found = {}
    for path in sorted((ROOT / "book").glob("session*/part_*.md")):
        page = pages.read(path, ROOT)
        name = f"{page.course['session']:02d} {page.course['part']}"
        found[name] = (facts.minutes_to_read(page.text), len(exercises.collect(page)))
    return found


def test_the_table_of_hours_is_that_of_the_pages():
    rows = re.findall(r"^\| (\d\d) \| ([A-F]), [^|]+\| (\d+) \| (\d+) \|$", GUIDE, re.M)
    assert {f"{s} {p}": (int(m), int(n)) for s, p, m, n in rows} == parts()


def test_the_weeks_add_up():
    known = parts()
    rows = re.findall(r"^\| (\d+) \| ((?:\d\d [A-E](?:, )?)+) \| (\d+) \|", GUIDE, re.M)
    assert [int(week) for week, _, _ in rows] == list(range(1, 13))
    for week, named, minutes in rows:
        assert sum(known[name][0] for name in named.split(", ")) == int(minutes), f"week {week}"
    assert {n for _, named, _ in rows for n in named.split(", ")} == {n for n in known if n[-1] != "F"}
    hours = [sum(known[n][0] + 5 * known[n][1] for n in named.split(", ")) / 60 for _, named, _ in rows]
    assert 1.25 <= min(hours) <= max(hours) <= 4.25  # “between 1½ and 4”


def test_the_day_is_as_long_as_it_says():
    day = GUIDE[GUIDE.index("| when |") : GUIDE.index("### A term")]
    before, *slots = (int(minutes) for minutes in re.findall(r"\| (\d+) \|$", day, re.M))
    known = parts()
    assert before == known["01 A"][0] + known["02 A"][0]
    assert 5.5 * 60 <= sum(slots) < 6 * 60


def commands() -> list[list[str]]:
    fenced = "\n".join(re.findall(r"^```bash\n(.*?)^```", GUIDE, re.S | re.M)).replace("\\\n", " ")
    return [shlex.split(line, comments=True) for line in fenced.splitlines() if "--" in line]


def test_every_option_of_the_commands_exists():
    known = {"assign": assign.OPTIONS, "grade": grade.OPTIONS}
    seen = set()
    for words in commands():
        if words[0] == "neuropath":
            for word in words[2:]:
                if word.startswith("--"):
                    assert word[2:].replace("-", "_") in known[words[1]], f"{words[1]} {word}"
                    seen.add(word)
    assert {"--roster", "--key", "--out", "--merge", "--canvas", "--canvas-column"} <= seen
    for flag in re.findall(r"`(--[a-z-]+)`", GUIDE):
        name = flag[2:].replace("-", "_")
        assert name in assign.OPTIONS or name in grade.OPTIONS or flag in ("--user",), flag


def test_every_file_it_names_is_there():
    for name in ("code/neuropath/grading/sets/session01.yml", "Containerfile"):
        assert name in GUIDE
        assert (ROOT / name).is_file()


def test_what_it_says_of_tables_is_what_they_are_called():
    for name in (given.ASIDE, given.OTHER_RUBRIC, f"{filled.FOLDER}/", merging.OPEN):
        assert f"`{name}`" in GUIDE


def test_the_libraries_that_submissions_may_import_are_those_of_the_package():
    """Those named are installed with the course; only the one for sets that say so is an extra."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    installed = {re.match(r"[\w-]+", one)[0] for one in project["dependencies"]}
    named = re.search(r"may import what the course's environment has: ([^.]+)\.", GUIDE)[1].lower()
    assert set(named.split(", ")) <= installed
    assert "keras" not in installed
    assert "Keras needs `needs: keras`" in GUIDE


@pytest.fixture
def example(tmp_path):
    """The spec and the own page of the guide, as files."""
    spec = re.search(r"^```yaml\n(.*?)^```", GUIDE, re.S | re.M)[1]
    page = re.search(r"^`{5}markdown\n(.*?)^`{5}$", GUIDE, re.S | re.M)[1]
    (tmp_path / "set1.yml").write_text(spec, encoding="utf-8")
    (tmp_path / "own_questions.md").write_text(page, encoding="utf-8")
    return tmp_path


def test_the_example_can_be_handed_out(example):
    """Solutions get full marks, starters count as not attempted: else it would be refused."""
    roster = example / "roster.csv"
    roster.write_text("id,name\na17,Ada\nb20,Bo\n")
    hand_out(example / "set1.yml", ROOT, example / "out", example / "key", roster=roster)
    notebook = (example / "out" / "students" / "a17.ipynb").read_text(encoding="utf-8")
    assert "Root mean square" in notebook
    for secret in ("largest", "1e200", "root of the sum", "rng.normal"):
        assert secret not in notebook, secret
    assert "1e200" in (example / "key" / "key.json").read_text(encoding="utf-8")


def test_the_other_question_of_the_example_can_be_handed_out_too(example):
    spec = (example / "set1.yml").read_text().replace("own-rms, points: 4, hidden_points: 2", "own-when")
    (example / "set1.yml").write_text(spec)
    hand_out(example / "set1.yml", ROOT, example / "out", example / "key")
    assert "Answer to own-when:" in (example / "out" / "set1.ipynb").read_text(encoding="utf-8")


# -- the container: read, as it cannot be built here --------------------------------------------------------


def test_the_container_copies_what_exists_and_runs_as_nobody_special():
    lines = re.sub(r"\\\n\s*", "", CONTAINER).splitlines()
    assert "FROM python:3.12-slim" in lines  # no registry's host
    for line in lines:
        if line.startswith("COPY "):
            *sources, _ = line.split()[1:]
            assert all((ROOT / source).exists() for source in sources), line
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users == ["grader"]
    assert lines.index("USER grader") < lines.index('ENTRYPOINT ["neuropath", "grade"]')


def test_the_container_installs_by_the_commands_that_make_uses():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for words in ("--require-hashes -r", "--no-deps --no-build-isolation"):
        assert words in makefile
        assert words in CONTAINER


def test_the_container_is_run_without_network_or_capabilities():
    runs = [words for words in commands() if words[:2] == ["docker", "run"]]
    assert len(runs) == 2
    for words in runs:
        line = " ".join(words)
        for option in ("--network none", "--read-only", "--cap-drop ALL", "no-new-privileges", ":/key:ro"):
            assert option in line
        assert line.endswith("neuropath-grader /in --key /key --out /out")
