"""A lot in preparation meets a transfer: drafts and panel records of the old court are void, publishing waits (T-01, T-05)."""

import asyncio

import pytest
from sqlmodel import select

import auction.listing.workers  # noqa: F401 - it follows a change of court
from auction.listing.checklist_facts import checklist_of
from auction.listing.draft_lot import draft_lot
from auction.listing.models import Lot, LotState, PanelDecision
from auction.listing.panel import record_panel_decision
from auction.listing.publish_lot import ChecklistRefused, publish_lot
from core.database import Database, Work
from core.errors import Conflict, NotPermitted, RuleViolation
from core.identity import SYSTEM, Actor, Role
from disposal_teams.assets.models import Asset, AssetState
from disposal_teams.assets.seal import record_seal
from disposal_teams.cases.models import EnforcementCase
from disposal_teams.transfers.answer import consent_transfer
from disposal_teams.transfers.complete_handover import hand_over_of
from disposal_teams.transfers.leave import allow_publishing
from disposal_teams.transfers.models import TransferBasis, TransferRequest
from disposal_teams.transfers.request import request_transfer
from tests.auction.listing.workshop import YUAN, Surveyed, by, decided, later, ready_lot
from tests.disposal_teams.city import DIRECTOR, KUNSHAN, WUZHONG, make_case, person

OURS, THEIRS = person(KUNSHAN, *DIRECTOR), person(WUZHONG, *DIRECTOR)


async def waited_for(work: Work, made: Surveyed) -> EnforcementCase:
    """吴中 has a waiting seal with a prior right on the asset."""
    case = await make_case(work, WUZHONG, 5)
    await record_seal(
        by(work, person(WUZHONG)),
        made.asset,
        case_no=case.case_no,
        registered_on=work.now.date(),
        has_priority_right=True,
    )
    return case


async def asked(work: Work, made: Surveyed, case: EnforcementCase) -> TransferRequest:
    """吴中 asks for it."""
    return await request_transfer(
        by(work, THEIRS), asset=made.asset, requesting_case=case, basis=TransferBasis.PRIORITY_CLAIM,
        reason="抵押权已确认", claim_fen=300_000 * YUAN, effective_title="（2025）苏0506民初1号", right_note="第一顺位抵押权",
    )  # fmt: skip


async def test_T05_drafts_and_panel_records_of_the_old_court_are_void(work: Work) -> None:
    team, made, lot = await ready_lot(work)
    request = await asked(team, made, await waited_for(team, made))
    await consent_transfer(by(team, OURS), request)
    await team.session.refresh(lot)
    assert (lot.state, lot.ended_reason) == (LotState.WITHDRAWN, "transferred")
    opened = await hand_over_of(by(team, OURS), request.id)
    assert opened is not None
    assert opened.followed["drafts_voided"] == 1
    theirs = by(team, Actor(None, "吴中", frozenset({Role.DISPOSAL_TEAM, Role.PANEL_MEMBER}), WUZHONG))
    with pytest.raises(RuleViolation, match="B-03"):
        await draft_lot(theirs, made.asset.id)
    with pytest.raises(NotPermitted):
        await decided(team, made)
    await record_panel_decision(
        theirs,
        made.asset.id,
        starting_price_fen=700_000 * YUAN,
        increment_fen=3_000 * YUAN,
        deposit_fen=70_000 * YUAN,
        members=["丙", "丁", "戊"],
        minutes="一致同意。",
        decided_on=team.now.date(),
    )
    again = await draft_lot(theirs, made.asset.id)
    assert (again.court_code, again.attempt) == (WUZHONG, lot.attempt + 1)


async def test_T05_a_panel_record_that_no_lot_has_taken_over_is_void_too(work: Work) -> None:
    team, made, lot = await ready_lot(work)
    await team.session.refresh(made.asset)
    request = await asked(team, made, await waited_for(team, made))
    decision = (await team.session.exec(select(PanelDecision))).one()
    decision.lot_id = None
    await team.session.flush()
    await consent_transfer(by(team, OURS), request)
    await team.session.refresh(decision)
    assert decision.voided_at == team.now
    assert lot.court_code == KUNSHAN


async def test_T01_no_notice_while_a_request_is_open_except_by_leave(work: Work) -> None:
    team, made, lot = await ready_lot(work)
    request = await asked(team, made, await waited_for(team, made))
    with pytest.raises(ChecklistRefused):
        await publish_lot(team, lot.id)
    assert "transfer" in {line.id for line in await checklist_of(team, lot) if not line.ok}
    await allow_publishing(by(team, THEIRS), request, note="同意由首封法院先行拍卖")
    await publish_lot(later(team, seconds=1), lot.id)
    assert lot.state == LotState.PUBLISHED


async def test_T01_publishing_and_asking_at_the_same_moment_leave_one_of_them(database: Database) -> None:
    async with database.begin(SYSTEM) as work:
        team, made, lot = await ready_lot(work)
        case = await waited_for(team, made)
        now = team.now

    async def publish() -> str:
        async with database.begin(team.actor) as work:
            await publish_lot(Work(work.session, team.actor, now), lot.id)
        return "published"

    async def ask() -> str:
        async with database.begin(THEIRS) as work:
            await asked(Work(work.session, THEIRS, now), made, case)
        return "asked"

    answers = await asyncio.gather(publish(), ask(), return_exceptions=True)
    refused = [each for each in answers if isinstance(each, RuleViolation | Conflict)]
    assert len(refused) == 1, answers
    async with database.read(SYSTEM) as work:
        asset = await work.session.get_one(Asset, made.asset.id)
        stands = await work.session.get_one(Lot, lot.id)
        published = stands.state == LotState.PUBLISHED
        assert asset.state == (AssetState.LISTED if published else AssetState.TRANSFER_PENDING)
        assert ("published" in answers) == published
