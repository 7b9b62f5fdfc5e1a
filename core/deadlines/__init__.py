"""Statutory clocks: counted by one library (C-01…C-07), kept as rows (C-08), never forgotten by the sweep."""

from core.deadlines.breaches import on_breach
from core.deadlines.clocks import (
    lock_deadlines,
    meet_deadline,
    move_deadlines,
    open_deadline,
    pause_deadlines,
    resume_deadlines,
    waive_deadline,
)
from core.deadlines.models import Deadline, DeadlineState
from core.deadlines.moves import also_kept_in, on_move
from core.deadlines.row import Stop

__all__ = [
    "Deadline",
    "DeadlineState",
    "Stop",
    "also_kept_in",
    "lock_deadlines",
    "meet_deadline",
    "move_deadlines",
    "on_breach",
    "on_move",
    "open_deadline",
    "pause_deadlines",
    "resume_deadlines",
    "waive_deadline",
]
