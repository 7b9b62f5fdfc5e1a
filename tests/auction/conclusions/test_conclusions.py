"""A waiting case ends without result after everything that T-13 asks, resumes when property is found; others end fulfilled."""

from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from sqlmodel import select

from auction.conclusions.conclude import decide_conclusion, propose_conclusion
from auction.conclusions.facts import standing_of
from core.audit import history, verify_stream
from core.clock import COURT_ZONE
from core.database import Work
from core.documents import document_by_id
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolation
from core.identity import Role
from core.identity.accounts import as_actor, open_account
from core.notices.models import Notice
from disposal_teams.assets.models import AssetState
from disposal_teams.cases.models import CaseState, Course, PartyRole
from disposal_teams.cases.queries import case_of, parties_of
from disposal_teams.cases.register import add_party
from disposal_teams.conclusions.first_court import check_first_court
from disposal_teams.conclusions.models import ConclusionState, Ground, ResumeGround, Way
from disposal_teams.conclusions.papers import party_may_read
from disposal_teams.conclusions.queries import conclusions_of, conclusions_of_court, resumed_from
from disposal_teams.conclusions.resume import resume_case
from disposal_teams.conclusions.rules import check_list, red
from disposal_teams.instructions.draft import draft_instruction
from disposal_teams.instructions.files import Upload, attach_file
from disposal_teams.instructions.kinds import KINDS
from disposal_teams.instructions.models import InstructionKind
from disposal_teams.instructions.send import approve_instruction, submit_instruction
from disposal_teams.transfers.answer import receive_request, refuse_transfer
from disposal_teams.transfers.escalate import escalate
from disposal_teams.transfers.models import RefusalReason, TransferBasis, TransferState
from disposal_teams.transfers.request import request_transfer
from tests.disposal_teams.city import DIRECTOR, HUQIU, WUZHONG, acting, make_asset, make_case, person
from tests.disposal_teams.instruction_city import PDF, People, settle

PANEL = ["沈某", "陆某", "顾某"]


async def propose(work: Work, people: People, **given: Any) -> Any:
    """The officer of 吴中 wants to end the waiting case without result."""
    fields: dict[str, Any] = {
        "way": Way.NO_RESULT, "ground": Ground.WAITING_ONLY, "reason": "仅轮候查封一处住宅。", "members": PANEL,
        "minutes": "一致同意。", **given,
    }  # fmt: skip
    return await propose_conclusion(
        acting(work, people.specialist), fields.pop("case_id", people.made.waiting_case.id), **fields
    )


async def red_lines(work: Work, people: People, way: Way = Way.NO_RESULT) -> set[str]:
    case = await case_of(work, people.made.waiting_case.id)
    standing = await standing_of(work, case)
    today = work.now.astimezone(COURT_ZONE).date()
    return {
        line.id
        for line in red(check_list(way, standing.open, standing.amounts(0), now=work.now, today=today))
    }


async def send_letter(work: Work, people: People) -> None:
    """参与分配函 to the court that disposes."""
    own = acting(work, people.specialist)
    letter = await draft_instruction(
        own, case_id=people.made.waiting_case.id, kind=InstructionKind.PARTICIPATE, to_court=HUQIU,
        subject="参与分配函", request="请将本院申请执行人纳入分配方案。", asset_id=people.made.asset.id,
    )  # fmt: skip
    for paper in KINDS[InstructionKind.PARTICIPATE].papers:
        await attach_file(
            own, letter.id, Upload(f"{paper.title}.pdf", PDF + paper.code.encode()), paper=paper.code
        )
    await submit_instruction(own, letter.id)
    assert "instructions" in await red_lines(work, people), "a letter that has not left the court is open"
    await approve_instruction(acting(work, people.their_director), letter.id)


