"""Two compiled checks as `make notebooks` writes them, a right answer, and how the tests ask."""

import importlib

import numpy as np

module = importlib.import_module("neuropath.lessons.check")  # the package's attribute `check` is the function
run_check = module.run_check

SOURCE = """
def check_grad(grad, rng, n=5):
    z, y = rng.normal(size=n), np.zeros(n)
    y[:2] = 1
    p = np.exp(z - z.max()) / np.exp(z - z.max()).sum()
    g = grad(z, y)
    expect_shape(g, (n,))
    expect_close(g, 2 * p - y, "at s = 2")
    z = 1000 * np.ones(n)
    expect_close(grad(z, y), 2 / n - y, "for logits of 1000")
"""
ENTRY = {
    "source": SOURCE,
    "function": "check_grad",
    "answer": "grad",
    "hints": ["where is the sum used?", "the log-sum-exp term is multiplied by s"],
    "misconceptions": {
        "forgot-s": {
            "code": "def grad(z, y):\n    p = np.exp(z - z.max())\n    return p / p.sum() - y\n",
            "message": "right only for s = 1",
        },
        "breaks": {"code": "def grad(z, y):\n    raise OSError('other')\n", "message": "it breaks"},
    },
    "variant": {"n": [5, 9]},
    "points": 2,
}
NUMBER = {
    "source": """
def check_count(n, rng):
    expect_type(n, int, "the count")
    expect_close(n, 109386, "the count")
""",
    "function": "check_count",
    "answer": "n_parameters",
    "hints": ["count the biases"],
    "misconceptions": {
        "no-bias": {"code": "n_parameters = 784*128 + 128*64 + 64*10", "message": "the biases count too"}
    },
    "variant": {},
    "points": 1,
}


def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()


def right(z, y):
    return y.sum() * softmax(z) - y


def outcome(value, entry=ENTRY, **kwargs):
    result = run_check(entry, value, **kwargs)
    assert str(result) == repr(result)
    assert result.outcome in ("not attempted", "wrong", "right")
    assert bool(result) == (result.outcome == "right")
    assert len(str(result).splitlines()) <= 2, "one or two lines"
    return result
