"""What every test can use."""

import os
from pathlib import Path

import pytest

from gesoc import embedded

REPOSITORY = Path(__file__).resolve().parent.parent


def pytest_configure() -> None:
    embedded.use()


@pytest.fixture(scope="session")
def realdata_dir() -> Path:
    """The published files; tests that read them are marked `realdata`."""
    directory = Path(os.environ.get("REALDATA_DIR", REPOSITORY.parent / "shared" / "data"))
    if directory.is_dir():
        return directory
    if os.environ.get("MESA_STRICT"):
        pytest.fail(f"REALDATA_DIR: {directory} does not exist")
    pytest.skip(f"no published files at {directory}")
