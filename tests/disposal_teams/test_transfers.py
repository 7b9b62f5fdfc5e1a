"""The disposal right moves between courts: request, clocks, consent, refusal, silence, decision (T-01…T-12, §11.6)."""

from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlmodel import select

from core.audit import history, verify_stream
from core.calendar import official_calendar
from core.clock import COURT_ZONE
from core.database import Database, Work
from core.deadlines import Deadline, DeadlineState
from core.documents import document_by_id
from core.errors import Conflict, NotFound, RuleViolation
from core.identity import SYSTEM, Role
from core.identity.accounts import open_account
from core.notices import notices_of
from core.outbox.timetable import PERIODIC, run_periodic
from disposal_teams.assets.advance import advance_asset
from disposal_teams.assets.models import AssetState, SealState
from disposal_teams.assets.seal import release_seal, seal_in_force
from disposal_teams.transfers.answer import (
    consent_transfer,
    receive_request,
    refuse_transfer,
    return_for_supplement,
    supplement_request,
)
from disposal_teams.transfers.decide import decide_transfer
from disposal_teams.transfers.models import (
    RefusalReason,
    TransferBasis,
    TransferDecision,
    TransferRequest,
    TransferState,
)
from disposal_teams.transfers.queries import to_decide
from disposal_teams.transfers.request import (
    has_open_transfer,
    recall_transfer,
    request_of,
    request_transfer,
)
from disposal_teams.transfers.statement import CaseStatement
from disposal_teams.transfers.workers import find_due_transfers
from tests.conftest import CourtClock
from tests.disposal_teams.city import (
    DIRECTOR,
    HUQIU,
    MIDDLE,
    WUZHONG,
    Disputed,
    acting,
    days_ago,
    make_disputed,
    person,
    superior,
)
from tests.disposal_teams.messages import deliver_all
from tests.working_off import sweep

FIRST, WAITING = person(HUQIU, *DIRECTOR, name="虎丘王"), person(WUZHONG, *DIRECTOR, name="吴中赵")
T10 = TransferBasis.ANY_WAITING_COURT
SWEEP = PERIODIC[f"{find_due_transfers.__module__}.find_due_transfers"]


async def ask(work: Work, made: Disputed, *, basis: TransferBasis = T10) -> TransferRequest:
    return await request_transfer(
        acting(work, WAITING),
        asset=made.asset,
        requesting_case=made.waiting_case,
        basis=basis,
        reason="首封法院长期未处置",
        claim_fen=90_000_000,
        effective_title="（2025）苏0506民初1号民事判决书",
        right_note="最高额抵押权，第一顺位" if basis is TransferBasis.PRIORITY_CLAIM else "",
    )


def last_day_of(due_at: datetime) -> date:
    """The last day of a period that is kept as the midnight after it."""
    return (due_at - datetime.resolution).astimezone(COURT_ZONE).date()


