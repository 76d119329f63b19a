"""Calls the named functions of an explorer's composed module in Node: the arithmetic that readers see."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

SCRIPT = """
const [, module] = process.argv;
const { default: explorer, ...named } = await import(module);
let text = "";
for await (const part of process.stdin) text += part;
const results = JSON.parse(text).map(([name, values]) =>
  typeof named[name] === "function" ? named[name](...values) : named[name]);
console.log(JSON.stringify({ results, exports: Object.keys(named), render: typeof explorer.render }));
"""


def need_node() -> str:
    """Path of Node, or a skip with the reason."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("the explorers' arithmetic is compared in Node: node is not installed")
    return node


def ask(module: Path, calls: list[tuple[str, list[Any]]]) -> dict[str, Any]:
    """Results of `calls`, each (function, arguments) or (constant, []), and what the module exports."""
    command = [need_node(), "--input-type=module", "-e", SCRIPT, module.as_uri()]
    done = subprocess.run(command, input=json.dumps(calls), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def results(module: Path, function: str, arguments: list[list[Any]]) -> list[Any]:
    """`function` on each list of arguments."""
    return ask(module, [(function, values) for values in arguments])["results"]


def plant(module: Path, right: str, wrong: str, folder: Path) -> Path:
    """A copy of `module` in `folder` with one piece of its source replaced: a fault to be caught."""
    text = module.read_text(encoding="utf-8")
    assert text.count(right) == 1, f"{right!r} occurs {text.count(right)} times in {module.name}"
    faulty = folder / module.name
    faulty.write_text(text.replace(right, wrong), encoding="utf-8")
    return faulty
