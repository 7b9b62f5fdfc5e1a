"""Out of the court: submit, approve, give the number, issue the sheet, deliver at once; take back (§11.7)."""

from uuid import UUID

from sqlalchemy import text

from core.clock import COURT_ZONE
from core.database import Work
from core.errors import NotPermitted, RuleViolation
from core.i18n import msg
from core.identity import Permission, Role
from disposal_teams.instructions.files import files_of, hashes
from disposal_teams.instructions.kinds import FROM_ABOVE
from disposal_teams.instructions.models import Instruction, InstructionKind, InstructionState
from disposal_teams.instructions.papers import issue_sheet
from disposal_teams.instructions.progress import (
    CENTRE,
    headline,
    kind_of,
    locked,
    may_own,
    move,
    require_own,
    tell,
    tell_person,
    written,
)
from disposal_teams.instructions.rules import Step, missing_papers
from disposal_teams.plain_text import listed


async def submit_instruction(work: Work, instruction_id: UUID) -> Instruction:
    """Hand the draft in. Simple help goes out at once; the others wait for the director, unless the director drafted it.

    Raises `RuleViolation` for papers of §7.5 that are missing.
    """
    instruction = await locked(work, instruction_id)
    require_own(work, Permission.SEND_INSTRUCTION, instruction.from_court)
    await _check_papers(work, instruction)
    if kind_of(instruction).needs_approval and not may_own(
        work, Permission.APPROVE_INSTRUCTION, instruction.from_court
    ):
        await move(work, instruction, Step.SUBMIT)
        await tell(
            work, instruction, instruction.from_court, msg("指令待审批"), headline(instruction),
            Role.BUREAU_DIRECTOR, key=f"approve:{work.now.isoformat()}",
        )  # fmt: skip
        return instruction
    return await deliver(work, instruction)


async def approve_instruction(work: Work, instruction_id: UUID) -> Instruction:
    """The director lets it out; somebody else than who drafted it (P-05)."""
    instruction = await locked(work, instruction_id)
    require_own(work, Permission.APPROVE_INSTRUCTION, instruction.from_court)
    if instruction.state != InstructionState.AWAITING_APPROVAL:
        raise RuleViolation("§11.7", msg("该指令不在待审批状态。"))
    if work.actor.account_id is not None and work.actor.account_id == instruction.drafted_by:
        raise NotPermitted(msg("起草人不能审批自己提交的指令，请由其他负责人审批。"), rule="P-05")
    return await deliver(work, instruction)


async def decline_instruction(work: Work, instruction_id: UUID, *, reason: str) -> Instruction:
    """The director gives it back to be mended."""
    reason = written(reason, "reason", msg("请写明不同意发出的理由。"))
    instruction = await locked(work, instruction_id)
    require_own(work, Permission.APPROVE_INSTRUCTION, instruction.from_court)
    await move(work, instruction, Step.DECLINE, reason=reason)
    await tell_person(
        work, instruction, instruction.drafted_by, msg("指令未获批准"),
        msg("{headline}。理由：{reason}", headline=headline(instruction), reason=reason),
        key=f"declined:{work.now.isoformat()}",
    )  # fmt: skip
    return instruction


async def withdraw_instruction(work: Work, instruction_id: UUID, *, reason: str) -> Instruction:
    """The sending court takes it back, at any time before the result is reported."""
    reason = written(reason, "reason", msg("请写明撤回理由。"))
    instruction = await locked(work, instruction_id)
    require_own(work, Permission.SEND_INSTRUCTION, instruction.from_court)
    if InstructionKind(instruction.kind) in FROM_ABOVE and instruction.sent_at is not None:
        raise RuleViolation(
            "T-20", msg("已送达的命令不能撤回；认为有误的，由上级法院另行裁定或者经复议改变。")
        )
    await move(work, instruction, Step.WITHDRAW, reason=reason)
    if instruction.sent_at is not None:
        await tell(
            work, instruction, instruction.to_court, msg("指令已撤回"), headline(instruction), *CENTRE,
            key="withdrawn",
        )  # fmt: skip
        await tell_person(
            work, instruction, instruction.assignee_account_id, msg("指令已撤回"), headline(instruction),
            key="withdrawn",
        )  # fmt: skip
    return instruction


async def _check_papers(work: Work, instruction: Instruction) -> None:
    files = await files_of(work, instruction.id)
    missing = missing_papers(kind_of(instruction), (file.paper for file in files))
    if missing:
        raise RuleViolation(
            "§7.5",
            msg("缺少必备材料：{papers}。", papers=listed([msg(paper.title) for paper in missing])),
            remedy=msg("请在“材料”中添加后再提交。"),
        )


async def deliver(work: Work, instruction: Instruction) -> Instruction:
    """Number it, issue the sheet and deliver it: electronic arrival is at once (C-07). The caller has checked who lets it out."""
    instruction.number = await _next_number(work, instruction.from_court)
    instruction.approved_by, instruction.approved_at = work.actor.account_id, work.now
    instruction.sent_at = work.now
    sheet = await issue_sheet(work, instruction)
    instruction.sheet_document_id = sheet.id
    await move(
        work, instruction, Step.SEND, document_id=sheet.id, number=instruction.number,
        files=hashes(await files_of(work, instruction.id)),
    )  # fmt: skip
    await tell(
        work, instruction, instruction.to_court, msg("收到指令"),
        msg("{headline}。请在期限内签收。", headline=headline(instruction)), *CENTRE, key="sent",
    )  # fmt: skip
    return instruction


async def _next_number(work: Work, court_code: str) -> str:
    """The next number of the court in this year: the counter's row lock orders those who send at one moment."""
    year = work.now.astimezone(COURT_ZONE).year
    row = await work.session.execute(
        text(
            "INSERT INTO instruction_counter AS counter (court_code, year, last) VALUES (:court, :year, 1) "
            "ON CONFLICT (court_code, year) DO UPDATE SET last = counter.last + 1 RETURNING last"
        ),
        {"court": court_code, "year": year},
    )
    return f"（{year}）苏{court_code}指{row.scalar_one()}号"
