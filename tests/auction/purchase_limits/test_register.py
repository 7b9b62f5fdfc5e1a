"""A city with a purchase limit: nobody registers without the promise, and proofs are kept for the ruling (B-17)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from auction.purchase_limits.models import ProofSource
from auction.purchase_limits.proofs import proofs_of, record_proof, ruling_gap
from auction.purchase_limits.rules import PurchaseStatement
from auction.registration.register import register_for_lot
from core import legal_settings
from core.deadlines.rules import day_in_court
from core.errors import InvalidInput, NotPermitted, RuleViolation
from core.legal_settings import LegalSettings, PurchaseLimit
from tests.auction.listing.workshop import STRANGER, TEAM
from tests.auction.registration.desk import Town


@pytest.fixture(autouse=True)
def limited(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The courts' own city limits purchases."""
    limit = PurchaseLimit("苏州市", "须有购房资格")
    legal_settings.legal.cache_clear()
    monkeypatch.setattr(
        legal_settings, "LegalSettings", lambda: replace(LegalSettings(), purchase_limits=(limit,))
    )
    yield
    monkeypatch.undo()
    legal_settings.legal.cache_clear()


async def test_B17_the_promise_is_asked_for_kept_and_checked_until_the_ruling(place: Town) -> None:
    bidder = await place.bidder()
    with pytest.raises(InvalidInput):
        await place.enter(bidder)
    with pytest.raises(RuleViolation, match="B-17"):
        await register_for_lot(
            place.by(bidder), place.lot.id, accepts_rules=True, purchase=PurchaseStatement(False)
        )
    entry = await register_for_lot(
        place.by(bidder), place.lot.id, accepts_rules=True, purchase=PurchaseStatement(True, "苏房资001")
    )
    assert entry.qualification_promised_at == place.work.now
    ((promise, certificate),) = await proofs_of(place.work, entry.id)
    assert (promise.source, promise.recorded_by) == (ProofSource.PROMISE, None)
    assert certificate is not None
    assert certificate.number == "苏房资001"
    rows = await place.work.session.execute(text("SELECT to_jsonb(t)::text FROM purchase_proof AS t"))
    assert not [row for row in rows.scalars() if str(bidder.actor.account_id) in row], "P-01"

    later = place.later(days=40)
    assert await ruling_gap(later.work, entry, place.lot) is not None
    today = day_in_court(later.work.now)
    for actor, day, number, refusal in (
        (TEAM, today + timedelta(days=1), "x", InvalidInput),
        (TEAM, today, " ", InvalidInput),
        (STRANGER, today, "x", NotPermitted),
    ):
        with pytest.raises(refusal):
            await record_proof(
                later.by(actor),
                entry,
                place.lot,
                source=ProofSource.HOUSING_AUTHORITY,
                as_of=day,
                may_buy=True,
                number=number,
            )
    await record_proof(
        later.by(TEAM),
        entry,
        place.lot,
        source=ProofSource.HOUSING_AUTHORITY,
        as_of=today,
        may_buy=True,
        number="核查1",
    )
    assert await ruling_gap(later.work, entry, place.lot) is None
