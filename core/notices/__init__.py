"""Notices to persons: in the service at once, by other channels through adapters. Nothing counts as received without proof."""

from core.notices.models import Notice
from core.notices.notify import mark_read, notices_of, notify, unread_count

__all__ = ["Notice", "mark_read", "notices_of", "notify", "unread_count"]
