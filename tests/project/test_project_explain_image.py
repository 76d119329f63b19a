"""`neuropath explain IMAGE`: the table and the picture; what is refused before anything is written."""

import numpy as np
import pytest
from app_run import make_run
from PIL import Image
from project_trees import encoded, picture

from neuropath.project.classes import DISCLAIMER, SHORT_NAMES
from neuropath.project.images import ImageProblem
from neuropath.project.one_image import open_run


@pytest.fixture(scope="module")
def run(tmp_path_factory, keras):
    return open_run(make_run(tmp_path_factory.mktemp("runs") / "first"))


@pytest.fixture(scope="module")
def explain_image(keras):
    from neuropath.project.explain_image import explain_image

    return explain_image


@pytest.fixture
def image(tmp_path):
    file = tmp_path / "slice.png"
    file.write_bytes(encoded(picture(5, 64)))
    return file


def test_all_probabilities_a_picture_and_the_caution(explain_image, run, image, tmp_path, capsys):
    assert explain_image(run, image, tmp_path / "new" / "out.png") == tmp_path / "new" / "out.png"
    text = capsys.readouterr().out
    shares = {
        name: line.split("%")[0].split()[-1]
        for line in text.splitlines()
        for name in SHORT_NAMES
        if line.startswith(f"{name} ")
    }
    predicted = run.model.predict(np.asarray(picture(5, 64)))[0]
    assert len(shares) == 17
    for name, share in zip(SHORT_NAMES, predicted, strict=True):
        assert float(shares[name]) / 100 == pytest.approx(share, abs=1e-4)
    assert DISCLAIMER.split(".")[1] in " ".join(text.split())
    with Image.open(tmp_path / "new" / "out.png") as made:
        assert made.width > 1500
        assert len(np.unique(np.asarray(made.convert("L")))) > 100


def test_without_a_name_the_picture_lies_here(explain_image, run, image, tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    explain_image(run, image)
    assert [file.name for file in (tmp_path / "elsewhere").iterdir()] == ["slice.explained.png"]


def test_a_file_that_is_no_image_leaves_nothing_behind(explain_image, run, tmp_path):
    (tmp_path / "cut.png").write_bytes(encoded(picture(1, 200))[:9000])
    with pytest.raises(ImageProblem, match=r"cut\.png: corrupt image: "):
        explain_image(run, tmp_path / "cut.png", tmp_path / "out.png")
    with pytest.raises(ImageProblem, match=r"absent\.png: unreadable file"):
        explain_image(run, tmp_path / "absent.png", tmp_path / "out.png")
    assert not (tmp_path / "out.png").exists()


def test_the_image_itself_is_never_replaced(explain_image, run, image):
    before = image.read_bytes()
    with pytest.raises(ValueError, match="another file than the image"):
        explain_image(run, image, image)
    with pytest.raises(ValueError, match="ends in"):
        explain_image(run, image, image.with_suffix(".txt"))
    assert image.read_bytes() == before


def test_no_run_says_how_to_make_one(tmp_path):
    with pytest.raises(FileNotFoundError, match="neuropath train --out"):
        open_run(root=tmp_path)
