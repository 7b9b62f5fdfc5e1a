"""Alembic's environment: plain synchronous psycopg, one transaction for the whole upgrade."""

from alembic import context
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from migrations.all_models import metadata

ADVISORY_LOCK = 5_918_273
"""Two processes that start at once must not migrate at once."""


def run() -> None:
    """Apply the migrations to the database named by the `url` attribute of the configuration."""
    url = make_url(context.config.attributes["url"]).set(drivername="postgresql+psycopg")
    engine = create_engine(url)
    with engine.connect() as connection, connection.begin():
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        context.configure(connection=connection, target_metadata=metadata, compare_type=True)
        context.run_migrations()
        if connection.scalar(text("SELECT to_regprocedure('practice.renew()') IS NOT NULL")):
            # The copies that people practise on follow the tables that they are copies of.
            connection.execute(text("SELECT practice.renew()"))
    engine.dispose()


run()
