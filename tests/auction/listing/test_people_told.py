"""Who is told before and at the publication, with which clocks and which words (B-20 to B-25, L-09, L-10, L-26)."""

from datetime import timedelta

from sqlmodel import col, select

import auction.priority.workers  # noqa: F401 - what becomes of twenty days of silence
from auction.listing.checklist_facts import checklist_of
from auction.listing.draft_lot import draft_lot, edit_draft
from auction.listing.models import Lot, PartyNotification
from auction.listing.notify import notify_parties, post_publicly, record_notification, record_waiver
from auction.listing.papers import issue_party_notice
from auction.listing.publish_lot import publish_lot
from auction.listing.tell_holders import tell_priority_purchasers
from core.audit import AuditEvent
from core.database import Work
from core.deadlines import Deadline, DeadlineState
from core.deadlines.workers import sweep_deadlines
from core.documents import Document
from core.identity import Role
from core.identity.accounts import open_account
from core.notices import notices_of
from core.notices.models import Dispatch
from disposal_teams.assets.models import AssetKind
from disposal_teams.cases.models import Party, PartyRole
from disposal_teams.cases.register import add_party
from tests.auction.listing.workshop import (
    Surveyed,
    at,
    at_ten,
    decided,
    later,
    made_ready,
    valued_asset,
)


async def shares_lot(work: Work, *, reachable: bool = True) -> tuple[Work, Surveyed, Lot, Party]:
    """A draft of shares with a start in it, and a shareholder whom nobody has told yet."""
    team, made, _ = await valued_asset(work, kind=AssetKind.SHARES)
    holder = await add_party(
        team,
        made.case,
        role=PartyRole.SHAREHOLDER,
        name="李股东",
        phone="13000000001",
        is_reachable=reachable,
    )
    await team.session.flush()
    await decided(team, made)
    lot = await draft_lot(team, made.asset.id)
    start = at_ten((team.now + timedelta(days=40)).date())
    await edit_draft(team, lot.id, starts_at=start, ends_at=start + timedelta(days=1))
    return team, made, lot, holder


async def note_of(team: Work, lot: Lot, party: Party) -> PartyNotification:
    """The notice to somebody."""
    return (
        await team.session.exec(
            select(PartyNotification).where(
                PartyNotification.lot_id == lot.id, PartyNotification.party_id == party.id
            )
        )
    ).one()


async def clocks(team: Work) -> list[Deadline]:
    """The twenty days that run or ran, oldest first."""
    rows = await team.session.exec(
        select(Deadline)
        .where(Deadline.rule == "L-26")
        .order_by(col(Deadline.started_at))
        .execution_options(populate_existing=True)
    )
    return list(rows)


async def test_L26_the_receipt_of_a_shareholder_opens_the_twenty_days_and_nobody_elses_does(
    work: Work,
) -> None:
    team, _, lot, holder = await shares_lot(work)
    notes = await notify_parties(team, lot.id)
    assert await clocks(team) == [], "sent is not received"
    for note in notes:
        await record_notification(team, note.id, received_at=team.now, proof="回证")
    (clock,) = await clocks(team)
    assert clock.subject_id == (await note_of(team, lot, holder)).id
    assert (clock.started_at, clock.lot_id) == (team.now, lot.id)
    assert clock.due_at - team.now >= timedelta(days=20)
    assert clock.state == DeadlineState.RUNNING


async def test_L26_L10_a_posting_opens_them_five_days_later_and_a_receipt_before_that_moves_them(
    work: Work,
) -> None:
    team, _, lot, holder = await shares_lot(work, reachable=False)
    await notify_parties(team, lot.id)
    (clock,) = await clocks(team)
    assert clock.started_at == team.now + timedelta(days=5)
    assert clock.trigger_event == "lot.notice_posted"
    later_on = later(team, days=2)
    note = await note_of(team, lot, holder)
    await record_notification(later_on, note.id, received_at=later_on.now, proof="本人到院领取")
    moved, given_up = await clocks(team)
    assert (given_up.state, moved.state) == (DeadlineState.WAIVED, DeadlineState.RUNNING)
    assert moved.started_at == later_on.now


async def test_L26_who_is_posted_later_or_waives_in_writing(work: Work) -> None:
    team, _, lot, holder = await shares_lot(work)
    await notify_parties(team, lot.id)
    note = await note_of(team, lot, holder)
    await post_publicly(team, note.id)
    (clock,) = await clocks(team)
    assert clock.started_at == team.now + timedelta(days=5)
    await record_waiver(team, note.id, proof="放弃书1")
    (clock,) = await clocks(team)
    assert clock.state == DeadlineState.WAIVED


