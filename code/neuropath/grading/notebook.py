"""A notebook's cells as a plain interpreter runs them: magics, shell lines and Colab's modules do no harm."""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import re
import sys
import types
import warnings
from collections.abc import Sequence
from typing import Any

MAGIC = re.compile(r"^(\s*)(?:[%!?].*|[\w.\[\]]+\?{1,2}\s*)$")
ASSIGNED = re.compile(r"^([\w\s,]+=\s*)[!%].*$")  # files = !ls
TIMED = re.compile(r"^(\s*(?:[\w\s,]+=\s*)?)%time\s+(?=\S)")  # what is timed is run, and binds its names
PYTHON_CELLS = ("%%time", "%%timeit", "%%capture", "%%prun")  # the rest of such a cell is Python


def plain_source(source: str) -> str:
    """The cell as Python: `%`, `!` and `?` lines become `pass`, cells of another language become empty.

    Of a line `%time total = f()` the statement stays. A cell that is Python as it stands is left
    alone: a line may begin with % in it (inside a text, say). The number of lines stays.
    """
    source = source.replace("\r\n", "\n")
    first = source.lstrip().split("\n", 1)[0]
    if first.startswith("%%"):
        if first.split()[0] not in PYTHON_CELLS:
            return ""
        source = source.replace(first, "", 1)
    if _compiles(source):
        return source
    lines = [TIMED.sub(r"\1", line) for line in source.split("\n")]
    return "\n".join(MAGIC.sub(r"\1pass", ASSIGNED.sub(r"\1[]", line)) for line in lines)


def only_checks(source: str) -> bool:
    """Whether the cell does nothing but ask the course's self-checks: `check("id", answer)`."""
    if "check" not in source or not _compiles(source):
        return False
    calls = [s.value for s in ast.parse(source).body if isinstance(s, ast.Expr)]
    return len(calls) == len(ast.parse(source).body) > 0 and all(
        isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "check"
        for call in calls
    )


def _compiles(source: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, "<cell>", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return False
    return True


class Nothing:
    """Stands for anything of a notebook's surroundings: may be called, indexed and asked for more of it."""

    def __call__(self, *args: Any, **kwargs: Any) -> Nothing:
        return self

    def __getattr__(self, name: str) -> Nothing:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, key: Any) -> Any:
        raise KeyError(key)

    def __iter__(self) -> Any:
        return iter(())

    def __enter__(self) -> Nothing:
        return self

    def __exit__(self, *_: object) -> None:
        return None


class Surroundings(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Modules of a notebook's surroundings, in which everything does nothing."""

    def __init__(self, *names: str):
        self._names = names

    def find_spec(self, name: str, path: Sequence[str] | None, target: Any = None) -> Any:
        """A spec for the modules that are stood in for; None for every other."""
        if any(name == top or name.startswith(top + ".") for top in self._names):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        """Fill the module: `display`, `drive`, `files` … are all Nothing, there is no running IPython."""
        if module.__name__ == "google":
            return
        nothing = Nothing()

        def missing(name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            return nothing

        module.__dict__["__getattr__"] = missing
        if module.__name__ == "IPython":
            module.__dict__.update(get_ipython=lambda: None, version_info=(7, 34, 0), __version__="7.34.0")


def stand_in() -> None:
    """Let `google.colab` and `IPython` be imported here. A real package `google` stays what it is."""
    sys.meta_path.insert(0, Surroundings("google.colab", "IPython"))
    sys.meta_path.append(Surroundings("google"))
