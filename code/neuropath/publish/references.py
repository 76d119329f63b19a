"""The bibliography as notebooks need it: "Rosenblatt, 1958", linked by DOI, and the entry in full."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from neuropath.publish.errors import PageError

if TYPE_CHECKING:
    from pybtex.database import Entry, Person

_VENUES = ("journal", "booktitle")  # in italics, as what the work is a part of
_ISSUERS = ("publisher", "school", "institution", "howpublished")  # without a venue, the title is


@dataclass(frozen=True)
class Work:
    """One entry of references.bib, as text."""

    key: str
    names: str
    year: str
    url: str
    full: str

    @property
    def cited(self) -> str:
        """As in parentheses: "[Rosenblatt, 1958](https://doi.org/…)"."""
        return _link(f"{self.names}, {self.year}", self.url)

    @property
    def named(self) -> str:
        """As part of the sentence: "[Rosenblatt (1958)](https://doi.org/…)"."""
        return _link(f"{self.names} ({self.year})", self.url)


def load(path: Path, name: str) -> dict[str, Work]:
    """All works of a .bib file by key; `name` is what errors call the file. A missing file holds no works."""
    from pybtex.database import parse_string
    from pybtex.exceptions import PybtexError

    if not path.exists():
        return {}
    text = path.read_text(encoding="utf-8")
    try:
        entries = parse_string(text, "bibtex").entries
        works = [_work(key, entry) for key, entry in entries.items()]
    except PybtexError as error:
        line = getattr(error, "lineno", None) or _line_of(text, str(error))
        raise PageError(name, line, f"{error}; mend the entry.") from None
    except KeyError as error:
        raise PageError(
            name, 1, f"an entry lacks {error}; author (or editor), title and year are needed."
        ) from None
    return {work.key: work for work in _distinct(works)}


def _line_of(text: str, message: str) -> int:
    key = message.split()[-1]
    lines = [
        i for i, line in enumerate(text.splitlines(), 1) if re.match(rf"@\w+\{{\s*{re.escape(key)},", line)
    ]
    return lines[-1] if lines else 1


def _distinct(works: list[Work]) -> list[Work]:
    """Two works of the same people in the same year become 2014a and 2014b."""
    same: dict[tuple[str, str], list[str]] = defaultdict(list)
    for work in works:
        same[work.names, work.year].append(work.key)
    found = []
    for work in works:
        keys = sorted(same[work.names, work.year])
        letter = "abcdefghijklmnopqrstuvwxyz"[keys.index(work.key)] if len(keys) > 1 else ""
        year = work.year + letter
        found.append(replace(work, year=year, full=work.full.replace(f"({work.year})", f"({year})", 1)))
    return found


def _work(key: str, entry: Entry) -> Work:
    people = entry.persons.get("author") or entry.persons["editor"]
    fields = {
        name: _plain(value) for name, value in entry.fields.items() if name not in ("doi", "url", "eprint")
    }
    year, title = fields["year"], fields["title"].rstrip(".")
    url = _address(entry)
    venue, issuer = (
        next((fields[name] for name in kind if name in fields), "") for kind in (_VENUES, _ISSUERS)
    )
    parts = [f"{_all_names(people)} ({year})."]
    if venue:
        volume = f" {fields['volume']}" if "volume" in fields else ""
        pages = f", {fields['pages']}" if "pages" in fields else ""
        parts += [f"{title}.", f"*{venue}*{volume}{pages}."]
    else:
        parts += [f"*{title}*.", f"{issuer}."] if issuer else [f"{title}."]
    if shown := _shown(entry):
        parts.append(_link(shown, url) + ".")
    return Work(key, _short_names(people), year, url, " ".join(parts))


def _address(entry: Entry) -> str:
    if "doi" in entry.fields:
        return "https://doi.org/" + entry.fields["doi"].replace("\\_", "_")
    if "eprint" in entry.fields:
        return "https://arxiv.org/abs/" + entry.fields["eprint"]
    return entry.fields.get("url", "")


def _shown(entry: Entry) -> str:
    for field, label in (("doi", "doi:"), ("eprint", "arXiv:"), ("url", ""), ("isbn", "ISBN ")):
        if field in entry.fields:
            return label + entry.fields[field].replace("\\_", "_")
    return ""


def _plain(latex: str) -> str:
    from pybtex.richtext import Text

    return re.sub(r"\s+", " ", str(Text.from_latex(latex))).replace("--", "–").strip()


def _last(person: Person) -> str:
    return _plain(" ".join(person.prelast_names + person.last_names))


def _short_names(people: list[Person]) -> str:
    last = [_last(person) for person in people]
    if len(last) > 2 or "others" in last[1:]:
        return f"{last[0]} et al."
    return " & ".join(last)


def _all_names(people: list[Person]) -> str:
    names = []
    for person in people[:6]:
        given = " ".join(f"{_plain(n)[:1]}." for n in person.first_names + person.middle_names)
        names.append(f"{_last(person)}, {given}".rstrip(", "))
    if "others" in names:
        names = [*names[: names.index("others")], "et al."]
    elif len(people) > 6:
        names.append("et al.")
    if len(names) > 1 and names[-1] != "et al.":
        return ", ".join(names[:-1]) + " & " + names[-1]
    return ", ".join(names)


def _link(text: str, url: str) -> str:
    escaped = url.replace("(", "%28").replace(")", "%29").replace("<", "%3C").replace(">", "%3E")
    return f"[{text}]({escaped})" if url else text
