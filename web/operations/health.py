"""Health, readiness and metrics."""

from math import nan

import structlog
from litestar import Response, get
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from sqlalchemy import text

from auction.transparency.queries import LogHealth, log_health
from core.database import Database
from migrations.newest import newest_revision

NOT_KEPT = {"cache-control": "no-store"}

LOG_SIZE = Gauge("public_log_leaves", "Leaves of the public log under a signature")
CHECKPOINT_AGE = Gauge("public_log_checkpoint_age_seconds", "Age of the newest checkpoint")
OPEN_FAULTS = Gauge("integrity_faults_open", "Records that do not fit what was published, not yet explained")
UNCHECKED = Gauge(
    "self_check_unchecked_leaves", "Leaves that the self-check has not yet held against the rows"
)
RUN_AGE = Gauge("self_check_run_age_seconds", "Since the self-check last looked at the newest leaves")
PASS_AGE = Gauge("self_check_pass_age_seconds", "Since the self-check last came through all leaves")

log = structlog.get_logger(__name__)


def _status(text: str, code: int = 200) -> Response[dict[str, str]]:
    return Response({"status": text}, status_code=code, headers=NOT_KEPT)


def tell_log_health(health: LogHealth) -> None:
    """Set the gauges of the public log; an age that nobody knows yet is not a number."""
    LOG_SIZE.set(health.size)
    OPEN_FAULTS.set(health.open_faults)
    UNCHECKED.set(health.unchecked_leaves)
    for gauge, age in (
        (CHECKPOINT_AGE, health.checkpoint_age_s),
        (RUN_AGE, health.newest_run_age_s),
        (PASS_AGE, health.last_pass_age_s),
    ):
        gauge.set(nan if age is None else age)


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
async def metrics(database: Database) -> Response[bytes]:
    """Prometheus metrics of this process, and how the public log stands (the same in every process)."""
    try:
        async with database.read() as work:
            tell_log_health(await log_health(work))
    except Exception:  # noqa: BLE001 - the process's own figures matter most when the database is away
        log.warning("metrics.log_health_unknown")
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST, headers=NOT_KEPT)


route_handlers = [healthy, ready, metrics]
