"""One instruction as both courts see it: the same clock, the files, the trace, and what the reader may do now (§11.7)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from core.database import Database, Work
from core.documents import Document, document_by_id
from core.errors import NotFound
from core.i18n import Message, msg
from core.identity import Actor, Permission
from core.sealed_files import MOST_BYTES
from disposal_teams.assets.queries import asset_of, papers_of_asset
from disposal_teams.cases.labels import PARTY_ROLE_LABELS
from disposal_teams.cases.models import CaseState
from disposal_teams.cases.queries import case_of, parties_of
from disposal_teams.courts.queries import court_names
from disposal_teams.dossier.read import entries_going_out
from disposal_teams.instructions import rules
from disposal_teams.instructions.carry_out import (
    accept_result,
    extend_term,
    reject_result,
    report_result,
    start_work,
)
from disposal_teams.instructions.files import (
    Upload,
    attach_file,
    attach_from_dossier,
    attach_paper,
    files_of,
    open_attachment,
)
from disposal_teams.instructions.kinds import FROM_ABOVE
from disposal_teams.instructions.models import (
    Instruction,
    InstructionKind,
    InstructionState,
    Result,
    ReturnReason,
)
from disposal_teams.instructions.progress import kind_of, may_own
from disposal_teams.instructions.queries import instruction_of, person_named, proposals, trace_of
from disposal_teams.instructions.receive import answer_return, assign, return_instruction, sign_in
from disposal_teams.instructions.send import (
    approve_instruction,
    decline_instruction,
    submit_instruction,
    withdraw_instruction,
)
from disposal_teams.instructions.story import tell_trace
from disposal_teams.orders.entrusted import file_entrusted_case, may_file
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.court.instruction_words import WORDS, choices
from web.court.steps import Act, take_named_step
from web.forms import Form, query_form
from web.papers import file_answer, paper_answer
from web.rendering import page
from web.team.labels import shown

S = InstructionState
BASE = "/court/instructions/{instruction_id:uuid}"


def possible_steps(work: Work, instruction: Instruction) -> set[str]:
    """What the actor may do with it as it stands; each step is checked again where it is taken."""
    state, account = S(instruction.state), work.actor.account_id
    sends = may_own(work, Permission.SEND_INSTRUCTION, instruction.from_court)
    approves = may_own(work, Permission.APPROVE_INSTRUCTION, instruction.from_court)
    dispatches = may_own(work, Permission.DISPATCH_INSTRUCTION, instruction.to_court)
    works = (
        may_own(work, Permission.WORK_ON_INSTRUCTION, instruction.to_court)
        and account == instruction.assignee_account_id
    )
    is_order = InstructionKind(instruction.kind) in FROM_ABOVE
    waits = state is S.AWAITING_APPROVAL and approves
    steps = {
        "submit": sends and state is S.DRAFT,
        "attach": (sends and state in (S.DRAFT, S.RETURNED)) or (works and state is S.IN_PROGRESS),
        "approve": waits and account != instruction.drafted_by,
        "decline": waits,
        "sign-in": dispatches and state is S.SENT,
        "assign": dispatches and state in (S.SIGNED_IN, S.ASSIGNED, S.IN_PROGRESS),
        "start": works and state is S.ASSIGNED,
        "return": dispatches
        and state in (S.SIGNED_IN, S.ASSIGNED, S.IN_PROGRESS)
        and instruction.returned_at is None,
        "answer": sends and state is S.RETURNED,
        "extend": may_own(work, Permission.APPROVE_INSTRUCTION, instruction.to_court)
        and state in (S.ASSIGNED, S.IN_PROGRESS)
        and instruction.extended_at is None,
        "report": works and state is S.IN_PROGRESS,
        "accept": sends and state is S.FEEDBACK,
        "reject": sends and state is S.FEEDBACK and instruction.rejected_at is None,
        "withdraw": sends
        and state in rules.STEPS[rules.Step.WITHDRAW][0]
        and not (is_order and instruction.sent_at is not None),
    }
    return {name for name, possible in steps.items() if possible}


@get(BASE, include_in_schema=False)
async def instruction_page(
    request: AnyRequest, database: Database, visitor: Visitor, instruction_id: UUID
) -> Response[Any]:
    """The instruction with what can be done now."""
    return await _show(request, database, require_staff(visitor), instruction_id, Form.blank(), "")


@get(BASE + "/panel", include_in_schema=False)
async def instruction_panel(
    request: AnyRequest, database: Database, visitor: Visitor, instruction_id: UUID
) -> Response[Any]:
    """Its state, clock and trace alone, for replacing them in the open page."""
    actor = require_staff(visitor)
    async with database.read(actor) as work:
        instruction = await instruction_of(work, instruction_id)
        context = await _panel(work, instruction)
    return page(
        request, "instructions/panel.html", seen=query_form(request).value("seen"), **context, **WORDS
    )


async def _panel(work: Work, instruction: Instruction) -> dict[str, Any]:
    return {
        "instruction": instruction,
        "kind": kind_of(instruction),
        "courts": await court_names(work),
        "trace": tell_trace(await trace_of(work, instruction.id)),
        "assignee": await person_named(work, instruction.assignee_account_id),
        "senders_turn": S(instruction.state) in rules.SENDERS_TURN,
        "now": work.now,
        "server_time": work.now,
    }


async def _show(
    request: AnyRequest, database: Database, actor: Actor, instruction_id: UUID, form: Form, tried: str
) -> Response[Any]:
    async with database.read(actor) as work:
        instruction = await instruction_of(work, instruction_id)
        steps = possible_steps(work, instruction)
        case = await case_of(work, instruction.case_id)
        chosen = set(instruction.party_ids)
        files = await files_of(work, instruction.id)
        subject = await asset_of(work, instruction.asset_id) if instruction.asset_id else None
        is_own = actor.court_code == instruction.from_court
        filable = may_file(work, instruction) and case.state != CaseState.CLOSED
        context = {
            **await _panel(work, instruction),
            "case": case,
            "subject": subject,
            "parties": [each for each in await parties_of(work, case.id) if each.id in chosen],
            "files": files,
            "missing": rules.missing_papers(kind_of(instruction), (file.paper for file in files)),
            "proposals": await proposals(work, instruction) if "assign" in steps else [],
            "items": await entries_going_out(work, case.id, asset_id=instruction.asset_id)
            if is_own and "attach" in steps
            else [],
            "papers": await papers_of_asset(work, subject.id)
            if subject is not None and is_own and "attach" in steps
            else [],
        }
    return page(
        request,
        "instructions/one.html",
        status=form.status,
        form=form,
        tried=tried,
        steps=steps,
        may_file=filable,
        is_own=is_own,
        seen=str(instruction.state),
        role_labels=PARTY_ROLE_LABELS,
        paper_options=shown(request, [(each.code, msg(each.title)) for each in kind_of(instruction).papers]),
        **choices(request),
        **context,
        **WORDS,
    )


async def _submit(work: Work, instruction_id: UUID, form: Form) -> None:
    await submit_instruction(work, instruction_id)


async def _approve(work: Work, instruction_id: UUID, form: Form) -> None:
    await approve_instruction(work, instruction_id)


async def _decline(work: Work, instruction_id: UUID, form: Form) -> None:
    await decline_instruction(work, instruction_id, reason=_lines(form, "reason"))


async def _sign_in(work: Work, instruction_id: UUID, form: Form) -> None:
    await sign_in(work, instruction_id)


async def _assign(work: Work, instruction_id: UUID, form: Form) -> None:
    account = form.identifier("assignee")
    if account is not None:
        await assign(work, instruction_id, account)


async def _start(work: Work, instruction_id: UUID, form: Form) -> None:
    await start_work(work, instruction_id)


async def _return(work: Work, instruction_id: UUID, form: Form) -> None:
    reason = form.choice("return_reason", ReturnReason)
    if reason is not None:
        await return_instruction(work, instruction_id, reason=reason, note_text=_lines(form, "note"))


async def _answer(work: Work, instruction_id: UUID, form: Form) -> None:
    await answer_return(work, instruction_id, answer=_lines(form, "answer"))


async def _extend(work: Work, instruction_id: UUID, form: Form) -> None:
    until = form.moment("until")
    if until is not None:
        await extend_term(work, instruction_id, until=until, reason=_lines(form, "reason"))


async def _report(work: Work, instruction_id: UUID, form: Form) -> None:
    result = form.choice("result", Result)
    if result is not None:
        await report_result(
            work, instruction_id, result=result, feedback=_lines(form, "feedback", longest=4000)
        )


async def _accept(work: Work, instruction_id: UUID, form: Form) -> None:
    await accept_result(work, instruction_id)


async def _reject(work: Work, instruction_id: UUID, form: Form) -> None:
    await reject_result(work, instruction_id, reason=_lines(form, "reason"))


async def _withdraw(work: Work, instruction_id: UUID, form: Form) -> None:
    await withdraw_instruction(work, instruction_id, reason=_lines(form, "reason"))


async def _attach(work: Work, instruction_id: UUID, form: Form) -> None:
    paper = form.text("paper", required=False, longest=40)
    if form.value("item"):
        item = form.identifier("item")
        if item is not None:
            await attach_from_dossier(work, instruction_id, item, paper=paper)
        return
    if form.value("document"):
        document = form.identifier("document")
        if document is not None:
            await attach_paper(work, instruction_id, document, paper=paper)
        return
    file = await form.upload("file", most_bytes=MOST_BYTES)
    if file is not None:
        await attach_file(work, instruction_id, Upload(*file), paper=paper)


def _lines(form: Form, name: str, longest: int = 1000) -> str:
    return form.text(name, required=False, longest=longest, lines=True)


async def _file_case(work: Work, instruction_id: UUID, form: Form) -> None:
    number = form.text("case_no", longest=60)
    if not form.is_bad:
        await file_entrusted_case(work, instruction_id, case_no=number)


ACTS: dict[str, tuple[Act, Message]] = {
    "case": (_file_case, msg("已立案，原案已销案。")),
    "submit": (_submit, msg("指令已提交。")),
    "approve": (_approve, msg("已批准，指令已送达对方法院。")),
    "decline": (_decline, msg("已退回起草人修改。")),
    "sign-in": (_sign_in, msg("已签收。")),
    "assign": (_assign, msg("已分派，承办人已收到通知。")),
    "start": (_start, msg("已接办。")),
    "return": (_return, msg("已退回，等待对方法院补正。")),
    "answer": (_answer, msg("已补正，期限重新计算。")),
    "extend": (_extend, msg("已延长办理期限，双方法院看到新的期限。")),
    "report": (_report, msg("结果已反馈，发起法院已收到通知。")),
    "accept": (_accept, msg("已认可结果，指令办结。")),
    "reject": (_reject, msg("已退回重新办理。")),
    "withdraw": (_withdraw, msg("指令已撤回。")),
    "attach": (_attach, msg("材料已添加。")),
}


@post(BASE + "/{act:str}", include_in_schema=False)
async def take_step(
    request: AnyRequest, database: Database, visitor: Visitor, instruction_id: UUID, act: str
) -> Response[Any]:
    """Take one step; a refusal keeps what was typed."""
    actor = require_staff(visitor)
    back = f"/court/instructions/{instruction_id}"
    taken = await take_named_step(request, database, actor, ACTS, act, instruction_id, back=back)
    if isinstance(taken, Form):
        return await _show(request, database, actor, instruction_id, taken, act)
    return taken


@get(BASE + "/files/{file_id:uuid}", include_in_schema=False)
async def instruction_file(
    request: AnyRequest, database: Database, visitor: Visitor, instruction_id: UUID, file_id: UUID
) -> Response[Any]:
    """A file for either court; the other court's reading is recorded (P-03)."""
    actor = require_staff(visitor)
    async with database.begin(actor) as work:
        opened = await open_attachment(work, instruction_id, file_id)
    return paper_answer(opened) if isinstance(opened, Document) else file_answer(opened)


@get(BASE + "/sheet", include_in_schema=False)
async def instruction_sheet(
    request: AnyRequest, database: Database, visitor: Visitor, instruction_id: UUID
) -> Response[Any]:
    """The 指令单."""
    actor = require_staff(visitor)
    async with database.read(actor) as work:
        instruction = await instruction_of(work, instruction_id)
        if instruction.sheet_document_id is None:
            raise NotFound(msg("指令发出后才有指令单。"))
        paper = await document_by_id(work, instruction.sheet_document_id)
    return paper_answer(paper)


route_handlers = [
    instruction_page,
    instruction_panel,
    take_step,
    instruction_file,
    instruction_sheet,
]
