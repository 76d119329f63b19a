"""The built book: its pages, the ids in them, and what one visit of a page finds out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml
from chromium import Browser
from harness import wake

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "_build" / "html"
BUDGET = ROOT / "_build" / "page_budget.json"
SHOTS = ROOT / "_build" / "screenshots"
MODULES = ROOT / "_build" / "vendor" / "npm" / "node_modules"
AXE = MODULES / "axe-core" / "axe.min.js"
WIDTHS = (360, 768, 1280)

READY = (
    "return document.readyState === 'complete' && (!document.querySelector('.math')"
    " || document.documentElement.matches('.plain-tex') || !!window.MathJax?.startup?.promise)"
)
TYPESET = "return window.MathJax?.startup?.promise?.then(() => true)"
# Text that a reader sees or hears, without code, formulas and explorers.
RAW = r"""
const away = 'pre, code, script, style, noscript, kbd, mjx-container, svg, .npx, .plain-tex-note, .highlight';
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
const mark = /\$|:::|\\(label|(eq)?ref|begin)\b|\{(math|ref|eq|doc|term|num\w+|prf:\w+|cite[:\w]*)\}/;
const look = text => mark.test(text ?? '') && found.push(text.trim().slice(0, 80));
while (walk.nextNode()) if (!walk.currentNode.parentElement.closest(away)) look(walk.currentNode.data);
for (const e of document.querySelectorAll('[alt], [title], [aria-label]'))
  if (!e.closest(away)) ['alt', 'title', 'aria-label'].forEach(name => look(e.getAttribute(name)));
look(document.title);
return found;
"""
FACTS = """
return {
  broken_math: [...document.querySelectorAll('mjx-merror, [data-mjx-error]')].map(e => e.textContent),
  plain_math: [...document.querySelectorAll('.math')].filter(e => !e.querySelector('mjx-container')).length,
  formulas: document.querySelectorAll('mjx-container').length,
  links: [...new Set([...document.querySelectorAll('a[href]')].map(e => e.href))],
  rooted: [...document.querySelectorAll('[href^="/"], [src^="/"]')].map(e => e.outerHTML.slice(0, 120)),
  unpinned: [...document.querySelectorAll('script[src], link[rel~=stylesheet]')].filter(e =>
    !e.integrity && new URL(e.src ?? e.href).host !== location.host).map(e => e.outerHTML.slice(0, 120)),
  images: [...document.images].map(e => e.src),
  empty_images: [...document.images].filter(e => e.complete && !e.naturalWidth).map(e => e.src),
  no_alt: [...document.images].filter(e => !e.hasAttribute('alt')).map(e => e.src),
  loaded: performance.getEntriesByType('resource').map(e => e.name),
};
"""
WIDE = """
const room = document.documentElement.clientWidth, all = document.documentElement.scrollWidth;
if (all <= room) return [];
const clips = e => getComputedStyle(e).overflowX !== 'visible';
const clipped = e => e && e !== document.body && (clips(e) || clipped(e.parentElement));
const out = [...document.querySelectorAll('body *')].map(e => [e, e.getBoundingClientRect().right])
  .filter(([e, right]) => right > room + 1 && !clipped(e.parentElement)).slice(0, 8);
return [`${all} pixels`, ...out.map(([e, right]) => `${e.tagName} ${e.className} ${Math.round(right)}`)];
"""
# Everything that opens is opened by a click on it; what stays shut, or was open before, is told.
OPEN = """
const wrong = [], start = e => e.textContent.trim().slice(0, 60);
const told = (e, why) => wrong.push(`${why}: ${e.className} ${start(e)}`);
const counts = { options: 0, folds: 0, wrong };
for (const fold of document.querySelectorAll('article details:not([open])')) {
  const inside = [...fold.children].filter(e => e.tagName !== 'SUMMARY');
  if (inside.some(e => e.checkVisibility())) told(fold, 'open before');
  fold.querySelector('summary').click();
  if (!fold.open || !inside.some(e => e.checkVisibility() && e.innerText.trim())) told(fold, 'stays shut');
  fold.matches('.quiz-option') ? counts.options++ : counts.folds++;
}
for (const fold of document.querySelectorAll('article .admonition.dropdown')) {
  if (!fold.matches('.toggle-hidden')) { told(fold, 'open before'); continue; }
  fold.querySelector('.toggle-button').click();
  const inside = [...fold.children].filter(e => !e.matches('.admonition-title'));
  if (!inside.some(e => e.checkVisibility() && e.innerText.trim())) told(fold, 'stays shut');
  counts.folds++;
}
for (const quiz of document.querySelectorAll('.quiz'))
  if (quiz.querySelectorAll('.quiz-option.right').length !== 1) told(quiz, 'not one right answer');
