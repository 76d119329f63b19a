"""The network as a first course writes it: float64, one example a column, a dictionary of matrices."""

from __future__ import annotations

import numpy as np


class ColumnNetwork:
    """ReLU layers and softmax cross-entropy on columns X (D, N), labels y (N,), with SGD or Adam.

    weights: W (units, n_in) and b (units, 1) of each layer, in turn. adam: β₁, β₂ and ε, or None for SGD.
    """

    def __init__(
        self, weights: list[np.ndarray], learning_rate: float, adam: tuple[float, float, float] | None
    ):
        self.parameters = {f"{'Wb'[i % 2]}{i // 2 + 1}": w for i, w in enumerate(weights)}
        self.layers, self.adam, self.learning_rate = len(weights) // 2, adam, learning_rate
        self.m = {k: np.zeros_like(p) for k, p in self.parameters.items()}
        self.v = {k: np.zeros_like(p) for k, p in self.parameters.items()}
        self.t = 0

    def step(self, X: np.ndarray, y: np.ndarray) -> float:
        """One training step on a batch; the loss before it."""
        cache, A = {"A0": X}, X
        for i in range(1, self.layers + 1):
            Z = self.parameters[f"W{i}"] @ A + self.parameters[f"b{i}"]
            A = np.maximum(0, Z) if i < self.layers else Z
            cache[f"Z{i}"], cache[f"A{i}"] = Z, A
        exps = np.exp(A - A.max(axis=0, keepdims=True))
        P = exps / exps.sum(axis=0, keepdims=True)
        Y = np.eye(len(A))[:, y]
        loss = -np.mean(np.sum(Y * np.log(P + 1e-300), axis=0))
        self.update(self.gradients(cache, P - Y))
        return float(loss)

    def gradients(self, cache: dict[str, np.ndarray], dZ: np.ndarray) -> dict[str, np.ndarray]:
        N, gradients = dZ.shape[1], {}
        for i in range(self.layers, 0, -1):
            gradients[f"W{i}"] = dZ @ cache[f"A{i - 1}"].T / N
            gradients[f"b{i}"] = np.sum(dZ, axis=1, keepdims=True) / N
            if i > 1:
                dZ = (self.parameters[f"W{i}"].T @ dZ) * (cache[f"Z{i - 1}"] > 0)
        return gradients

    def update(self, gradients: dict[str, np.ndarray]) -> None:
        self.t += 1
        for k, g in gradients.items():
            if self.adam is None:
                self.parameters[k] = self.parameters[k] - self.learning_rate * g
                continue
            beta_1, beta_2, epsilon = self.adam
            self.m[k] = beta_1 * self.m[k] + (1 - beta_1) * g
            self.v[k] = beta_2 * self.v[k] + (1 - beta_2) * g**2
            m, v = self.m[k] / (1 - beta_1**self.t), self.v[k] / (1 - beta_2**self.t)
            self.parameters[k] = self.parameters[k] - self.learning_rate * m / (np.sqrt(v) + epsilon)
