"""A finished run's folder without its training: an untrained head on the bundled base, scores by chance."""

from pathlib import Path

import numpy as np
from PIL import Image

FIGURES = ("confusion_matrix.png", "training_curves.png", "calibration.png", "grad_cam.png")
CARD = "# Model card\n\n## Limits\n\n- The head is untrained: this run is for tests.\n"


def make_run(folder: Path, class_names=None, **settings) -> Path:
    """Write a run that `Run.open` takes; class_names: default the 17."""
    from neuropath.project import runs
    from neuropath.project.classes import SHORT_NAMES
    from neuropath.project.evaluate_model import ModelEvaluator
    from neuropath.project.files import write_json, write_text
    from neuropath.project.neuropathology_model import NeuropathologyModel
    from neuropath.project.settings import Settings

    names, rng = tuple(class_names or SHORT_NAMES), np.random.default_rng(3)
    folder.mkdir(parents=True)
    write_json(folder / "settings.json", Settings(**({"out": folder, "size": 64} | settings)).to_dict())
    write_json(folder / runs.CLASSES, {"class_names": list(names)})
    model = NeuropathologyModel(len(names), (64, 64, 1), weights="bundled", seed=1)
    model.build_model()
    model.save_model(folder / runs.MODEL)
    write_text(folder / runs.CARD, CARD)
    for name in FIGURES:
        Image.new("RGB", (40, 30), "white").save(folder / name)
    labels, probabilities = np.arange(60) % len(names), rng.dirichlet(np.ones(len(names)), 60)
    evaluator = ModelEvaluator(names, split="by patient, for a test", seed=0, resamples=20)
    result = evaluator.evaluate(labels, probabilities, np.arange(60) // 3)
    result.save(folder / runs.METRICS, data={"source": "a test's own data"})
    return folder
