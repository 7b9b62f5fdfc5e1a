"""Health, readiness and metrics."""

from litestar import Response, get
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from core.database import Database
from migrations.newest import newest_revision

NOT_KEPT = {"cache-control": "no-store"}


def _status(text: str, code: int = 200) -> Response[dict[str, str]]:
    return Response({"status": text}, status_code=code, headers=NOT_KEPT)


@get("/healthz", include_in_schema=False)
async def healthy(database: Database) -> Response[dict[str, str]]:
    """Whether the process answers and reaches its database."""
    try:
        async with database.read() as work:
            await work.session.execute(text("SELECT 1"))
    except Exception:  # noqa: BLE001 - any failure to reach the database is the answer
        return _status("database unavailable", 503)
    return _status("ok")


@get("/readyz", include_in_schema=False)
async def ready(database: Database) -> Response[dict[str, str]]:
    """Whether the process may get requests: the database answers and has the schema of this version."""
    try:
        async with database.read() as work:
            known = (await work.session.execute(text("SELECT version_num FROM alembic_version"))).scalar_one()
    except Exception:  # noqa: BLE001 - any failure to reach the database is the answer
        return _status("database unavailable", 503)
    expected = newest_revision()
    return _status("ok") if known == expected else _status(f"schema {known}, expected {expected}", 503)


@get("/metrics", include_in_schema=False)
async def metrics() -> Response[bytes]:
    """Prometheus metrics of this process."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST, headers=NOT_KEPT)


route_handlers = [healthy, ready, metrics]
