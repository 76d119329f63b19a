"""Session 01 D in PyTorch: the network 784-256-128-10 and its loop. No other module here imports torch."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from neuropath.lessons.datasets import Dataset

MEAN, STD = 0.1307, 0.3081  # of MNIST's training pixels, scaled to [0, 1]


class MLP(nn.Module):
    """Three linear layers, ReLU and dropout between; logits, (N, D) -> (N, 10)."""

    def __init__(
        self,
        n_in: int = 784,
        hidden: tuple[int, int] = (256, 128),
        dropout: float = 0.2,
    ):
        super().__init__()
        self.body = nn.Sequential(
            *(nn.Linear(n_in, hidden[0]), nn.ReLU(), nn.Dropout(dropout)),
            *(nn.Linear(hidden[0], hidden[1]), nn.ReLU(), nn.Dropout(dropout)),
            nn.Linear(hidden[1], 10),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.body(x.flatten(1))  # (N, H, W) -> (N, H·W)


def make_loader(
    X: np.ndarray,
    y: np.ndarray,
    batch_size: int = 64,
    seed: int | None = None,
) -> DataLoader:
    """Batches of normalised images; shuffled anew each epoch where a seed is given."""
    images = torch.from_numpy((X - MEAN) / STD).float()
    dataset = TensorDataset(images, torch.from_numpy(y))
    if seed is None:
        return DataLoader(dataset, batch_size)
    generator = torch.Generator().manual_seed(seed)
    return DataLoader(dataset, batch_size, shuffle=True, generator=generator)


def train_epoch(
    model: nn.Module,
    loader: DataLoader,
    optimizer: torch.optim.Optimizer,
    device: str,
) -> float:
    """One pass over the training data; the mean loss over its examples, dropout on."""
    model.train()  # dropout on
    total, count = 0.0, 0
    for X, y in loader:
        X, y = X.to(device), y.to(device)
        optimizer.zero_grad()  # forget the last batch's gradients
        logits = model(X)  # forward
        loss = nn.functional.cross_entropy(logits, y)
        loss.backward()  # backward
        optimizer.step()  # update
        total, count = total + loss.item() * len(y), count + len(y)
    return total / count


def evaluate(model: nn.Module, loader: DataLoader, device: str) -> dict[str, float]:
    """Mean loss and accuracy; dropout off, nothing recorded for a backward pass."""
    model.eval()  # dropout off
    loss, right, count = 0.0, 0, 0
    with torch.no_grad():  # no graph: less memory, more speed
        for X, y in loader:
            logits, y = model(X.to(device)), y.to(device)
            loss += nn.functional.cross_entropy(logits, y, reduction="sum").item()
            right += int((logits.argmax(1) == y).sum())
            count += len(y)
    return {"loss": loss / count, "accuracy": right / count}


def run(
    data: Dataset,
    *,
    epochs: int,
    seed: int = 0,
    batch_size: int = 64,
    device: str = "cpu",
) -> Iterator[dict]:
    """Train MLP with Adam (1e-3); after each epoch, yield the model and its figures."""
    torch.manual_seed(seed)
    model = MLP(n_in=data.X_train[0].size).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    train = make_loader(data.X_train, data.y_train, batch_size, seed=seed)
    validation = make_loader(data.X_val, data.y_val, 1000)
    for epoch in range(1, epochs + 1):
        loss = train_epoch(model, train, optimizer, device)
        val = evaluate(model, validation, device)
        yield {
            "epoch": epoch,
            "model": model,
            "loss": loss,
            "val_loss": val["loss"],
            "val_accuracy": val["accuracy"],
        }
