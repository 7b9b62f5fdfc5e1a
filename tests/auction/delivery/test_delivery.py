"""An occupied flat is cleared by notice and force and handed over; the buyer confirms; a late court is flagged (B-72, L-21)."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import select

from auction.delivery.clear import (
    plan_force,
    propose_clearing,
    record_clearing,
    record_posting,
    refuse_notice,
    sign_notice,
)
from auction.delivery.files import add_files, file_for_buyer, file_for_court
from auction.delivery.hand_over import confirm_receipt, record_delivery
from auction.delivery.models import (
    Capacity,
    ClearedHow,
    Clearing,
    ClearingState,
    DeliveryFile,
    FileKind,
    GoodsTaker,
    Receipt,
)
from auction.delivery.queries import hand_over_of, notices_to_sign
from auction.delivery.rules import Goods, Present
from auction.revocation.revoke_sale import revoke_sale
from auction.settlement.models import SettlementState
from auction.settlement.queries import own_sale
from auction.settlement.ruling import send_registry_notice
from core.database import Database
from core.deadlines import DeadlineState
from core.deadlines.models import Deadline
from core.deadlines.rules import day_in_court
from core.errors import InvalidInput, NotFound, NotPermitted, RuleViolation
from core.identity import SYSTEM, Actor
from core.notices import notices_of
from disposal_teams.objections.models import Capacity as ObjectionCapacity
from disposal_teams.objections.models import ObjectionKind
from disposal_teams.objections.submit import submit_objection
from tests.auction.delivery.conftest import Served
from tests.auction.listing.workshop import STRANGER
from tests.auction.market import OFFICER, hand_over
from tests.auction.revocation.test_revocation import JUDGE, WHY
from tests.auction.settlement.test_whole_sale import paper_text, settlement_now
from tests.conftest import CourtClock
from tests.working_off import sweep, work_off

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


async def propose(database: Database, served: Served, *, days: int = 7) -> Clearing:
    """The officer asks for the notice."""
    async with database.begin(OFFICER) as work:
        return await propose_clearing(
            work,
            served.lot.id,
            occupants="王小明及其家人",
            leave_by=day_in_court(work.now) + timedelta(days=days),
            helpers="某社区居委会，王某",
        )


async def signed(database: Database, served: Served) -> Clearing:
    """The president signs it."""
    await propose(database, served)
    async with database.begin(served.president) as work:
        return await sign_notice(work, served.lot.id)


async def clearing_now(database: Database, lot_id: UUID) -> Clearing:
    """The clearing as it stands."""
    async with database.read(SYSTEM) as work:
        return await work.session.get_one(Clearing, lot_id)


async def titles(database: Database, person: Actor) -> list[str]:
    """What somebody has been told."""
    assert person.account_id is not None
    async with database.read(SYSTEM) as work:
        return [str(notice.title) for notice in await notices_of(work, person.account_id)]


async def clock_of(database: Database, rule: str) -> Deadline:
    """The one clock of a rule."""
    async with database.read(SYSTEM) as work:
        return (await work.session.exec(select(Deadline).where(Deadline.rule == rule))).one()


async def test_B72_an_occupied_flat_is_cleared_by_force_and_handed_over(
    database: Database, clock: CourtClock, served: Served
) -> None:
    lot = served.lot
    clearing = await signed(database, served)
    for kind in ("eviction_notice", "move_out_order"):
        text = await paper_text(database, lot.id, kind)
        for said in ("王小明及其家人", "院长", served.president.name, "某社区居委会"):
            assert said in text, (kind, said)
    async with database.begin(OFFICER) as work:
        await record_posting(work, lot.id, where="单元门和本户门口各一张，通知书由王小明签收")
    with pytest.raises(RuleViolation, match="B-72"):
        async with database.begin(OFFICER) as work:
            await plan_force(
                work,
                lot.id,
                forced_at=work.now + timedelta(days=1),
                leader="甲",
                forces="法警",
                care="无",
                storage="仓库",
            )
    with pytest.raises(RuleViolation, match="B-72"):
        async with database.begin(OFFICER) as work:
            await record_delivery(work, lot.id, hand_over(work.now))

    await clock.travel_to((await clock_of(database, "B-72")).due_at)
    await sweep(database, "sweep_deadlines")
    await sweep(database, "sweep_deadlines")
    assert (await clearing_now(database, lot.id)).overdue_at is not None
    assert (await titles(database, served.director)).count("占用人逾期未迁出") == 1
    async with database.begin(OFFICER) as work:
        planned = await plan_force(
            work,
            lot.id,
            forced_at=work.now + timedelta(days=1),
            leader="执行局副局长",
            forces="法警六名，开锁一名，搬运八名",
            care="一名老人，由子女接走",
            storage="某路仓库",
        )
    assert planned.forced_at is not None
    assert "某路仓库" in await paper_text(database, lot.id, "eviction_plan")
    await clock.travel_to(planned.forced_at + timedelta(hours=3))
    async with database.begin(OFFICER) as work:
        await record_clearing(
            work,
            lot.id,
            how=ClearedHow.FORCED,
            cleared_at=work.now,
            people=(Present("甲", Capacity.COURT), Present("王某", Capacity.GRASSROOTS)),
            goods=(Goods("沙发", "1组", "旧"), Goods("电视机", "1台", "完好")),
            taker=GoodsTaker.FAMILY,
            taken_by="王大明（被执行人之子）",
        )
    listed = await paper_text(database, lot.id, "clearing_record")
    for said in ("沙发", "电视机", "王大明", "交付被执行人的成年家属"):
        assert said in listed
    assert (await clock_of(database, "B-72")).done_at is not None

    async with database.begin(OFFICER) as work:
        await record_delivery(work, lot.id, hand_over(work.now, gas="57"))
    record = await paper_text(database, lot.id, "delivery_record")
    for said in ("钥匙两把", "水表读数", "燃气表读数", "王网格", "基层组织人员"):
        assert said in record
    assert (await settlement_now(database, lot.id)).state == SettlementState.DELIVERED
    assert (await clock_of(database, "L-21")).done_at is not None
    told = await titles(database, served.buyer.actor)
    for said in ("法院已责令占用人迁出", "法院将强制腾退", "标的物已腾空", "标的物已交付，请确认"):
        assert said in told
    assert clearing.signed_by == served.president.account_id


async def test_B72_only_the_president_signs_and_may_send_it_back(
    database: Database, clock: CourtClock, served: Served
) -> None:
    await propose(database, served)
    assert "腾退公告待签发" in await titles(database, served.president)
    for nobody in (OFFICER, served.director, STRANGER):
        with pytest.raises(NotPermitted):
            async with database.begin(nobody) as work:
                await sign_notice(work, served.lot.id)
    with pytest.raises(InvalidInput):
        async with database.begin(served.president) as work:
            await refuse_notice(work, served.lot.id, reason=" ")
    async with database.begin(served.president) as work:
        assert [lot.id for _, lot in await notices_to_sign(work, served.lot.court_code)] == [served.lot.id]
        await refuse_notice(work, served.lot.id, reason="占用人的租赁权尚未查清")
    assert "腾退公告未予签发" in await titles(database, served.officer)
    await propose(database, served, days=6)
    await clock.pass_time(timedelta(days=3))
    with pytest.raises(InvalidInput):  # the day has come too near while it lay there
        async with database.begin(served.president) as work:
            await sign_notice(work, served.lot.id)


async def test_B72_who_leaves_by_himself_needs_no_force(database: Database, served: Served) -> None:
    await signed(database, served)
    with pytest.raises(RuleViolation, match="B-72"):
        async with database.begin(OFFICER) as work:
            await record_clearing(work, served.lot.id, how=ClearedHow.FORCED, cleared_at=work.now)
    async with database.begin(OFFICER) as work:
        await record_clearing(work, served.lot.id, how=ClearedHow.LEFT, cleared_at=work.now)
    assert (await clock_of(database, "B-72")).state == DeadlineState.MET
    async with database.begin(OFFICER) as work:
        await record_delivery(work, served.lot.id, hand_over(work.now))


async def test_L21_a_late_delivery_is_flagged_to_the_director_and_the_buyer_is_told(
    database: Database, clock: CourtClock, served: Served
) -> None:
    due = (await clock_of(database, "L-21")).due_at
    await clock.travel_to(due - timedelta(seconds=5))
    await sweep(database, "sweep_deadlines")
    assert "标的物逾期未交付，请制定腾退方案" not in await titles(database, served.director)
    await clock.travel_to(due)
    await sweep(database, "sweep_deadlines")
    await sweep(database, "sweep_deadlines")
    for person in (served.director, served.officer):
        assert (await titles(database, person)).count("标的物逾期未交付，请制定腾退方案") == 1
    assert "交付已逾期" in await titles(database, served.buyer.actor)
    async with database.read(served.buyer.actor) as work:
        file = await hand_over_of(work, await own_sale(work, served.lot.lot_no))
    assert file.is_late
    assert file.promise is not None
    assert file.promise.within_days == 15


async def test_B72_the_buyer_confirms_or_objects_and_nobody_else(database: Database, served: Served) -> None:
    with pytest.raises(NotFound):
        async with database.begin(served.buyer.actor) as work:
            await confirm_receipt(work, served.lot.lot_no, receipt=Receipt.RECEIVED)
    async with database.begin(OFFICER) as work:
        await record_delivery(work, served.lot.id, hand_over(work.now))
    for nobody in (served.loser.actor, OFFICER):
        with pytest.raises(NotFound):
            async with database.begin(nobody) as work:
                await confirm_receipt(work, served.lot.lot_no, receipt=Receipt.RECEIVED)
    async with database.begin(served.buyer.actor) as work:
        await confirm_receipt(
            work, served.lot.lot_no, receipt=Receipt.RESERVED, reservations="厨房漏水，公告未写明"
        )
    assert "买受人对交付提出异议" in await titles(database, served.director)
    with pytest.raises(RuleViolation, match="B-72"):
        async with database.begin(served.buyer.actor) as work:
            await confirm_receipt(work, served.lot.lot_no, receipt=Receipt.RECEIVED)


async def test_B73_the_registry_may_be_told_after_the_hand_over(database: Database, served: Served) -> None:
    async with database.begin(OFFICER) as work:
        await record_delivery(work, served.lot.id, hand_over(work.now))
        await send_registry_notice(work, served.lot.id)
    sale = await settlement_now(database, served.lot.id)
    assert sale.state == SettlementState.DELIVERED
    assert sale.transfer_notice_sent_at is not None
    assert (await clock_of(database, "L-20")).state == DeadlineState.MET
    with pytest.raises(RuleViolation):
        async with database.begin(OFFICER) as work:
            await send_registry_notice(work, served.lot.id)


async def test_P01_photos_of_other_peoples_homes_are_not_the_buyers(
    database: Database, served: Served
) -> None:
    lot_no = served.lot.lot_no
    async with database.begin(OFFICER) as work:
        for kind in (FileKind.PHOTO, FileKind.CLEARING):
            assert await add_files(work, lot_no, [("某.png", PNG)], kind=kind) == 1
        kept = {FileKind(row.kind): row.file_id for row in await work.session.exec(select(DeliveryFile))}
    async with database.read(served.buyer.actor) as work:
        assert (await file_for_buyer(work, lot_no, kept[FileKind.PHOTO])).content == PNG
        with pytest.raises(NotFound):
            await file_for_buyer(work, lot_no, kept[FileKind.CLEARING])
    async with database.read(served.loser.actor) as work:
        with pytest.raises(NotFound):
            await file_for_buyer(work, lot_no, kept[FileKind.PHOTO])
    async with database.read(STRANGER) as work:
        with pytest.raises(NotFound):
            await file_for_court(work, lot_no, kept[FileKind.PHOTO])
    for wrong in (b"MZ", b"\xff\xd8\xff" + bytes(10_000_001)):
        with pytest.raises(InvalidInput):
            async with database.begin(OFFICER) as work:
                await add_files(work, lot_no, [("某.png", wrong)], kind=FileKind.PHOTO)


async def test_B55_a_revoked_sale_puts_nobody_out(database: Database, served: Served) -> None:
    await signed(database, served)
    async with database.begin(JUDGE) as work:
        await revoke_sale(work, served.lot.id, **WHY)  # type: ignore[arg-type]
    await work_off(database)
    assert (await clearing_now(database, served.lot.id)).state == ClearingState.ENDED
    assert (await clock_of(database, "B-72")).state == DeadlineState.WAIVED
    with pytest.raises(RuleViolation):
        async with database.begin(OFFICER) as work:
            await record_clearing(work, served.lot.id, how=ClearedHow.LEFT, cleared_at=work.now)


async def test_B60_an_objection_alone_does_not_stop_the_clearing(database: Database, served: Served) -> None:
    await signed(database, served)
    async with database.begin(SYSTEM) as work:
        lot = served.lot
        await submit_objection(
            work,
            lot.asset_id,
            kind=ObjectionKind.CONDUCT,
            capacity=ObjectionCapacity.OTHER_INTERESTED,
            claim="停止腾退",
            reasons="本人为合法承租人",
            filer_name="承租人某",
        )
    async with database.begin(OFFICER) as work:
        await record_clearing(work, served.lot.id, how=ClearedHow.LEFT, cleared_at=work.now)
