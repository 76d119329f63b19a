"""From `_common.js` and `name.js` to one self-contained ES module: what Colab asks of a widget's source."""

from __future__ import annotations

import hashlib
import os
import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./_common\.js";\n', re.M)


@cache
def module_source(name: str) -> str:
    """The composed ES module of explorer `name`: the shared helpers, then its own code without its import.

    Raises ValueError if `name.js` does not import exactly once from "./_common.js", or imports anything else.
    """
    own, imports = _IMPORT.subn("", _read(f"{name}.js"))
    if imports != 1 or re.search(r"^import\b", own, re.M):
        raise ValueError(
            f'{name}.js must hold exactly one import, `import {{ … }} from "./_common.js";`: '
            "composed modules have to be self-contained."
        )
    return f"{_read('_common.js')}\n{own}"


@cache
def style_source() -> str:
    """The style sheet that all explorers share."""
    return _read("explorers.css")


@cache
def version(name: str) -> str:
    """Eight hex digits that change when the explorer's code or style does: the browser's cache key."""
    return hashlib.sha256((module_source(name) + style_source()).encode()).hexdigest()[:8]


def names() -> list[str]:
    """Names of all explorers, sorted."""
    return sorted(p.stem for p in FOLDER.glob("*.js") if not p.stem.startswith("_"))


def write_modules(folder: Path) -> list[Path]:
    """Write `name.mjs` of every explorer and `explorers.css` into `folder`; unchanged files stay untouched.

    `.mjs`, because Jupyter Book loads every `_static/**/*.js` on every page.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    files = {f"{name}.mjs": module_source(name) for name in names()} | {"explorers.css": style_source()}
    for stale in set(folder.glob("*.mjs")) - {folder / name for name in files}:
        stale.unlink()
    return [_write(folder / name, text) for name, text in sorted(files.items())]


def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _write(path: Path, text: str) -> Path:
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        draft = path.with_name(path.name + ".tmp")
        draft.write_text(text, encoding="utf-8", newline="\n")
        os.replace(draft, path)
    return path
