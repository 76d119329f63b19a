"""Which names code uses and where they come from: one setup cell for questions of many pages."""

from __future__ import annotations

import ast
import builtins
import symtable
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field

WIDTH = 88  # as the pages' cells are formatted
HEAVY = ("keras", "tensorflow", "torch")
_ALWAYS = frozenset(dir(builtins)) | {"__name__", "__file__", "__doc__", "get_ipython", "display"}


def bound(source: str) -> set[str]:
    """Names that a piece of code binds at its top level, by whatever statement."""
    table = symtable.symtable(source, "cell", "exec")
    return {name.get_name() for name in table.get_symbols() if name.is_assigned() or name.is_imported()}


def free(source: str) -> set[str]:
    """Names that it uses and does not bind: neither in the function that uses them nor at its top level."""
    table = symtable.symtable(source, "cell", "exec")
    return _used(table, top=True) - bound(source) - _ALWAYS


def _used(table: symtable.SymbolTable, top: bool) -> set[str]:
    found = {
        name.get_name() for name in table.get_symbols() if name.is_referenced() and (top or name.is_global())
    }
    return found.union(*(_used(child, top=False) for child in table.get_children()))


@dataclass(frozen=True, order=True)
class Import:
    """`import module as name` where `item` is "", else `from module import item as name`."""

    module: str
    item: str
    name: str


FALLBACK = {"viz": Import("neuropath.visualizations", "", "viz")}  # figures are drawn by its name


@dataclass
class Setup:
    """What a page's setup cell binds: by import, or by another statement."""

    imports: dict[str, Import] = field(default_factory=dict)
    statements: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, source: str) -> Setup:
        """Read a setup cell. Calls such as `setup()` bind nothing."""
        found = cls()
        for node in ast.parse(source).body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                found.imports |= {one.name: one for one in _imports(node)}
            elif isinstance(node, ast.Assign | ast.AnnAssign | ast.If | ast.With | ast.FunctionDef):
                text = ast.get_source_segment(source, node) or ""
                found.statements |= dict.fromkeys(bound(text), text)
        return found


def _imports(node: ast.Import | ast.ImportFrom) -> Iterable[Import]:
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            yield Import(node.module or "", alias.name, alias.asname or alias.name)
        elif alias.asname:
            yield Import(alias.name, "", alias.asname)
        else:
            yield Import(alias.name, "", alias.name.split(".")[0])


@dataclass
class Needs:
    """What cells need of their page's setup: imports, statements in order, and names that nothing binds."""

    imports: dict[str, Import] = field(default_factory=dict)
    statements: list[str] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)


def needs(sources: Iterable[str], setup: Setup) -> Needs:
    """What these cells, run in this order in one notebook, need beside what they bind themselves."""
    found = Needs()
    text = "\n".join(sources)
    waiting = sorted(free(text))
    while waiting:
        name = waiting.pop()
        if name in setup.imports or name in FALLBACK:
            found.imports[name] = setup.imports.get(name) or FALLBACK[name]
        elif name in setup.statements:
            statement = setup.statements[name]
            if statement not in found.statements:
                found.statements.insert(0, statement)
                waiting += sorted(free(statement))
        else:
            found.missing.add(name)
    return found


def setup_cell(imports: Iterable[Import], keras: bool = False) -> str:
    """The imports, sorted as the pages sort theirs, and the call of `setup`; Keras after it, silently."""
    wanted = sorted(set(imports))
    late = [one for one in wanted if one.module.split(".")[0] in HEAVY]
    early = [one for one in wanted if one not in late]
    groups: list[list[Import]] = [[], [], []]
    for one in early:
        groups[_group(one)].append(one)
    blocks = [_lines(group) for group in groups if group]
    call = ["setup(keras=True)" if keras else "setup()", *(_lines(late) if late else [])]
    return "\n\n".join("\n".join(block) for block in [*blocks, call])


def _group(one: Import) -> int:
    root = one.module.split(".")[0]
    return 0 if root in sys.stdlib_module_names else 2 if root == "neuropath" else 1


def _lines(group: list[Import]) -> list[str]:
    """`import …` lines first, then one `from … import …` a module."""
    lines = [
        f"import {one.module}" + (f" as {one.name}" if one.name != one.module.split(".")[0] else "")
        for one in group
        if not one.item
    ]
    modules: dict[str, list[str]] = {}
    for one in group:
        if one.item:
            modules.setdefault(one.module, []).append(
                one.item + (f" as {one.name}" if one.name != one.item else "")
            )
    return lines + [_from(module, items) for module, items in sorted(modules.items())]


def _from(module: str, items: list[str]) -> str:
    line = f"from {module} import {', '.join(items)}"
    if len(line) <= WIDTH:
        return line
    return "\n".join([f"from {module} import (", *(f"    {item}," for item in items), ")"])
