"""Health, readiness and metrics."""

from litestar import Response, get
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from core.database import Database


@get("/healthz", include_in_schema=False)
async def healthy(database: Database) -> Response[dict[str, str]]:
    """Whether the process answers and reaches its database."""
    try:
        async with database.read() as work:
            await work.session.execute(text("SELECT 1"))
    except Exception:  # noqa: BLE001 - any failure to reach the database is the answer
        return Response({"status": "database unavailable"}, status_code=503)
    return Response({"status": "ok"})


@get("/metrics", include_in_schema=False)
async def metrics() -> Response[bytes]:
    """Prometheus metrics of this process."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


route_handlers = [healthy, metrics]
