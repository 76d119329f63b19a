"""The built book as one HTML document for paper: pages in order, links turned inwards, answers at the end."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from bs4 import BeautifulSoup, Tag

SCREEN_ONLY = "script, a.headerlink, nav.part-list, img.in-dark, p.explorer-note, .progress-mark, .copybtn"
REFERENCES = ("aria-labelledby", "aria-describedby", "for")


@dataclass(frozen=True)
class Chapter:
    """A page of the table of contents: `group` is the caption above it there, "" for the first page."""

    docname: str
    group: str

    @property
    def slug(self) -> str:
        """The page's name inside the document."""
        return name_of(self.docname)


def name_of(docname: str) -> str:
    """book/session01/part_a → book-session01-part_a"""
    return re.sub(r"[^\w-]", "-", docname)


def chapters(root: Path) -> list[Chapter]:
    """All pages in the order of _toc.yml."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    found = [Chapter(_docname(toc["root"]), "")]
    for group in toc.get("parts") or []:
        caption = group.get("caption") or ""
        found += [Chapter(name, caption) for name in _docnames(group.get("chapters") or [])]
    return found


def _docnames(entries: list[dict[str, Any]]) -> list[str]:
    found = []
    for entry in entries:
        found += [_docname(entry["file"])] if "file" in entry else []
        found += _docnames([*(entry.get("chapters") or []), *(entry.get("sections") or [])])
    return found


def _docname(file: str) -> str:
    return re.sub(r"\.(?:md|ipynb|rst)$", "", file)


def document(html: Path, order: list[Chapter], title: str) -> str:
    """The document. Raises FileNotFoundError when a page of the table of contents has not been built."""
    known = {chapter.docname for chapter in order}
    bodies, names, head = [], {}, ""
    for chapter in order:
        file = html / f"{chapter.docname}.html"
        if not file.is_file():
            raise FileNotFoundError(f"{file} is not there: run `make book` first.")
        soup = BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")
        head = head or _head(soup, chapter.docname)
        article = soup.select_one("article.bd-article")
        if article is None:
            raise ValueError(f"{file} has no <article class='bd-article'>: is it a page of this book?")
        names[chapter.slug] = _title(article)
        _prepare(article, chapter, known)
        bodies.append(f'<section class="chapter" id="{chapter.slug}">{article.decode_contents()}</section>')
    contents = _contents(order, names, title)
    article_class = '<article class="bd-article">'
    return (
        f'<!DOCTYPE html><html lang="en" data-theme="light" data-mode="light" class="one-page"><head>{head}'
        f"<title>{_escape(title)}</title></head><body><main class='bd-main'><div class='bd-content'>"
        f"<div class='bd-article-container'>{article_class}{contents}{''.join(bodies)}</article></div></div>"
        "</main></body></html>"
    )


def _head(soup: BeautifulSoup, docname: str) -> str:
    """The style sheets and MathJax of a page: all that paper needs of its head."""
    kept = []
    for tag in soup.head.find_all(["meta", "link", "script"]) if soup.head else []:
        sheet = tag.name == "link" and "stylesheet" in (tag.get("rel") or [])
        mathjax = tag.name == "script" and "mathjax" in (str(tag.get("src") or "") + tag.text).lower()
        if sheet or mathjax or tag.get("charset"):
            for key in ("href", "src"):
                if tag.get(key):
                    tag[key] = _inside(str(tag[key]), docname)
            kept.append(str(tag))
    return "".join(kept)


def _title(article: Tag) -> str:
    heading = article.find("h1")
    if not isinstance(heading, Tag):
        return ""
    for link in heading.select("a.headerlink"):
        link.decompose()
    return " ".join(heading.get_text().split())


def _prepare(article: Tag, chapter: Chapter, known: set[str]) -> None:
    for tag in article.select(SCREEN_ONLY):
        tag.decompose()
    for figure in article.select("figure.explorer"):
        for name in [name for name in figure.attrs if name != "class"]:
            del figure[name]
    for folded in article.select("details"):
        folded["open"] = ""
    _move_answers(article)
    for tag in article.find_all(True):
        if tag.get("id"):
            tag["id"] = f"{chapter.slug}--{tag['id']}"
        for key in REFERENCES:
            if tag.get(key):
                tag[key] = " ".join(f"{chapter.slug}--{word}" for word in str(tag[key]).split())
        if tag.get("src"):
            tag["src"] = _inside(str(tag["src"]), chapter.docname)
        if tag.get("href"):
            _turn(tag, chapter, known)


def _turn(tag: Tag, chapter: Chapter, known: set[str]) -> None:
    """Make a link lead to its place in this document; a download, which paper cannot give, loses its link."""
    href = str(tag["href"])
    if re.match(r"[a-z][a-z+.-]*:", href):
        return
    path, _, fragment = href.partition("#")
    target = _inside(path, chapter.docname).removesuffix(".html") if path else chapter.docname
    if target in known:
        slug = name_of(target)
        tag["href"] = f"#{slug}--{fragment}" if fragment else f"#{slug}"
    else:
        del tag["href"]


def _inside(path: str, docname: str) -> str:
    """A path as the page wrote it → from the root of the built book; addresses stay as they are."""
    if re.match(r"[a-z][a-z+.-]*:|//|/", path):
        return path
    return posixpath.normpath(posixpath.join(posixpath.dirname(docname), path))


def _move_answers(article: Tag) -> None:
    """Solutions, and what the quiz says to each option, to the chapter's end: not beside the question."""
    soup = BeautifulSoup("", "html.parser")
    solutions = [tag.extract() for tag in article.select("div.solution")]
    if solutions:
        article.append(_section(soup, "Solutions", solutions))
    answers = []
    for number, quiz in enumerate(article.select("div.quiz"), 1):
        answers.append(_paragraph(soup, f"Question {number}", "quiz-number"))
        for letter, option in zip("abcdefgh", quiz.select("details"), strict=False):
            feedback = option.select_one(".quiz-feedback")
            if feedback is not None:
                feedback.extract()
                verdict = "right" if "right" in (option.get("class") or []) else "wrong"
                feedback["class"] = f"quiz-feedback {verdict}"  # its fold, which said so, stays behind
                (feedback.find("p") or feedback).insert(0, f"({letter}) ")
                answers.append(feedback)
        quiz.insert(0, _paragraph(soup, f"Question {number}", "quiz-number"))
    if answers:
        article.append(_section(soup, "Answers to the quiz", answers))


def _section(soup: BeautifulSoup, title: str, parts: Iterable[Tag]) -> Tag:
    section = soup.new_tag("section", attrs={"class": "answers"})
    heading = soup.new_tag("h2")
    heading.string = title
    section.extend([heading, *parts])
    return section


def _paragraph(soup: BeautifulSoup, text: str, name: str) -> Tag:
    tag = soup.new_tag("p", attrs={"class": name})
    tag.string = text
    return tag


def _contents(order: list[Chapter], names: dict[str, str], title: str) -> str:
    lines, group = [], ""
    for chapter in order:
        if chapter.group != group:
            group = chapter.group
            lines.append(f'<li class="group">{_escape(group)}</li>')
        link = f'<a href="#{chapter.slug}">{_escape(names[chapter.slug])}</a>'
        lines.append(f'<li>{link}<span class="page" data-page-of="{chapter.slug}"></span></li>')
    front = f'<header class="book-title"><p>{_escape(title)}</p></header>'
    return f'{front}<nav class="book-contents"><h2>Contents</h2><ol>{"".join(lines)}</ol></nav>'


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
