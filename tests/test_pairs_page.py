"""The book's page of twins shows the whole table."""

import re
from pathlib import Path

import pytest

from neuropath.pairs import KINDS, PAIRS, WITHOUT_TWIN
from neuropath.publish.twins import twins_table

ROOT = Path(__file__).resolve().parents[1]


def test_the_page_has_a_table_for_every_kind_once():
    page = (ROOT / "book" / "twins.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^```\{twins-table\} (\w+)$", page, re.M)) == sorted([*KINDS, "without"])


def test_every_pair_is_a_row_with_four_cells():
    rows = [row for kind in KINDS for row in twins_table(kind).splitlines()[2:]]
    assert len(rows) == len(PAIRS)
    for pair in PAIRS:
        (row,) = (row for row in rows if row.startswith(f"| `{pair.name}`<br>`{pair.twin}` |"))
        cells = re.split(r"(?<!\\)\|", row)[1:-1]
        assert len(cells) == 4
        assert all(cell.strip() for cell in cells)
        assert all(f"{option}: " in cells[1] for option in pair.options)


def test_numbers_are_written_for_readers():
    rows = {row.split("`")[1]: row for kind in KINDS for row in twins_table(kind).splitlines()[2:]}
    assert "| use_bias: True, False; l2: None, 2⁻⁷ (8 cases) | 10⁻¹⁰ |" in rows["Dense"]
    assert "`valid`, `same`" in rows["MaxPool2D"]
    assert "| 1 case | the same law |" in rows["he_normal"]
    assert "min_delta: 0, 2⁻⁶, −2⁻⁴" in rows["EarlyStopping"]
    assert "| the last bit |" in rows["UpSampling2D"]


def test_what_has_no_twin_is_listed_with_its_reason():
    table = twins_table("without")
    for name, reason in WITHOUT_TWIN.items():
        assert f"| `{name}` | {reason} |" in table


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match=r"expects one of layer, .* received 'layers'"):
        twins_table("layers")
