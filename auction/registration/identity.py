"""The sealed identity of bidders (P-01): written at registration, opened for the winner after bidding has ended."""

from functools import cache
from uuid import UUID

import msgspec

from auction.listing.models import Lot, LotState
from auction.registration.models import Registration
from core.audit import record
from core.crypto import FieldCipher
from core.database import Work
from core.errors import NotPermitted
from core.i18n import msg
from core.identity import Role
from core.settings import get_settings

PURPOSE = "bidder-identity"
ENDED_WITH_SALE = frozenset({LotState.SOLD, LotState.DEFAULTED, LotState.REVOKED})


class BidderIdentity(msgspec.Struct, frozen=True):
    """Who stands behind a registration. Never logged, never shown before the end of bidding."""

    account_id: UUID
    name: str
    number: str
    phone: str


@cache
def bidder_cipher() -> FieldCipher:
    """The cipher of this purpose."""
    return FieldCipher(get_settings().encryption_key(), PURPOSE)


def seal(identity: BidderIdentity, registration_id: UUID) -> bytes:
    """The sealed identity, bound to the registration's row."""
    return bidder_cipher().encrypt(msgspec.json.encode(identity).decode(), bound_to=str(registration_id))


def account_match(account_id: UUID) -> bytes:
    """The keyed hash under which a person finds the own registrations."""
    return bidder_cipher().match_code(str(account_id))


def name_match(name: str) -> bytes:
    """The keyed hash of a payer's or bidder's name, so that money is matched without reading either."""
    return bidder_cipher().match_code("".join(name.split()))


def open_seal(registration: Registration) -> BidderIdentity:
    """The identity in clear. Only for this room and for the person's own pages."""
    text = bidder_cipher().decrypt(registration.identity_sealed, bound_to=str(registration.id))
    return msgspec.json.decode(text, type=BidderIdentity)


async def reveal_identity(work: Work, registration: Registration, lot: Lot) -> BidderIdentity:
    """The winner's identity, for settlement, once the sale is made (P-01, B-48). Every reveal is audited.

    Raises `NotPermitted` before the end of bidding, and for anyone but the winner.
    """
    if lot.state not in ENDED_WITH_SALE or lot.winning_registration_id != registration.id:
        raise NotPermitted(msg("竞价结束前及对未竞得人，任何人不得查看竞买人身份。"), rule="P-01")
    if not work.actor.has(Role.SYSTEM) and not work.actor.is_staff:
        raise NotPermitted(msg("仅承办法院可查看买受人身份。"), rule="P-01")
    await record(
        work, "registration.identity_revealed", stream=f"lot:{lot.id}", rule="P-01", lot_id=lot.id,
        code=registration.code,
    )  # fmt: skip
    return open_seal(registration)
