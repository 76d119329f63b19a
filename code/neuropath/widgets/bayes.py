"""Bayes at the bedside: an illness after a test, by rates, by odds, in a thousand people."""

from __future__ import annotations

from .explorer import Explorer, Numbers, choice

PREVALENCE, SENSITIVITY, SPECIFICITY = 0.01, 0.9, 0.91  # an example, of no real test


class BayesExplorer(Explorer):
    """Set prevalence π, sensitivity s and specificity c; see who of 1000 people tests positive and is ill.

    PPV = πs / (πs + (1 − π)(1 − c)), NPV = (1 − π)c / ((1 − π)c + π(1 − s)). In odds: a positive test
    multiplies them by LR+ = s / (1 − c), a negative one by LR− = (1 − s) / c, whatever they were. A second
    positive test multiplies once more, if its errors are independent of the first's, given the illness.
    The numbers are examples and describe no real test or illness. Sessions 01 A and 06.

    Traits: `prevalence` in 0.001 … 0.9; `sensitivity` and `specificity` in 0.01 … 1; `tests` one or two.
    """

    module = "bayes"
    ALT = (
        "A thousand people as dots: 10 are ill, large discs at the beginning; of them 9, and 89 of the 990 "
        "healthy, small dots, stand on the coloured ground of those who test positive. So only 9 of 98 "
        "positives are ill, 9.2 %, although the test finds 90 % of the ill and clears 91 % of the healthy. "
        "Below, a scale of odds: a positive test moves them from 1 : 99 ten times to the right, a negative "
        "one nine times to the left."
    )
    prevalence = Numbers(PREVALENCE, low=0.001, high=0.9)
    sensitivity = Numbers(SENSITIVITY, low=0.01, high=1.0)
    specificity = Numbers(SPECIFICITY, low=0.01, high=1.0)
    tests = choice("one", "two")
