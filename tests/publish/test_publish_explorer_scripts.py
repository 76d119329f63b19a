"""Explorers as classic scripts: what the static book loads, also where it is opened as a file."""

import json
import re
import shutil
import subprocess

import pytest

from neuropath.publish import explorer_scripts
from neuropath.publish.explorer_scripts import script_source, write_scripts
from neuropath.widgets.compose import names, style_source

# Runs each script as a browser runs a classic one; a module's `export` would be a syntax error here.
RUN = """
const vm = require("node:vm"), fs = require("node:fs");
const found = {};
globalThis.neuropathExplorers = { define: (name, make) => { found[name] = typeof make().render; } };
const before = new Set(Object.getOwnPropertyNames(globalThis));
for (const filename of process.argv.slice(1))
  vm.runInThisContext(fs.readFileSync(filename, "utf8"), { filename });
const left = Object.getOwnPropertyNames(globalThis).filter(name => !before.has(name));
console.log(JSON.stringify({ found, left }));
"""


def test_every_script_runs_as_a_classic_one_and_defines_its_explorer(tmp_path):
    if shutil.which("node") is None:
        pytest.skip("the scripts are run in Node: node is not installed")
    files = [str(f) for f in write_scripts(tmp_path) if f.suffix == ".mjs"]
    done = subprocess.run(["node", "-e", RUN, *files], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["found"] == dict.fromkeys(names(), "function")
    assert told["left"] == []  # nothing of theirs is global: two explorers have helpers of the same name


def test_the_folder_holds_scripts_and_style_and_nothing_old(tmp_path):
    (tmp_path / "neuron.mjs").write_text("export default {};")
    files = write_scripts(tmp_path)
    assert {f.name for f in files} == {f"{n}.classic.mjs" for n in names()} | {"explorers.css"}
    assert set(tmp_path.iterdir()) == set(files)
    assert (tmp_path / "explorers.css").read_text() == style_source()
    before = {f: f.stat().st_mtime_ns for f in files}
    write_scripts(tmp_path)
    assert {f: f.stat().st_mtime_ns for f in files} == before


@pytest.mark.parametrize("name", names())
def test_a_script_keeps_to_the_modules_size(name):
    text = script_source(name)
    assert len(text.encode()) <= 30_200  # the module's limit, and what defines it
    assert not re.search(r"^(export|import)\b", text, re.M)
    assert text.startswith(f'neuropathExplorers.define("{name}", () => {{\n"use strict";\n')


@pytest.mark.parametrize(
    "module",
    [
        "const a = 1;\n",
        "export default { a: 1 };\nexport default { b: 2 };\n",
        'export default {};\nexport * from "./other.js";\n',
        "const a = 1;\nexport { a };\nexport default {};\n",
        "export default { where: import.meta.url };\n",
    ],
    ids=["no default", "two defaults", "re-export", "list", "import.meta"],
)
def test_a_module_of_another_form_is_refused(module, monkeypatch):
    monkeypatch.setattr(explorer_scripts, "module_source", lambda name: module)
    with pytest.raises(ValueError, match=r"odd\.js should have one `export default`"):
        script_source("odd")


def test_exports_of_every_form_that_is_understood(monkeypatch):
    module = (
        "export const a = 1;\nexport let b = 2;\nexport function f() {}\nexport async function g() {}\n"
        'export class C {}\nconst text = "export const";\nexport default { render: f };\n'
    )
    monkeypatch.setattr(explorer_scripts, "module_source", lambda name: module)
    inside = script_source("x").splitlines()[2:-3]
    assert inside == [
        "const a = 1;",
        "let b = 2;",
        "function f() {}",
        "async function g() {}",
        "class C {}",
        'const text = "export const";',
        "const explorerItself = { render: f };",
    ]
