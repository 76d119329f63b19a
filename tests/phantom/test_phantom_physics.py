"""Contrast as the textbook has it, from the relaxation table alone."""

import numpy as np
import pytest

from neuropath.phantom import SITES, TISSUES, signals, spin_echo, with_gadolinium
from neuropath.phantom.tissues import INDEX

ALL_SITES = pytest.mark.parametrize("site", SITES.values(), ids=SITES)


def order(values, *names):
    """True where the named tissues are brighter one after the other."""
    picked = [values[INDEX[name]] for name in names]
    return all(np.diff(picked) < 0)


@ALL_SITES
def test_t1_shows_fat_white_grey_fluid_air(site):
    assert order(signals(site, "T1"), "fat", "white", "deep", "grey", "csf", "bone", "air")


@ALL_SITES
def test_t2_turns_the_brain_around(site):
    values = signals(site, "T2")
    assert order(values, "csf", "grey", "white", "muscle", "bone")
    assert order(values, "csf", "oedema", "white")
    assert order(values, "csf", "deep", "white")


@ALL_SITES
def test_gadolinium_lights_what_has_no_barrier_and_leaves_the_rest(site):
    before, after = signals(site, "T1"), signals(site, "T1C+")
    rise = after / np.maximum(before, 1e-9)
    for name in ("meningioma", "schwannoma", "glioma rim", "abscess wall", "vessel", "choroid"):
        assert rise[INDEX[name]] > 1.5, name
    for name in ("csf", "cyst", "pus", "oedema", "white", "grey", "fat"):
        assert rise[INDEX[name]] < 1.09, name
    assert order(after, "meningioma", "white", "glioma", "necrosis")


@ALL_SITES
def test_lesions_look_as_they_are_described(site):
    t1, t2 = signals(site, "T1"), signals(site, "T2")
    assert order(t1, "white", "oedema", "necrosis")
    assert order(t1, "grey", "pus", "cyst")
    assert abs(t1[INDEX["meningioma"]] / t1[INDEX["grey"]] - 1) < 0.15
    assert abs(t2[INDEX["meningioma"]] / t2[INDEX["grey"]] - 1) < 0.15
    assert order(t2, "cyst", "pus", "glioma", "meningioma", "abscess wall")
    assert order(t2, "schwannoma", "meningioma")


def test_spin_echo_against_its_limits_and_numbers():
    assert spin_echo(0.8, 1000, 100, tr=1e9, te=1e-9) == pytest.approx(0.8)
    assert spin_echo(1.0, 700, 80, tr=700 * np.log(2), te=80 * np.log(2)) == pytest.approx(0.25)
    with pytest.raises(ValueError, match="positive times"):
        spin_echo(1, 0, 80, tr=500, te=10)


def test_gadolinium_adds_rates():
    assert with_gadolinium(1000, 0, field=1.5) == pytest.approx(1000)
    assert 1000 / with_gadolinium(1000, 0.5, field=1.5) == pytest.approx(1 + 4.1 * 0.5)
    assert 1000 / with_gadolinium(1000, 0.5, field=3.0) == pytest.approx(1 + 3.7 * 0.5)


def test_fat_suppression_and_uptake_act_where_they_should():
    site = SITES["B"]
    plain, dark = signals(site, "T1C+"), signals(site, "T1C+", fat_sat=True)
    changed = {t.name for t, a, b in zip(TISSUES, plain, dark, strict=True) if a != b}
    assert changed == {"fat", "marrow"}
    assert dark[INDEX["fat"]] < 0.2 * plain[INDEX["fat"]]
    more = signals(site, "T1C+", uptake=2.0)
    assert more[INDEX["meningioma"]] > plain[INDEX["meningioma"]]
    assert more[INDEX["grey"]] == plain[INDEX["grey"]]


def test_every_tissue_says_where_its_numbers_come_from():
    assert all(t.source for t in TISSUES)
    assert len(INDEX) == len(TISSUES) < 256
    with pytest.raises(ValueError, match="T1C"):
        signals(SITES["A"], "FLAIR")
