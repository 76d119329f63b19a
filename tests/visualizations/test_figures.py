"""Every figure of the book draws in both themes, on their paper, with an alt text of a sensible length."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

from neuropath import visualizations as viz
from neuropath.lessons import style


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", viz.names())
def test_draws_on_the_paper_of_its_theme(name, theme):
    with style.theme(theme):
        figure = viz.load(name).draw()
        figure.canvas.draw()  # mathtext is parsed only now
        assert figure.get_facecolor() == pytest.approx(mpl.colors.to_rgba(style.paper()))
    plt.close(figure)
    assert 100 < len(viz.load(name).ALT) < 700