async def test_T13_a_waiting_case_ends_only_after_each_step_and_resumes_when_property_is_found(
    work: Work,
) -> None:
    people = await settle(work)
    made = people.made
    account = await open_account(
        work, login="applicant", password_hash="x", display_name="丙", roles={Role.CREDITOR}
    )
    officer = acting(work, people.specialist)
    for role, name, whose in (
        (PartyRole.APPLICANT, "申请人丙", account.id),
        (PartyRole.DEBTOR, "被执行人甲", None),
    ):
        await add_party(officer, made.waiting_case, role=role, name=name, account_id=whose)
    await work.session.flush()
    assert await red_lines(work, people) == {"checked", "asked", "letter"}
    with pytest.raises(RuleViolation, match="核查") as stopped:
        await propose(work, people)
    assert stopped.value.rule == "T-13"
    assert stopped.value.remedy is not None

    for who in (people.officer, people.their_director):
        with pytest.raises(NotPermitted):
            await check_first_court(acting(work, who), made.waiting_case.id, made.asset.id)
    with pytest.raises(NotFound):
        await check_first_court(acting(work, people.officer), made.first_case.id, made.asset.id)
    check = await check_first_court(officer, made.waiting_case.id, made.asset.id)
    assert (check.first_court_code, check.asset_state) == (HUQIU, AssetState.SEALED_EFFECTIVE)
    seen = [each.event for each in await history(work, asset_id=made.asset.id)]
    assert {"asset.read_across_courts", "case.first_court_checked"} <= set(seen)
    assert await red_lines(work, people) == {"asked", "letter"}

    request = await request_transfer(
        acting(work, person(WUZHONG, *DIRECTOR)), asset=made.asset, requesting_case=made.waiting_case,
        basis=TransferBasis.ANY_WAITING_COURT, reason="首封法院长期未处置", claim_fen=90_000_000,
        effective_title="（2025）苏0506民初1号民事判决书",
    )  # fmt: skip
    assert {"transfers", "asked", "letter"} == await red_lines(work, people)
    first = acting(work, person(HUQIU, *DIRECTOR))
    await receive_request(first, request)
    await refuse_transfer(first, request, code=RefusalReason.OTHER, reason="正在处置")
    await escalate(work, request.id)
    await work.session.refresh(request)
    assert request.state == TransferState.COORDINATING
    assert "asked" in await red_lines(work, people), "the superior still has days"
    request.decision_due_at = work.now
    await work.session.flush()
    assert await red_lines(work, people) == {"letter"}
    await send_letter(work, people)
    assert await red_lines(work, people) == set()

    for wrong in ({"members": PANEL[:2]}, {"minutes": " "}, {"ground": Ground.ENFORCED}, {"reason": ""}):
        with pytest.raises(InvalidInput):
            await propose(work, people, **wrong)
    with pytest.raises(NotPermitted):
        await propose_conclusion(
            acting(work, people.officer), made.waiting_case.id, way=Way.NO_RESULT, ground=Ground.WAITING_ONLY,
            reason="x", members=PANEL, minutes="x",
        )  # fmt: skip
    proposed = await propose(work, people)
    with pytest.raises(Conflict):
        await propose(work, people)
    for who in (people.specialist, people.director):
        with pytest.raises(NotPermitted):
            await decide_conclusion(acting(work, who), proposed.id, is_approved=True)
    director = acting(work, people.their_director)
    request.decision_due_at = work.now.replace(year=work.now.year + 1)
    await work.session.flush()
    with pytest.raises(RuleViolation):
        await decide_conclusion(director, proposed.id, is_approved=True)
    await work.session.refresh(proposed)
    assert proposed.state == ConclusionState.PROPOSED
    request.decision_due_at = work.now
    await work.session.flush()
    done = await decide_conclusion(director, proposed.id, is_approved=True)
    case = await case_of(work, made.waiting_case.id)
    assert (case.state, done.state) == (CaseState.CLOSED, ConclusionState.CONCLUDED)
    assert (done.applied_fen, done.realised_fen, done.had_property) == (100_000_000, 0, False)
    assert all(line["is_green"] is not False for line in done.checklist)
    with pytest.raises(Conflict):
        await decide_conclusion(director, proposed.id, is_approved=True)
    assert done.document_id is not None
    paper = await document_by_id(work, done.document_id)
    words = "".join("".join(page.extract_text() for page in PdfReader(BytesIO(paper.content)).pages).split())
    for part in ("终结本次执行程序", "1,000,000.00元", "随时向本院申请恢复执行", *PANEL):
        assert part in words, part
    assert await party_may_read(acting(work, as_actor(account)), paper)
    assert not await party_may_read(acting(work, people.officer), paper)
    told = await work.session.exec(select(Notice).where(Notice.account_id == account.id))
    assert [each.link for each in told] == [f"/documents/{paper.id}"]
    with pytest.raises(RuleViolation, match="已结案"):
        await make_asset(work, case)
    with pytest.raises(NotPermitted):
        await conclusions_of_court(acting(work, people.officer), WUZHONG)
    assert [each.id for each, _ in await conclusions_of_court(director, WUZHONG)] == [done.id]

    year = case.case_no[1:5]
    with pytest.raises(RuleViolation, match="执恢"):
        await resume_case(
            officer,
            case.id,
            case_no=f"（{year}）苏{WUZHONG}执999号",
            ground=ResumeGround.PROPERTY_FOUND,
            note="车辆",
        )
    with pytest.raises(NotPermitted):
        await resume_case(
            acting(work, people.officer), case.id, case_no=f"（{year}）苏{WUZHONG}执恢9号",
            ground=ResumeGround.PROPERTY_FOUND, note="车辆",
        )  # fmt: skip
    new = await resume_case(
        officer, case.id, case_no=f"（{year}）苏{WUZHONG}执恢9号", ground=ResumeGround.PROPERTY_FOUND,
        note="发现被执行人名下车辆一辆。",
    )  # fmt: skip
    assert (new.course, new.state, new.claim_fen) == (Course.RESUMED, CaseState.OPEN, 100_000_000)
    assert [(each.role, each.name) for each in await parties_of(work, new.id)] == [
        (each.role, each.name) for each in await parties_of(work, case.id)
    ]
    before = await resumed_from(work, new.id)
    assert before is not None
    assert before.id == case.id
    assert (await make_asset(work, new, sealed_ago=None)).case_id == new.id
    (kept,) = await conclusions_of(work, case.id)
    assert (kept.state, kept.new_case_id) == (ConclusionState.RESUMED, new.id)
    with pytest.raises(NotFound):
        await resume_case(
            officer, case.id, case_no=f"（{year}）苏{WUZHONG}执恢10号", ground=ResumeGround.OTHER, note="x"
        )
    assert (await standing_of(work, new)).open.waiting, (
        "the old number's waiting seal goes on in the new case"
    )
    assert await verify_stream(work, f"case:{case.id}") is None


