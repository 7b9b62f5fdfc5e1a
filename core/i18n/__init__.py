"""Languages: Chinese first, English complete."""

from core.i18n.message import Message, msg

__all__ = ["Message", "msg"]
