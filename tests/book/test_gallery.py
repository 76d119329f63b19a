"""The gallery shows every explorer under a session it serves, with a question whose answer is true."""

import re
from pathlib import Path

import numpy as np
import pytest

from neuropath.visualizations import load
from neuropath.widgets import EXPLORERS
from neuropath.widgets.receptive import LAYERS, receptive_fields

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "book" / "gallery.md").read_text(encoding="utf-8")
ENTRY = re.compile(r"^\(gallery-(\w+)\)=\n### [^\n]+\n(.*?)(?=^\(gallery-|^## |\Z)", re.M | re.S)
ENTRIES = {found[1]: found for found in ENTRY.finditer(TEXT)}
ALL = pytest.mark.parametrize("cls", EXPLORERS, ids=lambda cls: cls.module)


@ALL
def test_the_explorer_has_its_entry(cls):
    body = ENTRIES[cls.module][2]
    assert re.findall(r"^```\{code-cell\} ipython3\n(\w+)\(\)\n```$", body, re.M) == [cls.__name__]
    paragraph, question, *_ = re.split(r"\n\n+", body.strip())
    assert len(paragraph) > 100
    assert question.startswith("**Question.** ")
    assert "?" in question
    assert len(re.search(r"```\{dropdown\} Answer\n(.+?)\n```", body, re.S)[1]) > 60


@ALL
def test_it_stands_under_a_session_that_its_docstring_names(cls):
    before = TEXT[: ENTRIES[cls.module].start()]
    session = re.findall(r"^## Session (\d\d) ", before, re.M)[-1]
    assert session in re.search(r"Sessions? ([^;]+?)[.;]", " ".join(cls.__doc__.split()))[1]


def test_nothing_else_is_in_it_and_the_contents_name_it():
    assert set(ENTRIES) == {cls.module for cls in EXPLORERS}
    assert len(ENTRIES) >= 18
    assert "file: book/gallery.md" in (ROOT / "_toc.yml").read_text(encoding="utf-8")


def test_the_answers_numbers_are_right():
    assert abs(0.25**10 - 1e-6) < 5e-8
    assert np.sqrt(0.5) ** 20 == pytest.approx(2.0**-10)
    assert receptive_fields(LAYERS)[0].tolist() == [3, 5, 7, 9, 11]
    head = load("explorer_head").head
    assert sum(head(1280, 512, 256, 17)["fc1"]) == 655_872
    assert sum(head(49 * 1280, 512, 256, 17)["fc1"]) == 32_113_152
    odds = 1 / 99 * (0.9 / 0.09)
    assert odds / (1 + odds) == pytest.approx(0.09, abs=0.005)
    assert 10 * odds / (1 + 10 * odds) == pytest.approx(0.5, abs=0.005)


def test_the_bowl_lets_go_of_sgd_at_a_twentieth():
    twin = load("explorer_race")
    lost = {
        rate: abs(twin.trail(twin.optimisers(rate)["SGD"], lambda w: twin.STEEP * w, [1.0, 1.0], 200)[-1, 1])
        for rate in (0.0499, 0.0501)
    }
    assert lost[0.0499] < 1 < lost[0.0501]
