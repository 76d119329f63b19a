"""What a part's first line says: session, part, minutes to read and to run, needs, what it builds on."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

import yaml

WORDS_A_MINUTE = 180  # technical prose, read with a pencil at hand
SECONDS = {"displayed": 20, "inline": 2, "code line": 3, "figure": 20}

_FRONT = re.compile(r"\A---\n.*?\n---\n", re.S)
_CELL = re.compile(r"^(`{3,})\{code-cell\}.*?\n(.*?)^\1`*\s*$", re.S | re.M)
_OPTIONS = re.compile(r"\A(?:---\n(?s:.*?)\n---\n|(?:[ ]*:[\w-]+:.*\n)+)")
_GATED = re.compile(r"^(`{3,})\{solution-start\}.*?\{solution-end\}\n\1?`*\s*$", re.S | re.M)
_DISPLAYED = re.compile(r"\$\$.*?\$\$", re.S)
_INLINE = re.compile(r"\$[^$\n]+\$")


def front_matter(text: str) -> dict[str, Any]:
    """The front matter of a page's source, {} where it has none."""
    match = _FRONT.match(text)
    return (yaml.safe_load(match[0].strip("-\n")) or {}) if match else {}


def minutes_to_read(text: str) -> int:
    """Minutes for `text` (a page's source), rounded up to five: words, formulas, lines of code, figures.

    Solutions and cells that readers never see do not count; exercises are read, not worked.
    """
    text = _GATED.sub("", _FRONT.sub("", text))
    cells = [match[2] for match in _CELL.finditer(text) if "remove-cell" not in match[2]]
    code = sum(bool(line.strip()) for cell in cells for line in _OPTIONS.sub("", cell).splitlines())
    prose = _CELL.sub("", text)
    figures = len(re.findall(r"^`{3,}\{(?:viz|figure|image)\}", prose, re.M))
    displayed = len(_DISPLAYED.findall(prose))
    prose = _DISPLAYED.sub(" ", prose)
    inline = len(_INLINE.findall(prose))
    words = len(re.findall(r"[^\W\d_]{2,}", _INLINE.sub(" ", prose)))
    counts = {"displayed": displayed, "inline": inline, "code line": code, "figure": figures}
    seconds = 60 * words / WORDS_A_MINUTE + sum(SECONDS[k] * n for k, n in counts.items())
    return max(5, 5 * math.ceil(seconds / 300))


def facts_line(front: Mapping[str, Any], text: str) -> str:
    """The line of facts as MyST, e.g. "**Session 1 · Part C** · about 25 minutes to read · …".

    Links to the parts it builds on are {doc} roles. Raises ValueError when `course` lacks an entry.
    """
    course = front.get("course")
    if not isinstance(course, Mapping):
        raise ValueError("{part-facts} reads `course: {session: …, part: …}` from the front matter: add it.")
    needed = {"run_seconds", "needs", "builds_on"} | (
        {"session", "part"} if "appendix" not in course else set()
    )
    if missing := sorted(needed - set(course)):
        raise ValueError(f"`course` in the front matter lacks {', '.join(missing)}.")
    if course["needs"] not in ("CPU", "GPU"):
        raise ValueError(f"`needs` in the front matter is CPU or GPU, received {course['needs']!r}.")
    if not isinstance(course["run_seconds"], int) or not isinstance(course["builds_on"], list):
        raise ValueError("`run_seconds` in the front matter is a whole number, `builds_on` a list of pages.")
    facts = [
        _name(course),
        f"about {minutes_to_read(text)} minutes to read",
        f"{_duration(course['run_seconds'])} to run",
        f"needs a {course['needs']}",
    ]
    if course["builds_on"]:
        facts.append("builds on " + ", ".join(f"{{doc}}`{page}`" for page in course["builds_on"]))
    return " · ".join(facts)


def _name(course: Mapping[str, Any]) -> str:
    if "appendix" in course:
        return f"**Appendix {course['appendix']}**"
    return f"**Session {course['session']} · Part {course['part']}**"


def _duration(seconds: int) -> str:
    return f"{seconds} seconds" if seconds < 100 else f"{round(seconds / 60)} minutes"
