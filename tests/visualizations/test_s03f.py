"""The figures of Session 03 Part F: what their alt text says is so."""

import numpy as np

from neuropath import scratch as nn
from neuropath import visualizations as viz
from neuropath.visualizations import s03f_sites as sites
from neuropath.visualizations import s03f_temperature as temperature


def test_there_are_two():
    assert len([name for name in viz.names() if name.startswith("s03f_")]) == 2


def test_site_c_is_grainier():
    """Noise in the empty corners of the image."""
    grain = {site: np.mean([image[:8, :8].std() for image in sites.slices(site)]) for site in sites.SITES}
    assert grain["C"] > 1.5 * grain["A"]


def test_heat_spreads_and_keeps_the_order():
    one, four, twenty = (nn.softmax(temperature.LOGITS[None] / T)[0] for T in temperature.TEMPERATURES)
    assert one[8] > 0.99
    assert 0.5 < four[8] < 0.65
    assert np.argsort(four)[-2] == 3
    assert twenty.max() < 2.5 * twenty.min()
    assert (np.argsort(one) == np.argsort(twenty)).all()
