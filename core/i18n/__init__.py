"""Languages: Chinese first, English complete."""

from core.i18n.message import Message, msg
from core.i18n.translator import CHINESE, ENGLISH, LOCALES, Translator, load_catalogue

__all__ = ["CHINESE", "ENGLISH", "LOCALES", "Message", "Translator", "load_catalogue", "msg"]
