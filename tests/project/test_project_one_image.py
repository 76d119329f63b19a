"""What the app and `neuropath explain` share: ranked answers, examples, and the parts of a page."""

import numpy as np
import pytest
from app_run import make_run

from neuropath.project import app_parts
from neuropath.project.classes import SHORT_NAMES
from neuropath.project.images import ImageProblem
from neuropath.project.one_image import open_run, ranked


@pytest.fixture(scope="module")
def run(tmp_path_factory, keras):
    return open_run(make_run(tmp_path_factory.mktemp("runs") / "first"))


def test_examples_are_new_people_and_the_same_ones_each_time(run):
    from neuropath.project.examples import PATIENTS, example

    for label, name in enumerate(SHORT_NAMES):
        made = example(run, label, PATIENTS, "C")
        assert made.truth == name
        assert made.pixels.shape == made.lesion.shape == (64, 64)
        assert made.lesion.any() == (not name.startswith("Normal"))
    again, other = example(run, 3, 1), example(run, 3, 2)
    np.testing.assert_array_equal(again.pixels, example(run, 3, 1).pixels)
    assert not np.array_equal(again.pixels, other.pixels)
    with pytest.raises(ValueError, match="received 3, 0, 'A'"):
        example(run, 3, 0)


def test_examples_are_not_drawn_from_the_seed_of_the_training(run, monkeypatch):
    from neuropath.project import examples

    seeds, plan = [], examples.plan
    monkeypatch.setattr(
        examples, "plan", lambda images, **how: seeds.append(how["seed"]) or plan(images, **how)
    )
    examples._patients.cache_clear()
    examples.example(run, 0)
    assert len(seeds) == 1
    assert abs(seeds[0] - run.settings.seed) > 1000


def test_ranked_keeps_order_and_sum():
    rows = ranked(("b", "NORMAL T1", "c"), np.array([0.2, 0.6, 0.2]))
    assert [row.short for row in rows] == ["Normal T1", "b", "c"]
    assert [row.folder for row in rows] == ["NORMAL T1", "", ""]
    with pytest.raises(ValueError, match="3 probabilities"):
        ranked(("a", "b", "c"), np.ones(4) / 4)


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0.0 %"), (1e-5, "< 0.1 %"), (0.8312, "83.1 %"), (1.0, "100.0 %")]
)
def test_shares_are_never_rounded_to_nothing(value, text):
    assert app_parts.share(value) == text.replace(" ", "\u00a0")


def test_a_true_lesion_is_outlined_and_left_as_it_is_inside():
    lesion = np.zeros((16, 16), bool)
    lesion[4:12, 4:12] = True
    drawn = app_parts.outlined(np.zeros((64, 64, 3), np.uint8), lesion)
    blue = (drawn == app_parts.LESION).all(axis=2)
    assert blue[32, 14:19].any()
    assert not blue[32, 24:40].any()
    assert not blue[:10].any()


def test_messages_are_plain_text_in_markdown():
    text = app_parts.refusal(ImageProblem("corrupt image", "bad *[link](http://x)* $x$"))
    assert r"bad \*\[link\](http\://x)\* \$x\$." in text


def test_headings_of_the_card_are_lowered():
    assert app_parts.demoted("# A\n\ntext # no\n## B", 2) == "### A\n\ntext # no\n#### B"
