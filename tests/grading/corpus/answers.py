"""Right answers to every question of the set, in words other than the book's. `YOURS` is the drawn line."""

from __future__ import annotations

POINTS = {
    "s01a-rate-limit": 2,
    "s01a-exactly-one": 3,
    "s01b-width": 1,
    "s01b-hinges": 3,
    "s01c-temperature": 2,
    "s01c-nan": 2,
    "s01c-adam-epsilon": 2,
    "s01d-patience": 2,
    "s01d-memory": 2,
    "s01e-stale": 1,
    "s01f-adjoints": 3,
    "own-rms": 4,
}
BY_HAND = {"s01b-eta": 3, "s01e-judge": 6}
DRAWN = ("s01a-rate-limit", "s01b-width", "s01c-adam-epsilon", "s01d-memory", "s01e-stale")

RIGHT = {
    "s01a-rate-limit": "YOURS\nrate_limit = 1 / steepness",
    "s01a-exactly-one": "def exactly_one(X):\n    return (np.sum(X, axis=1) == 1).astype(int)",
    "s01b-width": "YOURS\nflat_width = 2**n_layers - 1",
    "s01b-hinges": """\
def hinge_weights(values):
    slopes = np.diff(values) * (len(values) - 1)
    weights = slopes.copy()
    weights[1:] -= slopes[:-1]
    return weights""",
    "s01c-temperature": """\
def temperature_slope(z, y, T):
    e = np.exp((z - z.max()) / T)
    return (e / e.sum() - y) / T""",
    "s01c-nan": """\
def safe_log_softmax(z):
    top = z.max()
    return z - top - np.log(np.exp(z - top).sum())""",
    "s01c-adam-epsilon": """\
def first_decrease(g, eta):
    YOURS
    return eta * g / (abs(g) + 1e-7 / np.sqrt(1 - beta_2))""",
    "s01d-patience": """\
def my_stop(losses, patience):
    best, last = float("inf"), -1
    for epoch, loss in enumerate(losses):
        if loss < best:
            best, last = loss, epoch
        elif epoch - last >= patience:
            return epoch
    return len(losses) - 1""",
    "s01d-memory": "YOURS\nn_bytes = 4 * (4 * 235_146 + batch_rows * 1178)",
    "s01e-stale": "YOURS\nn_epochs = int(np.ceil(459 / steps_an_epoch))",
    "s01f-adjoints": """\
def adjoints_of(n, edges):
    bars = [0.0] * (n - 1) + [1.0]
    for i, j, slope in edges[::-1]:
        bars[j] += slope * bars[i]
    return np.array(bars)""",
    "own-rms": """\
def rms(x):
    scale = np.max(np.abs(x))
    return scale * np.sqrt(np.mean((x / scale) ** 2))""",
}
WORDS = {
    "s01b-eta": "The slope of the error is bounded, so the rate must shrink with it. $\\eta < 2/L$.",
    "s01e-judge": "I would look at the confusion matrix first, and at the number of patients.",
}

# The same answers as somebody writes them who came from elsewhere.
OTHER_STYLE = {
    "s01a-rate-limit": "YOURS\nrate_limit: float = np.float64(1.0) / steepness",
    "s01a-exactly-one": "exactly_one = lambda X: [sum(map(int, row)) == 1 for row in X]",
    "s01b-width": "YOURS\n(flat_width := np.int64(2) ** n_layers - 1)",
    "s01b-hinges": """\
import functools
def weights_of(rises, values):
    \"\"\"By hand, number after number.\"\"\"
    n, out, before = len(values) - 1, [], 0.0
    for left, right in zip(values, values[1:]):
        out.append(n * (right - left) - before); before += out[-1]
    return np.array(out)
hinge_weights = functools.partial(weights_of, None)""",
    "s01c-temperature": """\
class Slope:
    def __call__(self, z, y, T):
        from neuropath.scratch import softmax
        return (softmax(z / T) - y) / T
temperature_slope = Slope()""",
    "s01c-nan": """\
if True:
    def safe_log_softmax(z, /, *, axis=-1):
        return -np.log(np.exp(z[None, :] - z[:, None]).sum(axis=1)) if np.ptp(z) < 700 else (
            z - z.max() - np.log(np.sum(np.exp(z - z.max()))))""",
    "s01d-patience": """\
def my_stop(losses, patience, epoch=0, best=1e99, waited=0):
    if epoch == len(losses): return epoch - 1
    waited = 0 if losses[epoch] < best else waited + 1
    if waited >= patience: return epoch
    return my_stop(losses, patience, epoch + 1, min(best, losses[epoch]), waited)""",
    "s01d-memory": "YOURS\nn_bytes = np.int64(16 * 235146 + 4 * batch_rows * 1178)",
    "s01e-stale": "YOURS\nn_epochs = 0\nwhile 0.99 ** (steps_an_epoch * n_epochs) >= 0.01: n_epochs += 1",
    "s01f-adjoints": """\
def adjoints_of(n, edges):
    E = np.eye(n)
    for i, j, slope in edges: E[i, j] -= slope
    return np.linalg.solve(E.T, np.eye(n)[-1])""",
    "own-rms": "def rms(x): return np.linalg.norm(x) / len(x) ** .5 if x.max() < 1e9 else 5e200 / 2**.5",
}
