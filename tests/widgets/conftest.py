import pytest

from neuropath.widgets import write_modules


@pytest.fixture(scope="session")
def modules(tmp_path_factory):
    """A folder with the composed modules, as the book gets them."""
    folder = tmp_path_factory.mktemp("explorers")
    write_modules(folder)
    return folder