return counts;
"""
# Of each formula its place stays and its colour: the thousands of nodes inside are MathJax's own. Of each
# listing one word of each colour stays a word; the others become text of the listing itself.
THIN = """
document.querySelectorAll('mjx-container').forEach(e => e.replaceChildren('x'));
for (const listing of document.querySelectorAll('.highlight pre')) {
  const seen = new Set();
  for (const word of [...listing.querySelectorAll('span')].filter(e => !e.firstElementChild)) {
    const colour = `${word.className} in ${word.parentElement.className}`;
    seen.has(colour) ? word.replaceWith(...word.childNodes) : seen.add(colour);
  }
}
"""
BESIDE = [
    [".bd-sidebar-primary"],
    [".bd-header-article"],
    [".bd-sidebar-secondary"],
]  # phones hide most of it
AUDIT = """
const rules = arguments[0] ? { runOnly: { type: 'rule', values: arguments[0] } } : {};
const where = arguments[1] ?? document;
return axe.run(where, { ...rules, resultTypes: ['violations'] }).then(({ violations }) => violations
  .filter(v => ['serious', 'critical'].includes(v.impact))
  .flatMap(v => v.nodes.map(n => `${v.id}: ${n.target.join(' ')} ${n.any[0]?.message ?? ''}`)));
"""
STILL = (
    "const s = document.createElement('style'); s.textContent = "
    "'*, *::before, *::after { transition: none !important; animation: none !important }';"
    "document.head.append(s)"
)
# Blocking time as Lighthouse counts it: what a task takes beyond 50 ms, from first paint until all is drawn.
TIMING = """
const painted = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0;
const sent = performance.getEntriesByType('resource').filter(e => e.name.startsWith('http'));
const size = list => list.reduce((sum, e) => sum + e.transferSize, 0);
const own = sent.filter(e => e.name.includes('/_static/explorers'));
const long = await new Promise(done => {
  new PerformanceObserver(list => done(list.getEntries())).observe({ type: 'longtask', buffered: true });
  setTimeout(done, 200, []);
});
const blocks = long.filter(e => e.startTime + e.duration > painted).map(e => e.duration - 50);
return {
  bytes: performance.getEntriesByType('navigation')[0].transferSize + size(sent) - size(own),
  explorer_bytes: size(own),
  first_contentful_paint: Math.round(painted),
  blocking: Math.round(blocks.reduce((sum, time) => sum + time, 0)),
};
"""


@dataclass
class Visit:
    """What one load of a page found out."""

    page: str
    explorers: int = 0
    complaints: list[str] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    wide: dict[int, list[str]] = field(default_factory=dict)
    violations: dict[str, list[str]] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    opened: dict[str, Any] = field(default_factory=dict)
    budget: dict[str, float] = field(default_factory=dict)
    shots: list[Path] = field(default_factory=list)


def pages() -> list[str]:
    """The built pages' paths, in the order of the table of contents."""
    toc = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    named = re.findall(r"(book/[\w/]+)\.md", repr(yaml.safe_load(toc)))
    return [f"{name}.html" for name in dict.fromkeys(named)]


def is_offline(folder: Path = BOOK) -> bool:
    """Whether the book was built with OFFLINE=yes: its pages name no CDN."""
    return "cdn.jsdelivr.net" not in (folder / "book" / "notation.html").read_text(encoding="utf-8")


@cache
def ids(file: Path) -> frozenset[str]:
    """What a link's fragment may name in a page."""
    return frozenset(re.findall(r'\b(?:id|name)="([^"]+)"', file.read_text(encoding="utf-8")))


