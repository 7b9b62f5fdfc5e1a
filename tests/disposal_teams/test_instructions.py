"""Instructions between two courts: the whole way, its limits, who may do what, and what happens by itself (T-25, §11.7, P-03)."""

from datetime import timedelta
from hashlib import sha256
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from core.audit import history, verify_stream
from core.database import Work
from core.deadlines import Deadline, DeadlineState
from core.documents import PLAIN_LETTER, document_by_id, issue_document
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolation
from core.identity import Actor
from core.notices.notify import notices_of
from core.sealed_files import OpenedFile
from disposal_teams.instructions.carry_out import (
    accept_result,
    extend_term,
    reject_result,
    report_result,
    start_work,
)
from disposal_teams.instructions.dossier import open_dossier
from disposal_teams.instructions.draft import draft_instruction
from disposal_teams.instructions.files import Upload, attach_file, attach_paper, files_of, open_attachment
from disposal_teams.instructions.models import (
    Instruction,
    InstructionKind,
    InstructionState,
    Result,
    ReturnReason,
)
from disposal_teams.instructions.queries import instruction_of
from disposal_teams.instructions.receive import (
    answer_return,
    assign,
    return_instruction,
    sign_in,
)
from disposal_teams.instructions.send import (
    approve_instruction,
    decline_instruction,
    submit_instruction,
    withdraw_instruction,
)
from tests.disposal_teams.city import HUQIU, KUNSHAN, MIDDLE, WUZHONG, acting, person
from tests.disposal_teams.instruction_city import (
    PDF,
    drafted,
    reported,
    sent,
    settle,
    under_way,
)

S = InstructionState


async def clocks(work: Work, instruction: Instruction) -> list[tuple[str, str | None]]:
    """State and owner of its clocks, in the order in which they began."""
    rows = await work.session.exec(
        select(Deadline).where(Deadline.subject_id == instruction.id).order_by(Deadline.id)  # type: ignore[arg-type]
    )
    return [(each.state, each.owner_court) for each in rows]


async def test_T25_from_the_case_to_an_accepted_result_all_on_line(work: Work) -> None:
    people = await settle(work)
    instruction = await drafted(work, people)
    assert (instruction.state, instruction.due_at) == (S.DRAFT, None)
    await submit_instruction(acting(work, people.officer), instruction.id)
    year = work.now.astimezone().year
    assert instruction.number == f"（{year}）苏{HUQIU}指1号"
    assert instruction.state == S.SENT
    await sign_in(acting(work, people.centre), instruction.id)
    assert people.specialist.account_id is not None
    await assign(acting(work, people.centre), instruction.id, people.specialist.account_id)
    clock = instruction.due_at
    await start_work(acting(work, people.specialist), instruction.id)
    assert instruction.due_at == clock
    specialist = acting(work, people.specialist)
    await attach_file(specialist, instruction.id, Upload("记录.pdf", PDF))
    await report_result(specialist, instruction.id, result=Result.DONE, feedback="已办结")
    told = await notices_of(work, people.officer.account_id or people.party_id)
    assert any(notice.title.msgid == "指令已反馈结果" for notice in told)
    await accept_result(acting(work, people.officer), instruction.id)
    assert (instruction.state, instruction.acceptance, instruction.due_at) == (S.CLOSED, "accepted", None)
    assert [each.event.split(".")[1] for each in reversed(await history(work, stream=f"instruction:{instruction.id}"))] == [
        "drafted", "issued", "sent", "signed_in", "assigned", "started", "file_added", "reported", "issued", "accepted",
    ]  # fmt: skip
    assert await verify_stream(work, f"instruction:{instruction.id}") is None
    assert await clocks(work, instruction) == [
        (DeadlineState.MET, court) for court in (WUZHONG, WUZHONG, WUZHONG, HUQIU)
    ]


