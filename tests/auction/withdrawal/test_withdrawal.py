"""Runs that end without a result: withdrawn before the start (B-51, B-52), ended after it (B-53)."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import select

from auction.bidding.models import BidOutcome
from auction.bidding.published_log import public_log
from auction.bidding.sequencer import BiddingDesk
from auction.bidding.verify_log import verify_log
from auction.closing.close_lots import close_due_lots
from auction.listing.models import Lot, LotBidding, LotState
from auction.listing.next_round import prepare_next_round
from auction.listing.publish_lot import publish_lot
from auction.payments.models import PaymentOrder
from auction.suspension.end_stay import end_stays
from auction.suspension.models import Stay, StayKind
from auction.suspension.resume import resume_due_lots, resume_lots
from auction.withdrawal import rules
from auction.withdrawal.bankruptcy import record_bankruptcy_answer, refer_to_bankruptcy
from auction.withdrawal.end_sale import end_sale
from auction.withdrawal.grounds import END_GROUNDS, WITHDRAWAL_GROUNDS
from auction.withdrawal.withdraw_lot import withdraw_lot
from benchmarks.market import START_FEN
from core.crypto import SigningKey
from core.database import Database, Work
from core.deadlines import DeadlineState
from core.deadlines.queries import deadlines_of
from core.documents.models import Document
from core.errors import Conflict, InvalidInput, RuleViolation
from core.identity import SYSTEM
from core.ledger import trial_balance
from disposal_teams.assets.models import Asset, AssetState, SealState
from disposal_teams.assets.seal import seals_of
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.queries import case_of
from disposal_teams.cases.register import add_party
from tests.auction.listing.workshop import at as moved
from tests.auction.listing.workshop import ready_lot
from tests.auction.market import OFFICER as SELLER
from tests.auction.market import published_lot, qualified, reloaded, signed_up
from tests.auction.suspension.standing import MASTER, OFFICER, PANEL, at, sealed_market, standing, stop
from tests.conftest import CourtClock
from tests.working_off import work_off

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
RULING = {"approver": "局长", "panel": PANEL}


@pytest.mark.parametrize("ground", sorted(END_GROUNDS))
async def test_B53_a_begun_run_ends_without_a_sale_whatever_was_bid(work: Work, ground: str) -> None:
    lot = (await sealed_market(work, seconds=3600)).lots[0]
    asset = await work.session.get_one(Asset, lot.asset_id)
    officer = await at(work, work.now + timedelta(minutes=5), OFFICER)
    await end_sale(officer, lot.id, ground=ground, reason="见裁定", **RULING)  # type: ignore[arg-type]
    lot, bidding = await standing(work, lot.id)
    assert (lot.state, bidding.phase, lot.ended_reason) == (LotState.WITHDRAWN, "closed", f"end.{ground}")
    assert (lot.final_price_fen, lot.winning_registration_id) == (None, None)
    back = AssetState.READY_TO_LIST if ground in ("facts_changed", "collusion") else AssetState.WITHDRAWN
    assert asset.state == back
    lifted = ground == "bankruptcy"
    assert [seal.state == SealState.RELEASED for seal in await seals_of(work, asset.id)] == [lifted]
    assert await close_due_lots(await at(work, work.now + 2 * HOUR)) == 0
    with pytest.raises(RuleViolation):
        await end_sale(officer, lot.id, ground=ground, reason="再来一次", **RULING)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ground", "asset_is", "clock_is"),
    [
        ("paid", AssetState.WITHDRAWN, DeadlineState.WAIVED),
        ("other", AssetState.LISTED, DeadlineState.RUNNING),
    ],
)
async def test_B52_L13_a_debt_paid_while_only_the_next_draft_waits_ends_the_disposal(
    work: Work, ground: str, asset_is: AssetState, clock_is: DeadlineState
) -> None:
    """A draft that is given up for another reason leaves the asset, and the clock of its next auction, as they are."""
    team, made, lot = await ready_lot(work)
    await publish_lot(team, lot.id)
    assert lot.scheduled_end_at is not None
    lot.state, lot.ended_at = LotState.FAILED, lot.scheduled_end_at
    (await team.session.get_one(LotBidding, lot.id)).phase = "closed"
    await team.session.flush()
    after = moved(team, lot.scheduled_end_at + timedelta(minutes=1))
    draft = await prepare_next_round(after, lot.id)
    assert draft is not None
    await withdraw_lot(after, draft.id, ground=ground, reason="见卷")
    (waiting,) = [each for each in await deadlines_of(after, lot_id=draft.id) if each.rule == "L-13"]
    assert (made.asset.state, waiting.state) == (asset_is, clock_is)


@pytest.mark.parametrize("has_begun", [False, True])
@pytest.mark.parametrize("state", sorted(LotState))
def test_B51_B53_before_the_start_a_lot_is_withdrawn_and_after_it_is_ended(
    state: LotState, has_begun: bool
) -> None:
    def is_refused(check: Callable[..., None], **facts: bool) -> bool:
        try:
            check(state, "paid", has_begun=has_begun, **facts)
        except RuleViolation:
            return True
        return False

    begun = state in {"bidding", "selloff_open", "selloff_bidding"}
    may_withdraw = not has_begun and state in {"draft", "notifying", "published", "paused"}
    may_end = has_begun and (begun or state in {"published", "paused"})
    assert is_refused(rules.check_withdrawal) is not may_withdraw
    assert is_refused(rules.check_end, is_over=False) is not may_end
    assert is_refused(rules.check_end, is_over=True)


def test_B51_the_grounds_are_those_of_the_rulebook() -> None:
    assert {"title_revoked", "withdrawn", "paid", "settlement", "third_party_founded", "collusion"} < set(
        WITHDRAWAL_GROUNDS
    )
    assert {"facts_changed", "transferred", "other"} < set(WITHDRAWAL_GROUNDS)
    with pytest.raises(RuleViolation, match="B-51"):
        rules.check_withdrawal(LotState.PUBLISHED, "no_estate", has_begun=False)


async def test_P05_a_ruling_to_end_names_its_panel_and_approver(work: Work) -> None:
    lot = (await sealed_market(work)).lots[0]
    with pytest.raises(InvalidInput) as refused:
        await end_sale(
            Work(work.session, OFFICER, work.now), lot.id, ground="paid", reason="清偿", panel=["甲"]
        )
    assert set(refused.value.fields) == {"approver", "panel"}


async def test_B53_a_lot_that_stands_still_ends_and_never_goes_on(work: Work) -> None:
    lot = (await sealed_market(work, seconds=3600)).lots[0]
    await stop(work, lot)
    await end_stays(work, [lot.id], note="已修复")
    (bidding,) = await resume_lots(work, [lot.id], reason="故障排除")
    resumes_at = bidding.resumes_at
    assert resumes_at is not None
    officer = await at(work, work.now + HOUR, OFFICER)
    await stop(officer, lot, kind=StayKind.SUSPENSION, ground="settlement", **RULING)
    await end_sale(officer, lot.id, ground="paid", reason="和解协议履行完毕", **RULING)  # type: ignore[arg-type]
    lot, bidding = await standing(work, lot.id)
    assert (bidding.phase, bidding.remaining_ms, bidding.resumes_at) == ("closed", None, None)
    assert await resume_due_lots(await at(work, resumes_at + DAY)) == 0
    stays = await work.session.exec(select(Stay).where(Stay.lot_id == lot.id))
    assert not any(stay.in_force for stay in stays)
    assert {clock.state for clock in await deadlines_of(work, lot_id=lot.id) if clock.rule == "L-25"} == {
        DeadlineState.WAIVED
    }


async def make_enterprise(work: Work, lot: Lot) -> None:
    """A company as the debtor of the lot's case."""
    case = await case_of(work, lot.case_id)
    await add_party(work, case, role=PartyRole.DEBTOR, name="某某制造有限公司", is_natural_person=False)
    await work.session.flush()


