"""Orders of the court above: served and in force at once, filed anew, reconsidered, missed; the six-month rule (T-20…T-23)."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from sqlmodel import select

from core.audit import history, verify_stream
from core.clock import COURT_ZONE
from core.database import Database, Work
from core.deadlines import Deadline, DeadlineState, open_deadline
from core.documents import document_by_id
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolation
from core.identity import SYSTEM, Actor, Role
from core.outbox.timetable import PERIODIC, run_periodic
from disposal_teams.assets.models import AssetState, SealState
from disposal_teams.assets.queries import asset_of
from disposal_teams.assets.seal import seal_in_force
from disposal_teams.cases.models import CaseState, PartyRole
from disposal_teams.cases.queries import case_of, parties_of
from disposal_teams.cases.register import add_party
from disposal_teams.instructions.models import Instruction, InstructionKind, InstructionState
from disposal_teams.orders.follow import ask_reconsideration, file_new_case, judge_reconsideration
from disposal_teams.orders.inaction import apply_to_superior, decide_inaction
from disposal_teams.orders.issue import issue_order
from disposal_teams.orders.models import CourtOrder, InactionDecision, Verdict
from disposal_teams.orders.queries import order_of, orders_of_court
from disposal_teams.orders.workers import find_missed_orders
from disposal_teams.transfers.escalate import due_transfers, escalate
from disposal_teams.transfers.models import TransferBasis, TransferState
from disposal_teams.transfers.request import request_transfer
from tests.conftest import CourtClock
from tests.disposal_teams.city import DIRECTOR, HUQIU, KUNSHAN, MIDDLE, WUZHONG, acting, person
from tests.disposal_teams.instruction_city import People, drafted, settle
from tests.disposal_teams.messages import deliver_all

K = InstructionKind
PANEL = ["沈某", "陆某", "顾某"]
SWEEP = PERIODIC[f"{find_missed_orders.__module__}.find_missed_orders"]


def today(work: Work) -> date:
    return work.now.astimezone(COURT_ZONE).date()


async def order(work: Work, people: People, kind: InstructionKind = K.DESIGNATE, **given: Any) -> CourtOrder:
    """中院 orders something in the case of 虎丘."""
    chosen = {K.DESIGNATE: KUNSHAN, K.RAISE: MIDDLE, K.CONCENTRATE: WUZHONG}.get(kind, HUQIU)
    fields = {
        "case_id": people.made.first_case.id, "chosen_court": chosen, "reason": "六个月未执行，宜变更法院。",
        "due_on": today(work) + timedelta(days=60), "panel": PANEL, **given,
    }  # fmt: skip
    return await issue_order(acting(work, people.bureau), kind=kind, **fields)


async def words(work: Work, document_id: Any) -> str:
    paper = await document_by_id(work, document_id)
    return "".join("".join(p.extract_text() for p in PdfReader(BytesIO(paper.content)).pages).split())


@pytest.mark.parametrize(
    ("kind", "court"), [(K.DESIGNATE, KUNSHAN), (K.RAISE, MIDDLE), (K.CONCENTRATE, WUZHONG)]
)
async def test_T20_with_service_court_seal_and_clocks_are_the_chosen_courts(
    work: Work, kind: InstructionKind, court: str
) -> None:
    people = await settle(work)
    asset = people.made.asset
    await open_deadline(
        work, "L-01", subject_kind="asset", subject_id=asset.id, owner_role=Role.DISPOSAL_TEAM,
        owner_court=HUQIU, asset_id=asset.id,
    )  # fmt: skip
    made = await order(work, people, kind)
    await work.session.refresh(asset)
    assert asset.court_code == court
    assert made.moved_assets == [asset.id]
    seal = await seal_in_force(work, asset.id)
    assert seal is not None
    assert (seal.state, seal.position) == (SealState.TREATED_AS_TRANSFERRED, 1)
    clock = (await work.session.exec(select(Deadline).where(Deadline.subject_id == asset.id))).one()
    assert clock.owner_court == court
    instruction = await work.session.get(Instruction, made.instruction_id)
    assert instruction is not None
    assert (instruction.state, instruction.to_court) == (InstructionState.SENT, HUQIU)
    said = await words(work, made.ruling_document_id)
    for part in ("被执行人甲", *PANEL, "7日内立案", "5日内请求本院复议"):
        assert part in said, part
    for reader in (HUQIU, court, MIDDLE):
        seen = await orders_of_court(acting(work, person(reader)), reader)
        assert [each.instruction_id for each in seen] == [made.instruction_id]
    outside = next(each for each in (WUZHONG, KUNSHAN) if each != court)
    with pytest.raises(NotFound):
        await order_of(acting(work, person(outside)), made.instruction_id)


@pytest.mark.parametrize("kind", [K.URGE, K.JOINT])
async def test_T21_urging_and_joining_leave_everything_where_it_is(work: Work, kind: InstructionKind) -> None:
    people = await settle(work)
    made = await order(work, people, kind, panel=())
    await work.session.refresh(people.made.asset)
    assert (people.made.asset.court_code, made.moved_assets, made.file_due_at) == (HUQIU, [], None)
    assert ("责令" if kind is K.URGE else "协同执行") in await words(work, made.ruling_document_id)


async def test_T20_only_the_court_above_orders_and_only_below(work: Work) -> None:
    people = await settle(work)
    for who in (people.officer, people.director, person(MIDDLE, Role.CASE_OFFICER)):
        with pytest.raises((NotPermitted, RuleViolation)):
            await issue_order(
                acting(work, who), case_id=people.made.first_case.id, kind=K.URGE, chosen_court=HUQIU,
                reason="x", due_on=today(work) + timedelta(days=9),
            )  # fmt: skip
    for wrong in (
        {"chosen_court": HUQIU}, {"chosen_court": "0999"}, {"panel": PANEL[:2]}, {"reason": " "},
        {"due_on": today(work)},
    ):  # fmt: skip
        with pytest.raises((RuleViolation, InvalidInput)):
            await order(work, people, **wrong)


async def test_T20_an_asset_in_its_sale_stays_until_that_is_over(work: Work) -> None:
    people = await settle(work)
    people.made.asset.state = AssetState.LISTED
    await work.session.flush()
    with pytest.raises(RuleViolation, match="正在拍卖"):
        await order(work, people)
    assert people.made.asset.court_code == HUQIU
    assert (await order(work, people, K.URGE)).moved_assets == []


async def test_T20_what_the_old_court_has_not_sent_is_void(work: Work) -> None:
    people = await settle(work)
    draft = await drafted(work, people)
    await order(work, people)
    await work.session.refresh(draft)
    assert draft.state == InstructionState.WITHDRAWN


async def test_T12_the_chosen_court_files_its_case_and_the_old_one_is_struck_off(work: Work) -> None:
    people = await settle(work)
    await add_party(
        acting(work, people.officer), people.made.first_case, role=PartyRole.APPLICANT, name="申请人乙",
        identity_number="11010519491231002X", claim_fen=70_000_000,
    )  # fmt: skip
    made = await order(work, people)
    number = f"（{today(work).year}）苏{KUNSHAN}执901号"
    for who in (people.officer, people.bureau, person(WUZHONG)):
        with pytest.raises((NotPermitted, NotFound)):
            await file_new_case(acting(work, who), made.instruction_id, case_no=number)
    new = await file_new_case(acting(work, person(KUNSHAN)), made.instruction_id, case_no=number)
    old = await case_of(work, made.old_case_id)
    assert (old.state, new.court_code, new.claim_fen) == (CaseState.CLOSED, KUNSHAN, old.claim_fen)
    before, after = await parties_of(work, old.id), await parties_of(work, new.id)
    assert [(p.role, p.name, p.claim_fen, p.identity_match) for p in after] == [
        (p.role, p.name, p.claim_fen, p.identity_match) for p in before
    ]
    assert (await asset_of(work, people.made.asset.id)).case_id == new.id
    assert new.case_no in await words(work, made.closing_document_id)
    with pytest.raises(Conflict):
        await file_new_case(acting(work, person(KUNSHAN)), made.instruction_id, case_no=number)
    clocks = await work.session.exec(select(Deadline).where(Deadline.subject_id == made.instruction_id))
    assert {each.rule: each.state for each in clocks if each.rule == "T-12"} == {"T-12": DeadlineState.MET}
    assert await verify_stream(work, f"case:{old.id}") is None


async def test_T23_the_court_below_asks_once_within_five_days_and_carries_it_out_meanwhile(
    work: Work,
) -> None:
    # L-42: as rulebook §12.1 has it.
    people = await settle(work)
    made = await order(work, people)
    director, bureau = acting(work, people.director), acting(work, people.bureau)
    for who in (people.officer, people.their_director, people.bureau):
        with pytest.raises((NotPermitted, NotFound)):
            await ask_reconsideration(acting(work, who), made.instruction_id, reason="x")
    with pytest.raises(Conflict):
        await judge_reconsideration(bureau, made.instruction_id, verdict=Verdict.UPHELD, reason="x")
    await ask_reconsideration(director, made.instruction_id, reason="评估即将完成，宜由本院继续。")
    assert people.made.asset.court_code == KUNSHAN
    with pytest.raises(RuleViolation):
        await ask_reconsideration(director, made.instruction_id, reason="再次请求")
    await judge_reconsideration(bureau, made.instruction_id, verdict=Verdict.REVOKED, reason="理由成立")
    await work.session.refresh(people.made.asset)
    assert people.made.asset.court_code == HUQIU
    instruction = await work.session.get(Instruction, made.instruction_id)
    assert instruction is not None
    assert instruction.state == InstructionState.WITHDRAWN
    with pytest.raises(RuleViolation):
        await file_new_case(
            acting(work, person(KUNSHAN)),
            made.instruction_id,
            case_no=f"（{today(work).year}）苏{KUNSHAN}执902号",
        )


async def test_T23_after_filing_an_order_is_only_replaced_by_another(work: Work) -> None:
    people = await settle(work)
    made = await order(work, people)
    await ask_reconsideration(acting(work, people.director), made.instruction_id, reason="x")
    number = f"（{today(work).year}）苏{KUNSHAN}执903号"
    await file_new_case(acting(work, person(KUNSHAN)), made.instruction_id, case_no=number)
    bureau = acting(work, people.bureau)
    with pytest.raises(RuleViolation, match="已经立案"):
        await judge_reconsideration(bureau, made.instruction_id, verdict=Verdict.REVOKED, reason="x")
    await judge_reconsideration(bureau, made.instruction_id, verdict=Verdict.UPHELD, reason="x")


async def test_T20_a_running_transfer_request_ends_when_the_superior_moves_the_asset(work: Work) -> None:
    people = await settle(work)
    asking = await request_transfer(
        acting(work, person(WUZHONG, *DIRECTOR)), asset=people.made.asset, requesting_case=people.made.waiting_case,
        basis=TransferBasis.ANY_WAITING_COURT, reason="长期未处置",
    )  # fmt: skip
    await order(work, people)
    assert [each.id for each in await due_transfers(work)] == [asking.id]
    await escalate(work, asking.id)
    await work.session.refresh(asking)
    await work.session.refresh(people.made.asset)
    assert asking.state == TransferState.RECALLED
    assert (people.made.asset.court_code, people.made.asset.state) == (KUNSHAN, AssetState.SEALED_EFFECTIVE)


async def applicant_of(work: Work, people: People) -> Actor:
    """Somebody with an account who is the applicant of 虎丘's case."""
    from core.identity.accounts import as_actor, open_account

    account = await open_account(
        work, login=f"applicant-{people.party_id.hex[-8:]}", password_hash="x", display_name="申请人丙",
        roles={Role.CREDITOR},
    )  # fmt: skip
    await add_party(
        acting(work, people.officer), people.made.first_case, role=PartyRole.APPLICANT, name="申请人丙",
        account_id=account.id,
    )  # fmt: skip
    return as_actor(account)


