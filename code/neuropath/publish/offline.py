"""Sphinx extension: where the pages take MathJax from, and what they say where it cannot be had.

By default that is the public CDN, one pinned version, compared with npm's file by the browser (`integrity`).
With NEUROPATH_OFFLINE=yes (`make book OFFLINE=yes`) it is a copy inside the book: no page names another host.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError, ExtensionError

from neuropath.publish import vendor

ROOT = Path(__file__).resolve().parents[3]
SWITCH = "NEUROPATH_OFFLINE"
_HOST = r"(?:https?:)?//[^\"'\s)>]+"
_TAG = re.compile(
    r"<(?:script|link(?![^>]*\brel=[\"']?canonical\b)|img|iframe|source|video|audio|track|embed|object|input)"
    r"\b[^>]*?"
    rf"\s(?:src|href|srcset|poster|data)=[\"']?({_HOST})",
    re.I,
)
_STYLE = re.compile(rf"(?:\burl\(\s*|@import\s+)[\"']?({_HOST})", re.I)
NO_SCRIPT = (
    "No JavaScript runs here: formulas stand as the TeX they are written in, and explorers as still pictures."
)
NO_MATHJAX = (
    "MathJax, which draws the formulas, could not be loaded; they stand as the TeX they are written in. A "
    "book built with <code>make book OFFLINE=yes</code> brings it along and needs no network."
)
TEX = ".math{font-family:monospace;white-space:pre-wrap;overflow-wrap:anywhere}"
# The note is there from the start, but hidden; the class is for whoever waits for MathJax.
FAILED = (
    "document.documentElement.classList.add('plain-tex');"
    f"document.head.append(Object.assign(document.createElement('style'), {{textContent: '{TEX}'}}));"
    "document.querySelectorAll('.plain-tex-note').forEach(note => { note.hidden = false })"
)
# The theme would call a mode that nobody has chosen yet an error, and show no colours until it has looked.
EARLY = (
    "const page = document.documentElement.dataset; page.mode ||= 'auto';"
    "page.theme ||= matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';"
)
NO_SCRIPT_STYLE = f"<noscript><style>{TEX}</style></noscript>"
NOTES = (
    f'<noscript><p class="admonition note"><em>{NO_SCRIPT}</em></p></noscript>\n'
    f'<p class="admonition warning plain-tex-note" role="status" hidden><em>{NO_MATHJAX}</em></p>\n'
)


def is_offline(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the book is to bundle its front-end files. Raises ConfigError for a word that is neither."""
    word = environment.get(SWITCH, "").strip().lower()
    if word in ("yes", "1", "true", "on"):
        return True
    if word in ("", "no", "0", "false", "off"):
        return False
    raise ConfigError(f"OFFLINE ({SWITCH}) should be yes or no and is {word!r}.")


def choose(app: Sphinx, config: Config) -> None:
    """Set where MathJax comes from, before any page is written."""
    record = vendor.recorded()
    options: dict[str, str] = {"defer": "defer", "onerror": FAILED}
    if is_offline():
        if not vendor.is_ready(ROOT):
            raise ConfigError(
                "OFFLINE=yes bundles files that are not there yet: run `neuropath vendor` first, or build by "
                "`make book OFFLINE=yes`, which does."
            )
        config.mathjax_path = vendor.local(record)
        config.html_extra_path = [*config.html_extra_path, str(vendor.folder(ROOT))]
    else:
        config.mathjax_path = vendor.url(record)
        options |= {"integrity": record["files"][record["script"]], "crossorigin": "anonymous"}
    config.mathjax_options = options
    # A slip in a formula is to show as an error, not as the formula's source or a name in red.
    tex = (config.mathjax3_config or {}).get("tex", {})
    packages = {"packages": {"[-]": ["noerrors", "noundefined"]}}
    config.mathjax3_config = {**(config.mathjax3_config or {}), "tex": packages | tex}


def say_so(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Put the notes above a page that has formulas or explorers; a reader sees the one that applies."""
    body = context.get("body", "")
    if doctree is not None and ('class="math ' in body or 'class="explorer"' in body):
        context["body"] = NOTES + body
        context["metatags"] = (context.get("metatags") or "") + NO_SCRIPT_STYLE


def foreign(text: str) -> list[str]:
    """Addresses of other hosts that this page or style sheet would load; links to follow are none of them."""
    return [address for pattern in (_TAG, _STYLE) for address in pattern.findall(text)]


def hold_to_it(app: Sphinx, exception: Exception | None) -> None:
    """At the end: an offline book that loads anything from elsewhere fails; another drops bundled files."""
    if exception is not None or app.builder.format != "html":
        return
    out = Path(app.outdir)
    if not is_offline():  # a build before this one may have bundled them
        shutil.rmtree(out / "_static" / vendor.PACKAGE, ignore_errors=True)
        return
    files = [f for kind in ("*.html", "*.css") for f in sorted(out.rglob(kind))]
    found = {f.relative_to(out): foreign(f.read_text(encoding="utf-8")) for f in files}
    told = "\n".join(f"  {file}: {', '.join(sorted(set(hosts)))}" for file, hosts in found.items() if hosts)
    if told:
        raise ExtensionError(f"OFFLINE=yes, and yet these files load something from elsewhere:\n{told}")


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_js_file(None, body=f"{{ {EARLY} }}", priority=100)
    app.connect("config-inited", choose)
    app.connect("html-page-context", say_so)
    app.connect("build-finished", hold_to_it)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