@pytest.mark.parametrize("is_accepted", [True, False])
async def test_L44_a_sale_waits_for_the_bankruptcy_court_and_follows_its_answer(
    work: Work, is_accepted: bool
) -> None:
    lot = (await sealed_market(work, seconds=3600)).lots[0]
    officer = await at(work, work.now + timedelta(minutes=1), OFFICER)
    reference = {
        "consent_of": "applicant",
        "bankruptcy_court": "苏州市中级人民法院",
        "reason": "资不抵债",
        "approver": "局长",
        "panel": PANEL,
    }
    with pytest.raises(RuleViolation, match="B-53"):
        await refer_to_bankruptcy(officer, lot.id, **reference)  # type: ignore[arg-type]
    await make_enterprise(work, lot)
    with pytest.raises(InvalidInput):
        await refer_to_bankruptcy(officer, lot.id, **{**reference, "consent_of": ""})  # type: ignore[arg-type]
    stay = await refer_to_bankruptcy(officer, lot.id, **reference)  # type: ignore[arg-type]
    (clock,) = [each for each in await deadlines_of(work, lot_id=lot.id) if each.rule == "L-44"]
    assert (clock.state, clock.due_at - officer.now > 29 * DAY) == (DeadlineState.RUNNING, True)
    answered = await at(work, work.now + 10 * DAY, OFFICER)
    answer = {"is_accepted": is_accepted, "answer": "（2026）苏05破申1号", "approver": "局长", "panel": PANEL}
    await record_bankruptcy_answer(answered, stay.id, **answer)  # type: ignore[arg-type]
    assert clock.state == DeadlineState.MET
    lot, _ = await standing(work, lot.id)
    (seal,) = await seals_of(work, lot.asset_id)
    if is_accepted:
        assert (lot.state, seal.state) == (LotState.WITHDRAWN, SealState.RELEASED)
    else:
        assert (lot.state, seal.state) == (LotState.PAUSED, SealState.EFFECTIVE)
        assert any(each.rule == "L-25" for each in await deadlines_of(work, lot_id=lot.id))
    with pytest.raises(Conflict):
        await record_bankruptcy_answer(answered, stay.id, **answer)  # type: ignore[arg-type]


