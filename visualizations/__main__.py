"""`python -m neuropath.visualizations [NAME ...]`: render figures to book/_static/figures, light and dark."""

import argparse
from pathlib import Path

from neuropath.cli import root_folder
from neuropath.publish.execute import package_key
from neuropath.visualizations import names, render_all


def main() -> None:
    """Render the named figures, or all of them unless nothing has changed since they were last rendered."""
    parser = argparse.ArgumentParser(prog="python -m neuropath.visualizations", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="figures to render (default: all)")
    only = parser.parse_args().names
    root = root_folder()
    folder = root / "book" / "_static" / "figures"
    stamp, key = folder / "rendered-for", package_key(root)
    if not only and stamp.exists() and stamp.read_text() == key:
        print(f"figures: all {len(names())} are up to date")
        return
    render_all(folder, only)
    if not only:
        _drop_strangers(folder)
        stamp.write_text(key)


def _drop_strangers(folder: Path) -> None:
    known = {f"{name}-{theme}.svg" for name in names() for theme in ("light", "dark")}
    for file in folder.glob("*.svg"):
        if file.name not in known:
            file.unlink()


main()
