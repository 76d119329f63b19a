"""The stack: names, flat vectors, the two passes, decisions."""

import copy
import pickle

import numpy as np
import pytest

from neuropath import scratch as nn


@pytest.fixture
def model(rng):
    return nn.mlp([6, 5, 4, 3], rng=rng, kernel_regularizer=nn.L2(0.05), dtype="float64")


def test_names_count_from_one(model):
    assert model.names == ["dense_1", "relu_1", "dense_2", "relu_2", "dense_3"]
    assert list(model.params)[:3] == ["dense_1/W", "dense_1/b", "dense_2/W"]
    assert model.params.keys() == model.grads.keys()


@pytest.mark.parametrize(
    ("sizes", "count"),
    [([784, 128, 64, 10], 109_386), ([784, 256, 128, 10], 235_146), ([2, 1], 3)],
)
def test_count_params(sizes, count, rng):
    assert nn.mlp(sizes, rng=rng).count_params() == count


def test_summary_says_where_the_numbers_are(rng, capsys):
    nn.create_mnist_model(rng=rng).summary()
    out = capsys.readouterr().out
    assert "dense_1       W (784, 128), b (128,)               100,480" in out
    assert out.split()[-2:] == ["total", "109,386"]


def test_backward_is_the_slope_of_loss_and_penalties(model, rng):
    X, y = rng.normal(size=(7, 6)), rng.integers(3, size=7)

    def loss():
        value, _ = nn.sparse_categorical_crossentropy(model.forward(X), y)
        return value + sum(layer.penalty() for layer in model.layers)

    dX = model.backward(nn.sparse_categorical_crossentropy(model.forward(X), y)[1])
    nn.check_gradient(lambda: nn.sparse_categorical_crossentropy(model.forward(X), y)[0], X, dX)
    for name, gradient in model.grads.items():
        nn.check_gradient(loss, model.params[name], gradient.copy())


def test_flatten_makes_views_and_keeps_values(model, rng):
    before = {name: p.copy() for name, p in model.params.items()}
    params, grads = model.flatten()
    assert params.shape == grads.shape == (model.count_params(),)
    for name, p in model.params.items():
        np.testing.assert_array_equal(p, before[name])
        assert np.shares_memory(p, params)
        assert np.shares_memory(model.grads[name], grads)
    model.backward(np.ones_like(model.forward(rng.normal(size=(7, 6)))))
    np.testing.assert_array_equal(grads, np.concatenate([g.ravel() for g in model.grads.values()]))
    assert model.flatten()[0] is params


def test_training_survives_an_array_put_in_place_of_a_view(model, rng):
    model.compile(optimizer=nn.SGD(0.1))
    mine = rng.normal(size=(6, 5))
    model.layers[0].params["W"] = mine.copy()
    model.train_step(rng.normal(size=(8, 6)), rng.integers(3, size=8))
    assert (model.params["dense_1/W"] != mine).any()
    assert np.abs(model.params["dense_1/W"] - mine).max() < 1


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_a_copied_model_trains_and_leaves_the_original(copied, rng):
    model = nn.mlp([6, 5, 3], rng=rng, dtype="float64")
    model.compile(nn.SGD(0.1))
    X, y = rng.normal(size=(8, 6)), rng.integers(3, size=8)
    model.train_step(X, y)  # flat vectors and their views exist before the copy
    other, before = copied(model), model.flatten()[0].copy()
    other.train_step(X, y)
    assert np.shares_memory(other.params["dense_1/W"], other.flatten()[0])
    np.testing.assert_array_equal(model.flatten()[0], before)
    model.train_step(X, y)
    np.testing.assert_array_equal(other.flatten()[0], model.flatten()[0])
    assert (model.flatten()[0] != before).any()