async def test_B52_the_debtor_pays_before_the_auction_day_bears_the_costs_and_deposits_go_back(
    database: Database, clock: CourtClock
) -> None:
    lot = await published_lot(database, clock)
    person = await signed_up(database)
    entry = await qualified(database, lot, person)
    async with database.begin(SELLER) as work:
        with pytest.raises(InvalidInput) as refused:
            await withdraw_lot(work, lot.id, ground="other", reason="x", costs_fen=1)
        assert set(refused.value.fields) == {"costs"}
        await withdraw_lot(work, lot.id, ground="paid", reason="开拍前全部清偿", costs_fen=320_000)
    await work_off(database, twice=True)
    assert (await reloaded(database, entry.id)).refunded_at is not None
    async with database.read(SYSTEM) as work:
        paper = (await work.session.exec(select(Document).where(Document.kind == "withdrawal_notice"))).one()
        orders = list(await work.session.exec(select(PaymentOrder).where(PaymentOrder.lot_id == lot.id)))
        assert sum((await trial_balance(work)).values()) == 0
    assert (paper.data["costs_fen"], paper.data["debtor_bears_costs"]) == (320_000, True)
    (order,) = orders
    assert order.executed_at is not None
    assert order.executed_at - order.created_at < DAY


async def test_B53_bids_after_the_end_are_late_by_the_published_end_only(
    database: Database, clock: CourtClock
) -> None:
    async with database.begin(SYSTEM) as work:
        market = await sealed_market(work, seconds=7200)
    lot, desk = market.lots[0], BiddingDesk(database, MASTER)
    try:
        outcomes = []
        for amount in (START_FEN, START_FEN + 1_000_00):
            receipt = await desk.submit(
                lot.id, market.registration(0, 0), amount, uuid4().hex, await clock.now()
            )
            outcomes.append(receipt.outcome)
            if amount == START_FEN:
                async with database.begin(SYSTEM) as work:
                    await end_sale(work, lot.id, ground="paid", reason="竞价期间清偿")
        async with database.read(SYSTEM) as work:
            log = await public_log(work, lot.lot_no, SigningKey(MASTER, "bid-receipts"))
    finally:
        await desk.close()
    assert outcomes == [BidOutcome.ACCEPTED, BidOutcome.LATE]
    assert verify_log(log) == []
