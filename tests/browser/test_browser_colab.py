"""Colab, with `google.colab` in place of Google's: its manager of foreign widgets is switched on, once."""

import sys
import types

import pytest

from neuropath.widgets import EXPLORERS


@pytest.fixture
def colab(monkeypatch):
    """A stand-in for `google.colab.output`; gives the list of calls to it."""
    widget = pytest.importorskip("anywidget.widget")
    from anywidget import _util

    calls: list[str] = []
    output = types.ModuleType("google.colab.output")
    output.enable_custom_widget_manager = lambda: calls.append("enabled")
    output._widgets = types.SimpleNamespace(_installed_url="https://widgets.invalid/manager.js")
    for name in ("google", "google.colab"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    monkeypatch.setitem(sys.modules, "google.colab.output", output)
    once = getattr(widget, "enable_custom_widget_manager_once", _util.enable_custom_widget_manager_once)
    once.cache_clear()
    yield calls
    once.cache_clear()


def test_the_manager_is_enabled_once_for_all_explorers(colab):
    explorers = [cls() for cls in EXPLORERS]
    assert colab == ["enabled"]
    data, metadata = explorers[0]._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert "custom_widget_manager" in str(metadata)


def test_elsewhere_nothing_is_enabled(colab, monkeypatch):
    monkeypatch.delitem(sys.modules, "google.colab.output")
    assert [cls() for cls in EXPLORERS]
    assert colab == []
