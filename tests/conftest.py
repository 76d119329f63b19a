"""Shared by all tests: Keras without its noise, Hypothesis without a clock, BLAS on one thread."""

import importlib
import importlib.util
import os
import sys
import warnings
from pathlib import Path

import hypothesis
import numpy as np
import pytest
from threadpoolctl import threadpool_limits

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # its log lines; oneDNN stays on

hypothesis.settings.register_profile("course", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("course")


@pytest.fixture(scope="session", autouse=True)
def _one_blas_thread():
    """Threads that outnumber idle cores wait for each other: training was measured 8 times slower."""
    with threadpool_limits(1, user_api="blas"):
        yield


@pytest.fixture(scope="session")
def keras():
    """Keras on TensorFlow, imported by the first test that asks; warnings of *that import* are not ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        importlib.import_module("tensorflow")
        return importlib.import_module("keras")


@pytest.fixture(scope="module")
def course_text():
    """The module of the book's extension that changes what Sphinx reads and writes."""
    path = Path(__file__).parents[1] / "book" / "_ext" / "course_text.py"
    spec = importlib.util.spec_from_file_location("course_text", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture
def float64_everywhere(keras):
    """Keras' fit casts data and total loss to floatx, whatever dtype the layers have.

    The dtype policy is read first, which fixes it: Keras derives it from floatx when first asked for it and
    keeps it, so that a policy born in here would make every later test of the same process run in float64.
    """
    policy, floatx = keras.config.dtype_policy(), keras.config.floatx()
    keras.config.set_floatx("float64")
    yield
    keras.config.set_floatx(floatx)
    keras.config.set_dtype_policy(policy)


@pytest.fixture
def rng():
    """A fresh generator with a fixed seed."""
    return np.random.default_rng(20240601)