def text_of(pdf: bytes) -> str:
    return "".join("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


async def test_T10_a_request_freezes_listing_starts_the_clock_and_issues_the_letter(work: Work) -> None:
    made = await make_disputed(work)
    request = await ask(work, made)
    await work.session.refresh(made.asset)
    assert request.state == TransferState.REQUESTED
    assert made.asset.state == AssetState.TRANSFER_PENDING
    assert made.asset.resume_state == AssetState.SEALED_EFFECTIVE
    assert await has_open_transfer(work, made.asset.id)
    deadline = (await work.session.exec(select(Deadline).where(Deadline.subject_id == request.id))).one()
    assert (deadline.rule, deadline.owner_court, deadline.state) == ("L-29", HUQIU, DeadlineState.RUNNING)
    assert deadline.due_at == request.answer_due_at
    assert request.request_document_id is not None
    letter = await document_by_id(work, request.request_document_id)
    text = text_of(letter.content)
    for part in (
        "商请移送执行函",
        "虎丘区人民法院",
        made.waiting_case.case_no,
        made.asset.asset_no,
        "900,000.00元",
    ):
        assert part in text
    with pytest.raises(RuleViolation):
        await advance_asset(work, made.asset, AssetState.LISTED, reason="抢先发布")
    with pytest.raises(Conflict):
        await ask(work, made)


async def test_preparation_goes_on_behind_a_request_but_listing_does_not(work: Work) -> None:
    made = await make_disputed(work)
    request = await ask(work, made)
    await advance_asset(work, made.asset, AssetState.UNDER_SURVEY, reason="继续调查")
    await advance_asset(work, made.asset, AssetState.VALUATION, reason="继续估价")
    assert made.asset.state == AssetState.TRANSFER_PENDING
    await recall_transfer(acting(work, WAITING), request, reason="已受偿")
    await work.session.refresh(made.asset)
    assert made.asset.state == AssetState.VALUATION
    assert not await has_open_transfer(work, made.asset.id)


async def test_T01_not_on_day_60_but_on_day_61(work: Work) -> None:
    early = await make_disputed(work, sealed_ago=60)
    with pytest.raises(RuleViolation, match="期限未满"):
        await ask(work, early)
    due = await make_disputed(work, sealed_ago=61, number=2)
    assert (await ask(work, due)).state == TransferState.REQUESTED


async def test_T01_no_request_after_the_notice_was_published(work: Work) -> None:
    made = await make_disputed(work)
    for state in (
        AssetState.UNDER_SURVEY,
        AssetState.VALUATION,
        AssetState.READY_TO_LIST,
        AssetState.LISTED,
        AssetState.READY_TO_LIST,
    ):
        await advance_asset(work, made.asset, state, reason="x")
    with pytest.raises(RuleViolation, match="T-01"):
        await ask(work, made)


async def test_T04_T05_consent_moves_court_case_seal_and_clocks_in_one_transaction(work: Work) -> None:
    made = await make_disputed(work)
    request = await ask(work, made, basis=TransferBasis.PRIORITY_CLAIM)
    await receive_request(acting(work, FIRST), request)
    await consent_transfer(acting(work, FIRST), request, note="同意")
    await work.session.refresh(made.asset)
    assert request.state == TransferState.CONSENTED
    assert made.asset.court_code == WUZHONG
    assert made.asset.case_id == made.waiting_case.id
    assert made.asset.team_id is None
    assert made.asset.state == AssetState.SEALED_EFFECTIVE
    seal = await seal_in_force(work, made.asset.id)
    assert seal is not None
    assert (seal.id, seal.position, seal.state) == (
        made.first_seal.id,
        1,
        SealState.TREATED_AS_TRANSFERRED,
    )
    await work.session.refresh(made.first_case)
    assert made.first_case.court_code == HUQIU
    assert request.answer_document_id is not None
    text = text_of((await document_by_id(work, request.answer_document_id)).content)
    assert "移送执行函" in text
    assert made.first_case.case_no in text
    running = await work.session.exec(select(Deadline).where(Deadline.state == DeadlineState.RUNNING))
    assert [(clock.rule, clock.owner_court) for clock in running] == [("T-04", HUQIU)]  # the files
    assert await verify_stream(work, f"asset:{made.asset.id}") is None
    with pytest.raises(RuleViolation):
        await refuse_transfer(acting(work, FIRST), request, code=RefusalReason.OTHER, reason="反悔")
    await advance_asset(work, made.asset, AssetState.UNDER_SURVEY, reason="新法院调查")


async def test_T05_after_the_move_the_new_court_looks_after_the_first_seal(work: Work) -> None:
    made = await make_disputed(work)
    await consent_transfer(acting(work, FIRST), await ask(work, made))
    with pytest.raises(NotFound):
        await release_seal(acting(work, person(HUQIU)), made.first_seal.id, reason="x")
    await release_seal(acting(work, person(WUZHONG)), made.first_seal.id, reason="首封债权已受偿")
    assert made.waiting_seal.state == SealState.EFFECTIVE


async def test_T06_refusal_goes_up_by_itself_and_the_superior_designates(
    database: Database, clock: CourtClock
) -> None:
    # L-30: as rulebook §12.1 has it.
    async with database.begin(SYSTEM) as work:
        made = await make_disputed(work)
        request = await ask(work, made)
    async with database.begin(FIRST) as work:
        await refuse_transfer(work, request, code=RefusalReason.NEAR_SALE, reason="已安排下月拍卖")
    await deliver_all(database)
    async with database.begin(superior()) as work:
        (row,) = await to_decide(work)
        assert row.request.state == TransferState.COORDINATING
        assert row.request.superior_court_code == MIDDLE
        assert row.request.report_document_id is not None
        report = text_of((await document_by_id(work, row.request.report_document_id)).content)
        assert "已安排下月拍卖" in report
        await decide_transfer(
            work,
            row.request,
            decision=TransferDecision.DESIGNATE_REQUESTER,
            reason="首封债权数额较小，轮候债权占比较大",
            due_on=days_ago(work, -90),
        )
    async with database.read(superior()) as work:
        done = await request_of(work, request.id)
        asset = await work.session.get(type(made.asset), made.asset.id)
        assert asset is not None
        assert (done.state, asset.court_code, asset.state) == (
            TransferState.DECIDED,
            WUZHONG,
            AssetState.SEALED_EFFECTIVE,
        )
        follow_up = (
            await work.session.exec(
                select(Deadline).where(Deadline.state == DeadlineState.RUNNING, Deadline.rule == "T-06")
            )
        ).one()
        assert (follow_up.rule, follow_up.owner_court) == ("T-06", WUZHONG)


async def test_T11_silence_is_found_by_the_sweep_once_and_needs_no_human(
    database: Database, clock: CourtClock
) -> None:
    async with database.begin(SYSTEM) as work:
        made = await make_disputed(work)
        request = await ask(work, made)
        due_at = request.answer_due_at
    assert due_at is not None
    await run_periodic(database, SWEEP)
    assert await deliver_all(database) == 0
    await clock.travel_to(due_at + timedelta(seconds=1))
    for _ in range(3):
        await run_periodic(database, SWEEP)
        await deliver_all(database)
    async with database.read(superior()) as work:
        found = await request_of(work, request.id)
        assert found.state == TransferState.COORDINATING
        names = [event.event for event in await history(work, asset_id=made.asset.id)]
        assert names.count("transfer.fell_silent") == 1
        assert names.count("transfer.reported_to_superior") == 1
        assert names.count("transfer.superior_told") <= 1


async def test_T06_an_order_that_the_first_court_misses_comes_back_to_the_superior(
    database: Database, clock: CourtClock
) -> None:
    async with database.begin(SYSTEM) as work:
        made = await make_disputed(work)
        request = await ask(work, made)
    async with database.begin(FIRST) as work:
        await refuse_transfer(work, request, code=RefusalReason.OTHER, reason="即将拍卖")
    await deliver_all(database)
    async with database.begin(superior()) as work:
        due_on = days_ago(work, -30)
        found = await request_of(work, request.id)
        await decide_transfer(
            work, found, decision=TransferDecision.ORDER_FIRST_COURT, reason="给予期限", due_on=due_on
        )
    async with database.read(superior()) as work:
        asset = await work.session.get(type(made.asset), made.asset.id)
        assert asset is not None
        assert (asset.court_code, asset.state) == (HUQIU, AssetState.SEALED_EFFECTIVE)
    await clock.pass_time(timedelta(days=32))
    for _ in range(2):
        await run_periodic(database, SWEEP)
        await deliver_all(database)
    async with database.read(superior()) as work:
        assert (await request_of(work, request.id)).state == TransferState.COORDINATING
        asset = await work.session.get(type(made.asset), made.asset.id)
        assert asset is not None
        assert asset.state == AssetState.TRANSFER_PENDING


async def test_a_letter_is_returned_once_and_the_clock_stands_still_meanwhile(
    database: Database, clock: CourtClock
) -> None:
    async with database.begin(SYSTEM) as work:
        request = await ask(work, await make_disputed(work))
        before = request.answer_due_at
    assert before is not None
    async with database.begin(FIRST) as work:
        await return_for_supplement(work, request, missing="缺生效证明")
    await clock.pass_time(timedelta(days=2))
    async with database.begin(WAITING) as work:
        await supplement_request(work, request, added="已补生效证明")
    async with database.begin(FIRST) as work:
        found = await request_of(work, request.id)
        assert found.answer_due_at is not None
        stopped = found.answer_due_at - before
        assert stopped >= timedelta(days=2)
        assert stopped % timedelta(days=1) == timedelta()  # whole days in court
        last = last_day_of(found.answer_due_at)
        assert official_calendar().first_working_day_from(last) == last
        with pytest.raises(RuleViolation):
            await return_for_supplement(work, found, missing="再缺")


async def test_T03_T14_the_letter_has_title_statement_and_answer_day_and_quotes_no_unknown_number(
    work: Work,
) -> None:
    made = await make_disputed(work)
    request = await request_transfer(
        acting(work, WAITING),
        asset=made.asset,
        requesting_case=made.waiting_case,
        basis=T10,
        reason="首封法院长期未处置",
        claim_fen=90_000_000,
        effective_title="（2025）苏0506民初1号民事判决书",
        statement=CaseStatement("抵押登记在先", "已查控", "赵法官", "0512-1", "某银行 0512-2"),
    )
    assert request.request_document_id is not None
    assert request.answer_due_at is not None
    text = text_of((await document_by_id(work, request.request_document_id)).content)
    last = last_day_of(request.answer_due_at)
    for part in (
        "抵押登记在先", "已查控", "赵法官", "0512-1", "某银行0512-2", "民初1号民事判决书", "案件情况说明",
        f"{last.year}年{last.month}月{last.day}日（含当日）", made.first_case.case_no, "100日",
    ):  # fmt: skip
        assert part in text, part
    assert "苏高法" not in text


async def test_T12_L30_a_superior_that_does_not_decide_is_told_to_its_leaders(
    database: Database, clock: CourtClock
) -> None:
    async with database.begin(SYSTEM) as work:
        made = await make_disputed(work)
        request = await ask(work, made)
        president = await open_account(
            work, login="president", password_hash="x", display_name="x", roles={Role.PRESIDENT},
            court_code=MIDDLE,
        )  # fmt: skip
    async with database.begin(FIRST) as work:
        await refuse_transfer(work, request, code=RefusalReason.OTHER, reason="不同意")
    await deliver_all(database)
    async with database.read(superior()) as work:
        due_at = (await request_of(work, request.id)).decision_due_at
    assert due_at is not None
    await clock.travel_to(due_at + timedelta(seconds=1))
    await sweep(database, "sweep_deadlines")
    async with database.read(superior()) as work:
        assert (await request_of(work, request.id)).state == TransferState.COORDINATING
        assert len(await notices_of(work, president.id)) == 1
        names = [event.event for event in await history(work, asset_id=made.asset.id)]
        assert names.count("transfer.superior_silent") == 1


async def test_the_first_court_is_reminded_on_days_one_and_three(
    database: Database, clock: CourtClock
) -> None:
    async with database.begin(SYSTEM) as work:
        request = await ask(work, await make_disputed(work))
    for _ in range(4):
        for _ in range(2):
            await sweep(database, "remind_first_courts")
        await clock.pass_time(timedelta(days=1))
    async with database.read(superior()) as work:
        found = await request_of(work, request.id)
        assert found.reminders_sent == 2
        events = [event.event for event in await history(work, asset_id=found.asset_id)]
    assert events.count("transfer.reminded") == 2
