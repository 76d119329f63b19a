"""What keeps pages light: pictures for the dark theme wait until they are seen, icons come once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

DARK = re.compile(r'<img (?=[^>]*\bclass="[^"]*\bin-dark\b)')
ICONS = "The icons are a font in the theme's style sheet; 0.5 MB that draw them once more are left out."


def wait_for_the_dark(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """In the light theme these pictures are not shown, and so are not loaded. Paper never has them."""
    if "body" in context:
        context["body"] = DARK.sub('<img loading="lazy" ', context["body"])


def icons_once(app: Sphinx, exception: Exception | None) -> None:
    """Empty the theme's script of icons; the pages go on asking for it."""
    script = Path(app.outdir) / "_static" / "scripts" / "fontawesome.js"
    if exception is None and script.is_file():
        script.write_text(f"// {ICONS}\n", encoding="utf-8")


def setup(app: Sphinx) -> None:
    app.connect("html-page-context", wait_for_the_dark)
    app.connect("build-finished", icons_once)
