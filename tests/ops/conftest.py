"""A data folder for the tests of this folder."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.postgres_place import folders_outside


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    """An empty data folder; removed with whatever the embedded server keeps outside it."""
    base = tmp_path / "var"
    yield base
    for outside in folders_outside(base):
        shutil.rmtree(outside)
