"""Sets that say `needs: keras`: TensorFlow works within every wall, and is imported once for all."""

import json

import pytest
from sandboxes import SHUT_IN, isolation_or_skip, submission
from set_samples import cell, exercise, mini, written

from neuropath import cli
from neuropath.grading import results, sandbox
from neuropath.grading.limits import WITH_KERAS

PAGE = "# Questions about Keras\n\n" + cell("import keras\nimport numpy as np").replace(
    "ipython3\n", "ipython3\n:tags: [setup]\n"
)
FITTED = """\
def fitted(X, y):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss="mse")
    model.fit(X, y, epochs=20, verbose=0)
    return model.predict(X, verbose=0)"""
CHECK = """\
def check_fitted(fitted, rng):
    X = rng.normal(size=(64, 3)).astype("float32")
    y = X.sum(axis=1, keepdims=True)
    got = fitted(X, y)
    expect_shape(got, (64, 1))
    expect(((got - y) ** 2).mean() < 1, "the sum of three numbers is not learned")"""
STARTER = ("def fitted(X, y):\n    return ...", "fitted")
QUESTION = exercise("own-fitted", STARTER, CHECK, FITTED, call=False)


@pytest.fixture(autouse=True)
def _no_process_left():
    yield
    sandbox.close_all()


@pytest.mark.parametrize("level", sandbox.LEVELS)
def test_a_model_is_trained_at_every_level_and_the_import_is_there_before_the_first_cell(level):
    isolation = isolation_or_skip(level)
    first = "import sys\nanswer = 'tensorflow' in sys.modules\nimport keras\nimport numpy as np"
    second = f"{FITTED}\nshape = fitted(np.ones((8, 3)), np.ones((8, 1))).shape"
    with submission(isolation, first, second, limits=WITH_KERAS) as (child, reports):
        assert [report.state for report in reports] == ["ok", "ok"], reports
        assert child.get("answer") is True
        assert child.get("shape") == (8, 1)


def test_a_set_with_keras_from_spec_to_marks(tmp_path, monkeypatch):
    if sandbox.describe().level not in SHUT_IN:
        pytest.skip("submissions can be shut in by namespaces only")
    monkeypatch.chdir(mini(tmp_path / "root"))
    spec = written(tmp_path, "[own-fitted]", more="needs: keras\npages: [own.md]\n", own=PAGE + QUESTION)
    out, key = tmp_path / "out", tmp_path / "key"
    assert cli.main(["assign", str(spec), "--out", str(out), "--key", str(key)]) == 0
    handed_out = (out / "trial.ipynb").read_text()
    given = tmp_path / "in"
    given.mkdir()
    (given / "untouched.ipynb").write_text(handed_out)
    (given / "right.ipynb").write_text((key / "instructor.ipynb").read_text())
    wrong = "return keras.ops.convert_to_numpy(keras.ops.zeros_like(y))"
    (given / "wrong.ipynb").write_text(handed_out.replace("return ...", wrong))
    assert (
        cli.main(["grade", str(given), "--key", str(key), "--out", str(tmp_path / "marks"), "--jobs", "1"])
        == 0
    )
    found = {one.student: one for one in map(results.read, (tmp_path / "marks" / "results").glob("*.json"))}
    told = {name: (one.results[0].state, one.results[0].points) for name, one in found.items()}
    assert told == {"untouched": ("not attempted", 0), "right": ("graded", 2), "wrong": ("graded", 0)}
    assert "is not learned" in found["wrong"].results[0].message
    assert json.loads((key / "key.json").read_text())["set"]["limits"]["warm"] == ["keras"]
