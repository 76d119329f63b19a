"""XOR bent by two hidden units: when can one line separate what no line could?"""

from __future__ import annotations

from .explorer import Explorer, Numbers, choice

START = {"hidden": [[1.0, 0.0, -0.5], [0.0, 1.0, -0.5]], "output": [1.0, 1.0, -0.5]}
TEXTBOOK = {"hidden": [[1.0, 1.0, -0.5], [-1.0, -1.0, 1.5]], "output": [1.0, 1.0, -1.5]}


class XorExplorer(Explorer):
    """Move the lines of two hidden units (left) and the output's line (right) until XOR is solved.

    Each row of `hidden` (2, 3) is (w1, w2, b) of a unit, `output` (3,) the same for the output neuron, which
    sees (h1, h2). `unit` is "step" or "sigmoid", steep: sigmoid(10 (w·x + b)). The gap is the distance in the
    hidden plane between the segment that joins the two corners of class 0 and the one that joins the two of
    class 1: one line separates them exactly when it is not zero. Starts unsolved, with hidden units that
    leave the corners where they are. Session 01 A.
    """

    module = "xor"
    ALT = (
        "Two planes side by side. Left, the four corners of the square: circles at (0,1) and (1,0), where "
        "XOR is 1, crosses at (0,0) and (1,1), where it is 0; the first hidden unit's line stands upright at "
        "x1 = 0.5, the second's lies flat at x2 = 0.5. Right, the same corners as the hidden units answer "
        "them: still a square with the classes on opposite diagonals, dotted, which cross. The output's "
        "slanted line cannot separate them: one cross, (1,1), is on the wrong side."
    )
    hidden = Numbers(START["hidden"], (2, 3))
    output = Numbers(START["output"], (3,))
    unit = choice("step", "sigmoid")
