"""The cards of the front page: one block a session, one card a part, made from the pages themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from neuropath.publish.navigation import Part, Session, sessions

HOURS_FROM = 90  # minutes; a longer time is told in hours


def blocks(root: Path) -> Iterator[tuple[Session, str]]:
    """Every session with its grid of cards as MyST (sphinx-design), in the order of the table of contents."""
    for session in sessions(root):
        yield session, grid(session)


def grid(session: Session) -> str:
    """A grid of one card a part: letter and title, what it is about, minutes to read."""
    cards = "\n".join(card(part) for part in session.parts)
    return f"`````{{grid}} 1 2 2 2\n:gutter: 3\n:class-container: part-cards\n\n{cards}`````\n"


def card(part: Part) -> str:
    """One part as a card that is a link as a whole."""
    return (
        f"````{{grid-item-card}} {part.letter} · {part.title}\n"
        f":link: /{part.docname}\n:link-type: doc\n"
        f":link-alt: Part {part.letter}, {part.title}\n"
        f":class-card: part-card\n\n"
        f"{part.card}\n\n"
        f"{length(part.minutes)} to read\n````\n"
    )


def heading(session: Session) -> str:
    """ "Session 01 · Neural network fundamentals"."""
    return (
        f"Session {session.number:02d} · {session.name}" if session.name else f"Session {session.number:02d}"
    )


def summary(session: Session) -> str:
    """ "6 parts, about 7 hours to read"."""
    count = len(session.parts)
    return f"{count} part{'s' if count > 1 else ''}, about {length(session.minutes)} to read"


def length(minutes: int) -> str:
    """A reading time in words: minutes, from 90 on in half hours."""
    if minutes < HOURS_FROM:
        return f"{minutes} minutes"
    halves = round(minutes / 30)
    return f"{halves // 2}{'½' if halves % 2 else ''} hours"
