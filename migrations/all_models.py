"""Every table of the system: imports each room's `models` module, so that the metadata is complete."""

import importlib
import pkgutil

from sqlmodel import SQLModel

import auction
import core
import disposal_teams
import valuation
from core import clock as _clock  # its one table stands beside the clock itself

PACKAGES = (core, disposal_teams, valuation, auction)


def import_all_models() -> None:
    """Import `models` of every room."""
    for package in PACKAGES:
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name.rsplit(".", 1)[-1] == "models":
                importlib.import_module(module.name)


import_all_models()
metadata = SQLModel.metadata
assert _clock.ClockSetting.__tablename__ in metadata.tables
