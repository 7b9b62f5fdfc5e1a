"""A sentence for a person, not yet in a language: the Chinese text is its key, the values are filled in when shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Message:
    """`msgid` is the Chinese text with `{name}` places; `params` are their values (a value may be a `Message`)."""

    msgid: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.msgid.format_map({name: str(value) for name, value in self.params.items()})


def msg(msgid: str, /, **params: Any) -> Message:
    """A message to be shown later, in the reader's language."""
    return Message(msgid, params)
