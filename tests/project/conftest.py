"""What the tests of the model, of its weights and of training share."""

import numpy as np
import project_runs
import pytest


@pytest.fixture(scope="module")
def project(keras):
    """The module under test; `keras` keeps the noise of its import away."""
    from neuropath.project import neuropathology_model

    return neuropathology_model


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(5).integers(0, 256, (10, 32, 32), dtype=np.uint8)


@pytest.fixture(scope="module")
def labels():
    return np.arange(10) % 4


@pytest.fixture
def tiny(keras, monkeypatch):
    """A base of three convolutions in MobileNetV2's place: a whole training run takes seconds."""
    from neuropath.project import bases

    for name, base in project_runs.tiny_bases().items():
        monkeypatch.setitem(bases.BASES, name, base)


@pytest.fixture(scope="session")
def tiny_weights(keras, tmp_path_factory):
    """Weights of that base, as --weights FILE takes them."""
    return project_runs.write_tiny_weights(tmp_path_factory.mktemp("weights") / "tiny.npz")


@pytest.fixture(scope="session")
def finished(keras, tiny_weights, tmp_path_factory):
    """The folder of a finished run on a small phantom, from frozen features and fine-tuning. Look only."""
    from neuropath.cli import main
    from neuropath.project import bases

    folder = tmp_path_factory.mktemp("runs") / "first"
    with pytest.MonkeyPatch.context() as patch:
        for name, base in project_runs.tiny_bases().items():
            patch.setitem(bases.BASES, name, base)
        assert main(project_runs.options(folder, tiny_weights)) == 0
    return folder
