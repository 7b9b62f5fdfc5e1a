"""The sealed amount of a ceiling: opened inside the deciding transaction, and for the bidder's own eyes (P-01)."""

from uuid import UUID

from msgspec import Struct

from core.crypto import FieldCipher

PURPOSE = "bid-ceiling"
AMOUNT_BYTES = 8


class SealedLimit(Struct, frozen=True):
    """What is sealed: the amount in fen and the secret behind the commitment."""

    limit_fen: int
    secret: bytes

    def __repr__(self) -> str:
        """Nothing: what is sealed must not reach a log by a trace or a debugger."""
        return "SealedLimit(…)"


class CeilingSeal:
    """Seals and opens ceilings with the key of their own purpose, bound to lot, entry and record."""

    def __init__(self, master_key: bytes) -> None:
        self._cipher = FieldCipher(master_key, PURPOSE)

    def seal(self, limit: SealedLimit, lot_id: UUID, registration_id: UUID, seq: int) -> bytes:
        """The ciphertext for the row, of one length whatever the amount."""
        content = limit.limit_fen.to_bytes(AMOUNT_BYTES) + limit.secret
        return self._cipher.encrypt_bytes(content, bound_to=_bound(lot_id, registration_id, seq))

    def open(self, sealed: bytes, lot_id: UUID, registration_id: UUID, seq: int) -> SealedLimit:
        """The amount and secret. Raises `cryptography.exceptions.InvalidTag` when the row was changed or moved."""
        content = self._cipher.decrypt_bytes(sealed, bound_to=_bound(lot_id, registration_id, seq))
        return SealedLimit(int.from_bytes(content[:AMOUNT_BYTES]), content[AMOUNT_BYTES:])


def _bound(lot_id: UUID, registration_id: UUID, seq: int) -> str:
    return f"{lot_id}:{registration_id}:{seq}"
