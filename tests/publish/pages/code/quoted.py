"""A module that a page quotes."""

import functools


class Model:
    """Holds a number."""

    def __init__(self, size):
        self.size = size

    @functools.cached_property
    def doubled(self):
        """Twice the size, `as code`."""
        return 2 * self.size


def alone():
    return """
    kept as it is
"""
