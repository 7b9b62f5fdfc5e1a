"""Draw lots among creditors of the same rank, so that anyone can recompute the outcome (B-74)."""

import re
from uuid import UUID

from auction.in_kind.choose import settle_taker
from auction.in_kind.models import Answer, InKindOffer, OfferState
from auction.in_kind.open_offer import draw_cipher
from auction.in_kind.queries import inquiries_of, offer_for_update
from auction.in_kind.rules import PUBLIC_VALUE
from auction.in_kind.tell import note_offer
from core.database import Work
from core.errors import InvalidInput, RuleViolation
from core.fair_draw import drawn_order
from core.i18n import msg
from core.identity import Permission, require


async def draw_lots(work: Work, offer_id: UUID, *, public_value: str) -> InKindOffer:
    """Hold the draw with the public value that the letter named. The secret is published with the outcome.

    Raises `RuleViolation` (no draw is due), `InvalidInput` (not a value as it was published), `NotPermitted`.
    """
    offer = await offer_for_update(work, offer_id)
    require(work.actor, Permission.ISSUE_RULING, court_code=offer.court_code)
    if offer.state != OfferState.DRAWING:
        raise RuleViolation("B-74", msg("目前没有需要抽签的征询。"))
    public_value = public_value.strip()
    if not re.fullmatch(PUBLIC_VALUE, public_value):
        wrong = msg("请按公布的写法填写公开值，例如 3286.65。")
        raise InvalidInput(wrong, fields={"public_value": wrong}, rule="B-74")
    secret = bytes.fromhex(draw_cipher().decrypt(offer.draw_secret_sealed, bound_to=str(offer.id)))
    takers = {
        str(each.id): each
        for each in await inquiries_of(work, offer.id)
        if each.answer == Answer.TAKE and each.failed_at is None
    }
    for place, ticket in enumerate(drawn_order(secret, public_value, list(takers)), start=1):
        takers[ticket].drawn_place = place
    offer.draw_value, offer.draw_secret, offer.drawn_at = public_value, secret, work.now
    await note_offer(
        work,
        offer,
        "in_kind.drawn",
        public_value=public_value,
        secret=secret.hex(),
        order=sorted(takers, key=lambda ticket: takers[ticket].drawn_place or 0),
    )
    await work.session.flush()
    await settle_taker(work, offer)
    return offer
