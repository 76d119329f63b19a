"""Patients, classes and splits: planned without drawing anything, so thousands cost nothing."""

from collections import Counter, defaultdict

import numpy as np
import pytest

from neuropath.phantom.classes import CLASSES, FOLDER_NAMES, LABELS, SHORT_NAMES, SUPPORTS
from neuropath.phantom.cohort import SPLITS, plan

REFERENCE = 4449


@pytest.fixture(scope="module")
def patients():
    return plan(REFERENCE, seed=0, sites=("A", "B"))


def labels(patients, *, split=None):
    return Counter(LABELS[p.pathology, s] for p in patients if split in (None, p.split) for s in p.sequences)


def test_the_classes_are_the_references():
    assert len(CLASSES) == 17
    assert sum(SUPPORTS) == 663
    assert SHORT_NAMES[0] == "Glioma T1"
    assert SHORT_NAMES[13] == "Other lesions T2"
    assert FOLDER_NAMES[6] == "NORMAL T1"
    assert FOLDER_NAMES[7] == "NORMAL T2"
    assert FOLDER_NAMES[4] == "Meningioma (de Baixo Grau, Atípico, Anaplásico, Transicional) T1C+"
    assert ("normal", "T1C+") not in LABELS


def test_supports_follow_the_reference(patients):
    made = labels(patients)
    for label, support in enumerate(SUPPORTS):
        assert made[label] == pytest.approx(REFERENCE * support / 663, abs=8), SHORT_NAMES[label]


@pytest.mark.parametrize("split", SPLITS)
def test_each_split_has_its_share_of_every_class(patients, split):
    made, total = labels(patients, split=split), labels(patients)
    for label in total:
        assert made[label] == pytest.approx(total[label] * SPLITS[split], abs=9), SHORT_NAMES[label]


def test_no_patient_is_in_two_splits(patients):
    splits = defaultdict(set)
    for p in patients:
        splits[p.number].add(p.split)
    assert all(len(s) == 1 for s in splits.values())
    assert len(splits) == len(patients) > 600


@pytest.mark.parametrize("count", [1, 40, 333])
def test_a_shorter_plan_is_the_beginning_of_a_longer_one(patients, count):
    short = plan(count, seed=0, sites=("A", "B"))
    assert short == patients[: len(short)]
    assert sum(len(p.sequences) for p in short[:-1]) < count <= sum(len(p.sequences) for p in short)


def test_another_seed_is_other_people(patients):
    other = plan(200, seed=1, sites=("A", "B"))
    assert [p.age for p in other[:20]] != [p.age for p in patients[:20]]


def test_people_are_as_described(patients):
    by = defaultdict(list)
    for p in patients:
        by[p.pathology].append(p)
    women = np.mean([p.sex == "F" for p in by["meningioma"]])
    assert 0.58 < women < 0.76
    assert np.mean([p.age for p in by["neurocytoma"]]) < 35 < 50 < np.mean([p.age for p in by["meningioma"]])
    assert {p.subtype for p in by["other"]} >= {"abscess", "encephalopathy", "arachnoid cyst"}
    assert all(16 <= p.age <= 88 and p.site in "AB" and p.side in (-1, 1) for p in patients)
    assert patients[0].elderly == np.clip((patients[0].age - 50) / 35, 0, 1)
