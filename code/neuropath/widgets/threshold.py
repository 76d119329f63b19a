"""A threshold on overlapping scores: confusion matrix, ROC curve, precision–recall curve, and prevalence."""

from __future__ import annotations

from .explorer import Explorer, Numbers

SEPARATION, SPREAD, PREVALENCE, THRESHOLD = 1.5, 1.0, 0.2, 1.0


class ThresholdExplorer(Explorer):
    """Move the threshold above which a patient is called ill; see both curves and 1000 patients follow.

    Scores of the healthy are drawn from N(0, 1), of the ill from N(separation, spread²). With Q = 1 − Φ,
    sensitivity = Q((t − separation) / spread) and 1 − specificity = Q(t): the ROC curve, whose area is
    Φ(separation / √(1 + spread²)), knows nothing of the prevalence π. PPV = π·sensitivity /
    (π·sensitivity + (1 − π)(1 − specificity)) does, and so does the precision–recall curve. Session 06.

    Traits: `separation` in 0 … 4; `spread` in 0.5 … 2; `prevalence` in 0.01 … 0.99; `threshold` in −4 … 8.
    """

    module = "threshold"
    ALT = (
        "Above, two overlapping humps of scores: a large one of the healthy around 0 and a small one of the "
        "20 % who are ill around 1.5; a threshold at 1 calls everyone to its right ill. Below, the ROC curve "
        "bends above its diagonal, area 0.856; the point of this threshold has sensitivity 69 % and "
        "specificity 84 %. Beside it the precision-recall curve, area 0.64, lies well below the dotted one "
        "that holds if half were ill: of 265 per 1000 called ill, 138 are."
    )
    separation = Numbers(SEPARATION, low=0.0, high=4.0)
    spread = Numbers(SPREAD, low=0.5, high=2.0)
    prevalence = Numbers(PREVALENCE, low=0.01, high=0.99)
    threshold = Numbers(THRESHOLD, low=-4.0, high=8.0)