def broken(address: str, links: list[str]) -> list[str]:
    """Those of the links into the book that lead nowhere."""
    wrong = []
    for link in links:
        if not link.startswith(f"{address}/"):
            continue
        parts = urlsplit(link)
        file = BOOK / unquote(parts.path).lstrip("/")
        file = file / "index.html" if file.is_dir() else file
        anchor = unquote(parts.fragment)
        if not file.is_file() or (anchor and file.suffix == ".html" and anchor not in ids(file)):
            wrong.append(link.removeprefix(address))
    return wrong


def visit(chromium: Browser, address: str, page: str) -> Visit:
    """Load a page once, slowed down like a cheap phone, and find out everything about it."""
    found = Visit(page)
    chromium.emulate(1280, 900, prefers_color_scheme="light")
    chromium.complaints()
    chromium.devtools("Network.enable", {})
    chromium.devtools("Network.setCacheDisabled", {"cacheDisabled": True})
    chromium.devtools("Emulation.setCPUThrottlingRate", {"rate": 4})
    chromium.get(f"{address}/{page}")
    chromium.until(READY, 60)
    chromium.run(TYPESET)
    chromium.settle()
    found.budget = chromium.run(TIMING)
    chromium.devtools("Emulation.setCPUThrottlingRate", {"rate": 1})
    chromium.devtools("Network.setCacheDisabled", {"cacheDisabled": False})
    chromium.run(STILL)
    found.explorers = wake(chromium)
    found.budget["explorer_bytes"] = chromium.run(TIMING)["explorer_bytes"]
    found.facts, found.raw = chromium.run(FACTS), chromium.run(RAW)
    found.opened = chromium.run(OPEN)
    look(chromium, found)
    audit(chromium, found)
    found.complaints = chromium.complaints(grave=True)
    return found


def look(chromium: Browser, found: Visit) -> None:
    """Whether anything is wider than the page, and pictures of all of it, at three widths; dark at one."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    name = found.page.removeprefix("book/").removesuffix(".html").replace("/", "-")
    for width in WIDTHS:
        chromium.emulate(width, 900, prefers_color_scheme="light")
        chromium.settle()
        found.wide[width] = chromium.run(WIDE)
        until = 12_000 if width == 768 else 10**6  # lower down nothing is laid out that the others have not
        found.shots += chromium.pictures(SHOTS, f"{name}-{width}", until, prefers_color_scheme="light")
    set_theme(chromium, "dark")
    found.shots += chromium.pictures(SHOTS, f"{name}-1280-dark", 6_000, prefers_color_scheme="light")


def audit(chromium: Browser, found: Visit) -> None:
    """axe on both themes, everything open; what does not depend on colours is asked once, on a phone."""
    if not AXE.is_file():
        return
    chromium.emulate(1280, 900, prefers_color_scheme="light")
    chromium.run(THIN)
    chromium.run(AXE.read_text(encoding="utf-8") + "; window.axe = axe;")
    found.violations["dark"] = chromium.run(AUDIT, ["color-contrast", "link-in-text-block"])
    set_theme(chromium, "light")
    found.violations["light, beside the text"] = chromium.run(AUDIT, None, {"include": BESIDE})
    chromium.emulate(360, 900, prefers_color_scheme="light")
    chromium.run("return new Promise(r => setTimeout(r, 400))")  # the theme looks what scrolls after 300 ms
    found.violations["light"] = chromium.run(AUDIT, None)


def set_theme(chromium: Browser, theme: str) -> None:
    """As the page's own button does."""
    chromium.run(
        "document.documentElement.dataset.theme = document.documentElement.dataset.mode = arguments[0]", theme
    )
    chromium.settle()


def table(rows: dict[str, dict[str, float]]) -> str:
    """The page budget for readers: kilobytes of the page and of its explorers, first paint, blocking time."""
    lines = [f"{'page':64}{'kB':>6}{'explorers':>11}{'kB':>6}{'first paint':>13}{'blocking':>10}"]
    for page, row in rows.items():
        text, own = (round(row[key] / 1000) for key in ("bytes", "explorer_bytes"))
        times = f"{row['first_contentful_paint']:>10} ms{row['blocking']:>7} ms"
        lines.append(f"{page.removeprefix('book/'):64}{text:>6}{row['explorers']:>11}{own:>6}{times}")
    return "\n".join(lines)
