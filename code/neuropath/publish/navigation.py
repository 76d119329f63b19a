"""The sessions and their parts, in the order of the table of contents, and the ways that lead to a part."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from neuropath.publish import address, facts

CLASS_SIGN = "CLASS_BUILD.txt"  # lies in a copy of the book without solutions, see `classroom`
_TITLE = re.compile(r"^# +(.+?) *$", re.M)
_NAME = re.compile(r"^(?:Part|Appendix) \w+\s*[—–:·-]\s*")
_FIRST = re.compile(r"^# .+\n+((?:[^\s`#(:$|>-].*\n?)+)", re.M)


@dataclass(frozen=True)
class Part:
    """One part of a session, as its own page tells it."""

    docname: str
    letter: str
    title: str
    card: str
    minutes: int
    run_seconds: int


@dataclass
class Session:
    """A session: its number, its name in the table of contents, and those of its parts that exist."""

    number: int
    name: str
    parts: list[Part] = field(default_factory=list)

    @property
    def minutes(self) -> int:
        """Minutes to read all parts."""
        return sum(part.minutes for part in self.parts)


def sessions(root: Path) -> list[Session]:
    """Every session that _toc.yml names at least one part of, in its order."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    found: list[Session] = []
    for group in toc.get("parts") or []:
        for file in _files(group.get("chapters") or []):
            part, number = _read(root, file)
            if part is None:
                continue
            if not found or found[-1].number != number:
                found.append(Session(number, _name(group.get("caption") or "", number)))
            found[-1].parts.append(part)
    return found


def session_of(root: Path, docname: str) -> Session | None:
    """The session that the page belongs to, None for a page outside all sessions."""
    for session in sessions(root):
        if any(part.docname == docname for part in session.parts):
            return session
    return None


def part_links(session: Session, docname: str) -> str:
    """The parts of a session as a MyST list of links; the page `docname` itself stands bold and unlinked."""
    items = []
    for part in session.parts:
        label = f"{part.letter} · {part.title}"
        here = part.docname == docname
        items.append(f"- **{label}**" if here else f"- {{doc}}`{label} </{part.docname}>`")
    return "\n".join(items)


def edit_url(root: Path, docname: str) -> str:
    """Where a reader can propose a change of the page; "" without an address that offers that.

    A class build has no such link: the page behind it has the solutions.
    """
    if (root / CLASS_SIGN).exists():
        return ""
    where = address.repository(root)
    match = re.match(r"https://([^/]+)/", where["url"])
    if not match:
        return ""
    way = {"github": "edit", "gitlab": "-/edit", "codeberg": "_edit"}
    found = next((path for host, path in way.items() if host in match[1]), "")
    return f"{where['url']}/{found}/{where['branch']}/{docname}.md" if found else ""


def buttons(root: Path, docname: str) -> list[dict[str, str]]:
    """Buttons for the head of the page, in the theme's terms: open its notebook in Colab, edit this page."""
    notebook = notebook_of(docname)
    colab = address.colab_url(root, notebook) if (root / notebook).is_file() else ""
    page = edit_url(root, docname) if (root / f"{docname}.md").is_file() else ""
    shown = [
        _button(colab, "Open the notebook in Colab", "Colab", "fas fa-rocket", "colab-button"),
        _button(page, "Edit this page", "Edit", "fas fa-pencil-alt", "edit-button"),
    ]
    return [button for button in shown if button["url"]]


def notebook_of(docname: str) -> str:
    """book/session01…/part_a… → sessions/session01…/part_a….ipynb"""
    return docname.replace("book/", "sessions/", 1) + ".ipynb"


def _button(url: str, tooltip: str, text: str, icon: str, label: str) -> dict[str, str]:
    return {"type": "link", "url": url, "tooltip": tooltip, "text": text, "icon": icon, "label": label}


def _files(entries: list[dict[str, Any]]) -> list[str]:
    found = []
    for entry in entries:
        found += [entry["file"]] if "file" in entry else []
        found += _files([*(entry.get("chapters") or []), *(entry.get("sections") or [])])
    return found


def _read(root: Path, file: str) -> tuple[Part | None, int]:
    text = (root / file).read_text(encoding="utf-8-sig")
    front = facts.front_matter(text)
    course = front.get("course") or {}
    if not {"session", "part"} <= set(course):
        return None, 0
    title = _TITLE.search(text)
    if not title:
        raise ValueError(f"{file} needs a title, one line `# …`: the cards and the list of parts show it.")
    part = Part(
        docname=file.removesuffix(".md"),
        letter=str(course["part"]),
        title=_NAME.sub("", title[1]),
        card=str(front.get("card") or _sentence(text)),
        minutes=facts.minutes_to_read(text),
        run_seconds=int(course.get("run_seconds") or 0),
    )
    return part, int(course["session"])


def _sentence(text: str) -> str:
    """The first sentence below the title."""
    match = _FIRST.search(text)
    paragraph = " ".join(match[1].split()) if match else ""
    return re.split(r"(?<=[.!?…])\s", paragraph, maxsplit=1)[0]


def _name(caption: str, number: int) -> str:
    """ "Session 01 · Networks" → "Networks"; a caption of another form stays as it is."""
    return re.sub(rf"^Session 0*{number}\s*[·:—–-]\s*", "", caption)
