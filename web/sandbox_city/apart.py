"""Where a sandbox lives: apart from all other data, with a database, keys, logs and a port of its own."""

from collections.abc import Mapping

from core.sandbox.control import FASTEST
from core.settings import Settings
from web.commands import CommandFailed
from web.sandbox_city.make import LOTS

FOLDER = "sandbox"
LOG_ORIGIN = "sandbox.invalid/training"
MEASURE_SECONDS = 0.25
"""A lot is closed once it is proven that bids could be taken to its end; held so often, the clock should not wait a second."""

LEFT_OUT = (
    "READ_DATABASE_URL", "BROKER_URL", "DISPOSAL_READ_DATABASE_URL", "DISPOSAL_BROKER_URL", "DISPOSAL_SECRET_KEY",
    "DISPOSAL_MASTER_KEY", "DISPOSAL_LOG_EARLIER_KEYS", "DISPOSAL_TIME_STAMP_URL", "DISPOSAL_PUBLIC_URL",
)  # fmt: skip
"""What ties an installation to the world is not passed on: neither its keys nor its queues, replica or time stamps."""


def sandbox_settings(
    settings: Settings,
    *,
    speed: float,
    lots: int | None = None,
    host: str | None = None,
    port: int | None = None,
) -> Settings:
    """The settings under which a sandbox is served. Raises `CommandFailed` for a speed that no sandbox has."""
    if not 0 < speed <= FASTEST:
        raise CommandFailed(
            f"--speed: choose a number above 0 and up to {FASTEST:.0f} (1440 is a day a minute)"
        )
    own_port = settings.port if "port" in settings.model_fields_set else settings.port + 1
    return settings.model_copy(
        update={
            "data_dir": settings.data_dir / FOLDER,
            "sandbox_speed": speed,
            "demo": True,
            "demo_lots": LOTS if lots is None else lots,
            "host": host or settings.host,
            "port": own_port if port is None else port,
            "read_database_url": None,
            "broker_url": None,
            "secret_key": None,
            "master_key": None,
            "public_url": None,
            "log_origin": LOG_ORIGIN,
            "time_stamp_url": None,
            "measure_seconds": MEASURE_SECONDS,
        }
    )


def environment_apart(environment: Mapping[str, str], settings: Settings) -> dict[str, str]:
    """What the processes of a sandbox find in their environment, beside what every installation's do."""
    kept = {name: value for name, value in environment.items() if name not in LEFT_OUT}
    return kept | {
        "DISPOSAL_SANDBOX_SPEED": str(settings.sandbox_speed),
        "DISPOSAL_LOG_ORIGIN": str(settings.log_origin),
        "DISPOSAL_MEASURE_SECONDS": str(settings.measure_seconds),
    }
