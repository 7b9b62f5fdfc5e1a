"""The seal over a party's price: opened by the comparison only."""

from functools import cache
from uuid import UUID

from core.crypto import FieldCipher
from core.settings import get_settings
from valuation.agreement.models import AgreementEntry
from valuation.agreement.rules import Entry

PURPOSE = "agreed-price"


@cache
def _cipher() -> FieldCipher:
    return FieldCipher(get_settings().encryption_key(), PURPOSE)


def seal_price(price_fen: int, *, valuation_id: UUID, party_id: UUID) -> bytes:
    """The sealed price, bound to the valuation and the party."""
    return _cipher().encrypt(str(price_fen), bound_to=f"{valuation_id}:{party_id}")


def opened(entry: AgreementEntry) -> Entry:
    """An entry in clear, for the comparison."""
    if entry.price_sealed is None:
        return Entry(None, entry.valid_until)
    bound_to = f"{entry.valuation_id}:{entry.party_id}"
    return Entry(int(_cipher().decrypt(entry.price_sealed, bound_to=bound_to)), entry.valid_until)
