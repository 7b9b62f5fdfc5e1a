"""Text typed by people: trimmed, in one Unicode form, without control characters. Pure."""

import unicodedata
from collections.abc import Sequence

from core.i18n import Message, msg


def listed(messages: Sequence[Message]) -> Message:
    """Several messages as one, divided by commas in the reader's language."""
    if not messages:
        return msg("无")
    if len(messages) == 1:
        return messages[0]
    return msg("{first}、{rest}", first=messages[0], rest=listed(messages[1:]))


def searchable(text: str, *, longest: int = 80) -> str:
    """What somebody looks for, as the database can take it: trimmed, shortened, without control characters."""
    kept = "".join(character for character in text if unicodedata.category(character) not in {"Cc", "Cs"})
    return kept.strip()[:longest]


def clean_text(
    text: str, field: str, problems: dict[str, Message], *, longest: int, required: bool = True
) -> str:
    """The text as it is stored; what is wrong with it goes into `problems[field]`. Line breaks are kept."""
    clean = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    if any(
        unicodedata.category(character) in {"Cc", "Cs", "Co", "Cn"} and character != "\n"
        for character in clean
    ):
        problems[field] = msg("含有无法显示的控制字符，请删除后重试。")
    elif required and not clean:
        problems[field] = msg("此项必填。")
    elif len(clean) > longest:
        problems[field] = msg("最多 {longest} 个字，现有 {length} 个字。", longest=longest, length=len(clean))
    return clean