def test_two_models_may_share_a_layer(rng):
    shared, X, y = nn.Dense(6, 4, rng=rng, dtype="float64"), rng.normal(size=(8, 6)), rng.integers(3, size=8)
    models = [nn.Sequential([shared, nn.ReLU(), nn.Dense(4, 3, rng=rng, dtype="float64")]) for _ in "ab"]
    for model in models:
        model.compile(nn.SGD(0.1))
    for model in models * 2:
        before = shared.params["W"].copy()
        model.train_step(X, y)
        assert (shared.params["W"] != before).any()
        assert all(m.params["dense_1/W"] is shared.params["W"] for m in models)


@pytest.mark.parametrize("odd", [nn.ReLU, None, np.tanh], ids=["class", "None", "function"])
def test_what_is_no_layer_is_refused(odd, rng):
    with pytest.raises(TypeError, match=r"expects layer objects such as ReLU\(\), received"):
        nn.Sequential([nn.Dense(2, 2, rng=rng), odd])


def test_a_stack_in_a_stack_is_refused_before_it_silently_never_trains(rng):
    with pytest.raises(TypeError, match=r"received a Sequential: put its layers in, \*inner.layers"):
        nn.Sequential([nn.mlp([4, 3], rng=rng), nn.ReLU()])


def test_train_step_fills_the_gradients_that_backward_does(model, rng):
    X, y = rng.normal(size=(8, 6)), rng.integers(3, size=8)
    model.compile(optimizer=nn.SGD(1e-30))  # moves nothing
    model.train_step(X, y)
    short = {name: g.copy() for name, g in model.grads.items()}
    model.backward(nn.sparse_categorical_crossentropy(model.forward(X), y)[1])
    for name, gradient in model.grads.items():
        np.testing.assert_array_equal(short[name], gradient)


def test_a_frozen_layer_stays_and_passes_the_gradient_on(model, rng):
    model.layers[2].trainable = False
    model.compile(optimizer=nn.Adam(0.1))
    before = {name: p.copy() for name, p in model.params.items()}
    model.train_step(rng.normal(size=(8, 6)), rng.integers(3, size=8))
    moved = {name for name, p in model.params.items() if (p != before[name]).any()}
    assert moved == {"dense_1/W", "dense_1/b", "dense_3/W", "dense_3/b"}


def test_an_empty_or_doubled_stack_is_refused(rng):
    with pytest.raises(ValueError, match="at least one layer"):
        nn.Sequential([])
    relu = nn.ReLU()
    with pytest.raises(ValueError, match="one layer object twice"):
        nn.Sequential([relu, nn.Dense(2, 2, rng=rng), relu])


def test_mixed_dtypes_are_refused(rng):
    layers = [nn.Dense(2, 2, rng=rng), nn.Dense(2, 2, rng=rng, dtype="float64")]
    with pytest.raises(TypeError, match="one dtype, received float32, float64"):
        nn.Sequential(layers).flatten()


@pytest.mark.parametrize("last", [nn.Softmax, nn.Sigmoid])
def test_compile_refuses_probabilities_for_a_cross_entropy(last, rng):
    with pytest.raises(ValueError, match=f"leave the last {last.__name__} out"):
        nn.Sequential([nn.Dense(2, 2, rng=rng), last()]).compile()


def test_compile_refuses_what_is_no_loss_or_optimizer(model):
    with pytest.raises(TypeError, match="loss function such as mean_squared_error, received 'mse'"):
        model.compile(loss="mse")
    with pytest.raises(TypeError, match=r"optimizer with step\(params, grads\), received 'adam'"):
        model.compile(optimizer="adam")


def test_compile_refuses_an_optimizer_class(model):
    with pytest.raises(TypeError, match="optimizer with step"):
        model.compile(optimizer=nn.Adam)


def test_training_before_compile_says_so(model, rng):
    for call in (
        lambda: model.train_step(np.ones((2, 6)), [0, 1]),
        lambda: model.evaluate(np.ones((2, 6)), [0, 1]),
    ):
        with pytest.raises(ValueError, match=r"call model\.compile"):
            call()


