"""From `name.js` and the shared files it imports to one self-contained ES module: what Colab asks for."""

from __future__ import annotations

import hashlib
import os
import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
SHARED = ("_common", "_controls", "_plots")  # in this order: each may use those before it
_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./(\w+)\.js";\n', re.M)
_EXPORT = re.compile(r"^export (?:const|function) (\w+)", re.M)


@cache
def module_source(name: str) -> str:
    """The composed ES module of explorer `name`: the shared files it imports, then its own code.

    Raises ValueError if `name.js` imports anything else, or a name that the shared file does not export.
    """
    own = _read(f"{name}.js")
    wanted = {"_common", *(file for _, file in _IMPORT.findall(own))}
    files = [_read(f"{file}.js") for file in SHARED if file in wanted]
    for text in (own, *files):
        _check_imports(name, text)
    return "\n".join(_IMPORT.sub("", text).lstrip("\n") for text in (*files, own))


def _check_imports(name: str, text: str) -> None:
    for names, file in _IMPORT.findall(text):
        known = _EXPORT.findall(_read(f"{file}.js")) if file in SHARED else []
        if lost := {each.strip() for each in names.split(",")} - {"", *known}:
            raise ValueError(
                f"{name}.js expects {', '.join(sorted(lost))} from {file}.js, which exports no such name; "
                f"shared are {', '.join(SHARED)}."
            )
    if re.search(r"^import\b", _IMPORT.sub("", text), re.M):
        raise ValueError(
            f'{name}.js must import by `import {{ … }} from "./_common.js";` only: composed modules have to '
            "be self-contained."
        )


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
