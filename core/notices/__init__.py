"""Notices to persons: in the service at once, by other channels through adapters. Nothing counts as received without proof."""

from core.notices.dispatch import confirm_receipt, dispatch
from core.notices.models import Channel, Dispatch, Notice, Topic
from core.notices.notify import Told, mark_read, notices_of, notify, unread_count
from core.notices.preferences import TOPIC_LABELS, choose_topics, declined_topics, send_as_wished

__all__ = [
    "TOPIC_LABELS",
    "Channel",
    "Dispatch",
    "Notice",
    "Told",
    "Topic",
    "choose_topics",
    "confirm_receipt",
    "declined_topics",
    "dispatch",
    "mark_read",
    "notices_of",
    "notify",
    "send_as_wished",
    "unread_count",
]
