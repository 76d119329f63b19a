"""The cell above a page's setup: installs the course if it is missing, or says in one sentence what to do."""

from __future__ import annotations

TAG = "colab-setup"

_SOURCE = """\
# In Colab this installs the course's package; where it is there already, nothing happens.
import importlib
import importlib.util
import os
import subprocess
import sys

if importlib.util.find_spec("neuropath") is None:
    public = "{url}"
    address = os.environ.get("NEUROPATH_REPOSITORY", public)
    if not address:
        raise ModuleNotFoundError(
            "This notebook needs the course's package and does not know where to get it: set "
            "the environment variable NEUROPATH_REPOSITORY to the address of the course's git "
            "repository (in a cell of its own: %env NEUROPATH_REPOSITORY=https://...), and run "
            "this cell again."
        )
    package = f"neuropath @ git+{{address}}"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", package]
    if subprocess.run(pip).returncode:
        raise ModuleNotFoundError(
            f"pip could not install the course's package from {{address}} (its own message is "
            "above): check the network and the address, and run this cell again."
        )
    importlib.invalidate_caches()"""


def source(url: str) -> str:
    """The cell's code; `url` is the repository's public address, "" while it is not known."""
    return _SOURCE.format(url=url)
