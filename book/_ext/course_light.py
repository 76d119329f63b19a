"""Small mends of what the theme and Sphinx write: pages that load less, and that axe has nothing against."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

DARK = re.compile(r'<img (?=[^>]*\bclass="[^"]*\bin-dark\b)')
LIST = 'role="list" class="citation-list"'  # its entries have a role of their own, and no list item's
# A folded cell says "Show code cell source" and then "Hide …"; a name over it would leave that unsaid.
FOLD = '<summary aria-label="Toggle hidden content">'
# Whatever scrolls is made reachable by Tab when the window changes its size. What scrolls changes as well
# when a fold is opened, a picture has come, or another theme shows its own pictures.
LOOK_AGAIN = """{
  const look = () => dispatchEvent(new Event("resize"));
  let soon;
  const again = () => { clearTimeout(soon); soon = setTimeout(look, 50); };
  const opens = ({ target }) => target.closest?.("summary, .admonition-title") && again();
  document.addEventListener("click", opens);
  document.addEventListener("load", ({ target }) => target.localName === "img" && again(), true);
  new MutationObserver(again).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}"""
ICONS = "The icons are a font in the theme's style sheet; 0.5 MB that draw them once more are left out."


def mend(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Lists and folds get their right names; pictures for the dark theme load when they are shown."""
    if "body" in context:
        body = context["body"].replace(LIST, 'class="citation-list"').replace(FOLD, "<summary>")
        context["body"] = DARK.sub('<img loading="lazy" ', body)


def icons_once(app: Sphinx, exception: Exception | None) -> None:
    """Empty the theme's script of icons; the pages go on asking for it."""
    script = Path(app.outdir) / "_static" / "scripts" / "fontawesome.js"
    if exception is None and script.is_file():
        script.write_text(f"// {ICONS}\n", encoding="utf-8")


def setup(app: Sphinx) -> None:
    app.add_js_file(None, body=LOOK_AGAIN)
    app.connect("html-page-context", mend)
    app.connect("build-finished", icons_once)
