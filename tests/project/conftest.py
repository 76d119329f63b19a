"""What the tests of the model and of its weights share."""

import numpy as np
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
