"""A data folder for the tests of this folder."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.embedded_postgres import folder_for_tests
from core.postgres_place import folders_outside


@contextmanager
def empty_data_dir() -> Iterator[Path]:
    """An empty data folder, removed with whatever the embedded server keeps outside it."""
    folder = folder_for_tests()
    yield folder / "var"
    for each in (*folders_outside(folder / "var"), folder):
        shutil.rmtree(each)


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """An empty data folder for one test."""
    with empty_data_dir() as folder:
        yield folder
