"""All exercises that a problem set can draw on: the book's, and those of the instructor's own pages."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from pathlib import Path

from neuropath.publish import book as books
from neuropath.publish import exercises, page
from neuropath.publish.book import Book
from neuropath.publish.errors import BookError, PageError
from neuropath.publish.exercises import Exercise


@dataclass
class Bank:
    """`exercises` by id. `own` are the ids that come from own pages; `errors` says what could not be read.

    `unread` has the texts of the pages whose exercises could not be taken, by the pages' names.
    """

    book: Book
    exercises: dict[str, Exercise] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)
    unread: dict[str, str] = field(default_factory=dict)

    def unread_page(self, id: str) -> str:
        """The page that holds the exercise `id` and could not be read; "" if there is none."""
        line = re.compile(rf"\bid:\s*[\"']?{re.escape(id)}(?![\w-])")
        return next((name for name, text in self.unread.items() if line.search(text)), "")

    def near(self, id: str) -> str:
        """' Did you mean …?' with the nearest ids, for an id that nothing has."""
        labels = {exercise.label: known for known, exercise in self.exercises.items()}
        if id in labels:
            return f" `{id}` is its label: write `{labels[id]}`."
        close = difflib.get_close_matches(id, self.exercises, n=3, cutoff=0.5)
        same_part = sorted(known for known in self.exercises if known.split("-")[0] == id.split("-")[0])
        if close:
            return f" Did you mean {', '.join(f'`{known}`' for known in close)}?"
        return f" There are {', '.join(same_part)}." if same_part else ""


def load(root: Path, folder: Path | None = None, pages: tuple[str, ...] = ()) -> Bank:
    """The exercises of the checkout at `root` and of the `pages`, whose paths count from `folder`."""
    book = books.load(root)
    bank = Bank(book, errors=[str(error) for error in book.errors])
    for public in list(book.notebooks):
        _take(bank, public)
    for name in pages:
        _add_own(bank, (folder or root) / name, name)
    return bank


def _take(bank: Bank, source: page.Page) -> None:
    try:
        found = exercises.collect(source)
    except BookError as error:
        bank.errors += [str(one) for one in error.errors]
        bank.unread[source.file] = source.text
        return
    for exercise in found:
        if not exercise.id:
            continue
        if before := bank.exercises.get(exercise.id):
            message = (
                f"exercise id `{exercise.id}` is taken: {before.file}:{before.line} has it; rename yours."
            )
            bank.errors.append(str(source.error(exercise.line, message)))
            continue
        bank.exercises[exercise.id] = exercise
        if source.private:
            bank.own.add(exercise.id)


def _add_own(bank: Bank, path: Path, name: str) -> None:
    if not path.is_file():
        bank.errors.append(f"there is no page {name}: paths of `pages` count from the spec's folder.")
        return
    try:
        text = path.read_text(encoding="utf-8")
        own = page.parse(text, name, private=True)
    except UnicodeDecodeError:
        bank.errors.append(f"{name} is not UTF-8 text.")
        bank.unread[name] = path.read_text(encoding="utf-8", errors="replace")
        return
    except PageError as error:
        bank.errors.append(str(error))
        bank.unread[name] = text
        return
    before = len(bank.book.errors)
    books.add(bank.book, own)
    bank.errors += [str(error) for error in bank.book.errors[before:]]
    _take(bank, own)
