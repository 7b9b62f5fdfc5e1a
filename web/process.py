"""What a web process starts with: logging, settings, the application; and it ends with its parent."""

import os
from typing import Any

from core.child_process import end_with_parent
from core.logging import configure_logging
from core.settings import get_settings


def application() -> Any:
    """The ASGI application of one web process (the factory that Granian calls in each of them)."""
    end_with_parent(os.getppid())
    settings = get_settings()
    configure_logging(settings, process="web")
    from web.app import create_app

    return create_app()
