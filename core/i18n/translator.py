"""Turn messages into a language. Chinese is the key itself; English is a catalogue of sentences."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.i18n.message import Message

CHINESE, ENGLISH = "zh-CN", "en"
LOCALES = (CHINESE, ENGLISH)


def load_catalogue(folder: Path) -> dict[str, str]:
    """Merge the JSON files `{"中文": "English"}` of a folder; of two translations the one in the first file holds."""
    merged: dict[str, str] = {}
    for file in sorted(folder.glob("*.json")):
        for msgid, translation in json.loads(file.read_text(encoding="utf-8")).items():
            merged.setdefault(msgid, translation)
    return merged


class Translator:
    """Shows text in one language; a sentence without translation is shown in Chinese."""

    def __init__(self, locale: str, catalogue: Mapping[str, str]) -> None:
        self.locale = locale
        self._catalogue = catalogue if locale != CHINESE else {}

    def __call__(self, text: Message | str, /, **params: Any) -> str:
        """The text in this language with its values filled in."""
        if isinstance(text, Message):
            params = {**text.params, **params}
            text = text.msgid
        shown = self._catalogue.get(text, text)
        if not params:
            return shown
        return shown.format_map({name: self._value(value) for name, value in params.items()})

    def _value(self, value: Any) -> Any:
        return self(value) if isinstance(value, Message) else value
