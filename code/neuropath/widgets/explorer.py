"""What every explorer shares: its module, its state as JSON, and the output that the static book reads."""

from __future__ import annotations

import copy
from typing import Any, ClassVar

import anywidget
import numpy as np
import traitlets

from .compose import module_source, style_source, version

MIME_TYPE = "application/vnd.neuropath.explorer+json"


class Explorer(anywidget.AnyWidget):
    """Base of the explorers. A subclass names its `module` and `ALT` and declares traits with `state=True`.

    Its output carries, besides the ordinary widget view (JupyterLab, Colab), one of type `MIME_TYPE`, from
    which the book mounts the same ES module without a kernel (`neuropath.publish.explorer_renderer`).
    """

    module: ClassVar[str]
    ALT: ClassVar[str]  # what the still picture in its place shows

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if "module" in cls.__dict__:  # not for the class that ipywidgets derives when it adds a trait
            cls._esm = module_source(cls.module)
            cls._css = style_source()
        super().__init_subclass__(**kwargs)

    @classmethod
    def fallback(cls) -> str:
        """Name of the figure that stands in for the explorer where no JavaScript runs."""
        return f"explorer_{cls.module}"

    def state(self) -> dict[str, Any]:
        """The explorer's state, as plain JSON values."""
        return copy.deepcopy(self.trait_values(state=True))

    def usual(self) -> bool:
        """Whether it begins as its still picture shows it: as one made without arguments."""
        plain = type(self)()
        try:
            return self.state() == plain.state()
        finally:
            plain.close()  # in a notebook it would leave a model behind

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict]:
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        data["text/plain"] = f"{type(self).__name__}: {self.ALT}"
        data[MIME_TYPE] = {
            "module": self.module,
            "version": version(self.module),
            "state": self.state(),
            "alt": self.ALT,
            "fallback": self.fallback(),
            "usual": self.usual(),
        }
        return data, metadata


class Numbers(traitlets.TraitType):
    """A synced array of finite numbers: anything NumPy can read, kept as nested lists of floats.

    `shape` gives its length along each axis, None for any length; () is a single number. Every entry lies in
    `low` … `high`.
    """

    def __init__(
        self, default: Any, shape: tuple[int | None, ...] = (), low: float = -1e6, high: float = 1e6
    ) -> None:
        super().__init__()
        self.start, self.shape, self.low, self.high = default, shape, low, high
        kind = f"numbers of shape {shape}".replace("None", "any") if shape else "a number"
        self.info_text = f"{kind} between {low:g} and {high:g}"
        self.tag(sync=True, state=True)

    def default(self, obj: Any = None) -> Any:
        """A fresh copy, so that no two explorers share a list."""
        return copy.deepcopy(self.start)

    def validate(self, obj: Any, value: Any) -> Any:
        """`value` as nested lists of floats; TraitError says what was expected and what came."""
        try:
            array = np.asarray(value, float)
        except (TypeError, ValueError):
            self.error(obj, value)
        wanted = [n if want is None else want for n, want in zip(array.shape, self.shape, strict=False)]
        fits = array.ndim == len(self.shape) and list(array.shape) == wanted
        if not fits or not ((array >= self.low) & (array <= self.high)).all():  # NaN is in no range
            self.error(obj, value)
        return array.tolist()


def choice(*options: str) -> traitlets.Enum:
    """A synced choice among `options`; the first is the default."""
    return traitlets.Enum(options, options[0]).tag(sync=True, state=True)


def whole(default: int, low: int, high: int) -> traitlets.Int:
    """A synced whole number between `low` and `high`."""
    return traitlets.Int(default, min=low, max=high).tag(sync=True, state=True)
