"""The nightly scan: what each waiting court is proposed to ask for, by which rule, with which expectation (L-28, L-31)."""

import gc
import tracemalloc
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from core.database import Database, Work
from core.errors import Conflict, InvalidInput, NotFound, RuleViolation
from core.identity import SYSTEM, Role
from core.identity.accounts import open_account
from core.notices import notices_of
from core.outbox.timetable import PERIODIC, run_periodic
from disposal_teams.assets.advance import advance_asset
from disposal_teams.assets.models import Asset, AssetState, SealKind
from disposal_teams.assets.seal import record_seal, release_seal
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.register import add_party
from disposal_teams.transfers import facts
from disposal_teams.transfers.models import ProposalState, TransferBasis, TransferProposal
from disposal_teams.transfers.propose import dismiss_proposal, proposals_for, scan_idle_seals
from disposal_teams.transfers.request import recall_transfer, request_transfer
from disposal_teams.transfers.workers import scan_idle_first_seals
from tests.conftest import CourtClock
from tests.disposal_teams.city import (
    DIRECTOR,
    HUQIU,
    KUNSHAN,
    WUZHONG,
    acting,
    days_ago,
    make_asset,
    make_case,
    make_disputed,
    person,
)
from tests.disposal_teams.test_transfers import T10, WAITING, ask

NIGHTLY = PERIODIC[f"{scan_idle_first_seals.__module__}.scan_idle_first_seals"]


@contextmanager
def worth(values: dict[UUID, int]) -> Iterator[None]:
    """The floor above knows these values."""

    async def known(work: Work, asset_ids: Collection[UUID]) -> dict[UUID, int]:
        return {asset_id: values[asset_id] for asset_id in asset_ids if asset_id in values}

    before = facts._VALUE_SOURCES[:]
    facts.knows_values(known)
    try:
        yield
    finally:
        facts._VALUE_SOURCES[:] = before


async def test_L28_T10_proposed_from_day_61_once_and_gone_when_asked_for(work: Work) -> None:
    early = await make_disputed(work, sealed_ago=60, number=1)
    due = await make_disputed(work, sealed_ago=61, number=2)
    assert await scan_idle_seals(work) == {WUZHONG: 1}
    assert await scan_idle_seals(work) == {}
    waiting = acting(work, WAITING)
    (proposed,) = await proposals_for(waiting, WUZHONG)
    assert (proposed.asset_no, proposed.idle_days) == (due.asset.asset_no, 61)
    assert (proposed.proposal.basis, proposed.proposal.eligible_on) == (T10, days_ago(work, 0))
    assert proposed.proposal.surplus_fen is None
    assert await work.session.get(TransferProposal, early.waiting_seal.id) is None
    request = await ask(work, due)
    assert await proposals_for(waiting, WUZHONG) == []
    assert await scan_idle_seals(work) == {}
    await recall_transfer(waiting, request, reason="当事人和解")
    assert await scan_idle_seals(work) == {WUZHONG: 1}


async def test_T01_T10_T15_each_rule_proposes_its_own_court_with_its_surplus(work: Work) -> None:
    priority = await make_disputed(work, sealed_ago=70, number=1)
    priority.waiting_seal.has_priority_right = True
    hopeless = await make_disputed(work, sealed_ago=70, number=2)
    hopeless.first_seal.has_priority_right = True
    idle = await make_disputed(work, sealed_ago=400, number=3)
    idle.first_seal.kind, idle.first_seal.has_priority_right = SealKind.PRESERVATION, True
    await work.session.flush()
    with worth({priority.asset.id: 80_000_000, hopeless.asset.id: 5_000_000, idle.asset.id: 4_000_000}):
        await scan_idle_seals(work)
    found = {
        each.asset_no: (each.proposal.basis, each.proposal.surplus_fen)
        for each in await proposals_for(acting(work, WAITING), WUZHONG)
    }
    assert found == {
        priority.asset.asset_no: (TransferBasis.PRIORITY_CLAIM, 80_000_000),
        idle.asset.asset_no: (TransferBasis.IDLE_PRESERVATION, -1_000_000),
    }


async def test_T10_earlier_seals_count_against_a_company_only(work: Work) -> None:
    made = await make_disputed(work, number=1)
    with worth({made.asset.id: 5_000_000}):
        await scan_idle_seals(work)
        (proposed,) = await proposals_for(acting(work, WAITING), WUZHONG)
        assert proposed.proposal.surplus_fen == 5_000_000
        officer = acting(work, person(HUQIU))
        await add_party(
            officer, made.first_case, role=PartyRole.DEBTOR, name="某公司", is_natural_person=False
        )
        await work.session.flush()
        await scan_idle_seals(Work(work.session, SYSTEM, work.now + timedelta(seconds=1)))
        assert await proposals_for(acting(work, WAITING), WUZHONG) == []
        with pytest.raises(RuleViolation, match="没有剩余"):
            await ask(work, made)


async def test_T15_only_the_earliest_waiting_enforcement_court_is_proposed(work: Work) -> None:
    # L-31: as rulebook §12.1 has it.
    made = await make_disputed(work, sealed_ago=400)
    made.first_seal.kind, made.first_seal.has_priority_right = SealKind.PRESERVATION, True
    later = await make_case(work, KUNSHAN, 7, filed_ago=30)
    await record_seal(
        acting(work, person(KUNSHAN)), made.asset, case_no=later.case_no, registered_on=days_ago(work, 30)
    )
    with worth({made.asset.id: 1}):
        assert await scan_idle_seals(work) == {WUZHONG: 1}