async def test_T25_the_evidence_stands_in_the_files_of_both_courts_and_never_changes(work: Work) -> None:
    people = await settle(work)
    instruction = await reported(work, people)
    await accept_result(acting(work, people.officer), instruction.id)
    digest = sha256(PDF + b"record").hexdigest()
    for case in (people.made.first_case, people.made.waiting_case):
        events = await history(work, stream=f"case:{case.id}")
        assert [each.details["files"] for each in events if each.event == "case.instruction_closed"] == [
            [digest]
        ]
    for statement in (
        "UPDATE instruction SET feedback = 'x' WHERE id = :id",
        "DELETE FROM instruction_file WHERE instruction_id = :id",
    ):
        with pytest.raises(IntegrityError):
            async with work.session.begin_nested():
                await work.session.execute(text(statement), {"id": instruction.id})


async def test_T25_the_sheet_is_number_32_with_request_files_and_result(work: Work) -> None:
    people = await settle(work)
    instruction = await reported(work, people, kind=InstructionKind.SERVE)
    await accept_result(acting(work, people.officer), instruction.id)
    assert instruction.sheet_document_id is not None
    sheet = await document_by_id(work, instruction.sheet_document_id)
    assert sheet.version == 2
    pages = PdfReader(BytesIO(sheet.content)).pages
    words = "".join("".join(page.extract_text() for page in pages).split())
    for part in (instruction.number, "协助送达", "被执行人甲", "待送达文书", "已完成", "吴中专员", "已认可"):
        assert part is not None
        assert part in words
    assert sha256(PDF + b"0").hexdigest()[:20] in words


async def test_papers_of_the_type_must_be_there_before_it_goes_out(work: Work) -> None:
    people = await settle(work)
    bare = await drafted(work, people, InstructionKind.PARTICIPATE, with_papers=False)
    with pytest.raises(RuleViolation, match="参与分配申请书"):
        await submit_instruction(acting(work, people.officer), bare.id)
    assert bare.state == S.DRAFT


async def test_P05_what_needs_approval_is_approved_by_somebody_else(work: Work) -> None:
    people = await settle(work)
    officer, director = acting(work, people.officer), acting(work, people.director)
    instruction = await drafted(work, people, InstructionKind.PARTICIPATE)
    await submit_instruction(officer, instruction.id)
    assert (instruction.state, instruction.number) == (S.AWAITING_APPROVAL, None)
    for who in (people.officer, people.centre, people.their_director, people.bureau):
        with pytest.raises((NotPermitted, NotFound)):
            await approve_instruction(acting(work, who), instruction.id)
    with pytest.raises(NotFound):
        await instruction_of(acting(work, people.centre), instruction.id)
    await decline_instruction(director, instruction.id, reason="请补充债权计算")
    assert instruction.state == S.DRAFT
    await submit_instruction(officer, instruction.id)
    await approve_instruction(director, instruction.id)
    assert (instruction.state, instruction.approved_by) == (S.SENT, people.director.account_id)


@pytest.mark.parametrize(
    ("kind", "to_court", "refusal"),
    [
        (InstructionKind.COORDINATE, WUZHONG, RuleViolation),
        (InstructionKind.FIND, HUQIU, RuleViolation),
        (InstructionKind.FIND, "0999", RuleViolation),
        (InstructionKind.URGE, WUZHONG, RuleViolation),
    ],
)
async def test_T17_the_addressee_must_fit_the_type(
    work: Work, kind: InstructionKind, to_court: str, refusal: type[Exception]
) -> None:
    people = await settle(work)
    with pytest.raises(refusal):
        await drafted(work, people, kind, to_court=to_court)


async def test_a_draft_names_only_parties_and_assets_of_the_case(work: Work) -> None:
    people = await settle(work)
    own = acting(work, people.officer)
    for wrong in ({"party_ids": [people.made.asset.id]}, {"linked_case_no": "二〇二六"}, {"subject": ""}):
        with pytest.raises(InvalidInput) as refused:
            await draft_instruction(
                own, case_id=people.made.first_case.id, kind=InstructionKind.FIND, to_court=WUZHONG,
                **{"subject": "x", "request": "y", **wrong},  # type: ignore[arg-type]
            )  # fmt: skip
        assert len(refused.value.fields) == 1
    with pytest.raises(NotPermitted):
        await draft_instruction(
            acting(work, people.specialist), case_id=people.made.first_case.id, kind=InstructionKind.FIND,
            to_court=HUQIU, subject="x", request="y",
        )  # fmt: skip


