"""Bring a database to the newest schema."""

from pathlib import Path

from alembic import command
from alembic.config import Config

HERE = Path(__file__).parent


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.attributes["url"] = url
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Upgrade the database at `url`. Safe to call at every start and from several processes at once."""
    command.upgrade(_config(url), revision)


def check(url: str) -> None:
    """Raise when the tables in the database differ from the models."""
    command.check(_config(url))
