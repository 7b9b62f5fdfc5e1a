"""How messages leave the house. A channel is an adapter; the one that is always there writes files for another system."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import UUID

import msgspec

from core.notices.models import Channel


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message on its way: whom it is for and what it says, in Chinese."""

    id: UUID
    channel: Channel
    address: str
    text: str


class ChannelAdapter(Protocol):
    """Hands a message to a provider. Sending the same id twice must be harmless: a worker may die in between."""

    def send(self, message: Outgoing) -> str:
        """The provider's reference. Raises any exception when the message was not taken."""
        ...


class FolderChannel:
    """Writes every message as one JSON file, complete or not at all, for the gateway that fetches them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: Outgoing) -> str:
        """The file's name."""
        folder = self._folder / message.channel
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{message.id}.json"
        draft = folder / f".{name}.{os.getpid()}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(message))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(folder / name)
        return name


ADAPTERS: dict[Channel, ChannelAdapter] = {}
"""Adapters of this installation; a channel without one uses the folder `outgoing` in the data folder."""
