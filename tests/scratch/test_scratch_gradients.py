"""Every backward against finite differences, and proof that the checker sees faults."""

import numpy as np
import pytest

from neuropath import scratch as nn

LAYERS = {
    "Dense": lambda rng: nn.Dense(4, 3, rng=rng, dtype="float64"),
    "Dense-l2": lambda rng: nn.Dense(4, 3, rng=rng, kernel_regularizer=nn.L2(0.3), dtype="float64"),
    "ReLU": lambda rng: nn.ReLU(),
    "Sigmoid": lambda rng: nn.Sigmoid(),
    "Tanh": lambda rng: nn.Tanh(),
    "Softmax": lambda rng: nn.Softmax(),
    "Flatten": lambda rng: nn.Flatten(),
    "Dropout": lambda rng: nn.Dropout(0.5, rng=rng),
}
LOSSES = {
    nn.mean_squared_error: lambda rng: rng.normal(size=(6, 3)),
    nn.binary_crossentropy: lambda rng: rng.uniform(size=(6, 3)),
    nn.categorical_crossentropy: lambda rng: rng.uniform(size=(6, 3)),  # rows of any sum
    nn.sparse_categorical_crossentropy: lambda rng: rng.integers(3, size=6),
}


@pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)
def test_layer_backward_is_the_slope(make, rng):
    check_layer(make, rng)


def check_layer(make, rng):
    layer, X = make(rng), rng.normal(size=(5, 4))
    dY = rng.normal(size=layer.forward(X).shape)

    def loss():
        return float(np.sum(layer.forward(X) * dY)) + layer.penalty()

    loss()
    dX = layer.backward(dY)
    grads = {name: g.copy() for name, g in layer.grads.items()}
    nn.check_gradient(loss, X, dX)
    for name, gradient in grads.items():
        nn.check_gradient(loss, layer.params[name], gradient)


@pytest.mark.parametrize("loss", LOSSES, ids=lambda f: f.__name__)
def test_loss_gradient_is_the_slope(loss, rng):
    Z, target = rng.normal(size=(6, 3)), LOSSES[loss](rng)
    nn.check_gradient(lambda: loss(Z, target)[0], Z, loss(Z, target)[1])


def test_dropout_backward_in_training_uses_the_mask_of_the_forward_pass(rng):
    layer, X = nn.Dropout(0.4, rng=rng), rng.normal(size=(50, 8))
    Y, dY = layer.forward(X, training=True), rng.normal(size=X.shape)
    np.testing.assert_allclose(layer.backward(dY), dY * Y / X)


class FlippedBias(nn.Dense):
    def backward_params(self, dY):
        super().backward_params(dY)
        self.grads["b"] *= -1


class ForgottenPenalty(nn.Dense):
    def backward_params(self, dY):
        super().backward_params(dY)
        self.grads["W"] -= self.kernel_regularizer.gradient(self.params["W"])


class TransposedProduct(nn.Dense):
    def backward(self, dY):
        super().backward(dY)
        return dY @ self.params["W"]


class FlippedReLU(nn.ReLU):
    def backward(self, dY):
        return -super().backward(dY)


@pytest.mark.parametrize("faulty", [FlippedBias, ForgottenPenalty, TransposedProduct, FlippedReLU])
def test_planted_faults_are_caught(faulty, rng):
    def make(rng):
        if issubclass(faulty, nn.ReLU):
            return faulty()
        return faulty(4, 4, rng=rng, kernel_regularizer=nn.L2(0.3), dtype="float64")

    with pytest.raises(AssertionError, match="backward is off by"):
        check_layer(make, rng)


def test_check_gradient_refuses_what_proves_nothing():
    x = np.ones(3)
    with pytest.raises(AssertionError, match="flat"):
        nn.check_gradient(lambda: 1.0, x, np.zeros(3))
    with pytest.raises(AssertionError, match="not finite"):
        nn.check_gradient(lambda: np.nan, x, np.zeros(3))
    with pytest.raises(AssertionError, match="float32"):
        nn.check_gradient(lambda: 1.0, np.ones(3, np.float32), np.zeros(3))
    with pytest.raises(AssertionError, match=r"shaped as x, \(3,\), received \(2,\)"):
        nn.check_gradient(lambda: 1.0, x, np.zeros(2))


def test_check_gradient_leaves_x_as_it_was(rng):
    x = rng.normal(size=(3, 2))
    kept = x.copy()
    nn.check_gradient(lambda: float(np.sum(x**3)), x, 3 * x**2)
    np.testing.assert_array_equal(x, kept)


def test_one_wrong_entry_among_many_is_caught(rng):
    x = rng.normal(size=100)
    slope = 2 * x
    slope[17] += 1e-4
    with pytest.raises(AssertionError, match="off by"):
        nn.check_gradient(lambda: float(np.sum(x**2)), x, slope)
