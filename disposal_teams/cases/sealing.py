"""Identity numbers of parties: checked, sealed, and matched without decrypting (B-82)."""

from uuid import UUID

from core.crypto import FieldCipher
from core.identity_number import checked_credit_code, checked_identity_number
from core.settings import get_settings

PURPOSE = "party-identity"


def seal_identity(number: str, *, party_id: UUID, is_natural_person: bool) -> tuple[bytes, bytes]:
    """The sealed number, bound to the party's row, and its match code. Raises `InvalidInput` for a wrong number."""
    checked = checked_identity_number(number) if is_natural_person else checked_credit_code(number)
    cipher = _cipher()
    return cipher.encrypt(checked, bound_to=str(party_id)), cipher.match_code(checked)


def unseal_identity(sealed: bytes, *, party_id: UUID) -> str:
    """The number in clear, for papers and the case file of the own court; never for a list."""
    return _cipher().decrypt(sealed, bound_to=str(party_id))


def match_code(number: str) -> bytes:
    """The keyed hash under which a party with this number is found."""
    return _cipher().match_code(number)


def _cipher() -> FieldCipher:
    return FieldCipher(get_settings().encryption_key(), PURPOSE)
