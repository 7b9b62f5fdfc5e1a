"""Child processes that never outlive their parent, even when it is killed with SIGKILL (Linux)."""

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def end_with_parent(parent: int, signal_number: signal.Signals = signal.SIGTERM) -> None:
    """Ask the kernel to send this process a signal when `parent` ends. Call it in the child."""
    if _LIBC is None:
        return
    _LIBC.prctl(_PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal_number)


def ending_with_me(signal_number: signal.Signals) -> Callable[[], None] | None:
    """A `preexec_fn` that ties the new process to this one.

    The kernel ties a child to the *thread* that started it, so from any other thread than the main one (which lives as
    long as the process) there is nothing to tie it to, and None is returned.
    """
    if _LIBC is None or threading.current_thread() is not threading.main_thread():
        return None
    parent = os.getpid()
    return lambda: end_with_parent(parent, signal_number)