async def test_T24_a_request_to_the_superior_runs_the_same_way(work: Work) -> None:
    people = await settle(work)
    instruction = await drafted(work, people, InstructionKind.ASK_SUPERIOR, to_court=MIDDLE)
    await submit_instruction(acting(work, people.director), instruction.id)
    assert instruction.state == S.SENT
    await sign_in(acting(work, people.bureau), instruction.id)
    assert people.bureau.account_id is not None
    await assign(acting(work, people.bureau), instruction.id, people.bureau.account_id)
    await start_work(acting(work, people.bureau), instruction.id)


async def test_each_step_belongs_to_one_court_and_one_office(work: Work) -> None:
    people = await settle(work)
    instruction = await sent(work, people)
    stranger = person(KUNSHAN)
    with pytest.raises(NotFound):
        await instruction_of(acting(work, stranger), instruction.id)

    async def refused(step: object, *who: Actor, **given: object) -> None:
        for actor in who:
            with pytest.raises((NotPermitted, NotFound)):
                await step(acting(work, actor), instruction.id, **given)  # type: ignore[operator]

    await refused(sign_in, people.officer, people.specialist, people.bureau, stranger)
    await sign_in(acting(work, people.centre), instruction.id)
    await refused(assign, people.specialist, people.officer, account_id=people.specialist.account_id)
    assert people.officer.account_id is not None
    with pytest.raises(InvalidInput):
        await assign(acting(work, people.centre), instruction.id, people.officer.account_id)
    assert people.specialist.account_id is not None
    await assign(acting(work, people.centre), instruction.id, people.specialist.account_id)
    await refused(start_work, people.other, people.centre, people.officer)
    await start_work(acting(work, people.specialist), instruction.id)
    await refused(report_result, people.other, people.officer, result=Result.DONE, feedback="x")
    await refused(extend_term, people.specialist, people.director, people.bureau, until=work.now, reason="x")
    await report_result(acting(work, people.specialist), instruction.id, result=Result.PARTLY, feedback="x")
    await refused(accept_result, people.specialist, people.their_director, people.bureau)
    await refused(withdraw_instruction, people.centre, reason="x")


async def test_it_is_returned_once_and_answered(work: Work) -> None:
    people = await settle(work)
    instruction = await sent(work, people)
    centre = acting(work, people.centre)
    await sign_in(centre, instruction.id)
    await return_instruction(centre, instruction.id, reason=ReturnReason.PAPERS_MISSING, note_text="缺判决书")
    assert instruction.state == S.RETURNED
    await attach_file(acting(work, people.officer), instruction.id, Upload("判决书.pdf", PDF))
    await answer_return(acting(work, people.officer), instruction.id, answer="已补充判决书")
    assert instruction.state == S.SIGNED_IN
    with pytest.raises(RuleViolation, match="只能退回一次"):
        await return_instruction(centre, instruction.id, reason=ReturnReason.WRONG_COURT, note_text="再退")


async def test_the_term_is_extended_once_by_the_director_of_the_receiving_court(work: Work) -> None:
    people = await settle(work)
    instruction = await under_way(work, people)
    director = acting(work, people.their_director)
    assert instruction.due_at is not None
    before, until = instruction.due_at, instruction.due_at + timedelta(days=3)
    with pytest.raises(RuleViolation):
        await extend_term(director, instruction.id, until=before + timedelta(days=30), reason="需外出调查")
    await extend_term(director, instruction.id, until=until, reason="需外出调查")
    assert instruction.due_at == until
    assert (await clocks(work, instruction))[-2:] == [
        (DeadlineState.WAIVED, WUZHONG), (DeadlineState.RUNNING, WUZHONG),
    ]  # fmt: skip
    with pytest.raises(RuleViolation, match="只能延长一次"):
        await extend_term(director, instruction.id, until=until + timedelta(days=1), reason="再延")


