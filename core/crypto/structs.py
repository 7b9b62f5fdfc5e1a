"""Small records of personal data, kept sealed as one field."""

from functools import cached_property
from typing import Generic, TypeVar

import msgspec

from core.crypto.fields import FieldCipher
from core.settings import get_settings

Record = TypeVar("Record", bound=msgspec.Struct)


class StructSeal(Generic[Record]):
    """Seals and opens records of one kind under the key of one purpose. The key is read on first use."""

    def __init__(self, purpose: str, kind: type[Record]) -> None:
        self.purpose = purpose
        self._kind = kind

    @cached_property
    def cipher(self) -> FieldCipher:
        """The cipher of this purpose."""
        return FieldCipher(get_settings().encryption_key(), self.purpose)

    def seal(self, record: Record, *, bound_to: object) -> bytes:
        """The record sealed, bound to the row that holds it."""
        return self.cipher.encrypt_bytes(msgspec.json.encode(record), bound_to=str(bound_to))

    def open(self, sealed: bytes, *, bound_to: object) -> Record:
        """The record in clear. Raises `cryptography.exceptions.InvalidTag` when it was changed or moved."""
        return msgspec.json.decode(self.cipher.decrypt_bytes(sealed, bound_to=str(bound_to)), type=self._kind)

    def match(self, text: object) -> bytes:
        """A keyed hash of this purpose: rows of different purposes cannot be joined by it."""
        return self.cipher.match_code(str(text))