async def test_P05_a_fulfilled_case_is_approved_by_another_person_or_refused_with_a_reason(
    work: Work,
) -> None:
    """The amounts are those that K-26 counts."""
    people = await settle(work)
    case = await make_case(work, WUZHONG, 77)
    paid = {
        "way": Way.FULFILLED,
        "ground": Ground.PAID_BY_DEBTOR,
        "members": (),
        "minutes": "",
        "case_id": case.id,
    }
    with pytest.raises(RuleViolation, match="执行到位") as short:
        await propose(work, people, **paid, other_fen=99_999_999, other_note="银行转账")
    assert short.value.rule == "D-06"
    with pytest.raises(InvalidInput):
        await propose(work, people, **paid, other_fen=100_000_000)
    first = await propose(work, people, **paid, other_fen=100_000_000, other_note="银行转账")
    both = await open_account(
        work, login="both", password_hash="x", display_name="又承办又局长",
        roles={Role.CASE_OFFICER, Role.BUREAU_DIRECTOR}, court_code=WUZHONG,
    )  # fmt: skip
    director = acting(work, people.their_director)
    with pytest.raises(InvalidInput):
        await decide_conclusion(director, first.id, is_approved=False)
    refused = await decide_conclusion(director, first.id, is_approved=False, why="请附银行回单。")
    assert refused.state == ConclusionState.REFUSED
    assert (await case_of(work, case.id)).state == CaseState.OPEN
    alone = acting(work, as_actor(both))
    second = await propose_conclusion(
        alone, case.id, way=Way.FULFILLED, ground=Ground.PAID_BY_DEBTOR, reason="履行完毕。", other_fen=150_000_000,
        other_note="银行转账",
    )  # fmt: skip
    with pytest.raises(RuleViolation, match="自己"):
        await decide_conclusion(alone, second.id, is_approved=True)
    done = await decide_conclusion(director, second.id, is_approved=True)
    assert (done.realised_fen, done.applied_fen) == (100_000_000, 100_000_000)
    with pytest.raises(RuleViolation, match="已结案"):
        await propose(work, people, **paid, other_fen=100_000_000, other_note="x")
    with pytest.raises(RuleViolation):
        await resume_case(
            acting(work, people.specialist), case.id, case_no=f"（{case.case_no[1:5]}）苏{WUZHONG}执恢1号",
            ground=ResumeGround.OTHER, note="x",
        )  # fmt: skip
