"""The policy table of the cities: versions, who may change it, and what follows it at once (B-17)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from auction.listing.defaults import default_disclosure
from auction.purchase_limits.models import ProofSource
from auction.purchase_limits.policy import limits_now, policy_versions, put_limit, read_limits
from auction.purchase_limits.proofs import (
    hand_in_proof,
    handed_in_file,
    limit_of_lot,
    proofs_of,
    ruling_gap,
)
from auction.purchase_limits.rules import PurchaseStatement, qualification_text
from auction.registration.register import register_for_lot
from core.deadlines.rules import day_in_court
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolation
from core.ids import new_id
from core.legal_settings import LegalSettings, PurchaseLimit
from disposal_teams.assets.models import Asset
from disposal_teams.courts.queries import court_of
from tests.auction.listing.workshop import KEEPER, STRANGER, TEAM
from tests.auction.registration.desk import PDF, Town

LIMIT = PurchaseLimit("苏州市", "须有购房资格")


async def test_B17_before_the_first_version_the_settings_hold_and_every_change_is_a_version(
    place: Town,
) -> None:
    keeper = place.by(KEEPER)
    assert await limits_now(keeper) == LegalSettings().purchase_limits
    first = await put_limit(keeper, LIMIT, reason="恢复限购", after=0)
    assert first.version == 1
    assert await limits_now(keeper) == (*LegalSettings().purchase_limits, LIMIT)
    ended = PurchaseLimit("苏州市", "须有购房资格", until=date(2026, 1, 1))
    second = await put_limit(keeper, ended, reason="取消限购", place=1, after=1)
    newest, before = await policy_versions(keeper)
    assert (newest.version, newest.reason) == (2, "取消限购") == (second.version, second.reason)
    assert read_limits(before)[1] == LIMIT, "what was published stays readable"
    with pytest.raises(Conflict):
        await put_limit(keeper, LIMIT, reason="x", after=1)
    with pytest.raises(NotFound):
        await put_limit(keeper, LIMIT, reason="x", place=9)


async def test_B17_only_the_intermediate_court_changes_it_and_only_to_what_makes_sense(place: Town) -> None:
    for actor in (TEAM, STRANGER):
        with pytest.raises(NotPermitted):
            await put_limit(place.by(actor), LIMIT, reason="x")
    wrong = PurchaseLimit("", "", kinds=(), since=date(2026, 2, 1), until=date(2026, 1, 1))
    with pytest.raises(InvalidInput) as refused:
        await put_limit(place.by(KEEPER), wrong, reason=" ")
    assert set(refused.value.fields) == {"city", "text", "kinds", "until", "reason"}


async def test_B17_a_published_version_cannot_be_rewritten(place: Town) -> None:
    await put_limit(place.by(KEEPER), LIMIT, reason="恢复限购")
    with pytest.raises(DBAPIError):
        await place.work.session.execute(text("UPDATE purchase_policy SET reason = 'x'"))


async def test_B17_entries_and_notices_follow_the_table_at_once(place: Town) -> None:
    asset = await place.work.session.get_one(Asset, place.lot.asset_id)
    court = await court_of(place.work, place.lot.court_code)

    async def proposed() -> str:
        return (await default_disclosure(place.work, asset, place.case, court, None)).qualification

    assert "没有适用于该标的物的住房限购政策" in await proposed()
    await place.enter(await place.bidder())
    await put_limit(place.by(KEEPER), LIMIT, reason="恢复限购")
    assert await limit_of_lot(place.work, place.lot) == LIMIT
    assert "须有购房资格" in await proposed()
    with pytest.raises(InvalidInput):
        await place.enter(await place.bidder())


def test_B17_the_notice_says_the_limit_its_consequence_and_the_promise() -> None:
    said = qualification_text(LIMIT, "苏州市")
    for words in ("须有购房资格", "不得参加竞买", "承诺", "持续", "拍卖无效"):
        assert words in said
    assert "承诺" in qualification_text(None, "苏州市")


async def test_B17_a_buyer_hands_in_a_certificate_that_only_the_own_court_opens(place: Town) -> None:
    await put_limit(place.by(KEEPER), LIMIT, reason="恢复限购")
    bidder = await place.bidder()
    entry = await register_for_lot(
        place.by(bidder), place.lot.id, accepts_rules=True, purchase=PurchaseStatement(True, "苏房资001")
    )
    today = day_in_court(place.work.now)

    async def hand_in(number: str = "苏房资002", days: int = 0, content: bytes = PDF) -> None:
        await hand_in_proof(
            place.by(bidder),
            entry,
            place.lot,
            as_of=today + timedelta(days=days),
            number=number,
            name="证明.pdf",
            content=content,
        )

    for wrong in ({"number": " "}, {"days": 1}, {"days": -1}, {"content": b"x"}):
        with pytest.raises(InvalidInput):
            await hand_in(**wrong)
    await hand_in()
    proof, certificate = next(
        (proof, kept)
        for proof, kept in await proofs_of(place.work, entry.id)
        if proof.source == ProofSource.BUYER
    )
    assert certificate is not None
    assert certificate.file is not None
    assert proof.recorded_by is None
    from_court = await handed_in_file(place.by(TEAM), place.lot, entry.id, certificate.file)
    assert from_court.content == PDF
    with pytest.raises(NotPermitted):
        await handed_in_file(place.by(STRANGER), place.lot, entry.id, certificate.file)
    with pytest.raises(NotFound):
        await handed_in_file(place.by(TEAM), place.lot, entry.id, new_id())
    assert await ruling_gap(place.work, entry, place.lot) is not None, "the housing authority is still asked"


async def test_B17_without_a_limit_nobody_hands_anything_in(place: Town) -> None:
    bidder = await place.bidder()
    entry = await place.enter(bidder)
    with pytest.raises(RuleViolation, match="B-17"):
        await hand_in_proof(
            place.by(bidder),
            entry,
            place.lot,
            as_of=day_in_court(place.work.now),
            number="1",
            name="a",
            content=PDF,
        )
