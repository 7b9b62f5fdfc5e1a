"""A sale is revoked at every stage it can have reached, and nothing of it is left (B-55, B-56, A-03)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlmodel import select

from auction.barred.defaults import default_list
from auction.bidding.published_log import public_log
from auction.bidding.verify_log import verify_log
from auction.delivery.hand_over import record_delivery
from auction.listing.models import LotState
from auction.listing.queries import lots_of_asset
from auction.listing.rounds import next_position
from auction.payments.models import PaymentOrder, PaymentOrderState
from auction.registration.models import DepositState
from auction.results.queries import Outcome, ended_lots
from auction.revocation import rules
from auction.revocation.grounds import REVOCATION_GROUNDS, SIX_GROUNDS
from auction.revocation.models import SaleRevocation
from auction.revocation.revoke_sale import revoke_sale
from auction.settlement.default import declare_default
from auction.settlement.models import SettlementState
from auction.settlement.ruling import issue_ruling, send_registry_notice, serve_ruling
from core.audit import verify_stream
from core.crypto import SigningKey
from core.database import Database, Work
from core.deadlines import DeadlineState
from core.deadlines.queries import deadlines_of
from core.documents.models import Document
from core.errors import InvalidInput, NotPermitted, RuleViolation
from core.identity import SYSTEM, Actor, Role
from core.identity.accounts import as_actor, open_account
from core.ledger import Line, post, trial_balance
from core.notices import notices_of
from disposal_teams.assets.models import Asset, AssetState, SealState
from disposal_teams.assets.seal import seals_of
from disposal_teams.objections.accept import accept_objection
from disposal_teams.objections.models import Capacity, ObjectionKind, Remedy
from disposal_teams.objections.models import Outcome as ObjectionOutcome
from disposal_teams.objections.rule import record_service, rule_objection
from disposal_teams.objections.submit import submit_objection
from tests.auction.listing.workshop import PANEL, YUAN
from tests.auction.market import OFFICER, hand_over, pay, reloaded
from tests.auction.revocation.conftest import Sale
from tests.auction.settlement.test_whole_sale import lot_now, paper_text, settlement_now
from tests.conftest import CourtClock
from tests.disposal_teams.city import KUNSHAN
from tests.working_off import sweep, work_off

JUDGE = Actor(None, "执行裁判", frozenset({Role.OBJECTION_PANEL}), KUNSHAN)
WHY = {
    "ground": "system_failure",
    "reason": "数据错误导致最高出价归属错误",
    "basis": "（2026）苏0583执异3号",
    "approver": "局长",
    "panel": ("甲", "乙", "丙"),
}
LENDER = "某银行（代付）"


@dataclass(slots=True)
class Hall:
    """The sale with the means to bring it further."""

    database: Database
    clock: CourtClock
    sale: Sale

    async def pay_balance(self, part: int | None = None) -> None:
        """The lender pays most, the buyer the rest (in yuan; `part`: only the lender's)."""
        settlement = await settlement_now(self.database, self.sale.lot.id)
        await pay(self.database, settlement.virtual_account_no, 600_000 * YUAN, LENDER)
        if part is None:
            await pay(self.database, settlement.virtual_account_no, 33_000 * YUAN, self.sale.winner.name)

    async def act(self, *steps: Callable[[Work, object], Awaitable[object]]) -> None:
        """Steps of the officer, each in a transaction."""
        for step in steps:
            async with self.database.begin(OFFICER) as work:
                await step(work, self.sale.lot.id)

    async def reach(self, state: SettlementState) -> None:
        """Bring the sale so far, as people would."""
        if state is SettlementState.DEFAULTED:
            settlement = await settlement_now(self.database, self.sale.lot.id)
            await self.clock.travel_to(settlement.balance_due_at)
            async with self.database.begin(PANEL) as work:
                await declare_default(work, self.sale.lot.id, reason="price_regret")
            await work_off(self.database)
            return
        if state is SettlementState.AWAIT_BALANCE:
            await self.pay_balance(part=600_000)
            return
        await self.pay_balance()
        order = (
            SettlementState.PAID_FULL,
            SettlementState.RULING_ISSUED,
            SettlementState.RULING_SERVED,
            SettlementState.TRANSFER_NOTICE_SENT,
            SettlementState.DELIVERED,
        )

        async def deliver(work: Work, lot_id: object) -> object:
            return await record_delivery(work, lot_id, hand_over(work.now))  # type: ignore[arg-type]

        acts = (issue_ruling, serve_ruling, send_registry_notice, deliver)
        await self.act(*acts[: order.index(state)])  # type: ignore[arg-type]

    async def revoke(self, **changes: object) -> SaleRevocation:
        """The objection panel revokes the sale, and every message comes twice."""
        async with self.database.begin(JUDGE) as work:
            revocation = await revoke_sale(work, self.sale.lot.id, **{**WHY, **changes})  # type: ignore[arg-type]
        await work_off(self.database, twice=True)
        return revocation


@pytest.fixture
def hall(database: Database, clock: CourtClock, sale: Sale) -> Hall:
    return Hall(database, clock, sale)


S = SettlementState
PAID = {"lender": 600_000, "buyer": 33_000 + 70_000}
STAGES: dict[SettlementState, tuple[dict[str, int], set[str]]] = {
    S.AWAIT_BALANCE: ({"lender": 600_000, "buyer": 70_000}, set()),
    S.PAID_FULL: (PAID, set()),
    S.RULING_ISSUED: (PAID, set()),
    S.RULING_SERVED: (PAID, set()),
    S.TRANSFER_NOTICE_SENT: (PAID, {"registry_restoration"}),
    S.DELIVERED: (PAID, {"registry_restoration"}),
    S.DEFAULTED: ({"buyer": 70_000}, set()),
}
"""Stage reached: what goes back (yuan), and the papers besides the ruling."""


def test_B55_every_stage_of_a_sale_is_in_the_table() -> None:
    rest = {S.QUALIFICATION_RECHECK, S.REVOKED}
    assert set(STAGES) == set(SettlementState) - rest


@pytest.mark.parametrize("stage", STAGES)
async def test_B55_every_effect_of_a_sale_is_undone(hall: Hall, stage: SettlementState) -> None:
    database, lot = hall.database, hall.sale.lot
    back, papers_besides = STAGES[stage]
    await hall.reach(stage)
    assert (await settlement_now(database, lot.id)).state == stage
    async with database.read(SYSTEM) as work:
        log_before = await public_log(work, lot.lot_no, SigningKey(bytes(32), "bid-receipts"))
    revoked = await hall.revoke()
    await sweep(database, "find_unreversed")

    settlement = await settlement_now(database, lot.id)
    lot = await lot_now(database, lot.id)
    assert (settlement.state, lot.state) == (S.REVOKED, LotState.REVOKED)
    async with database.read(SYSTEM) as work:
        revoked = await work.session.get_one(SaleRevocation, lot.id)
        assert (revoked.settlement_state, revoked.approver, revoked.money_fen) == (
            stage,
            "局长",
            sum(back.values()) * YUAN,
        )
        balances = await trial_balance(work)
        assert {kind: amount for kind, amount in balances.items() if amount} == {}, "every account is at zero"
        orders = await work.session.exec(
            select(PaymentOrder).where(
                PaymentOrder.lot_id == lot.id, PaymentOrder.created_at >= revoked.revoked_at
            )
        )
        made = list(orders)
        assert {order.state for order in made} == {PaymentOrderState.EXECUTED}
        assert sum(order.amount_fen for order in made) == sum(back.values()) * YUAN
        assert all(order.due_at - revoked.revoked_at <= timedelta(hours=24, minutes=1) for order in made)

        asset = await work.session.get_one(Asset, lot.asset_id)
        (seal,) = await seals_of(work, asset.id)
        assert (asset.state, seal.state, seal.ended_on) == (
            AssetState.READY_TO_LIST,
            SealState.EFFECTIVE,
            None,
        )
        running = [
            each
            for each in await deadlines_of(work, lot_id=lot.id)
            if each.state == DeadlineState.RUNNING and each.rule != "B-35"
        ]
        assert running == []
        kinds = set(
            await work.session.exec(
                select(Document.kind).where(
                    Document.lot_id == lot.id, Document.issued_at >= revoked.revoked_at
                )
            )
        )
        assert kinds == {"revocation_ruling", *papers_besides}
        log = await public_log(work, lot.lot_no, SigningKey(bytes(32), "bid-receipts"))
        assert (log, verify_log(log)) == (log_before, []), "the log of bids is untouched"
        listed = await ended_lots(work, outcome=Outcome.REVOKED)
        assert [(row.lot.id, row.buyer_name) for row in listed.rows] == [(lot.id, None)]
        titles = []
        for person in (hall.sale.winner, hall.sale.loser):
            assert person.actor.account_id is not None
            told = await notices_of(work, person.actor.account_id)
            titles.append([str(notice.title) for notice in told if "撤销" in str(notice.title)])
        assert titles == [["您竞得的标的物成交被撤销"], ["成交被撤销"]]
        assert await verify_stream(work, f"lot:{lot.id}") is None
    winner = await reloaded(database, settlement.registration_id)
    assert winner.deposit_state == DepositState.REFUNDED


async def test_B55_a_sale_is_revoked_once(hall: Hall) -> None:
    await hall.revoke()
    with pytest.raises(RuleViolation, match=r"§11\.3"):
        await hall.revoke()
    async with hall.database.read(SYSTEM) as work:
        orders = list(
            await work.session.exec(select(PaymentOrder).where(PaymentOrder.lot_id == hall.sale.lot.id))
        )
    assert len(orders) == 2, "the loser's deposit and the buyer's, each once"


async def test_P05_a_revocation_names_ground_basis_panel_and_approver_and_its_judge(hall: Hall) -> None:
    async with hall.database.begin(JUDGE) as work:
        with pytest.raises(InvalidInput) as refused:
            await revoke_sale(work, hall.sale.lot.id, ground="regret", reason="后悔", basis="", panel=["甲"])
    assert set(refused.value.fields) == {"ground", "basis", "approver", "panel"}
    for nobody in (OFFICER, PANEL, Actor(None, "外院", frozenset({Role.OBJECTION_PANEL}), "0505")):
        async with hall.database.begin(nobody) as work:
            with pytest.raises(NotPermitted):
                await revoke_sale(work, hall.sale.lot.id, **WHY)  # type: ignore[arg-type]


def test_B55_the_six_grounds_and_the_missing_notice() -> None:
    assert len(SIX_GROUNDS) == 6
    assert SIX_GROUNDS | {"no_notice"} < set(REVOCATION_GROUNDS)


@pytest.mark.parametrize("state", sorted(set(LotState) - {LotState.SOLD, LotState.DEFAULTED}))
def test_B55_only_a_sale_can_be_revoked(state: LotState) -> None:
    with pytest.raises(RuleViolation, match=r"§11\.3"):
        rules.check_revocation(state, SettlementState.PAID_FULL)


async def test_B56_money_that_has_been_paid_out_comes_back_first(hall: Hall) -> None:
    from auction.payments.orders import bank_account, price_account

    await hall.reach(S.PAID_FULL)
    lot = hall.sale.lot
    async with hall.database.begin(SYSTEM) as work:
        paid_out = [Line(price_account(lot.id, lot.case_id), 1), Line(bank_account(KUNSHAN), -1)]
        await post(work, key="payout", description="发放案款", lines=paid_out)
    with pytest.raises(RuleViolation, match="B-56"):
        await hall.revoke()


async def test_B56_paper_and_buyer_are_told_of_state_compensation_and_suits(hall: Hall) -> None:
    await hall.reach(S.PAID_FULL)
    await hall.revoke()
    ruling = await paper_text(hall.database, hall.sale.lot.id, "revocation_ruling")
    assert "可以依法申请国家赔偿，或者向有过错的人另行起诉" in ruling.replace(" ", "")
    buyer = hall.sale.winner.actor
    assert buyer.account_id is not None
    async with hall.database.read(SYSTEM) as work:
        told = " ".join(str(notice.body) for notice in await notices_of(work, buyer.account_id))
    assert "申请国家赔偿或者向责任人另行起诉" in told


@pytest.mark.parametrize(
    ("days", "asset_state", "seal_state"),
    [(0, AssetState.READY_TO_LIST, SealState.EFFECTIVE), (1200, AssetState.REVOKED, SealState.LAPSED)],
)
async def test_A03_a_seal_lives_again_unless_its_term_has_passed_meanwhile(
    hall: Hall, days: int, asset_state: AssetState, seal_state: SealState
) -> None:
    await hall.reach(S.RULING_SERVED)
    await hall.clock.pass_time(timedelta(days=days))
    await hall.revoke()
    async with hall.database.read(SYSTEM) as work:
        asset = await work.session.get_one(Asset, hall.sale.lot.asset_id)
        (seal,) = await seals_of(work, asset.id)
        revocation = await work.session.get_one(SaleRevocation, hall.sale.lot.id)
    assert (asset.state, seal.state) == (asset_state, seal_state)
    assert (revocation.seals_restored, revocation.seals_lost) == ((1, 0) if days == 0 else (0, 1))


async def test_B61_an_asset_of_a_third_party_is_not_listed_again(hall: Hall) -> None:
    await hall.revoke(ground="third_party_founded")
    async with hall.database.read(SYSTEM) as work:
        assert (await work.session.get_one(Asset, hall.sale.lot.asset_id)).state == AssetState.WITHDRAWN


async def test_B55_the_round_may_be_held_again_and_no_default_stays_on_the_list(hall: Hall) -> None:
    await hall.reach(S.DEFAULTED)
    async with hall.database.read(OFFICER) as work:
        assert [each.lot.id for each in await default_list(work)] == [hall.sale.lot.id]
    await hall.revoke()
    async with hall.database.read(OFFICER) as work:
        runs = [lot for lot in await lots_of_asset(work, hall.sale.lot.asset_id) if lot.published_at]
        position = next_position(runs)
        assert await default_list(work) == []
    assert (position.round, position.rerun, position.attempt) == ("first", 0, 1)


@pytest.mark.parametrize("stage", [S.AWAIT_BALANCE, S.RULING_SERVED])
async def test_B55_a_founded_objection_revokes_the_sale_when_it_is_final(
    hall: Hall, stage: SettlementState
) -> None:
    database, lot = hall.database, hall.sale.lot
    await hall.reach(stage)
    async with database.begin(SYSTEM) as work:
        accounts = [
            await open_account(
                work,
                login=f"judge{n}",
                password_hash="-",
                display_name=f"裁判{n}",
                roles={Role.OBJECTION_PANEL},
                court_code=KUNSHAN,
            )
            for n in range(3)
        ]
    judge = as_actor(accounts[0])
    async with database.begin(hall.sale.loser.actor) as work:
        made = await submit_objection(
            work,
            lot.asset_id,
            lot_id=lot.id,
            kind=ObjectionKind.CONDUCT,
            capacity=Capacity.WOULD_BE_BIDDER,
            claim="撤销成交",
            reasons="两名竞买人恶意串通。",
        )
    async with database.begin(judge) as work:
        await accept_objection(
            work,
            made.id,
            number=f"（2026）苏{KUNSHAN}执异3号",
            panel_accounts=[account.id for account in accounts],
        )
        await rule_objection(
            work,
            made.id,
            outcome=ObjectionOutcome.FOUNDED,
            remedy=Remedy.REVOKE_SALE,
            revocation_ground="collusion",
            finding="查明二人约定压价。",
        )
        await record_service(work, made.id, served_at=work.now, proof="回证")
    await work_off(database)
    assert (await settlement_now(database, lot.id)).state == stage, (
        "nothing happens before the ruling is final"
    )
    await hall.clock.pass_time(timedelta(days=20))
    await sweep(database, "sweep_deadlines")
    assert (await settlement_now(database, lot.id)).state == S.REVOKED
    async with database.read(SYSTEM) as work:
        revocation = await work.session.get_one(SaleRevocation, lot.id)
        assert {kind: fen for kind, fen in (await trial_balance(work)).items() if fen} == {}
    assert (revocation.ground, revocation.objection_id) == ("collusion", made.id)
    assert "执异3号" in revocation.basis


async def test_B61_no_ruling_passes_the_asset_on_while_a_third_party_claims_it(hall: Hall) -> None:
    await hall.reach(S.PAID_FULL)
    async with hall.database.begin(hall.sale.loser.actor) as work:
        await submit_objection(
            work,
            hall.sale.lot.asset_id,
            kind=ObjectionKind.THIRD_PARTY,
            capacity=Capacity.THIRD_PARTY,
            claim="停止执行",
            reasons="房屋属于本人。",
            evidence="产权证",
        )
    async with hall.database.begin(OFFICER) as work:
        with pytest.raises(RuleViolation, match="B-61"):
            await issue_ruling(work, hall.sale.lot.id)
