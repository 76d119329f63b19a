"""The book for a class: `make book SOLUTIONS=no` builds a copy of it from which the solutions are gone.

`python -m neuropath.publish.classroom` writes the copy to _build/class; execution and Sphinx then work there
and never see a solution. `--check` afterwards searches all that was built for what was taken out.
"""

from __future__ import annotations

import argparse
import hashlib
import html
import json
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from neuropath.publish import book as books
from neuropath.publish import stripped
from neuropath.publish.book import Book
from neuropath.publish.directives import SOLUTION
from neuropath.publish.navigation import CLASS_SIGN as SIGN

TREE = Path("_build") / "class"
SAID = "Made by `make book SOLUTIONS=no`; edits here are lost. Give _build/html to students, nothing else.\n"
FILES = ("_config.yml", "_toc.yml", "requirements.lock")
FOLDERS = ("book", "code", "visualizations", "sessions", "benchmarks")
CHECKS = Path("code") / "neuropath" / "lessons" / "checks"
TOLD = ("book/start_here.md",)  # speaks of solutions and has none
LEFT = re.compile(r"(^|/)(__pycache__|\.[^/]*|[^/]*\.egg-info)(/|$)|^book/_static/explorers/")
WORDS = 10  # so many words in the same order are no chance
BUILT = ("*.html", "*.md", "*.txt", "*.js", "*.json", "*.ipynb", "*.py")
ELSEWHERE = "*Solutions are with your instructor.*"
_IN_BOOK = re.compile(re.escape(SOLUTION).replace(r"\{\}", ".*?"))
_TAG = re.compile(r"</?(?:span|a|em|strong|code|sup|sub)\b[^>]*>")
_OTHER_TAG = re.compile(r"<[a-z/!][^<>]*>")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Written:
    """What came of writing the copy: `stripped` of the `pages` say that solutions are elsewhere."""

    tree: Path
    pages: int
    stripped: int
    changed: int


def write(root: Path) -> Written:
    """Bring root/_build/class into step with the checkout; only files that changed are touched.

    Raises BookError, before anything is written, when a page cannot be read or cut.
    """
    if (root / SIGN).exists():
        raise ValueError(f"{root} is itself a class build; change into the checkout and try again.")
    pages = for_class(books.load(root).raise_errors())
    tree = root / TREE
    wanted: set[Path] = {Path(SIGN)}
    changed = int(_put(tree / SIGN, SAID.encode()))
    for path in _sources(root):
        wanted.add(path)
        changed += _put(tree / path, _content(root, path, pages))
    for path in _sources(tree):
        if path not in wanted:
            (tree / path).unlink()
    return Written(tree, len(pages), sum(stripped.NOTE in text for text in pages.values()), changed)


def for_class(book: Book) -> dict[str, str]:
    """Each page's file and its text for students."""
    gone = {label for page in book.pages.values() for label in stripped.labels_within(page)}
    found = {}
    for file, page in book.pages.items():
        found[file] = stripped.told_below_title(page) if file in TOLD else stripped.strip(page, gone)
    return found


def _sources(root: Path) -> Iterator[Path]:
    """The files of a checkout that the book is made from, by their paths from `root`."""
    yield from (Path(name) for name in FILES if (root / name).is_file())
    for folder in FOLDERS:
        for file in sorted((root / folder).rglob("*")):
            path = file.relative_to(root)
            if file.is_file() and not LEFT.search(path.as_posix()):
                yield path


def _content(root: Path, path: Path, pages: dict[str, str]) -> bytes:
    """A page for students; of a compiled self-check its hash, since an edit must tell; else the file."""
    if path.as_posix() in pages:
        return pages[path.as_posix()].encode()
    content = (root / path).read_bytes()
    if path.parent == CHECKS:
        return hashlib.sha256(content).hexdigest().encode()
    if path.suffix == ".ipynb":
        return _notebook(content.decode()).encode()
    return content


def _notebook(text: str) -> str:
    """A notebook that sends nobody to the book for a solution; as it was where it never did."""
    whole = json.loads(text)
    changed = False
    for cell in whole.get("cells", []):
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and _IN_BOOK.search(source):
            cell["source"] = _IN_BOOK.sub(ELSEWHERE, source).splitlines(keepends=True)
            changed = True
    return json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n" if changed else text


def _put(target: Path, content: bytes) -> bool:
    """Write `content` unless it is there; whether it was written. Sphinx goes by the time of a file."""
    if target.is_file() and target.read_bytes() == content:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return True


# -- the search afterwards ----------------------------------------------------------------------------------


def leaks(root: Path, built: Path) -> list[str]:
    """Where in `built` ten words in a row come from a solution and from nothing that students may read."""
    book = books.load(root)
    secret: set[tuple[str, ...]] = set()
    for page in book.pages.values():
        for text in stripped.removed(page):
            secret |= set(_rows(text))
    open_texts = [*for_class(book).values(), *_code(root)]
    secret.difference_update(row for text in open_texts for row in _rows(text))
    found = []
    for file in sorted(f for kind in BUILT for f in built.rglob(kind)):
        hit = next((row for row in _rows(_plain(file)) if row in secret), None)
        if hit:
            found.append(f"{file.relative_to(built).as_posix()}: “{' '.join(hit)}”")
    return found


def _code(root: Path) -> Iterable[str]:
    """The package's modules, which pages quote; the compiled self-checks are no modules."""
    return (file.read_text(encoding="utf-8") for file in (root / "code").rglob("*.py"))


def _rows(text: str) -> Iterator[tuple[str, ...]]:
    """Every ten words in a row."""
    words = [word.lower() for word in _WORD.findall(text)]
    return zip(*(words[shift:] for shift in range(WORDS)), strict=False)


def _plain(file: Path) -> str:
    """What a reader sees of a built file: no tags, no escapes."""
    text = file.read_text(encoding="utf-8", errors="replace")
    if file.suffix == ".html":
        return html.unescape(_OTHER_TAG.sub(" ", _TAG.sub("", text)))
    if file.suffix in (".ipynb", ".json", ".js"):
        return re.sub(r"\\[nrt]", " ", text.replace('\\"', '"'))
    return text


# -- the command --------------------------------------------------------------------------------------------


def check(root: Path) -> int:
    """Search the built class book; on a leak remove it, say where it was, and return 1."""
    built = root / TREE / "_build" / "html"
    if not (built / "index.html").is_file():
        raise FileNotFoundError(f"{built} is not there: run `make book SOLUTIONS=no`.")
    found = leaks(root, built)
    for place in found:
        print(f"class build: a solution shows in {place}", file=sys.stderr)
    if found:
        shutil.rmtree(built)
        print(f"class build: {built} was removed. Mend the pages named above, build again.", file=sys.stderr)
        return 1
    print(f"class build: nothing that was taken out is in {built}.")
    return 0


def main(argv: list[str] | None = None) -> int:
    """Write the copy of the checkout in the current folder; with --check search what was built from it."""
    parser = argparse.ArgumentParser(prog="python -m neuropath.publish.classroom", description=__doc__)
    parser.add_argument("--check", action="store_true", help="search the built book for what was taken out")
    only_check = parser.parse_args(argv).check
    root = Path.cwd()
    try:
        if not (root / "_config.yml").is_file() or not (root / "_toc.yml").is_file():
            raise ValueError(f"{root} is no checkout of the course: change into its folder and try again.")
        if only_check:
            return check(root)
        done = write(root)
    except (OSError, ValueError) as error:
        print(f"class build: {error}", file=sys.stderr)
        return 1
    print(f"class build: {done.pages} pages, {done.stripped} of them without their solutions: {done.tree}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
