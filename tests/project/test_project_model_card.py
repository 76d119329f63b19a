"""The card says what was done: every sentence that depends on a choice is read with each choice."""

import copy
import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from neuropath.project.classes import DISCLAIMER
from neuropath.project.evaluate_model import ModelEvaluator
from neuropath.project.model_card import model_card
from neuropath.project.settings import Settings


@pytest.fixture
def result():
    """Class a: 30 images, 25 of them right; b: 4, one right; c: none. 8 patients."""
    labels = np.array([0] * 30 + [1] * 4)
    called = np.array([0] * 25 + [1] * 5 + [1] + [0] * 3)
    evaluator = ModelEvaluator(("a", "b", "c"), split="by hand", seed=0, resamples=20)
    return evaluator.evaluate(labels, np.eye(3)[called], np.arange(34) // 5)


MORE = {
    "settings": Settings(out=Path("x"), data="/data/brains", weights="none").decided(),
    "data": {
        "name": "brains",
        "source": "folder brains",
        "licence": "not stated",
        "images": 1234,
        "size": [64, 64],
        "patients": 80,
        "split": "by patient (80 groups), 70/15/15, seed 0",
        "skipped": 3,
        "notes": 2,
    },
    "best": {"epoch": 6, "stage": "fine-tuned", "val_accuracy": {"frozen": 0.5, "fine-tuned": 0.75}},
    "versions": {"python": "3.11.7", "keras": "3.15.1"},
}


def card(result, settings=(), data=(), more=()):
    values = copy.deepcopy(MORE)
    values["settings"] |= dict(settings)
    values["data"] |= dict(data)
    return model_card(result, values | dict(more))


def test_scores_and_provenance_are_those_of_the_run(result):
    text = card(result)
    assert DISCLAIMER in text
    assert "accuracy 0.765 (" in text
    assert "measured on 34 images of 7 patients" in text
    assert "| a | 30 | 0.89 | 0.83 (" in text
    assert "| c | 0 | – | – | – |" in text
    assert (
        "folder brains. 1,234 images, 80 patients. Licence: not stated. Files left out: 3; remarks: 2."
        in text
    )
    assert "Kept: epoch 7 (fine-tuned)" in text
    assert "frozen: 0.500; fine-tuned: 0.750" in text
    assert "Less than half of these test images were recognised: b." in text
    assert "Fewer than 20 test images, so hardly measured: b, c." in text
    assert "redraw patients" in text
    assert "{" not in text


def test_without_patients_images_are_redrawn(result):
    text = card(dataclasses.replace(result, groups=None), data={"patients": None})
    assert "redraw images" in text
    assert "patients unknown" in text
    assert "measured on 34 images\n" in text


@pytest.mark.parametrize(
    ("settings", "said", "unsaid"),
    [
        ({"split": "patient"}, "No patient is on two sides", "The split is by slice"),
        ({"split": "slice"}, "**The scores are not about new patients**", "No patient is on two sides"),
        ({"split": "fold"}, "The folds were published", "not about new patients"),
        ({"groups": "who.csv"}, "table who.csv", "Stage 1: the head"),
        ({"groups": None}, "Stage 1 was left out", "table "),
        (
            {"weights": "bundled"},
            "Stage 1: the head on a frozen base, up to 30 epochs",
            "Stage 1 was left out",
        ),
        ({"weights": "imagenet"}, "weights: imagenet", "simulated"),
        ({"weights": "bundled", "data": "phantom"}, "weights: bundled (trained by us", "imagenet"),
        ({"data": "phantom"}, "The images are simulated", "imagenet"),
        ({"weights": "none", "unfreeze": "20"}, "layers of the base that train: all", "train: 20"),
        ({"weights": "imagenet", "unfreeze": "20"}, "layers of the base that train: 20", "train: all"),
        ({"weights": "imagenet", "fine_tune_epochs": 0}, "Stage 2 was left out.", "Stage 2: "),
        ({"strategy": "mirrored"}, "Stage 2 was distributed: mirrored.", "multiworker"),
        ({"strategy": "none"}, "learning rate 0.001 (cosine)", "distributed"),
        ({"base_model": "mobilenet"}, "mobilenet, width 0.35", "resnet"),
        ({"base_model": "resnet"}, "(resnet, weights", "width 0.35"),
    ],
    ids=json.dumps,
)
def test_choices(result, settings, said, unsaid):
    text = card(result, settings)
    assert said in text
    assert unsaid not in text


def test_a_users_own_folder_called_phantom_is_not_called_simulated(result):
    assert "simulated" not in card(result, data={"name": "phantom"})


def test_where_it_looks(result):
    assert "was not measured" in card(result)
    found = {"layer": "deep", "peak_in_lesion": 0.6, "images": 41, "chance": 0.07, "random": 0.1}
    text = card(result, more={"grad_cam": found})
    assert "`deep`" in text
    assert "60% of 41" in text
    assert "head would in 7%" in text
    assert "random weights in 10%" in text


def test_sequence_and_pathology_where_there_are_any(result):
    assert "right sequence" not in card(result)
    text = card(result, more={"modality_accuracy": 0.9, "pathology_accuracy": 0.4})
    assert "right sequence (T1, T1C+, T2): 0.900" in text
    assert "right pathology: 0.400" in text
