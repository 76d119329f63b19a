"""A check of the course judges an answer in another process as it judges one here."""

import numpy as np
import pytest

from neuropath.grading.child import Child, RemoteTimeout
from neuropath.grading.limits import Limits
from neuropath.lessons.check import run_check

CHECK = {
    "source": """
def check_softmax(softmax, rng):
    z = rng.normal(size=(3, 4))
    p = softmax(z)
    expect_shape(p, (3, 4))
    expect_close(p.sum(axis=1), np.ones(3), "the sum of a row")
    e = np.exp(z - z.max(axis=1, keepdims=True))
    expect_close(p, e / e.sum(axis=1, keepdims=True))
    expect(np.all(np.isfinite(softmax(z + 1000))), "large logits overflow")
""",
    "function": "check_softmax",
    "answer": "softmax",
    "misconceptions": {
        "wrong-axis": {
            "code": "def softmax(z):\n    e = np.exp(z - z.max())\n    return e / e.sum()",
            "message": "all entries together sum to one: each row should",
        }
    },
}
GOOD = """import numpy as np
def softmax(z):
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)"""


@pytest.mark.parametrize(
    ("code", "outcome", "said"),
    [
        (GOOD, "right", ""),
        ("def softmax(z):\n    return ...", "not attempted", ""),
        ("softmax = ...", "not attempted", ""),
        (
            "import numpy as np\ndef softmax(z):\n    e = np.exp(z - z.max())\n    return e / e.sum()",
            "wrong",
            "each row should",
        ),
        (GOOD.replace("e = np.exp(z - z.max(1, keepdims=True))", "e = np.exp(z)"), "wrong", "overflow"),
        ("def softmax(z, axis):\n    return z", "wrong", "yours is softmax(z, axis)"),
        ("def softmax(z):\n    return 1 / 0", "wrong", "ZeroDivisionError: division by zero (in your line"),
        ("def softmax(z):\n    return softmax(z)", "wrong", "calls itself without end"),
        (GOOD.replace("e = ", "z -= 1; e = ").replace("    return", "    z[:] = 0\n    return"), "wrong", ""),
        ("def softmax(z):\n    yield z", "wrong", "returned a generator"),
        (
            "import numpy as np\ndef softmax(z): return np.full(z.shape, np.nan)",
            "wrong",
            "no finite number",
        ),
        (
            GOOD.replace(
                "import numpy as np\n",
                "import numpy as np\nnp.allclose = np.isclose = lambda *a, **k: True\n",
            )
            + " + 1",
            "wrong",
            "",
        ),
    ],
)
def test_a_check_of_the_course_judges_a_remote_answer_as_it_judges_one_here(child, code, outcome, said):
    child.run([code])
    result = run_check(CHECK, child.get("softmax"), np.random.default_rng(5))
    assert result.outcome == outcome, result
    assert said in result.message


def test_a_check_is_cut_short_by_a_timeout(isolation):
    with Child(isolation, Limits(call_seconds=0.3)) as child:
        child.run(["def softmax(z):\n    while True: pass"])
        with pytest.raises(RemoteTimeout):
            run_check(CHECK, child.get("softmax"), np.random.default_rng(5))