async def test_T20_the_applicant_goes_up_after_six_months_and_not_before(work: Work) -> None:
    people = await settle(work)  # the case was filed 100 days ago
    case, who = people.made.first_case, await applicant_of(work, people)
    own = acting(work, who)
    with pytest.raises(RuleViolation, match="尚未满六个月"):
        await apply_to_superior(own, case.id, reason="一直没有处置")
    case.filed_on = today(work) - timedelta(days=200)
    await work.session.flush()
    with pytest.raises(RuleViolation):
        await apply_to_superior(own, case.id, reason="一直没有处置", stopped_days=60)
    with pytest.raises(NotFound):
        await apply_to_superior(own, people.made.waiting_case.id, reason="别人的案件")
    request = await apply_to_superior(own, case.id, reason="一直没有处置")
    assert (request.superior_court, request.applicant) == (MIDDLE, "申请人丙")
    with pytest.raises(Conflict):
        await apply_to_superior(own, case.id, reason="再申请一次")
    for stranger in (people.officer, people.director):
        with pytest.raises(NotPermitted):
            await decide_inaction(
                acting(work, stranger), request.id, decision=InactionDecision.DISMISSED, reason="x"
            )
    bureau = acting(work, people.bureau)
    with pytest.raises(InvalidInput):
        await decide_inaction(bureau, request.id, decision=InactionDecision.TIME_LIMIT, reason="x")
    due = today(work) + timedelta(days=30)
    await decide_inaction(
        bureau, request.id, decision=InactionDecision.TIME_LIMIT, reason="情况属实", due_on=due
    )
    assert request.order_id is not None
    made = await order_of(bureau, request.order_id)
    assert (made.kind, made.due_on, made.inaction_id) == (K.URGE, due, request.id)
    with pytest.raises(Conflict):
        await decide_inaction(bureau, request.id, decision=InactionDecision.DISMISSED, reason="x")


