"""The reverse-mode engine against finite differences, TensorFlow's tape and the layers derived by hand."""

import sys

import numpy as np
import pytest

from neuropath import scratch as nn
from neuropath.scratch import autodiff as ad

OPERATIONS = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / (b * b + 1.0),
    "negate": lambda a, b: -a * b,
    "square": lambda a, b: (a - b) ** 2,
    "inverse cube": lambda a, b: (a * a + b * b + 1.0) ** -3.0,
    "exp": lambda a, b: (a * b).exp(),
    "log": lambda a, b: (a * a + b * b + 1.0).log(),
    "tanh": lambda a, b: (a - b).tanh(),
    "relu": lambda a, b: (a * b).relu(),
    "constants on the left": lambda a, b: 2.0 + (3.0 - a) * (1.0 / (b * b + 1.0)) + 4.0 * a,
    "one value used three times": lambda a, b: a * a * a * b,
}
# Shapes that NumPy stretches: their gradients have to be summed back.
SHAPES = [
    ((3, 4), (3, 4)),
    ((3, 4), (4,)),
    ((3, 4), (3, 1)),
    ((3, 1), (1, 4)),
    ((2, 3, 4), (3, 1)),
    ((), (4,)),
]


def loss_of(operation, weights):
    return lambda a, b: (operation(a, b) * weights).sum()


@pytest.mark.parametrize("shapes", SHAPES, ids=str)
@pytest.mark.parametrize("name", OPERATIONS)
def test_operation_has_the_slope_of_finite_differences(name, shapes, rng):
    a, b = (rng.normal(size=shape) for shape in shapes)
    loss = loss_of(OPERATIONS[name], rng.normal(size=np.broadcast_shapes(*shapes)))
    leaves = [ad.leaf(a), ad.leaf(b)]
    for array, slope in zip((a, b), ad.gradients(loss(*leaves), leaves), strict=True):
        assert slope.shape == array.shape
        nn.check_gradient(lambda: float(loss(ad.leaf(a), ad.leaf(b)).data), array, slope)


@pytest.mark.parametrize("axis", [None, 0, 1, -1, (0, 2)])
@pytest.mark.parametrize("keepdims", [False, True])
def test_sum_over_axes(axis, keepdims, rng):
    a = rng.normal(size=(2, 3, 4))

    def loss(x):
        return (x.sum(axis, keepdims) ** 2 * 0.5).sum()

    x = ad.leaf(a)
    nn.check_gradient(lambda: float(loss(ad.leaf(a)).data), a, ad.gradients(loss(x), [x])[0])


def test_log_sum_exp_is_stable_and_its_gradient_is_the_softmax(rng):
    z = 1000 * rng.normal(size=(3, 5))
    leaf = ad.leaf(z)
    value = leaf.log_sum_exp()
    np.testing.assert_allclose(value.data[:, 0], nn.log_sum_exp(z))
    np.testing.assert_allclose(ad.gradients(value.sum(), [leaf])[0], nn.softmax(z), atol=1e-12)


def network(X, Y, parameters):
    W1, b1, W2, b2 = parameters
    hidden = (X @ W1 + b1).relu() * 0.5 + (X @ W1).tanh()
    logits = hidden @ W2 + b2
    return (logits.log_sum_exp() - (logits * Y).sum(axis=1, keepdims=True)).mean()


def test_a_network_against_gradient_tape(rng, keras):
    import tensorflow as tf

    X, Y = rng.normal(size=(6, 5)), nn.one_hot(rng.integers(3, size=6), 3, dtype="float64")
    arrays = [rng.normal(size=shape) for shape in ((5, 4), (4,), (4, 3), (3,))]
    variables = [tf.Variable(a) for a in arrays]
    with tf.GradientTape() as tape:
        W1, b1, W2, b2 = variables
        hidden = tf.nn.relu(X @ W1 + b1) * 0.5 + tf.tanh(X @ W1)
        expected = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(Y, hidden @ W2 + b2))
    leaves = [ad.leaf(a) for a in arrays]
    loss = network(X, Y, leaves)
    np.testing.assert_allclose(loss.data, expected.numpy(), rtol=1e-12)
    for ours, theirs in zip(ad.gradients(loss, leaves), tape.gradient(expected, variables), strict=True):
        np.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-10, atol=1e-14)


def test_the_kink_is_treated_as_tensorflow_treats_it(keras):
    import tensorflow as tf

    x, zero = ad.leaf(0.0), tf.Variable(0.0, dtype="float64")
    with tf.GradientTape() as tape:
        identity = tf.nn.relu(zero) - tf.nn.relu(-zero)
    assert ad.gradients(x.relu() - (-x).relu(), [x])[0] == tape.gradient(identity, zero).numpy() == 0


