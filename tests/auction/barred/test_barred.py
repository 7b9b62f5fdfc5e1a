"""Lists, matching by keyed hash at three stages, hits for the restricted role alone (B-80 to B-82, P-01)."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest
from sqlalchemy import text
from sqlmodel import select

from auction.barred.decide_hit import decide_hit
from auction.barred.defaults import default_list, deposit_hint_for
from auction.barred.hits import hits_of_court
from auction.barred.lists import declare_own, end_entry, helpers_of_court, list_helper, own_declarations
from auction.barred.models import BarKind, BarredHit, HitStage, HitState
from auction.barred.rules import BarredBidder
from auction.registration.buyers import OnBehalf, Principal
from auction.registration.models import DepositState, RegistrationState
from auction.registration.register import note_barred, register_for_lot
from auction.settlement.confirm import confirm_sale
from auction.settlement.models import Settlement
from core import legal_settings
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted
from core.identity import Role
from core.legal_settings import LegalSettings
from tests.auction.listing.workshop import TEAM
from tests.auction.registration.desk import Town
from web.demo_city.people import identity_number

S = RegistrationState


@pytest.fixture
def court_only(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installation that bars staff only from their own court's sales, as the law does."""
    legal_settings.legal.cache_clear()
    monkeypatch.setattr(
        legal_settings, "LegalSettings", lambda: replace(LegalSettings(), staff_barred_city_wide=False)
    )
    yield
    monkeypatch.undo()
    legal_settings.legal.cache_clear()


async def test_B80_a_declared_relative_is_refused_and_the_hit_names_nobody(place: Town) -> None:
    judge, risk = await place.post(Role.CASE_OFFICER), await place.post(Role.RISK_OFFICER)
    bidder = await place.bidder()
    await declare_own(place.by(judge), relation="spouse", name=bidder.name, number=bidder.number)
    with pytest.raises(BarredBidder, match="B-80") as refused:
        await place.enter(bidder)
    for _ in range(2):
        await note_barred(place.by(bidder), refused.value)
    (shown,) = await hits_of_court(place.by(risk))
    assert (shown.hit.kind, shown.hit.stage, shown.hit.state) == (
        BarKind.STAFF_RELATIVE,
        HitStage.REGISTRATION,
        HitState.NOTED,
    )
    for table in ("barred_person", "barred_hit"):
        rows = await place.work.session.execute(text(f"SELECT to_jsonb(t)::text FROM {table} AS t"))
        for row in rows.scalars():
            assert bidder.number not in row
            assert bidder.name not in row
            assert str(bidder.actor.account_id) not in row
    for actor in (judge, TEAM, bidder.actor):
        with pytest.raises(NotPermitted):
            await hits_of_court(place.by(actor))


async def test_B80_an_agent_and_a_principal_are_both_looked_up(place: Town) -> None:
    judge = await place.post(Role.CASE_OFFICER)
    number = identity_number(Random(77))
    await declare_own(place.by(judge), relation="child", name="某子女", number=number)
    with pytest.raises(BarredBidder):
        await register_for_lot(
            place.by(await place.bidder()),
            place.lot.id,
            accepts_rules=True,
            on_behalf=OnBehalf((Principal("某子女", number),)),
        )
    agent = await place.bidder()
    await declare_own(place.by(judge), relation="sibling", name=agent.name, number=agent.number)
    with pytest.raises(BarredBidder):
        await register_for_lot(
            place.by(agent),
            place.lot.id,
            accepts_rules=True,
            on_behalf=OnBehalf((Principal("无关委托人", identity_number(Random(78))),)),
        )


async def test_B80_the_law_bars_only_from_the_own_court_and_the_setting_from_the_city(
    place: Town, court_only: None
) -> None:
    elsewhere, bidder = await place.post(Role.CLERK, court="0505"), await place.bidder()
    await declare_own(place.by(elsewhere), relation="parent", name=bidder.name, number=bidder.number)
    assert (await place.enter(bidder)).state == S.DEPOSIT_PENDING


async def test_B82_lists_are_looked_up_again_before_qualification(place: Town) -> None:
    bidder = await place.bidder()
    entry = await place.enter(bidder)
    team = await place.post(Role.DISPOSAL_TEAM)
    await list_helper(
        place.by(team),
        kind=BarKind.APPRAISER,
        name=bidder.name,
        number=bidder.number,
        organisation="某评估公司",
        asset_id=place.lot.asset_id,
    )
    await place.pay(entry, bidder.name)
    assert (entry.state, entry.code) == (S.REJECTED, None)
    assert entry.deposit_state == DepositState.REFUND_DUE
    hit = (await place.work.session.exec(select(BarredHit))).one()
    assert (hit.stage, hit.kind) == (HitStage.QUALIFICATION, BarKind.APPRAISER)


