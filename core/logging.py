"""Structured logs on standard error: coloured lines on a terminal, one JSON object a line elsewhere.

Personal data never goes into a log line (P-01): log ids, not names.
"""

import logging
import sys
from typing import Any

import structlog

from core.settings import Settings

HIDDEN = frozenset(
    {"password", "token", "secret", "identity_number", "phone", "qualification_code", "cookie"}
)


def _hide_personal(
    _logger: Any, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    for name in event.keys() & HIDDEN:
        event[name] = "•••"
    return event


def configure_logging(settings: Settings, *, process: str) -> None:
    """Set up structlog and the standard library's loggers for this process (`web`, `worker`, `run` …)."""
    console = settings.log_format == "console" or (settings.log_format == "auto" and sys.stderr.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _hide_personal,
    ]
    renderer: list[structlog.typing.Processor] = (
        # A traceback without the values of variables: those may be somebody's name or number.
        [
            structlog.dev.ConsoleRenderer(
                colors=True, pad_event_to=32, exception_formatter=structlog.dev.plain_traceback
            )
        ]
        if console
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    )
    logging.getLogger("alembic").setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            *shared,
            structlog.processors.StackInfoRenderer(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(settings.log_level)),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    for noisy in (
        "pika",
        "asyncio",
        "sqlalchemy.engine.Engine",
        "dramatiq",
        "pyhanko",
        "uvicorn.error",
    ):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLevelName(settings.log_level)))
    structlog.contextvars.bind_contextvars(process=process)