def test_the_layers_derived_by_hand_agree(rng):
    X, y = rng.normal(size=(8, 5)), rng.integers(3, size=8)
    net = nn.mlp([5, 7, 3], rng=rng, dtype="float64")
    expected, dY = nn.sparse_categorical_crossentropy(net.forward(X), y)
    net.backward(dY)
    W1, b1, W2, b2 = leaves = [ad.leaf(p) for p in net.params.values()]
    logits = (X @ W1 + b1).relu() @ W2 + b2
    Y = nn.one_hot(y, 3, dtype="float64")
    loss = (logits.log_sum_exp() - (logits * Y).sum(axis=1, keepdims=True)).mean()
    np.testing.assert_allclose(loss.data, expected, rtol=1e-12)
    for ours, theirs in zip(ad.gradients(loss, leaves), net.grads.values(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-14)


def test_every_node_comes_once_and_after_its_inputs(rng):
    nodes = [ad.leaf(rng.normal()) for _ in range(3)]
    for _ in range(40):  # many diamonds
        i, j = rng.integers(len(nodes), size=2)
        nodes.append(nodes[i] + nodes[j])
    order = ad.topological(nodes[-1])
    place = {id(node): k for k, node in enumerate(order)}
    assert len(place) == len(order)
    assert order[-1] is nodes[-1]
    assert all(place[id(p)] < place[id(node)] for node in order for p, _ in node.inputs)


def test_a_chain_far_deeper_than_the_recursion_limit():
    x = ad.leaf(1.0)
    y = x
    for _ in range(3 * sys.getrecursionlimit()):
        y = y + y * 0.0
    assert ad.gradients(y, [x]) == [1.0]


def test_doubling_sixty_times_takes_sixty_visits_not_two_to_the_sixty():
    x = ad.leaf(1.0)
    y = x
    for _ in range(60):
        y = y + y
    assert len(ad.topological(y)) == 61
    assert ad.gradients(y, [x]) == [2.0**60]


def test_gradients_are_new_arrays_each_time_and_nothing_accumulates(rng):
    x = ad.leaf(rng.normal(size=3))
    loss = (x * x).sum()
    first = ad.gradients(loss, [x])[0]
    kept = first.copy()
    first += 1
    np.testing.assert_array_equal(ad.gradients(loss, [x])[0], kept)


def test_no_two_gradients_share_memory(rng):
    a, b = ad.leaf(rng.normal(size=3)), ad.leaf(rng.normal(size=3))
    da, db = ad.gradients((a + b).sum(), [a, b])  # the same adjoint reaches both
    da += 1  # must be writable, too
    np.testing.assert_array_equal(db, np.ones(3))
    once, again = ad.gradients((a * b).sum(), [a, a])
    once += 1
    np.testing.assert_array_equal(again, b.data)


def test_a_source_the_loss_does_not_see_has_slope_zero():
    x, stranger = ad.leaf([1.0, 2.0]), ad.leaf(np.ones((2, 2)))
    slopes = ad.gradients((x * x).sum(), [x, stranger])
    assert slopes[1].shape == (2, 2)
    assert not slopes[1].any()


def test_one_leaf_may_be_asked_for_twice_and_the_loss_may_be_a_source():
    x = ad.leaf(3.0)
    loss = x * x
    assert ad.gradients(loss, [x, loss, x]) == [6.0, 1.0, 6.0]


def test_arrays_on_the_left_are_not_taken_apart(rng):
    A, x = rng.normal(size=(2, 3)), ad.leaf(rng.normal(size=(3, 1)))
    for node in (A @ x, A * leaf_of(A), A - leaf_of(A), A / (leaf_of(A) ** 2 + 1.0)):
        assert isinstance(node, ad.Node)


def leaf_of(array):
    return ad.leaf(array)


@pytest.mark.parametrize(
    ("act", "error", "says"),
    [
        (lambda: ad.gradients(ad.leaf([1.0, 2.0]), []), ValueError, "one number, received shape \\(2,\\)"),
        (lambda: ad.gradients(ad.leaf(1.0), [np.ones(2)]), TypeError, "wrap arrays in leaf"),
        (lambda: ad.leaf([1.0]) @ ad.leaf([1.0]), ValueError, "two matrices, received shapes \\(1,\\)"),
        (lambda: ad.leaf(2.0) ** ad.leaf(3.0), TypeError, "expects a number as power"),
        (lambda: ad.leaf(["a"]), ValueError, "could not convert"),
    ],
)
def test_misuse_says_what_was_expected(act, error, says):
    with pytest.raises(error, match=says):
        act()