def test_predictions_of_a_classifier(model, rng):
    X = rng.normal(size=(600, 6))  # more than one batch
    P = model.predict_proba(X)
    np.testing.assert_allclose(P, nn.softmax(model.forward(X)), rtol=1e-12)
    labels = model.predict(X)
    assert labels.shape == (600,)
    np.testing.assert_array_equal(labels, P.argmax(axis=1))


@pytest.mark.parametrize("y_shape", [(90,), (90, 1)])
def test_binary_classifier(y_shape, rng):
    X = rng.normal(size=(90, 2)).astype("float32")
    y = (X[:, 0] > 0).astype(int).reshape(y_shape)
    model = nn.mlp([2, 1], rng=rng)
    model.compile(optimizer=nn.Adam(0.1), loss=nn.binary_crossentropy)
    model.fit(X, y, rng=rng, epochs=30, verbose=0)
    assert model.evaluate(X, y)["accuracy"] > 0.95
    assert model.predict_proba(X).shape == (90, 1)
    np.testing.assert_array_equal(model.predict(X), (model.predict_proba(X)[:, 0] > 0.5).astype(int))
    assert np.mean(model.predict(X) == y.ravel()) == pytest.approx(model.evaluate(X, y)["accuracy"])


def test_several_yes_or_no_questions_at_once(rng):
    X = rng.normal(size=(200, 2)).astype("float32")
    Y = (X > 0).astype("float32")
    model = nn.mlp([2, 2], rng=rng)
    model.compile(optimizer=nn.Adam(0.1), loss=nn.binary_crossentropy)
    model.fit(X, Y, rng=rng, epochs=30, verbose=0)
    assert model.predict(X).shape == (200, 2)
    assert model.evaluate(X, Y)["accuracy"] == pytest.approx(np.mean(model.predict(X) == Y))


def test_regression_has_no_labels_and_no_accuracy(rng):
    X = rng.normal(size=(40, 2)).astype("float32")
    model = nn.mlp([2, 1], rng=rng)
    model.compile(optimizer=nn.SGD(0.1), loss=nn.mean_squared_error)
    history = model.fit(X, X[:, 0] - 2 * X[:, 1], rng=rng, epochs=40, verbose=0, validation_split=0.2).history
    assert history.keys() == {"loss", "val_loss"}
    assert history["val_loss"][-1] < 1e-3
    for call in (model.predict, model.predict_proba):
        with pytest.raises(ValueError, match=r"neither labels nor probabilities.*model.forward\(X\)"):
            call(X)


def test_squared_error_on_probabilities_has_an_accuracy(rng):
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
    model = nn.Sequential([nn.Dense(2, 1, rng=rng), nn.Sigmoid()])
    model.compile(optimizer=nn.Adam(0.1), loss=nn.mean_squared_error)
    history = model.fit(X, [0, 0, 0, 1], rng=rng, epochs=200, verbose=0).history
    assert history["accuracy"][-1] == 1
    assert model.predict(X).tolist() == [0, 0, 0, 1]


def test_mlp_refuses_impossible_sizes_and_activations(rng):
    with pytest.raises(ValueError, match=r"at least two sizes, .* received \[784\]"):
        nn.mlp([784], rng=rng)
    with pytest.raises(ValueError, match=r"among \['relu', 'sigmoid', 'tanh'\], received 'gelu'"):
        nn.mlp([4, 3], rng=rng, activation="gelu")


def test_same_seed_same_model_and_options_reach_the_layers():
    first, second = (
        nn.mlp([4, 3, 2], rng=np.random.default_rng(7), dropout=0.5, activation="tanh") for _ in "ab"
    )
    for name, p in first.params.items():
        np.testing.assert_array_equal(p, second.params[name])
    assert first.names == ["dense_1", "tanh_1", "dropout_1", "dense_2"]


def test_to_keras_refuses_another_architecture(model):
    class Other:
        def get_weights(self):
            return [np.ones((6, 5))]

    with pytest.raises(ValueError, match=r"weights .* received \[\(6, 5\)\]"):
        nn.to_keras(model, Other())
