"""Notices to persons: in the service at once, by other channels through adapters. Nothing counts as received without proof."""

from core.notices.dispatch import confirm_receipt, dispatch
from core.notices.models import Channel, Dispatch, Notice
from core.notices.notify import Told, mark_read, notices_of, notify, unread_count

__all__ = [
    "Channel",
    "Dispatch",
    "Notice",
    "Told",
    "confirm_receipt",
    "dispatch",
    "mark_read",
    "notices_of",
    "notify",
    "unread_count",
]
