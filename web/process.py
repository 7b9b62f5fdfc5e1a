"""What a web process starts with: logging, settings, the application; and it ends with its parent."""

import gc
import os
from typing import Any

from core.child_process import end_with_parent
from core.logging import configure_logging
from core.settings import get_settings

GARBAGE_BEFORE_COLLECTION = 10_000


def application() -> Any:
    """The ASGI application of one web process (the factory that uvicorn calls in each of them)."""
    end_with_parent(os.getppid())
    settings = get_settings()
    configure_logging(settings, process="web")
    from web.app import create_app

    app = create_app()
    # What the application consists of stays: a collection that walked over it would hold up every bid for 0.1 s.
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_BEFORE_COLLECTION, *gc.get_threshold()[1:])
    return app
