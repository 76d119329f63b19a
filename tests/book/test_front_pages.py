"""The front pages keep their promises: hours, links, quizzes, terms, and an equation that is really run."""

import re
from pathlib import Path

import pytest

from neuropath.publish import facts, quiz

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "book"
FRONT = sorted(page.stem for page in BOOK.glob("*.md"))
PARTS = {p.relative_to(BOOK).with_suffix("").as_posix(): p for p in BOOK.glob("session*/part_?_*.md")}


def test_every_front_page_is_here():
    known = {
        "intro",
        "start_here",
        "notation",
        "glossary",
        "references",
        "checked",
        "execution",
        "twins",
        "engine",
    }
    assert known <= set(FRONT)


def text(name: str) -> str:
    return (BOOK / f"{name}.md").read_text(encoding="utf-8")


def hours(part: str, minutes_an_exercise: int) -> float:
    page = PARTS[part].read_text(encoding="utf-8")
    exercises = len(re.findall(r"^`{3,}\{exercise(?:-start)?\}", page, re.M))
    run = facts.front_matter(page)["course"]["run_seconds"] / 60
    return (facts.minutes_to_read(page) + run + minutes_an_exercise * exercises) / 60


def number(cell: str) -> float:
    whole, half = re.fullmatch(r"\s*(\d+)(½?) h\s*", cell).groups()
    return int(whole) + 0.5 * bool(half)


def ways() -> list[tuple[list[str], float, float]]:
    rows = re.findall(r"^\| [^|]+\|([^|]*\{doc\}[^|]*)\|([^|]+ h )\|([^|]+ h )\|$", text("start_here"), re.M)
    return [(re.findall(r"\{doc\}`\d\d [A-F] <(.+?)>`", parts), number(a), number(b)) for parts, a, b in rows]


def test_the_hours_of_the_ways_are_those_of_the_pages():
    assert len(ways()) > 8
    assert {part for parts, _, _ in ways() for part in parts} == set(PARTS)
    for parts, reading, all_of_it in ways():
        for stated, computed in (
            (reading, sum(hours(part, 0) for part in parts)),
            (all_of_it, sum(hours(part, 10) for part in parts)),
        ):
            assert abs(stated - computed) <= 0.5, (
                f"start_here says {stated} h for {parts}, the pages {computed:.1f} h"
            )


@pytest.mark.parametrize("name", FRONT)
def test_links_lead_to_pages_that_exist(name):
    linked = re.findall(r"\{doc\}`(?:[^`<]*<)?([\w/.]+)>?`|^:link: ([\w/]+)$", text(name), re.M)
    for target in (a or b for a, b in linked):
        assert (BOOK / f"{target}.md").is_file(), f"{name} links to {target}"


def test_the_self_test_has_ten_questions_with_feedback():
    found = re.findall(r"^```\{quiz\} ([^\n]+)\n:label: (\S+)\n(.*?)^```$", text("start_here"), re.M | re.S)
    assert len(found) == 10
    assert len({label for _, label, _ in found}) == 10
    for question, label, body in found:
        assert "`" not in question, f"{label}: a backtick in a fence's first line ends the directive"
        assert len(quiz.parse(question, body).options) >= 3


def test_glossary_terms_are_sorted_unique_and_linked_terms_exist():
    terms = re.findall(r"^(\S.*)\n  \S", text("glossary"), re.M)
    assert len(terms) >= 60
    lowered = [term.lower() for term in terms]
    assert lowered == sorted(set(lowered))
    pages = "\n".join(path.read_text(encoding="utf-8") for path in BOOK.rglob("*.md"))
    linked = re.findall(r"\{term\}`(?:[^`<]*<)?([^`<>]+)>?`", pages)
    assert {term.lower() for term in linked} <= set(lowered)


def test_notation_runs_the_transposition():
    cells = re.findall(r"^```\{code-cell\} ipython3\n(?::[^\n]*\n)*(.*?)^```$", text("notation"), re.M | re.S)
    space: dict = {}
    for cell in cells:
        exec(compile(cell, "notation.md", "exec"), space)
    assert space["W"].shape == space["layer"].params["W"].shape[::-1]


def test_no_page_of_the_front_promises_what_is_not_there():
    for name in FRONT:
        assert not re.search(r"coming soon|TODO|TBD", text(name), re.I)
    stated = dict(re.findall(r"^\* - (\d\d)\n.*?\n.*?\n  - Parts ([A-F, ]+)$", text("intro"), re.M))
    here = {key[7:9]: [] for key in PARTS}
    for key, path in PARTS.items():
        here[key[7:9]].append(path.name[5].upper())
    assert {number: parts.split(", ") for number, parts in stated.items()} == {
        number: sorted(parts) for number, parts in here.items()
    }


def test_every_reference_can_be_found_and_is_cited():
    entries = re.split(r"(?m)^(?=@)", (BOOK / "references.bib").read_text(encoding="utf-8"))[1:]
    keys = [re.match(r"@\w+\{([^,]+),", entry)[1] for entry in entries]
    assert len(keys) == len(set(keys))
    for key, entry in zip(keys, entries, strict=True):
        assert re.search(r"\b(doi|eprint|isbn|url)\s*=", entry), (
            f"{key} has no DOI, arXiv id, ISBN or address"
        )
        assert re.search(r"\byear\s*=\s*\{\d{4}\}", entry), f"{key} has no year"
    pages = "\n".join(path.read_text(encoding="utf-8") for path in BOOK.rglob("*.md"))
    cited = {
        key.strip() for group in re.findall(r"\{cite:[pt]\}`([^`]+)`", pages) for key in group.split(",")
    }
    assert cited == set(keys)