@pytest.mark.parametrize(
    ("decision", "court"), [(InactionDecision.TAKEN, MIDDLE), (InactionDecision.ELSEWHERE, KUNSHAN)]
)
async def test_T20_the_superior_takes_the_case_or_sends_it_elsewhere(
    work: Work, decision: InactionDecision, court: str
) -> None:
    people = await settle(work)
    case = people.made.first_case
    case.filed_on = today(work) - timedelta(days=250)
    request = await apply_to_superior(
        acting(work, people.officer), case.id, reason="书面申请", applicant="申请人丁"
    )
    await decide_inaction(
        acting(work, people.bureau), request.id, decision=decision, reason="无正当理由", chosen_court=KUNSHAN,
        due_on=today(work) + timedelta(days=90), panel=PANEL,
    )  # fmt: skip
    await work.session.refresh(people.made.asset)
    assert people.made.asset.court_code == court


async def test_T20_a_missed_time_limit_comes_back_to_the_superior_by_itself(
    database: Database, clock: CourtClock
) -> None:
    async with database.begin(SYSTEM) as work:
        people = await settle(work)
        made = await order(work, people, K.URGE, due_on=today(work) + timedelta(days=10), panel=())
    for ahead, missed in ((10, False), (11, True)):
        await clock.travel_to(work.now + timedelta(days=ahead))
        await run_periodic(database, SWEEP)
        await deliver_all(database)
        async with database.read(SYSTEM) as later:
            found = await order_of(later, made.instruction_id)
            assert (found.missed_at is not None) is missed
    async with database.read(SYSTEM) as later:
        events = [each.event for each in await history(later, stream=f"instruction:{made.instruction_id}")]
        clocks = await later.session.exec(select(Deadline).where(Deadline.rule == "T-20"))
        assert [each.owner_court for each in clocks] == [MIDDLE]
    assert events.count("instruction.order_missed") == 1
