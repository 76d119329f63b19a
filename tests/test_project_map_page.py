"""The page "The real project" names every file once, links its quotes, and counts as Keras does."""

import re
from pathlib import Path

import pytest

from neuropath.publish import book as books
from neuropath.publish import project_map

ROOT = Path(__file__).resolve().parents[1]
MODULES = {path.stem for path in (ROOT / project_map.PROJECT).glob("*.py")} - {"__init__"}


def rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in table.splitlines()[2:]]


def test_every_file_of_the_project_stands_in_one_group_and_every_group_on_the_page():
    listed = [name for group in project_map.GROUPS.values() for name in group]
    assert sorted(listed) == sorted(MODULES)
    page = (ROOT / "book" / "project_map.md").read_text(encoding="utf-8")
    assert re.findall(r"^```\{project-files\} (\w+)$", page, re.M) == list(project_map.GROUPS)


@pytest.mark.parametrize("group", project_map.GROUPS)
def test_each_row_says_what_the_file_is_for(group):
    found = rows(project_map.files_table(ROOT, group))
    assert [name for name, _, _ in found] == [f"`{name}.py`" for name in project_map.GROUPS[group]]
    assert all(purpose.endswith((".", ":")) or "`" in purpose for _, purpose, _ in found)


def test_every_quote_of_the_project_is_linked():
    book = books.load(ROOT)
    tables = "\n".join(project_map.files_table(ROOT, group) for group in project_map.GROUPS)
    quoted = project_map.quotes(book, ROOT)
    count = 0
    for source, pages in quoted.items():
        for file, objects in pages.items() if source.startswith(project_map.PROJECT) else ():
            assert f"{project_map.page_link(file, book)}: `{project_map.short(objects[0])}`" in tables
            assert all(f"`{project_map.short(name)}`" in tables for name in objects)
            count += len(objects)
    assert count >= 20
    assert "{doc}`01 E </book/session01_neural_networks/part_e_project_mapping>`: `train`" in tables
    assert project_map.short("A.__call__") == "A.__call__"


def test_another_group_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="images, splits, network"):
        project_map.files_table(ROOT, "pictures")


def test_the_layers_are_those_of_the_classifier_in_keras():
    from neuropath.project import NeuropathologyModel

    model = NeuropathologyModel(input_shape=(96, 96, 3), weights="none").build_model()
    theirs: dict[str, list] = {}
    for layer in model._flatten_layers(include_self=False, recursive=True):
        if not hasattr(layer, "layers"):
            theirs.setdefault(f"`keras.layers.{type(layer).__name__}`", []).append(layer)
    # In Keras two of the ReLUs are Dense layers' `activation`, as the page says.
    relu = "`keras.layers.ReLU`"
    theirs[relu] += [d for d in theirs["`keras.layers.Dense`"] if d.activation.__name__ == "relu"]
    for _, twin, count, numbers, equations in rows(project_map.layers_table(ROOT)):
        layers = theirs.pop(twin)
        assert int(count) == len(layers), twin
        if twin != relu:
            assert int(numbers.replace(",", "")) == sum(layer.count_params() for layer in layers), twin
        assert "{eq}`eq-engine-" in equations
    assert set(theirs) <= {"`keras.layers.InputLayer`"}