async def test_B82_a_hit_before_the_confirmation_holds_it_up_until_it_is_decided(place: Town) -> None:
    risk, judge = await place.post(Role.RISK_OFFICER), await place.post(Role.CASE_OFFICER)
    bidder = await place.bidder()
    entry = await place.enter(bidder)
    await place.pay(entry, bidder.name)
    place.lot.state, place.lot.final_price_fen = "sold", place.lot.starting_price_fen
    place.lot.winning_registration_id, place.lot.ended_at = entry.id, place.work.now
    await place.work.session.flush()
    declared = await declare_own(place.by(judge), relation="spouse", name=bidder.name, number=bidder.number)
    for _ in range(2):
        await confirm_sale(place.work, lot_id=place.lot.id)
    assert await place.work.session.get(Settlement, place.lot.id) is None
    (shown,) = await hits_of_court(place.by(risk))
    assert shown.hit.state == HitState.OPEN
    with pytest.raises(InvalidInput):
        await decide_hit(place.by(risk), shown.hit.id, stands=False, reason=" ")
    await decide_hit(place.by(risk), shown.hit.id, stands=False, reason="同号误报，经核对不是同一人。")
    with pytest.raises(Conflict):
        await decide_hit(place.by(risk), shown.hit.id, stands=True, reason="x")
    await confirm_sale(place.work, lot_id=place.lot.id)
    sale = await place.work.session.get(Settlement, place.lot.id)
    assert sale is not None
    assert sale.buyer_name == bidder.name
    assert declared.ended_at is None


async def test_declarations_are_seen_by_nobody_else_and_end_when_told(place: Town) -> None:
    judge, colleague = await place.post(Role.CASE_OFFICER), await place.post(Role.CLERK)
    bidder = await place.bidder()
    entry = await declare_own(place.by(judge), relation="spouse", name=bidder.name, number=bidder.number)
    with pytest.raises(Conflict):
        await declare_own(place.by(judge), relation="spouse", name=bidder.name, number=bidder.number)
    (own,) = await own_declarations(place.by(judge))
    assert (own.name, own.number) == (bidder.name, f"{bidder.number[:3]}***********{bidder.number[-4:]}")
    assert await own_declarations(place.by(colleague)) == []
    assert await helpers_of_court(place.by(colleague), "0583") == []
    with pytest.raises(NotFound):
        await end_entry(place.by(colleague), entry.id)
    await end_entry(place.by(judge), entry.id)
    assert (await place.enter(bidder)).state == S.DEPOSIT_PENDING


@pytest.mark.parametrize(
    ("kind", "field"), [(BarKind.APPRAISER, "asset_no"), (BarKind.CASE_CONFLICT, "case_no")]
)
async def test_B81_an_appraiser_is_listed_for_an_asset_and_a_conflict_for_a_case(
    place: Town, kind: BarKind, field: str
) -> None:
    team = await place.post(Role.DISPOSAL_TEAM)
    with pytest.raises(InvalidInput) as refused:
        await list_helper(
            place.by(team), kind=kind, name="某人", number=identity_number(Random(5)), organisation=""
        )
    assert field in refused.value.fields
    with pytest.raises(NotPermitted):
        await list_helper(
            place.by(await place.post(Role.FINANCE)),
            kind=BarKind.AUXILIARY_STAFF,
            name="某人",
            number=identity_number(Random(5)),
            organisation="",
        )


async def test_B82_the_default_list_is_read_from_the_sales_and_raises_the_deposit(place: Town) -> None:
    bidder = await place.bidder()
    entry = await place.enter(bidder)
    await place.pay(entry, bidder.name)
    assert (await deposit_hint_for(place.work, place.lot.asset_id))[0] == "10"
    place.lot.state, place.lot.final_price_fen = "sold", place.lot.starting_price_fen
    place.lot.winning_registration_id, place.lot.ended_at = entry.id, place.work.now
    await place.work.session.flush()
    await confirm_sale(place.work, lot_id=place.lot.id)
    sale = await place.work.session.get_one(Settlement, place.lot.id)
    sale.state, sale.defaulted_at, place.lot.state = "defaulted", place.work.now, "defaulted"
    await place.work.session.flush()
    (listed,) = await default_list(place.by(TEAM))
    assert (listed.settlement.buyer_name, listed.is_listed(place.work.now)) == (bidder.name, True)
    assert (await deposit_hint_for(place.work, place.lot.asset_id))[0] == "20"
    with pytest.raises(NotPermitted):
        await default_list(place.by(bidder))
