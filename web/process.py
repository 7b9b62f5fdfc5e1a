"""What a web process starts with: logging, settings, the application; and it ends with its parent."""

import gc
import os
from typing import Any

from core.child_process import end_with_parent
from core.logging import configure_logging
from core.settings import get_settings


def application() -> Any:
    """The ASGI application of one web process (the factory that uvicorn calls in each of them)."""
    collect_seldom()
    end_with_parent(os.getppid())
    settings = get_settings()
    configure_logging(settings, process="web")
    from web.app import create_app

    app = create_app()
    # What the application consists of stays: a collection that walked over it would hold up every bid for 0.1 s.
    gc.collect()
    gc.freeze()
    return app


def collect_seldom() -> None:
    """A start makes hundreds of thousands of objects that stay: looking for garbage among them takes a sixth of its time."""
    gc.set_threshold(10_000, 20, 50)