async def test_a_dismissed_proposal_stays_dismissed_and_what_is_no_longer_eligible_lapses(work: Work) -> None:
    made = await make_disputed(work, number=1)
    other = await make_disputed(work, number=2)
    await scan_idle_seals(work)
    waiting = acting(work, WAITING)
    with pytest.raises(NotFound):
        await dismiss_proposal(acting(work, person(KUNSHAN, *DIRECTOR)), made.waiting_seal.id, why="x")
    with pytest.raises(InvalidInput):
        await dismiss_proposal(waiting, made.waiting_seal.id, why=" ")
    await dismiss_proposal(waiting, made.waiting_seal.id, why="债权已由他案受偿")
    with pytest.raises(Conflict):
        await dismiss_proposal(waiting, made.waiting_seal.id, why="再次")
    for state in (AssetState.UNDER_SURVEY, AssetState.VALUATION, AssetState.READY_TO_LIST, AssetState.LISTED):
        await advance_asset(work, other.asset, state, reason="x")
    later = Work(work.session, SYSTEM, work.now + timedelta(seconds=1))
    assert await scan_idle_seals(later) == {}
    assert await proposals_for(waiting, WUZHONG) == []
    rows = await work.session.execute(text("SELECT seal_id, state FROM transfer_proposal"))
    assert dict(rows.all()) == {
        made.waiting_seal.id: ProposalState.DISMISSED,
        other.waiting_seal.id: ProposalState.LAPSED,
    }
    await release_seal(acting(work, person(WUZHONG)), other.waiting_seal.id, reason="已受偿")


async def test_L28_the_scan_runs_by_itself_each_night_and_tells_the_court(
    database: Database, clock: CourtClock
) -> None:
    async with database.begin(SYSTEM) as work:
        made = await make_disputed(work, sealed_ago=59)
        director = await open_account(
            work,
            login="zhao",
            password_hash="x",
            display_name="赵",
            roles={Role.BUREAU_DIRECTOR},
            court_code=WUZHONG,
        )
    await run_periodic(database, NIGHTLY)
    for day in range(2):
        async with database.read(WAITING) as work:
            assert await proposals_for(work, WUZHONG) == [], f"day {59 + day}"
        await clock.pass_time(timedelta(days=1))
        await run_periodic(database, NIGHTLY)
        assert not await run_periodic(database, NIGHTLY)
    async with database.read(WAITING) as work:
        assert [each.asset_no for each in await proposals_for(work, WUZHONG)] == [made.asset.asset_no]
        told = await notices_of(work, director.id)
    assert [notice.link for notice in told] == ["/court#idle"]


async def test_the_scan_takes_one_pass_in_memory_that_does_not_grow_with_the_city(work: Work) -> None:
    made = await make_disputed(work, number=1)
    await _copies(work, made.asset, 400)
    small = await _peak(work)
    await _copies(work, made.asset, 2_000)
    assert await _peak(work) < small * 1.5 + 1_000_000
    (number,) = (await work.session.execute(text("SELECT count(*) FROM transfer_proposal"))).one()
    assert number == 2_401


async def _peak(work: Work) -> int:
    """The most memory that one scan takes, in bytes."""
    work.session.expunge_all()
    gc.collect()
    tracemalloc.start()
    await scan_idle_seals(work, batch=100)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


async def _copies(work: Work, asset: Asset, number: int) -> None:
    """So many further assets that are sealed and waited for as this one is."""
    await work.session.execute(
        text(
            """
            WITH made AS (
                INSERT INTO asset SELECT (jsonb_populate_record(a, jsonb_build_object('id', gen_random_uuid(),
                    'asset_no', 'C' || g || '-' || :number, 'registry_no', NULL))).*
                FROM asset AS a, generate_series(1, :number) AS g WHERE a.id = :id RETURNING id)
            INSERT INTO seal SELECT (jsonb_populate_record(s, jsonb_build_object('id', gen_random_uuid(),
                'asset_id', made.id))).* FROM seal AS s, made WHERE s.asset_id = :id
            """
        ),
        {"id": asset.id, "number": number},
    )


async def test_T01_a_request_is_judged_again_when_it_is_signed(work: Work) -> None:
    made = await make_disputed(work)
    await scan_idle_seals(work)
    for state in (AssetState.UNDER_SURVEY, AssetState.VALUATION, AssetState.READY_TO_LIST, AssetState.LISTED):
        await advance_asset(work, made.asset, state, reason="x")
    with pytest.raises(RuleViolation) as refusal:
        await ask(work, made)
    assert refusal.value.rule == "T-01"


async def test_T16_the_executing_court_of_the_same_claim_waits_for_nothing(work: Work) -> None:
    made = await make_disputed(work, sealed_ago=3)
    preserving = await make_case(work, HUQIU, 9, kind="执保", filed_ago=3)
    asset = await make_asset(work, preserving, sealed_ago=None)
    await record_seal(
        acting(work, person(HUQIU)),
        asset,
        case_no=preserving.case_no,
        registered_on=days_ago(work, 3),
        kind=SealKind.PRESERVATION,
    )
    for case in (preserving, made.waiting_case):
        officer = acting(work, person(case.court_code))
        await add_party(officer, case, role=PartyRole.APPLICANT, name="某银行", is_natural_person=False)
        if case is preserving:
            with pytest.raises(RuleViolation, match="同一债权"):
                await request_transfer(
                    acting(work, WAITING),
                    asset=asset,
                    requesting_case=made.waiting_case,
                    basis=TransferBasis.SAME_CLAIM,
                    reason="保全法院与执行法院不一致",
                )
        await add_party(officer, case, role=PartyRole.DEBTOR, name="王某")
        await work.session.flush()
    request = await request_transfer(
        acting(work, WAITING),
        asset=asset,
        requesting_case=made.waiting_case,
        basis=TransferBasis.SAME_CLAIM,
        reason="保全法院与执行法院不一致",
    )
    assert request.basis == TransferBasis.SAME_CLAIM