async def test_L26_twenty_days_of_silence_are_a_waiver_on_record(work: Work) -> None:
    team, _, lot, holder = await shares_lot(work)
    for note in await notify_parties(team, lot.id):
        await record_notification(team, note.id, received_at=team.now, proof="回证")
    (clock,) = await clocks(team)
    await sweep_deadlines(at(team, clock.due_at - timedelta(seconds=1)))
    assert (await clocks(team))[0].state == DeadlineState.RUNNING
    await sweep_deadlines(at(team, clock.due_at))
    assert (await clocks(team))[0].state == DeadlineState.BREACHED
    told = await team.session.exec(
        select(AuditEvent).where(AuditEvent.event == "priority.waived", AuditEvent.lot_id == lot.id)
    )
    assert told.one().details["notification"] == str((await note_of(team, lot, holder)).id)


async def test_B22_bidding_may_not_end_before_the_last_shareholders_twenty_days(work: Work) -> None:
    team, _, lot, _ = await shares_lot(work)

    async def is_red() -> bool:
        return not next(line for line in await checklist_of(team, lot) if line.id == "shareholders").ok

    assert await is_red(), "nobody told"
    notes = await notify_parties(team, lot.id)
    assert await is_red(), "sent is not received"
    for note in notes:
        await record_notification(team, note.id, received_at=team.now, proof="回证")
    assert not await is_red()
    (clock,) = await clocks(team)
    for end, red in ((clock.due_at - timedelta(seconds=1), True), (clock.due_at, False)):
        lot.starts_at, lot.scheduled_end_at = end - timedelta(days=1), end
        assert await is_red() == red


async def with_tenant(work: Work) -> tuple[Work, Surveyed, Lot, Party]:
    """A flat with a tenant whom the case knows; everybody else has been told."""
    team, made, _ = await valued_asset(work)
    tenant = await add_party(
        team, made.case, role=PartyRole.TENANT, name="赵租客", phone="13000000002", is_reachable=True
    )
    await team.session.flush()
    await decided(team, made)
    return team, made, await draft_lot(team, made.asset.id), tenant


async def test_B23_a_tenant_is_told_three_days_before_the_notice_and_five_before_the_sale(work: Work) -> None:
    team, _, lot, tenant = await with_tenant(work)
    ready = await made_ready(team, lot)
    note = await note_of(ready, lot, tenant)

    async def problem(now: Work) -> str:
        line = next(line for line in await checklist_of(now, lot) if line.id == "notified")
        return "" if line.ok else str(line.evidence)

    assert await problem(ready) == ""
    note.received_at = None
    assert "尚无送达记录" in await problem(ready)
    note.received_at = ready.now - timedelta(days=2)
    assert "3" in await problem(ready)
    assert lot.starts_at is not None
    note.received_at = lot.starts_at - timedelta(days=4)
    assert "开拍" in await problem(ready), "the five days of Civil Code 727"


async def test_B21_silence_is_a_waiver_as_the_letter_says_and_the_notice_repeats(work: Work) -> None:
    team, _, lot, _ = await with_tenant(work)
    ready = await made_ready(team, lot)
    await issue_party_notice(ready, lot_id=lot.id)
    paper = (await ready.session.exec(select(Document).where(Document.kind == "party_notice"))).one()
    said = "".join(paper.data["paragraphs"])
    assert "经通知未申请、未报名或者未出价的，视为放弃优先购买权" in said
    assert "优先竞买代码" in said
    assert f"/lots/{lot.lot_no}/priority" in str(paper.data["facts"])
    assert "送达回证" in str(paper.data["closing"])
    assert "视为放弃" in lot.disclosure["priority_statement"]


async def test_B20_holders_whom_the_court_knows_are_told_when_the_notice_is_out(work: Work) -> None:
    team, made, lot, tenant = await with_tenant(work)
    account = await open_account(
        team, login="tenant", password_hash="x", display_name="赵租客", roles={Role.BIDDER}
    )
    owner = await add_party(
        team, made.case, role=PartyRole.CO_OWNER, name="钱共有", account_id=account.id, is_reachable=True
    )
    ready = await made_ready(team, lot)
    await publish_lot(ready, lot.id)
    await tell_priority_purchasers(ready, lot_id=lot.id)
    await tell_priority_purchasers(ready, lot_id=lot.id)
    (told,) = [each for each in await notices_of(ready, account.id) if each.link is not None]
    assert told.link == f"/lots/{lot.lot_no}/priority"
    keys = list(await ready.session.exec(select(Dispatch.key)))
    assert keys == [f"lot:{lot.id}:holder:{tenant.id}"], "a person without an account gets a message, once"
    assert owner.id not in keys
