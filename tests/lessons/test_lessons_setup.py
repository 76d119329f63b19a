"""setup(): one line, quiet, and no setting that would slow TensorFlow down."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import neuropath.lessons

FOLDER = Path(neuropath.lessons.__file__).parent


def run(code: str, **env: str) -> subprocess.CompletedProcess[str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("TF_")}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=clean | env, check=True
    )


def test_one_line_and_no_tensorflow():
    done = run(
        "from neuropath.lessons import setup; setup(); import sys; assert 'tensorflow' not in sys.modules"
    )
    assert done.stdout.count("\n") == 1
    assert re.match(
        r"Python 3\.\d+\.\d+ · NumPy \d\S+ · (CPU, \d+ cores?|GPU: .*)( · neuropath \S+)?$",
        done.stdout.strip(),
    )
    assert done.stderr == ""


def test_keras_is_imported_silently():
    pytest.importorskip("keras")
    done = run(
        "from neuropath.lessons import setup; setup(keras=True); import os, sys, tensorflow;"
        "assert 'TF_ENABLE_ONEDNN_OPTS' not in os.environ; print('still here');"
        "print('and here', file=sys.stderr)"
    )
    first, second = done.stdout.splitlines()
    assert "Keras" in first
    assert "TensorFlow" in first
    assert second == "still here", "output works after the import"
    assert done.stderr == "and here\n"


def test_keras_is_reported_when_the_page_imported_it():
    pytest.importorskip("keras")
    done = run("import keras; from neuropath.lessons import setup; setup()", TF_CPP_MIN_LOG_LEVEL="3")
    assert "Keras" in done.stdout


def test_what_is_written_to_the_descriptors_is_hidden_only_meanwhile():
    done = run(
        "import os\nfrom neuropath.lessons.setup import _quiet_descriptors\n"
        "with _quiet_descriptors():\n    os.write(1, b'noise'); os.write(2, b'noise'); print('noise')\n"
        "print('kept', flush=True); os.write(2, b'kept')"
    )
    assert (done.stdout, done.stderr) == ("kept\n", "kept")


def test_a_failing_import_is_not_swallowed():
    code = "import sys; sys.modules['keras'] = None\nfrom neuropath.lessons import setup\nsetup(keras=True)"
    with pytest.raises(subprocess.CalledProcessError) as caught:
        run(code)
    assert "ModuleNotFoundError" in caught.value.stderr or "ImportError" in caught.value.stderr


def test_no_source_slows_tensorflow_or_hides_warnings():
    for file in FOLDER.glob("*.py"):
        text = file.read_text()
        assert "TF_ENABLE_ONEDNN_OPTS" not in text
        assert "filterwarnings" not in text
        assert 'simplefilter("ignore")' not in text
