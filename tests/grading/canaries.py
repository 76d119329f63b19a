"""The book with a word that is nowhere else in every solution, test, misconception and rubric of it."""

import re
import shutil
from collections import Counter
from pathlib import Path

from corpus.own import OWN_PAGE

from neuropath.publish import classroom

ROOT = Path(__file__).parents[2]
CANARY = re.compile(rb"canary-[a-z]+-[0-9]+x", re.IGNORECASE)
CODE = re.compile(r"(?P<head>^```\{code-cell\}.*\n(?:---\n(?:.*\n)*?---\n|(?::.*\n)*))", re.MULTILINE)
KIND = re.compile(r"kind: (?P<kind>solution|check|hidden)\b")
RUBRIC = re.compile(r"\{points: (?P<points>[0-9.]+), text: (?P<quote>\"?)")
PROSE = re.compile(r"^(?P<ticks>`{3,})\{solution-start\}.*\n(?::.*\n)*(?P=ticks)\n", re.MULTILINE)
DIRECTIVE = re.compile(r"^`{3,}\{solution\}.*\n(?::.*\n)*", re.MULTILINE)
MESSAGE = re.compile(r"^ +message: \"?", re.MULTILINE)


class Planter:
    """Puts numbered canaries into a page; `planted` counts them by kind."""

    def __init__(self) -> None:
        self.planted: Counter[str] = Counter()

    def _new(self, kind: str) -> str:
        self.planted[kind] += 1
        return f"canary-{kind}-{self.planted.total()}x"

    def _in_code(self, match: re.Match[str]) -> str:
        kind = KIND.search(match["head"])
        return f"{match['head']}# {self._new(kind['kind'])}\n" if kind else match["head"]

    def page(self, source: str) -> str:
        """The page with canaries in solutions (texts and code), checks, hidden tests, messages, rubrics."""
        source = CODE.sub(self._in_code, source)
        source = MESSAGE.sub(lambda m: f"{m[0]}{self._new('message')} ", source)
        source = RUBRIC.sub(lambda m: f"{m[0]}{self._new('rubric')} ", source)
        for pattern in (PROSE, DIRECTIVE):
            source = pattern.sub(lambda m: f"{m[0]}{self._new('prose')}\n\n", source)
        return source


def copied_with_canaries(root: Path) -> Counter[str]:
    """Copy the book's sources into `root`, with canaries; how many of each kind."""
    for name in classroom.FILES:
        shutil.copy(ROOT / name, root)
    left = shutil.ignore_patterns("__pycache__", ".*", "*.egg-info", "explorers")
    for name in classroom.FOLDERS:
        shutil.copytree(ROOT / name, root / name, ignore=left)
    planter = Planter()
    for page in sorted((root / "book").glob("session*/*.md")):  # the guide's own example stays as it is
        page.write_text(planter.page(page.read_text(encoding="utf-8")), encoding="utf-8")
    (root / "own_page.md").write_text(planter.page(OWN_PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    return planter.planted


def hits(content: bytes | str) -> list[bytes]:
    """The canaries in a file's content."""
    return CANARY.findall(content.encode() if isinstance(content, str) else content)
