"""Rounds that alternate, agreements that are refused, a high-water mark. Nothing is timed."""

import numpy as np
import pytest
from benchmarks import measure, memory


def test_sides_take_turns_and_each_round_starts_with_another():
    order = []
    calls = {name: (lambda name=name: order.append(name)) for name in "abc"}
    found = measure.alternate(calls, rounds=4, seconds=0.0)
    warm = 2 * len(calls)
    assert sorted(order[:warm]) == sorted("aabbcc")
    assert "".join(order[warm:]) == "abcbcacababc"
    assert {name: values.shape for name, values in found.items()} == dict.fromkeys("abc", (4,))
    assert all((values > 0).all() for values in found.values())


def test_short_calls_are_repeated_until_they_fill_a_slice(monkeypatch):
    clock = iter(np.arange(1000) / 128)  # every look at the clock is 1/128 s after the last one
    monkeypatch.setattr(measure.time, "perf_counter", lambda: next(clock))
    assert measure.warm_up(lambda: None, seconds=10 / 128) == 10
    assert measure.warm_up(lambda: None, seconds=1 / 128) == 1


def test_agreement_is_a_global_relative_distance():
    ours, theirs = [np.array([1.0, 2.0]), np.array([[2.0]])], [np.array([1.0, 2.0]), np.array([[2.3]])]
    assert measure.distance(ours, theirs) == pytest.approx(0.3 / np.sqrt(1 + 4 + 2.3**2))
    assert measure.agree("x", ours, ours, 0.0).distance == 0


@pytest.mark.parametrize(
    ("theirs", "message"),
    [
        (np.array([1.0, 2.001]), "are 4.5e-04 apart, expected at most 1e-06"),
        (np.array([1.0, np.nan]), "are nan apart"),
        (np.array([[1.0, 2.0]]), "arrays of shapes"),
        (np.zeros(2), "nothing but zeros"),
    ],
)
def test_sides_that_differ_are_refused(theirs, message):
    with pytest.raises(AssertionError, match=message):
        measure.agree("x", np.array([1.0, 2.0]), theirs, 1e-6)


needs_proc = pytest.mark.skipif(
    not memory.available(), reason="this system keeps no high-water mark in /proc"
)


@needs_proc
def test_growth_is_the_peak_and_not_what_stays():
    megabytes = 40

    def step():
        np.ones(megabytes * 125_000).sum()  # freed at once

    found = memory.growth(lambda: None, step) / memory.MB
    assert 0.9 * megabytes < found < 1.5 * megabytes
    assert (
        memory.growth(step, lambda: None) / memory.MB < 0.3 * megabytes
    )  # a peak before the mark is not seen


@needs_proc
def test_more_images_need_more_memory():
    few, many = (memory.megabytes("NumPy", "forward + backward", 0.35, 64, n) for n in (4, 16))
    assert many > 2 * few > 0


def test_memory_that_cannot_be_measured_is_an_error():
    with pytest.raises(RuntimeError, match="measuring the memory of NumPy"):
        memory.megabytes("NumPy", "forward", -1, 64, 1)
