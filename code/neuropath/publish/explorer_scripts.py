"""An explorer's module as a classic script: browsers refuse modules to a page that is opened as a file."""

from __future__ import annotations

import os
import re
from pathlib import Path

from neuropath.widgets.compose import module_source, names, style_source

_DEFAULT = re.compile(r"^export default ", re.M)
_EXPORT = re.compile(r"^export (?=(?:async )?function\b|class\b|const\b|let\b)", re.M)


def script_source(name: str) -> str:
    """The composed module of explorer `name` as a script that hands its default export to the book's loader.

    Raises ValueError if the module exports in a form that is not understood here.
    """
    body, defaults = _DEFAULT.subn("const explorerItself = ", module_source(name))
    body = _EXPORT.sub("", body)
    if defaults != 1 or re.search(r"^(export|import)\b|\bimport\.meta\b", body, re.M):
        raise ValueError(
            f"{name}.js should have one `export default` and otherwise only `export` before a function, "
            "class, const or let: the static book turns modules of that form into classic scripts."
        )
    start = f'neuropathExplorers.define("{name}", () => {{\n"use strict";\n'
    return f"{start}{body}\nreturn explorerItself;\n}});\n"


def write_scripts(folder: Path) -> list[Path]:
    """Write `name.classic.mjs` of every explorer, and `explorers.css`, into `folder`; the rest there goes.

    `.mjs`, because Jupyter Book may load any `_static/**/*.js` on every page. Unchanged files stay untouched.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    files = {f"{name}.classic.mjs": script_source(name) for name in names()}
    files["explorers.css"] = style_source()
    for stale in {f for f in folder.iterdir() if f.suffix in (".mjs", ".css")} - {folder / n for n in files}:
        stale.unlink()
    return [_write(folder / name, text) for name, text in sorted(files.items())]


def _write(path: Path, text: str) -> Path:
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        draft = path.with_name(path.name + ".tmp")
        draft.write_text(text, encoding="utf-8", newline="\n")
        os.replace(draft, path)
    return path
