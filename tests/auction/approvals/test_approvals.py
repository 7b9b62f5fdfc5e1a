"""Shares that pass only with an approval: the ruling waits, and a refusal leads to the revocation (A-25, B-75, B-55)."""

import pytest
from sqlmodel import select

from auction.approvals.follow import note_approval_needed, record_approval_answer
from auction.approvals.rules import revocation_ground
from auction.revocation.grounds import REVOCATION_GROUNDS
from auction.revocation.revoke_sale import revoke_sale
from auction.settlement.models import SettlementState
from auction.settlement.ruling import issue_ruling
from core.database import Database
from core.deadlines.models import Deadline, DeadlineState
from core.errors import InvalidInput, NotPermitted, RuleViolation
from core.identity import SYSTEM, Role
from core.identity.accounts import as_actor, open_account
from core.ledger import trial_balance
from core.notices import notices_of
from disposal_teams.assets.models import Asset, AssetState
from tests.auction.listing.workshop import PANEL, STRANGER
from tests.auction.market import OFFICER, pay
from tests.auction.revocation.conftest import Sale
from tests.auction.revocation.test_revocation import JUDGE, WHY
from tests.auction.settlement.test_whole_sale import settlement_now
from tests.disposal_teams.city import KUNSHAN
from tests.working_off import work_off

NEED = {"authority": "国家金融监督管理总局苏州监管分局", "matter": "受让银行股权的股东资格"}


async def paid(database: Database, sale: Sale) -> None:
    """The whole price arrives."""
    settlement = await settlement_now(database, sale.lot.id)
    await pay(database, settlement.virtual_account_no, settlement.balance_fen, sale.winner.name)


async def ruling_clocks(database: Database) -> list[str]:
    """The clocks of the ruling, in their order."""
    async with database.read(SYSTEM) as work:
        rows = await work.session.exec(
            select(Deadline).where(Deadline.rule == "L-19").order_by(Deadline.id)  # type: ignore[arg-type]
        )
        return [each.state for each in rows]


@pytest.mark.parametrize("is_paid_first", [True, False])
async def test_B75_the_ruling_and_its_clock_wait_for_the_approval(
    database: Database, sale: Sale, is_paid_first: bool
) -> None:
    lot = sale.lot
    if is_paid_first:
        await paid(database, sale)
    for nobody in (PANEL, STRANGER):
        with pytest.raises(NotPermitted):
            async with database.begin(nobody) as work:
                await note_approval_needed(work, lot.id, **NEED)
    with pytest.raises(InvalidInput) as refused:
        async with database.begin(OFFICER) as work:
            await note_approval_needed(work, lot.id, authority="", matter=" ")
    assert set(refused.value.fields) == {"authority", "matter"}
    async with database.begin(OFFICER) as work:
        await note_approval_needed(work, lot.id, **NEED)
    if not is_paid_first:
        await paid(database, sale)
    assert await ruling_clocks(database) == ([DeadlineState.WAIVED] if is_paid_first else [])
    with pytest.raises(RuleViolation, match="B-75"):
        async with database.begin(OFFICER) as work:
            await issue_ruling(work, lot.id)
    async with database.begin(OFFICER) as work:
        await record_approval_answer(work, lot.id, is_approved=True, answer_no="苏金复〔2026〕1号", answer="")
    assert (await ruling_clocks(database))[-1] == DeadlineState.RUNNING
    with pytest.raises(RuleViolation, match="B-75"):
        async with database.begin(OFFICER) as work:
            await record_approval_answer(work, lot.id, is_approved=False, answer_no="2号", answer="x")
    async with database.begin(OFFICER) as work:
        await issue_ruling(work, lot.id)
    assert (await settlement_now(database, lot.id)).state == SettlementState.RULING_ISSUED


@pytest.mark.parametrize(
    ("because_of_buyer", "asset_state"), [(True, AssetState.READY_TO_LIST), (False, AssetState.WITHDRAWN)]
)
async def test_B75_a_refusal_leads_to_the_revocation_and_all_money_back(
    database: Database, sale: Sale, because_of_buyer: bool, asset_state: AssetState
) -> None:
    lot = sale.lot
    async with database.begin(SYSTEM) as work:
        judge = as_actor(
            await open_account(
                work,
                login="judge",
                password_hash="-",
                display_name="裁判",
                roles={Role.OBJECTION_PANEL},
                court_code=KUNSHAN,
            )
        )
    await paid(database, sale)
    async with database.begin(OFFICER) as work:
        await note_approval_needed(work, lot.id, **NEED)
    with pytest.raises(InvalidInput):
        async with database.begin(OFFICER) as work:
            await record_approval_answer(work, lot.id, is_approved=False, answer_no="3号", answer="")
    async with database.begin(OFFICER) as work:
        await record_approval_answer(
            work,
            lot.id,
            is_approved=False,
            answer_no="3号",
            answer="不符合股东条件",
            because_of_buyer=because_of_buyer,
        )
    with pytest.raises(RuleViolation, match="B-75"):
        async with database.begin(OFFICER) as work:
            await issue_ruling(work, lot.id)
    async with database.read(SYSTEM) as work:
        assert judge.account_id is not None
        told = {(str(each.title), each.link) for each in await notices_of(work, judge.account_id)}
    assert ("转让未获批准，请依法撤销成交", f"/team/lots/{lot.lot_no}/acts/revoke") in told
    ground = revocation_ground(because_of_buyer=because_of_buyer)
    assert ground in REVOCATION_GROUNDS
    async with database.begin(JUDGE) as work:
        await revoke_sale(work, lot.id, **{**WHY, "ground": ground})  # type: ignore[arg-type]
    await work_off(database)
    async with database.read(SYSTEM) as work:
        assert {kind: fen for kind, fen in (await trial_balance(work)).items() if fen} == {}
        assert (await work.session.get_one(Asset, lot.asset_id)).state == asset_state
