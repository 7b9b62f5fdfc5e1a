"""After a failed round the creditors are asked: who takes, who pays, what happens to the next round."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from auction.in_kind.answer import answer_online, correct_rank, record_answer
from auction.in_kind.draw_lots import draw_lots
from auction.in_kind.models import Answer, InKindInquiry, InKindOffer, OfferState
from auction.in_kind.open_offer import failures_without_inquiry, open_offer
from auction.in_kind.papers import issue_inquiry_letter
from auction.in_kind.queries import drawn_offer, offer_of_lot
from auction.in_kind.ruling import (
    record_in_kind_delivery,
    rule_in_kind,
    send_in_kind_registry_notice,
    serve_in_kind_ruling,
)
from auction.listing.import_formats import read_lots
from auction.listing.import_lots import ImportStage, import_lots
from auction.listing.models import Lot, LotState
from auction.listing.next_round import prepare_next_round
from auction.listing.publish_lot import ChecklistRefused, publish_lot
from auction.payments.models import PaymentOrder
from core.database import Database, Work
from core.deadlines import DeadlineState, pause_deadlines
from core.deadlines.models import Deadline
from core.errors import DisposalError, InvalidInput, NotFound, NotPermitted, RuleViolation
from core.fair_draw import commitment, drawn_order
from core.identity import SYSTEM, Actor, Role
from core.identity.accounts import open_account
from core.ledger import trial_balance
from disposal_teams.assets.models import Asset, AssetState, SealState
from disposal_teams.assets.seal import seals_of
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.queries import case_of, parties_of
from disposal_teams.cases.register import add_party
from disposal_teams.courts.establish import establish_courts
from disposal_teams.courts.models import Court
from tests.auction.listing.workshop import PANEL, STRANGER, TEAM, YUAN
from tests.auction.market import pay
from tests.auction.settlement.test_whole_sale import paper_text
from tests.conftest import CourtClock
from tests.working_off import sweep, work_off

PRICE = 700_000 * YUAN
TAKE, REFUSE = Answer.TAKE, Answer.REFUSE


@dataclass(slots=True)
class Asked:
    """A failed lot whose creditors are asked: the applicant 某银行 and two more, each with an account."""

    database: Database
    clock: CourtClock
    lot: Lot
    creditors: dict[str, Actor]

    async def offer(self) -> InKindOffer:
        async with self.database.read(SYSTEM) as work:
            offer = await offer_of_lot(work, self.lot.id)
        assert offer is not None
        return offer

    async def lines(self) -> dict[str, InKindInquiry]:
        async with self.database.read(SYSTEM) as work:
            rows = await work.session.exec(select(InKindInquiry).order_by(col(InKindInquiry.id)))
            return {row.creditor_name: row for row in rows}

    async def answer(self, name: str, answer: Answer) -> None:
        async with self.database.begin(self.creditors[name]) as work:
            await answer_online(work, self.lot.lot_no, answer=answer)

    async def on_paper(self, name: str, answer: Answer, *, posted_at: datetime | None = None) -> None:
        line = (await self.lines())[name]
        async with self.database.begin(TEAM) as work:
            await record_answer(work, line.id, answer=answer, proof="回函1号", posted_at=posted_at)

    async def rank(self, name: str, rank: int, claim: int) -> None:
        line = (await self.lines())[name]
        async with self.database.begin(TEAM) as work:
            await correct_rank(work, line.id, rank=rank, claim_fen=claim * YUAN, reason="判决确认")

    async def clock_row(self, rule: str) -> Deadline:
        async with self.database.read(SYSTEM) as work:
            rows = await work.session.exec(
                select(Deadline).where(Deadline.rule == rule).order_by(col(Deadline.started_at).desc())
            )
            return rows.all()[0]

    async def asset(self) -> Asset:
        async with self.database.read(SYSTEM) as work:
            return await work.session.get_one(Asset, self.lot.asset_id)


FIRST_ROW = (
    "source_key,round,kind,title,location,court_code,valuation,starting_price,deposit,increment\n"
    "first,first,real_estate,昆山市某小区1幢101室,昆山,0583,1000000,700000,70000,3000\n"
)


@pytest.fixture
async def asked(database: Database, clock: CourtClock) -> Asked:
    lots, _ = read_lots(FIRST_ROW)
    creditors: dict[str, Actor] = {}
    async with database.begin(SYSTEM) as work:
        await establish_courts(work)
        court = await work.session.get_one(Court, "0583")
        court.bank_name, court.bank_account_no = "某银行", "6222020000001"
        (number,) = (await import_lots(work, lots, stage=ImportStage.NOTIFIED)).created
        lot = (await work.session.exec(select(Lot).where(Lot.lot_no == number))).one()
        case = await case_of(work, lot.case_id)
        team = Work(work.session, TEAM, work.now)
        for party in await parties_of(work, case.id):
            if party.role == PartyRole.APPLICANT:
                party.name, party.claim_fen = "某银行", 1_000_000 * YUAN
        await publish_lot(work, lot.id)
        lot.state, lot.ended_at = LotState.FAILED, work.now
        for name, role, claim in (
            ("甲公司", PartyRole.WAITING_SEAL_CREDITOR, 300_000),
            ("乙公司", PartyRole.PRIORITY_CREDITOR, 200_000),
        ):
            account = await open_account(
                work, login=name, password_hash="-", display_name=name, roles={Role.CREDITOR}
            )
            await add_party(
                team,
                case,
                role=role,
                name=name,
                is_natural_person=False,
                account_id=account.id,
                claim_fen=claim * YUAN,
            )
            creditors[name] = Actor(account.id, name, frozenset({Role.CREDITOR}))
        await work.session.flush()
        await prepare_next_round(work, lot.id)
        assert await failures_without_inquiry(work) == [lot.id]
        await open_offer(work, lot.id)
        await open_offer(work, lot.id)
        await work.session.execute(text("DELETE FROM outbox_message WHERE queue = 'documents'"))
    return Asked(database, clock, lot, creditors)


async def test_B74_X01_every_creditor_is_asked_and_the_next_round_waits(asked: Asked) -> None:
    offer, lines = await asked.offer(), await asked.lines()
    assert (offer.state, offer.price_fen) == (OfferState.OPEN, PRICE)
    assert set(lines) == {"某银行", "甲公司", "乙公司"}, "applicant and other creditors, not the debtor"
    assert (lines["乙公司"].rank, lines["甲公司"].rank, lines["某银行"].rank) == (1, 2, 2)
    assert (await asked.asset()).state == AssetState.OFFERED_IN_KIND
    async with asked.database.begin(SYSTEM) as work:
        await issue_inquiry_letter(work, offer_id=offer.id)
    letter = await paper_text(asked.database, asked.lot.id, "in_kind_inquiry")
    for figure in ("700,000.00", offer.draw_commitment.hex()[:20], "视为不接受"):
        assert figure in letter
    async with asked.database.begin(TEAM) as work:
        (second,) = list(await work.session.exec(select(Lot).where(Lot.previous_lot_id == asked.lot.id)))
        with pytest.raises(ChecklistRefused) as refused:
            await publish_lot(work, second.id)
    assert "in_kind" in {line.id for line in refused.value.lines}
    async with asked.database.read(SYSTEM) as work:
        assert await failures_without_inquiry(work) == []
        assert len(list(await work.session.exec(select(InKindOffer)))) == 1


async def test_L22_silence_is_no_and_the_disposal_goes_on(asked: Asked) -> None:
    window = await asked.clock_row("L-22")
    assert window.due_at - window.started_at >= timedelta(days=10)
    await asked.answer("甲公司", REFUSE)
    await asked.clock.travel_to(window.due_at - timedelta(seconds=5))
    await sweep(asked.database, "sweep_deadlines")
    assert (await asked.offer()).state == OfferState.OPEN
    await asked.clock.travel_to(window.due_at)
    with pytest.raises(RuleViolation, match="X-01"):
        await asked.answer("乙公司", TAKE)
    await sweep(asked.database, "sweep_deadlines")
    assert (await asked.offer()).state == OfferState.DECLINED
    assert (await asked.asset()).state == AssetState.LISTED
    assert (await asked.clock_row("L-13")).state == DeadlineState.RUNNING


async def test_B74_when_all_have_answered_the_window_closes_at_once(asked: Asked) -> None:
    for name in ("甲公司", "乙公司"):
        await asked.answer(name, REFUSE)
    assert (await asked.offer()).state == OfferState.OPEN
    await asked.on_paper("某银行", REFUSE)
    assert (await asked.offer()).state == OfferState.DECLINED
    with pytest.raises(RuleViolation):
        await asked.answer("甲公司", TAKE)


async def test_B74_the_best_rank_takes_pays_the_difference_and_gets_the_ruling(asked: Asked) -> None:
    await asked.answer("甲公司", TAKE)
    await asked.answer("乙公司", TAKE)
    await asked.on_paper("某银行", REFUSE)
    offer = await asked.offer()
    assert offer.state == OfferState.AWAIT_DIFFERENCE
    assert (offer.share_fen, offer.difference_fen) == (200_000 * YUAN, 500_000 * YUAN)
    assert (await asked.clock_row("L-13")).state == DeadlineState.WAIVED
    with pytest.raises(RuleViolation):
        async with asked.database.begin(TEAM) as work:
            await rule_in_kind(work, offer.id)
    await pay(asked.database, offer.virtual_account_no, 300_000 * YUAN, "某银行（代付）")
    assert (await asked.offer()).state == OfferState.AWAIT_DIFFERENCE
    await pay(asked.database, offer.virtual_account_no, 250_000 * YUAN, "乙公司")
    assert (await asked.offer()).state == OfferState.AWAIT_RULING
    for actor in (STRANGER, PANEL):
        with pytest.raises(NotPermitted):
            async with asked.database.begin(actor) as work:
                await rule_in_kind(work, offer.id)
    for step in (rule_in_kind, serve_in_kind_ruling):
        async with asked.database.begin(TEAM) as work:
            await step(work, offer.id)
        with pytest.raises(RuleViolation):
            async with asked.database.begin(TEAM) as work:
                await step(work, offer.id)
    async with asked.database.begin(TEAM) as work:
        with pytest.raises(InvalidInput):
            await record_in_kind_delivery(work, offer.id, note=" ")
    ruling = await paper_text(asked.database, asked.lot.id, "in_kind_ruling")
    for figure in ("乙公司", "700,000.00", "200,000.00", "500,000.00"):
        assert figure in ruling
    assert (await asked.asset()).state == AssetState.IN_KIND_RULED
    async with asked.database.read(SYSTEM) as work:
        assert {seal.state for seal in await seals_of(work, asked.lot.asset_id)} == {SealState.LAPSED}
        (second,) = list(await work.session.exec(select(Lot).where(Lot.previous_lot_id == asked.lot.id)))
        totals = await trial_balance(work)
        running = await work.session.exec(
            select(Deadline.rule).where(
                Deadline.state == DeadlineState.RUNNING, Deadline.lot_id == asked.lot.id
            )
        )
        assert set(running) == {"L-20", "L-21"}
    async with asked.database.begin(TEAM) as work:
        await send_in_kind_registry_notice(work, offer.id)
        with pytest.raises(RuleViolation, match="B-73"):
            await send_in_kind_registry_notice(work, offer.id)
        await record_in_kind_delivery(work, offer.id, note="现场交付，钥匙两把。")
        with pytest.raises(RuleViolation, match="B-72"):
            await record_in_kind_delivery(work, offer.id, note="再次交付")
    assert (await asked.asset()).state == AssetState.DELIVERED
    assert "债权人乙公司" in await paper_text(asked.database, asked.lot.id, "assistance_notice")
    assert "钥匙两把" in await paper_text(asked.database, asked.lot.id, "delivery_record")
    assert second.state == LotState.WITHDRAWN
    assert totals["price_balance"] == -500_000 * YUAN
    assert totals["bank"] == 500_000 * YUAN, "50,000 too much went back"


async def test_B74_no_difference_when_the_claim_covers_the_price(asked: Asked) -> None:
    await asked.rank("某银行", 1, 900_000)
    await asked.rank("乙公司", 2, 200_000)
    await asked.on_paper("某银行", TAKE)
    for name in ("甲公司", "乙公司"):
        await asked.answer(name, REFUSE)
    offer = await asked.offer()
    assert (offer.state, offer.share_fen, offer.difference_fen) == (OfferState.AWAIT_RULING, PRICE, 0)
    with pytest.raises(RuleViolation):
        await asked.rank("某银行", 2, 1)


async def test_B74_equals_draw_lots_that_anyone_can_recompute_and_the_next_follows_who_does_not_pay(
    asked: Asked,
) -> None:
    await asked.answer("甲公司", TAKE)
    await asked.on_paper("某银行", TAKE)
    async with asked.database.begin(TEAM) as work:
        with pytest.raises(RuleViolation):
            await draw_lots(work, (await asked.offer()).id, public_value="3286.65")
    await asked.answer("乙公司", REFUSE)
    offer = await asked.offer()
    assert offer.state == OfferState.DRAWING
    assert offer.draw_secret is None
    with pytest.raises(NotFound):
        async with asked.database.read(SYSTEM) as work:
            await drawn_offer(work, asked.lot.lot_no)
    for actor, value in ((TEAM, "大概三千"), (STRANGER, "3286.65")):
        with pytest.raises(DisposalError):
            async with asked.database.begin(actor) as work:
                await draw_lots(work, offer.id, public_value=value)
    async with asked.database.begin(TEAM) as work:
        await draw_lots(work, offer.id, public_value=" 3286.65 ")
    async with asked.database.read(SYSTEM) as work:
        offer, _, drawn = await drawn_offer(work, asked.lot.lot_no)
    assert offer.draw_secret is not None
    assert commitment(str(offer.id), offer.draw_secret) == offer.draw_commitment
    tickets = [str(line.id) for line in drawn]
    assert drawn_order(offer.draw_secret, "3286.65", sorted(tickets)) == tickets
    assert offer.taker_inquiry_id == drawn[0].id

    first_account = offer.virtual_account_no
    await pay(asked.database, first_account, 1_000 * YUAN, "先付一部分")
    await asked.clock.travel_to((await asked.clock_row("B-74")).due_at)
    await sweep(asked.database, "sweep_deadlines")
    await work_off(asked.database)
    offer = await asked.offer()
    assert (offer.state, offer.taker_inquiry_id) == (OfferState.AWAIT_DIFFERENCE, drawn[1].id)
    assert offer.virtual_account_no != first_account
    async with asked.database.read(SYSTEM) as work:
        orders = list(await work.session.exec(select(PaymentOrder.amount_fen)))
        assert orders == [1_000 * YUAN], "what the first one paid goes back"
    await asked.clock.travel_to((await asked.clock_row("B-74")).due_at)
    await sweep(asked.database, "sweep_deadlines")
    assert (await asked.offer()).state == OfferState.LAPSED
    assert (await asked.asset()).state == AssetState.LISTED
    assert (await asked.clock_row("L-13")).state == DeadlineState.RUNNING
    async with asked.database.read(SYSTEM) as work:
        assert set((await trial_balance(work)).values()) <= {0}


async def test_C03_an_answer_posted_in_time_counts_though_it_arrives_after_the_end(asked: Asked) -> None:
    window = await asked.clock_row("L-22")
    await asked.clock.travel_to(window.due_at)
    await sweep(asked.database, "sweep_deadlines")
    await asked.clock.pass_time(timedelta(days=1))
    with pytest.raises(RuleViolation):
        await asked.on_paper("某银行", TAKE, posted_at=window.due_at)
    await asked.on_paper("某银行", TAKE, posted_at=window.due_at - timedelta(hours=3))
    assert (await asked.offer()).state == OfferState.AWAIT_DIFFERENCE
    assert (await asked.asset()).state == AssetState.OFFERED_IN_KIND


async def test_B50_a_stay_stops_the_inquiry(asked: Asked) -> None:
    async with asked.database.begin(SYSTEM) as work:
        await pause_deadlines(work, asset_id=asked.lot.asset_id)
    with pytest.raises(RuleViolation, match="B-50"):
        await asked.answer("甲公司", TAKE)
    await asked.clock.pass_time(timedelta(days=40))
    await sweep(asked.database, "sweep_deadlines")
    assert (await asked.offer()).state == OfferState.OPEN


async def test_two_takers_at_once_and_both_are_heard(asked: Asked) -> None:
    await asked.on_paper("某银行", REFUSE)
    await asyncio.gather(asked.answer("甲公司", TAKE), asked.answer("乙公司", TAKE))
    lines = await asked.lines()
    assert lines["甲公司"].answer == lines["乙公司"].answer == TAKE
    offer = await asked.offer()
    assert (offer.state, offer.taker_inquiry_id) == (OfferState.AWAIT_DIFFERENCE, lines["乙公司"].id)


async def test_an_answer_at_the_instant_of_the_end_is_either_counted_or_refused(asked: Asked) -> None:
    window = await asked.clock_row("L-22")
    await asked.clock.travel_to(window.due_at - timedelta(milliseconds=150))
    results = await asyncio.gather(
        asked.answer("乙公司", TAKE),
        *(sweep(asked.database, "sweep_deadlines") for _ in range(3)),
        return_exceptions=True,
    )
    await asked.clock.travel_to(window.due_at + timedelta(seconds=1))
    await sweep(asked.database, "sweep_deadlines")
    offer, line = await asked.offer(), (await asked.lines())["乙公司"]
    counted = results[0] is None
    assert (line.answer == TAKE) is counted
    assert offer.state == (OfferState.AWAIT_DIFFERENCE if counted else OfferState.DECLINED)


async def test_P03_only_the_person_asked_answers_and_only_the_own_court_records(asked: Asked) -> None:
    outsider = Actor(asked.creditors["甲公司"].account_id, "x", frozenset({Role.CREDITOR}))
    async with asked.database.begin(SYSTEM) as work:
        account = await open_account(
            work, login="other", password_hash="-", display_name="other", roles={Role.CREDITOR}
        )
    outsider = Actor(account.id, "other", frozenset({Role.CREDITOR}))
    with pytest.raises(NotFound):
        async with asked.database.begin(outsider) as work:
            await answer_online(work, asked.lot.lot_no, answer=TAKE)
    line = (await asked.lines())["甲公司"]
    with pytest.raises(NotPermitted):
        async with asked.database.begin(STRANGER) as work:
            await record_answer(work, line.id, answer=TAKE, proof="x")


async def test_B52_when_the_debt_is_paid_the_inquiry_ends_and_the_difference_goes_back(asked: Asked) -> None:
    await asked.answer("乙公司", TAKE)
    await asked.answer("甲公司", REFUSE)
    await asked.on_paper("某银行", REFUSE)
    offer = await asked.offer()
    await pay(asked.database, offer.virtual_account_no, 100_000 * YUAN, "乙公司")
    async with asked.database.begin(SYSTEM) as work:
        asset = await work.session.get_one(Asset, asked.lot.asset_id)
        asset.state = AssetState.WITHDRAWN
    await sweep(asked.database, "tidy_inquiries")
    await work_off(asked.database)
    assert (await asked.offer()).state == OfferState.CANCELLED
    async with asked.database.read(SYSTEM) as work:
        assert (await trial_balance(work)).get("bank", 0) == 0
