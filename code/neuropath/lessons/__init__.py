"""What a page of the course imports: `setup`, `check`, and the modules `datasets`, `style` and `verify`."""

from neuropath.lessons.check import check
from neuropath.lessons.setup import setup

__all__ = ["check", "setup"]