async def test_a_result_is_rejected_once(work: Work) -> None:
    people = await settle(work)
    instruction = await reported(work, people)
    officer, specialist = acting(work, people.officer), acting(work, people.specialist)
    await reject_result(officer, instruction.id, reason="车辆位置不明")
    assert instruction.state == S.IN_PROGRESS
    await report_result(specialist, instruction.id, result=Result.DONE, feedback="已补充照片")
    with pytest.raises(RuleViolation, match="只能退回重办一次"):
        await reject_result(officer, instruction.id, reason="仍不满意")
    await accept_result(officer, instruction.id)


async def test_files_go_in_only_on_the_own_side_and_in_time(work: Work) -> None:
    people = await settle(work)
    instruction = await sent(work, people, kind=InstructionKind.SERVE)
    with pytest.raises(Conflict):
        await attach_file(acting(work, people.officer), instruction.id, Upload("迟.pdf", PDF))
    with pytest.raises(Conflict):
        await attach_file(acting(work, people.specialist), instruction.id, Upload("早.pdf", PDF))
    with pytest.raises(NotFound):
        await attach_file(acting(work, person(KUNSHAN)), instruction.id, Upload("他院.pdf", PDF))
    file = (await files_of(work, instruction.id))[0]
    opened = await open_attachment(acting(work, people.specialist), instruction.id, file.id)
    assert isinstance(opened, OpenedFile)
    assert sha256(opened.content).digest() == file.sha256
    assert (await history(work, stream=f"instruction:{instruction.id}"))[0].event == "instruction.file_opened"
    with pytest.raises(NotFound):
        await open_attachment(acting(work, person(KUNSHAN)), instruction.id, file.id)


async def test_an_existing_paper_travels_without_being_copied(work: Work) -> None:
    people = await settle(work)
    own = acting(work, people.officer)
    paper = await issue_document(
        own, "release_notice", template=PLAIN_LETTER,
        data={"court": "苏州市虎丘区人民法院", "body": "x", "paragraphs": []}, asset_id=people.made.asset.id,
    )  # fmt: skip
    strange = await issue_document(
        own, "release_notice", template=PLAIN_LETTER,
        data={"court": "苏州市虎丘区人民法院", "body": "x", "paragraphs": []}, asset_id=people.party_id,
    )  # fmt: skip
    instruction = await drafted(work, people, InstructionKind.SEAL, with_papers=False)
    file = await attach_paper(own, instruction.id, paper.id, paper="seal_ruling")
    assert (file.sha256, file.sealed_file_id) == (paper.sha256, None)
    with pytest.raises(NotFound):
        await attach_paper(own, instruction.id, strange.id)
    with pytest.raises(Conflict):
        await attach_paper(own, instruction.id, paper.id)
    await submit_instruction(own, instruction.id)
    opened = await open_attachment(acting(work, people.centre), instruction.id, file.id)
    assert opened is await document_by_id(work, paper.id)


async def test_P03_an_instruction_opens_the_case_to_the_few_who_work_on_it_and_records_it(work: Work) -> None:
    people = await settle(work)
    instruction = await under_way(work, people)
    dossier = await open_dossier(acting(work, people.specialist), instruction)
    assert [party.name for party in dossier.parties] == ["被执行人甲"]
    event = (await history(work, stream=f"case:{people.made.first_case.id}"))[0]
    assert (event.event, event.details["reader_court"]) == ("case.read_across_courts", WUZHONG)
    assert event.person_id == people.specialist.account_id
    with pytest.raises(NotPermitted):
        await open_dossier(acting(work, people.other), instruction)
    with pytest.raises(NotFound):
        await open_dossier(acting(work, person(KUNSHAN)), instruction)
    await report_result(acting(work, people.specialist), instruction.id, result=Result.DONE, feedback="x")
    await accept_result(acting(work, people.officer), instruction.id)
    with pytest.raises(NotPermitted):
        await open_dossier(acting(work, people.specialist), instruction)
    own = await open_dossier(acting(work, people.officer), instruction)
    assert own.case.id == people.made.first_case.id
