"""The course's figures: one module a figure, each with `ALT`, what it shows, and `draw()`, a Figure.

In a page or notebook: `viz.show("s01a_xor_fold")`. For the book `neuropath figures` renders all to SVG.
"""

from __future__ import annotations

import difflib
import importlib
import io
import os
import pkgutil
from pathlib import Path
from types import ModuleType

import matplotlib.pyplot as plt

from neuropath.lessons import style

__all__ = ["load", "names", "render", "render_all", "show"]


def names() -> list[str]:
    """Names of all figures, sorted."""
    return sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))


def load(name: str) -> ModuleType:
    """The module that draws figure `name`; an unknown name raises ValueError with the nearest known ones."""
    if name not in names():
        near = difflib.get_close_matches(name, names(), n=3) or names()[:3]
        raise ValueError(f"There is no figure {name!r}; did you mean one of {', '.join(near)}?")
    return importlib.import_module(f"{__name__}.{name}")


def show(name: str):
    """Draw figure `name` in a notebook, as SVG with its alternative text."""
    from html import escape
    from urllib.parse import quote

    from IPython.display import HTML

    svg = quote(_svg(name))
    return HTML(f'<img alt="{escape(load(name).ALT)}" src="data:image/svg+xml,{svg}" style="max-width:100%">')


def render(name: str, folder: Path, theme: str = "light") -> Path:
    """Write figure `name` to `folder`/name-theme.svg; a file with the same content is left untouched."""
    path = Path(folder) / f"{name}-{theme}.svg"
    with style.theme(theme):
        svg = _svg(name)
    if not path.exists() or path.read_text(encoding="utf-8") != svg:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".tmp")
        draft.write_text(svg, encoding="utf-8")
        os.replace(draft, path)
    return path


def render_all(folder: Path, only: list[str] | None = None) -> list[Path]:
    """Render every figure (or those named in `only`) in both themes, with a progress bar."""
    from tqdm.auto import tqdm

    jobs = [(name, theme) for name in (only or names()) for theme in ("light", "dark")]
    return [render(name, folder, theme) for name, theme in tqdm(jobs, desc="figures", unit="svg")]


def _svg(name: str) -> str:
    figure = load(name).draw()
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None})
    plt.close(figure)
    return text.getvalue()
