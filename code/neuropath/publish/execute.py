"""Execute the book's pages into a cache that is keyed on the package as well as on the page.

jupyter-cache alone keys on a page's code. After an edit of the package it would serve old outputs, and
an assert that is now false would stay green; so the cache's folder carries a hash of all a page can import.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import yaml

ALONE = 20  # seconds: a page that says it takes longer has all cores to itself
KEEP = 3  # caches of earlier package versions that are kept, so that reverting an edit costs nothing
QUIET: dict[str, Any] = {
    "record_timing": False
}  # timings would become cell metadata, and so part of the cache's key
HASHED = (".py", ".js", ".css", ".json", ".npz")


def package_key(root: Path) -> str:
    """Hash of code/, visualizations/ and the lock: what a page's outputs depend on besides the page."""
    digest = hashlib.sha256(f"python {sys.version_info.major}.{sys.version_info.minor}".encode())
    files = [f for folder in ("code", "visualizations") for f in (root / folder).rglob("*")]
    for file in [*sorted(f for f in files if f.suffix in HASHED and f.is_file()), root / "requirements.lock"]:
        digest.update(str(file.relative_to(root).as_posix()).encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def cache_folder(root: Path) -> Path:
    """Where the outputs for the package as it stands now are cached."""
    return root / "_build" / ".jupyter_cache" / package_key(root)


def pages(root: Path) -> list[Path]:
    """All pages of the table of contents that hold code cells, in reading order."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    files = [root / toc["root"], *_files([*(toc.get("parts") or []), *(toc.get("chapters") or [])], root)]
    missing = [f for f in files if not f.exists()]
    if missing:
        names = ", ".join(str(f.relative_to(root)) for f in missing)
        raise FileNotFoundError(
            f"_toc.yml names {names}, which does not exist: write the page or remove its line."
        )
    return [f for f in files if "{code-cell}" in _text(f)]


def _text(page: Path) -> str:
    """The page's source; a byte-order mark, which some editors write, does not hide its front matter."""
    try:
        return page.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{page} should be UTF-8: {error}. Save it in that encoding.") from error


def _files(entries: list[dict], root: Path) -> list[Path]:
    found = []
    for entry in entries:
        if "file" in entry:
            found.append(root / entry["file"])
        found += _files([*(entry.get("chapters") or []), *(entry.get("sections") or [])], root)
    return found


@dataclass
class Run:
    """One page on its way through a kernel."""

    page: Path
    notebook: nbformat.NotebookNode
    seconds: float = 0.0
    failure: str = ""
    at: int = 0  # index of the cell that was begun last


def execute(root: Path, *, workers: int | None = None, timeout: int = 180) -> int:
    """Execute every page whose outputs are not cached; return 0, or 1 after naming what failed.

    Progress is printed as "page k of n, seconds". All pages run even when one fails, so that one build shows
    all failures; a failed page is not cached.
    """
    from jupyter_cache import get_cache

    folder = cache_folder(root)
    cache = get_cache(folder)
    os.utime(folder if folder.exists() else cache.path)
    _prune(folder.parent)
    runs = [Run(page, *_read(page)) for page in pages(root)]
    waiting = [run for run in runs if not _is_cached(cache, run.notebook)]
    print(f"execute: {len(runs)} pages, {len(runs) - len(waiting)} of them cached", flush=True)
    for done, run in enumerate(_finished(waiting, workers, timeout), start=1):
        state = "FAILED" if run.failure else "ok"
        name = run.page.relative_to(root)
        print(f"  page {done} of {len(waiting)}: {name}, {run.seconds:.1f} s, {state}", flush=True)
        if not run.failure:
            _store(cache, run)
    cache.db.dispose()
    return _report([run for run in waiting if run.failure], root)


def _finished(waiting: list[Run], workers: int | None, timeout: int) -> Iterator[Run]:
    """The pages as they finish: the long ones first, each alone, then two at a time."""
    for run in filter(_is_long, waiting):
        yield _run(run, timeout)
    yield from _in_parallel([run for run in waiting if not _is_long(run)], workers, timeout)


def _is_long(run: Run) -> bool:
    return (run.notebook.metadata.get("course") or {}).get("run_seconds", 0) > ALONE


def _in_parallel(waiting: list[Run], workers: int | None, timeout: int) -> Iterator[Run]:
    """The pages as they finish. After Ctrl-C no other page begins."""
    with ThreadPoolExecutor(workers or min(2, os.cpu_count() or 1)) as pool:
        futures = [pool.submit(_run, run, timeout) for run in waiting]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _read(page: Path) -> tuple[nbformat.NotebookNode]:
    from myst_nb.core.read import MystMetadataParsingError, read_myst_markdown_notebook
    from myst_parser.config.main import MdParserConfig

    extensions = {"amsmath", "colon_fence", "dollarmath", "deflist"}
    config = MdParserConfig(enable_extensions=extensions)
    try:
        return (read_myst_markdown_notebook(_text(page), config, add_source_map=True, path=page),)
    except MystMetadataParsingError as error:
        raise ValueError(f"{page}: {error}. Mend the YAML there.") from error


def _is_cached(cache, notebook: nbformat.NotebookNode) -> bool:
    try:
        cache.match_cache_notebook(notebook)
    except KeyError:
        return False
    return True


def _store(cache, run: Run) -> None:
    from jupyter_cache.base import CacheBundleIn

    bundle = CacheBundleIn(run.notebook, str(run.page), data={"execution_seconds": run.seconds})
    cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)


