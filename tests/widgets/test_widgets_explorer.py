"""The Python side: traits, state, mime bundle, composition."""

import json
import re
import subprocess

import numpy as np
import pytest
import traitlets
from node import ask, need_node

from neuropath.widgets import EXPLORERS, MIME_TYPE, NeuronExplorer, XorExplorer, compose, module_source
from neuropath.widgets import write_modules as write

VIEW = "application/vnd.jupyter.widget-view+json"
ALL = pytest.mark.parametrize("cls", EXPLORERS, ids=lambda cls: cls.module)


@ALL
def test_the_output_serves_kernel_and_static_book(cls):
    explorer = cls()
    data, metadata = explorer._repr_mimebundle_()
    assert data[VIEW]["model_id"] == explorer.model_id
    assert data["text/plain"].startswith(f"{cls.__name__}: ")
    assert not metadata
    static = json.loads(json.dumps(data[MIME_TYPE], allow_nan=False))
    assert static == data[MIME_TYPE]
    assert static["state"] == explorer.state()
    assert static["alt"] == cls.ALT
    assert static["fallback"] == f"explorer_{cls.module}"
    assert static["usual"] is True


@ALL
def test_the_state_is_synced_and_the_source_is_one_string(cls):
    explorer = cls()
    synced = explorer.get_state()
    assert explorer.state().items() <= synced.items()
    assert synced["_esm"] == module_source(cls.module)
    assert synced["_css"] == compose.style_source()
    assert "import " not in synced["_esm"].replace("// ", "").split("export default")[1]
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", synced["_esm"] + synced["_css"])


@ALL
def test_javascript_listens_to_every_trait_and_to_no_other(cls):
    own = (compose.FOLDER / f"{cls.module}.js").read_text()
    keys = re.search(r"keys: \[(.*?)\]", own).group(1)
    assert set(re.findall(r'"(\w+)"', keys)) == set(cls().state())


@ALL
def test_the_sources_keep_to_their_size(cls):
    assert len((compose.FOLDER / f"{cls.module}.js").read_text().splitlines()) <= 250
    assert len(module_source(cls.module).encode()) <= 30_000


def test_an_explorer_with_other_numbers_is_not_as_its_still_picture_shows_it():
    assert not NeuronExplorer(bias=0.25).usual()
    assert NeuronExplorer(bias=NeuronExplorer().bias).usual()


def test_two_explorers_share_nothing():
    one, other = NeuronExplorer(), NeuronExplorer()
    one.weights[0] = 9.0
    assert other.weights[0] == NeuronExplorer().weights[0] == -1.0


def test_numpy_arrays_are_welcome():
    explorer = NeuronExplorer(points=np.eye(2, dtype="float32"), labels=np.array([0, 1]))
    assert explorer.state()["points"] == [[1.0, 0.0], [0.0, 1.0]]
    with explorer.hold_trait_notifications():
        explorer.points, explorer.labels = np.zeros((3, 2)), [0, 1, 1]
    assert len(explorer.state()["labels"]) == 3


@pytest.mark.parametrize(
    ("traits", "message"),
    [
        (
            {"weights": [1, 2, 3]},
            r"'weights' .* expected numbers of shape \(2,\) .* not the list \[1, 2, 3\]",
        ),
        ({"weights": [1, float("nan")]}, "'weights'"),
        ({"bias": "much"}, "'bias' .* expected a number .* not the str 'much'"),
        ({"bias": float("inf")}, "'bias'"),
        ({"points": [[1, 2], [3]]}, "'points'"),
        ({"labels": [0, 1]}, "one label, 0 or 1, per point; received 12 points"),
        ({"labels": [2] * 12}, "one label, 0 or 1, per point"),
        ({"activation": "softplus"}, "'activation'"),
    ],
)
def test_a_wrong_value_is_named(traits, message):
    with pytest.raises(traitlets.TraitError, match=message):
        NeuronExplorer(**traits)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('import b from "elsewhere";', r"lone\.js must import by .* only"),
        ('import { b } from "./_common.js";', r"lone\.js expects b from _common\.js, which exports no such"),
        ('import { a } from "./neuron.js";', r"lone\.js expects a from neuron\.js"),
    ],
)
def test_a_module_that_is_not_self_contained_is_refused(tmp_path, monkeypatch, line, message):
    (tmp_path / "_common.js").write_text("export const a = 1;\n")
    (tmp_path / "lone.js").write_text(f'import {{ a }} from "./_common.js";\n{line}\n')
    monkeypatch.setattr(compose, "FOLDER", tmp_path)
    compose.module_source.cache_clear()
    with pytest.raises(ValueError, match=message):
        module_source("lone")
    compose.module_source.cache_clear()


def test_only_the_shared_files_that_are_imported_come_along(tmp_path, monkeypatch):
    for file, name in (("_common", "a"), ("_controls", "b"), ("_plots", "c")):
        (tmp_path / f"{file}.js").write_text(f"export const {name} = 1;\n")
    (tmp_path / "lone.js").write_text('import { c } from "./_plots.js";\nexport default c;\n')
    monkeypatch.setattr(compose, "FOLDER", tmp_path)
    compose.module_source.cache_clear()
    assert module_source("lone") == "export const a = 1;\n\nexport const c = 1;\n\nexport default c;\n"
    compose.module_source.cache_clear()


def test_writing_is_deterministic_and_leaves_what_is_unchanged(tmp_path):
    (tmp_path / "gone.mjs").write_text("an explorer of an earlier version")
    files = write(tmp_path)
    modules = {f"{cls.module}.mjs" for cls in EXPLORERS}
    assert [f.name for f in files] == sorted(modules | {"explorers.css"})
    assert sorted(p.name for p in tmp_path.iterdir()) == [f.name for f in files]
    before = {f: f.stat().st_mtime_ns for f in files}
    assert {f: f.stat().st_mtime_ns for f in write(tmp_path)} == before


@ALL
def test_composed_modules_parse_and_no_name_is_declared_twice(cls, modules):
    module = modules / f"{cls.module}.mjs"
    names = re.findall(r"^(?:export )?(?:const|let|function|class) (\w+)", module.read_text(), re.M)
    assert len(names) == len(set(names)) > 20
    done = subprocess.run([need_node(), "--check", str(module)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    told = ask(module, [])
    assert told["render"] == "function"
    assert "render" not in told["exports"]  # anywidget would take it for its old interface


def test_the_textbook_solution_is_one_and_the_same_in_both_languages(modules):
    from neuropath.widgets.xor import TEXTBOOK

    explorer = XorExplorer(**TEXTBOOK)
    calls = [
        ("gapOf", [explorer.hidden, "step"]),
        ("rightCorners", [explorer.hidden, explorer.output, "step"]),
    ]
    gap, right, theirs = ask(modules / "xor.mjs", [*calls, ("TEXTBOOK", [])])["results"]
    assert theirs == TEXTBOOK
    assert gap == pytest.approx(0.5**0.5)
    assert right == 4
