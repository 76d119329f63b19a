"""sessions/*.ipynb and the compiled self-checks, made from the pages: write them, or say which are stale."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from neuropath.publish import book as books
from neuropath.publish import exercises, leftovers, links, notebook
from neuropath.publish.book import Book
from neuropath.publish.errors import BookError, PageError, Unresolved
from neuropath.publish.page import Page

CHECKS = "code/neuropath/lessons/checks"
SESSIONS = "sessions"


def notebook_path(page: Page) -> str:
    """book/session01_…/part_a_….md → sessions/session01_…/part_a_….ipynb"""
    return f"{SESSIONS}/{page.docname.removeprefix('book/')}.ipynb"


def checks_path(page: Page) -> str:
    """book/session01_…/part_a_….md → code/neuropath/lessons/checks/session01_….part_a_….json"""
    return f"{CHECKS}/{page.docname.removeprefix('book/').replace('/', '.')}.json"


def made_from(book: Book) -> dict[str, tuple[str, str]]:
    """What should exist: path → (content, page it is made from). Findings go to `book.errors`."""
    made: dict[str, tuple[str, str]] = {}
    for page in book.notebooks:
        try:
            found = exercises.collect(page)
            checks = exercises.compiled(found)
            made[notebook_path(page)] = (_notebook(page, book), page.file)
        except PageError as error:
            book.errors.append(error)
            continue
        except BookError as error:
            book.errors.extend(error.errors)
            continue
        if checks:
            text = json.dumps(checks, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
            made[checks_path(page)] = (text, page.file)
    book.errors.extend(exercises.duplicates(book))
    unreadable = any(path not in book.pages for path in books.files(book.root))
    known = {str(error) for error in book.errors}
    book.errors.extend(error for error in links.errors(book) if str(error) not in known)
    if unreadable:  # then what cannot be resolved may only be a consequence
        book.errors = [error for error in book.errors if not isinstance(error, Unresolved)]
    return made


def _notebook(page: Page, book: Book) -> str:
    text = notebook.dumps(page, book)
    for cell in json.loads(text)["cells"]:
        if cell["cell_type"] == "markdown" and (left := leftovers.find("".join(cell["source"]))):
            raise page.error(
                1, f"its notebook would show raw markup, {left[0]}; write it in a way the notebook can."
            )
    return text


def write_notebooks(root: Path) -> list[Path]:
    """Write what changed and remove what has no page any more; return the paths touched.

    Pages that are sound are written even when others are not; then BookError tells about those.
    """
    book = books.load(root)
    touched = []
    made = made_from(book)
    for name, (content, _) in made.items():
        path = root / name
        if not path.exists() or path.read_text(encoding="utf-8") != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(path.name + ".tmp")
            draft.write_text(content, encoding="utf-8", newline="\n")
            os.replace(draft, path)
            touched.append(path)
    broken = {error.file for error in book.errors}
    for name in _left_over(root, made):
        if _page_of(name) not in broken:
            (root / name).unlink()
            touched.append(root / name)
    book.raise_errors()
    return touched


def check_notebooks(root: Path) -> list[str]:
    """One line for each file that is out of date, naming the page to edit; raises BookError for bad pages."""
    book = books.load(root)
    made = made_from(book)
    book.raise_errors()
    stale = []
    for name, (content, page) in sorted(made.items()):
        path = root / name
        if not path.exists():
            stale.append(f"{name} is missing: run `make notebooks` (it is made from {page}).")
        elif path.read_text(encoding="utf-8") != content:
            stale.append(
                f"{name} differs from what {page} gives (saved outputs count too): edit {page}, "
                "not the file that is made from it, then run `make notebooks`."
            )
    stale += [
        f"{name} has no page {_page_of(name)}: run `make notebooks`." for name in _left_over(root, made)
    ]
    return stale


def _left_over(root: Path, made: dict[str, tuple[str, str]]) -> list[str]:
    """Files made from a page that is gone. Notebooks of the reader's own, copies included, are left alone."""
    names = [f.relative_to(root).as_posix() for f in (root / CHECKS).glob("*.json")]
    for file in (root / SESSIONS).rglob("*.ipynb"):
        name = file.relative_to(root).as_posix()
        if name not in made and _origin(file) == _page_of(name):
            names.append(name)
    return sorted(name for name in names if name not in made)


def _origin(file: Path) -> str:
    try:
        return json.loads(file.read_text(encoding="utf-8"))["metadata"]["neuropath"]["page"]
    except (ValueError, KeyError, TypeError, OSError):
        return ""


def _page_of(name: str) -> str:
    if name.startswith(CHECKS):
        return "book/" + Path(name).stem.replace(".", "/") + ".md"
    return "book/" + name.removeprefix(f"{SESSIONS}/").removesuffix(".ipynb") + ".md"


def main(root: Path, check: bool = False) -> int:
    """Write, or with `check` only compare; print what was written or which page to edit; 0 if all is well."""
    try:
        if check:
            stale = check_notebooks(root)
            print("\n".join(stale) or "notebooks and self-checks agree with their pages")
            return 1 if stale else 0
        touched = write_notebooks(root)
    except BookError as error:
        print(error, file=sys.stderr)
        return 1
    for path in touched:
        print(f"{'wrote' if path.exists() else 'removed'} {path.relative_to(root)}")
    print(f"{len(touched)} file(s) changed")
    return 0