def _run(run: Run, timeout: int) -> Run:
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    begin = time.perf_counter()
    resources = {"metadata": {"path": str(run.page.parent)}}
    try:
        client = NotebookClient(
            run.notebook,
            timeout=timeout,
            kernel_name="python3",
            resources=resources,
            on_cell_start=lambda cell, cell_index: setattr(run, "at", cell_index),
            **QUIET,
        )
        # A loop of its own in each thread, closed when it is done. What the kernel process itself writes to
        # stderr (a note on its transport at every start) is not the page's; cells' stderr is an output.
        asyncio.run(client.async_execute(stderr=subprocess.DEVNULL))
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        run.failure = _describe(run, error)
    run.seconds = time.perf_counter() - begin
    return run


def _describe(run: Run, error: Exception) -> str:
    """Cell number, source line and exception of the cell that failed."""
    starts = run.notebook.metadata.get("source_map", [])
    code = [i for i, cell in enumerate(run.notebook.cells) if cell.cell_type == "code"]
    index = run.at if run.at in code else code[0]
    raised = [o for o in run.notebook.cells[index].outputs if o.output_type == "error"]
    where = f"line {starts[index] + 1}, code cell {code.index(index) + 1} of {len(code)}"
    if raised and not isinstance(error, TimeoutError):  # a time-out or a dead kernel leaves no error output
        what = f"{raised[0].ename}: {raised[0].evalue}"
    else:
        what = f"{type(error).__name__}: {str(error).splitlines()[0]}"
    source = "\n".join(f"    | {line}" for line in run.notebook.cells[index].source.splitlines()[:20])
    return f"{where}\n    {what}\n{source}"


def _report(failed: list[Run], root: Path) -> int:
    for run in failed:
        print(f"\n{run.page.relative_to(root)}, {run.failure}", file=sys.stderr)
    if failed:
        print(f"\nexecute: {len(failed)} page(s) failed; mend the page or the package.", file=sys.stderr)
    return 1 if failed else 0


def _prune(folder: Path) -> None:
    caches = sorted((f for f in folder.iterdir() if f.is_dir()), key=lambda f: f.stat().st_mtime)
    for old in caches[:-KEEP]:
        shutil.rmtree(old, ignore_errors=True)
