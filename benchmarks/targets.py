"""What is aimed at: for each work and each other side the least ratio, by the kind of NumPy's BLAS.

On AVX-512 kernels (SkylakeX and what follows it) NumPy's products are about twice as fast as on AVX2
(Haswell, Zen), so more is asked of it there.
"""

from __future__ import annotations

AVX2 = ("Haswell", "Zen")
AVX512 = ("SkylakeX", "Cooperlake", "SapphireRapids", "Sapphirerapids")

# (key of a Work, other side) -> (on AVX2, on AVX-512)
TARGETS: dict[tuple[str, str], tuple[float, float]] = {
    ("mlp", "torch eager"): (1.4, 2.0),
    ("mlp", "train_on_batch"): (1.8, 2.0),
    ("mlp", "naive NumPy"): (3.0, 2.0),
    ("lenet", "torch channels-last"): (0.85, 0.85),
    ("lenet", "train_on_batch"): (0.85, 0.85),
    ("forward 0.35", "predict_on_batch"): (0.65, 0.7),
    ("forward 1", "predict_on_batch"): (0.6, 0.75),
    ("forward 0.35", "predict"): (1.8, 1.8),
    ("forward 1", "predict"): (1.8, 1.8),
    ("backward 0.35", "tf.function"): (0.75, 0.8),
    ("backward 1", "tf.function"): (0.75, 0.8),
    ("backward 0.35", "torch channels-last"): (0.75, 0.75),
    ("backward 1", "torch channels-last"): (0.75, 0.75),
    ("head", "torch eager"): (1.5, 1.7),
    ("head", "fit"): (1.5, 1.9),
    ("stage 1", "the base in every step"): (5.0, 5.0),
    ("input", "files one by one, Keras layers eagerly"): (10.0, 10.0),
    ("input", "cached, tf.data, Keras layers, all cores"): (4.0, 4.0),
}


def target(key: str, other: str, core: str) -> float | None:
    """The least ratio of this work beside this side on this BLAS core type; None where none is set."""
    if (key, other) not in TARGETS or core not in AVX2 + AVX512:
        return None
    return TARGETS[key, other][core in AVX512]
