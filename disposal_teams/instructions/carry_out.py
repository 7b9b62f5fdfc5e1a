"""The work on an instruction: take it up, ask for time once, report the result, and the sender's verdict on it (§11.7)."""

from datetime import datetime
from uuid import UUID

from core.audit import record
from core.database import Work
from core.deadlines import waive_deadline
from core.errors import NotPermitted, RuleViolation
from core.i18n import msg
from core.identity import Permission, Role
from disposal_teams.cases.queries import case_by_number
from disposal_teams.instructions.files import files_of, hashes
from disposal_teams.instructions.models import Acceptance, Instruction, InstructionState, Result
from disposal_teams.instructions.papers import issue_sheet
from disposal_teams.instructions.progress import (
    CLOCK,
    headline,
    locked,
    move,
    note,
    require_own,
    set_clock,
    tell,
    tell_person,
    written,
)
from disposal_teams.instructions.receive import tell_sender
from disposal_teams.instructions.rules import Step, check_extension, check_rejection, next_state

_UNDER_WAY = frozenset({InstructionState.ASSIGNED, InstructionState.IN_PROGRESS})


async def start_work(work: Work, instruction_id: UUID) -> Instruction:
    """The assignee takes it up. The clock has been running since the assignment."""
    instruction = await locked(work, instruction_id)
    _require_assignee(work, instruction)
    await move(work, instruction, Step.START)
    instruction.started_at = work.now
    return instruction


async def extend_term(work: Work, instruction_id: UUID, *, until: datetime, reason: str) -> Instruction:
    """The director of the receiving court gives more time: once, before the end, by no more than the original term."""
    reason = written(reason, "reason", msg("请写明延长的理由。"))
    instruction = await locked(work, instruction_id)
    require_own(work, Permission.APPROVE_INSTRUCTION, instruction.to_court)
    if InstructionState(instruction.state) not in _UNDER_WAY:
        raise RuleViolation("§11.7", msg("只有办理期限可以延长。"))
    assert instruction.due_at is not None
    assert instruction.clock_started_at is not None
    started, before = instruction.clock_started_at, instruction.due_at
    check_extension(
        extended_before=instruction.extended_at is not None,
        until=until,
        started=started,
        due_at=before,
        now=work.now,
    )
    await waive_deadline(
        work, CLOCK, subject_kind="instruction", subject_id=instruction.id, reason="延长办理期限"
    )
    await set_clock(work, instruction, until)
    instruction.clock_started_at = started
    instruction.extended_at, instruction.extension_reason = work.now, reason
    await note(
        work, instruction, "extended", rule="§11.7", reason=reason,
        before=before.isoformat(), until=until.isoformat(),
    )  # fmt: skip
    await tell_sender(work, instruction, msg("指令办理期限已延长"), reason, key="extended")
    return instruction


async def report_result(work: Work, instruction_id: UUID, *, result: Result, feedback: str) -> Instruction:
    """Report 办结 with what was found; the sender is told at once (T-25) and has some days to accept."""
    feedback = written(feedback, "feedback", msg("请写明办理情况和结果。"), longest=4000)
    instruction = await locked(work, instruction_id)
    _require_assignee(work, instruction)
    await move(
        work, instruction, Step.REPORT, result=Result(result).value,
        files=hashes(await files_of(work, instruction.id)),
    )  # fmt: skip
    instruction.result, instruction.feedback, instruction.feedback_at = Result(result), feedback, work.now
    await tell_sender(
        work, instruction, msg("指令已反馈结果"), feedback, key=f"reported:{work.now.isoformat()}"
    )
    return instruction


async def accept_result(work: Work, instruction_id: UUID) -> Instruction:
    """The sender accepts: the instruction is closed, its evidence stands in both files from now on."""
    instruction = await locked(work, instruction_id)
    require_own(work, Permission.SEND_INSTRUCTION, instruction.from_court)
    return await close(work, instruction, Acceptance.ACCEPTED)


async def reject_result(work: Work, instruction_id: UUID, *, reason: str) -> Instruction:
    """The sender is not content: the work is taken up again, once, with a new term."""
    reason = written(reason, "reason", msg("请写明不认可结果的理由。"))
    instruction = await locked(work, instruction_id)
    require_own(work, Permission.SEND_INSTRUCTION, instruction.from_court)
    if instruction.state == InstructionState.FEEDBACK:
        check_rejection(rejected_before=instruction.rejected_at is not None)
    await move(work, instruction, Step.REJECT, reason=reason)
    instruction.rejected_at, instruction.rejection = work.now, reason
    body = msg("{headline}。{said}", headline=headline(instruction), said=reason[:200])
    await tell_person(
        work,
        instruction,
        instruction.assignee_account_id,
        msg("结果未获认可，请重新办理"),
        body,
        key="rejected",
    )
    await tell(
        work, instruction, instruction.to_court, msg("结果未获认可，请重新办理"), body,
        Role.COMMAND_CENTRE, Role.INTERMEDIATE_COURT, key="rejected",
    )  # fmt: skip
    return instruction


async def close(work: Work, instruction: Instruction, acceptance: Acceptance) -> Instruction:
    """Close it, and write the evidence into the chains of both courts' cases (§11.7). The sheet is issued anew, complete."""
    next_state(InstructionState(instruction.state), Step.ACCEPT)
    # All of it before the move: a closed instruction never changes again.
    instruction.acceptance, instruction.closed_at = acceptance, work.now
    sheet = await issue_sheet(work, instruction)
    instruction.sheet_document_id = sheet.id
    await move(work, instruction, Step.ACCEPT, document_id=sheet.id, acceptance=acceptance.value)
    evidence = hashes(await files_of(work, instruction.id))
    cases = {instruction.case_id}
    if instruction.linked_case_no:
        linked = await case_by_number(work, instruction.linked_case_no)
        if linked is not None and linked.court_code == instruction.to_court:
            cases.add(linked.id)
    for case_id in sorted(cases):
        await record(
            work,
            "case.instruction_closed",
            stream=f"case:{case_id}",
            rule="T-25",
            case_id=case_id,
            document_id=sheet.id,
            instruction=str(instruction.id),
            number=instruction.number,
            result=instruction.result,
            files=evidence,
        )
    await tell_person(
        work, instruction, instruction.assignee_account_id, msg("结果已获认可，指令办结"), headline(instruction),
        key="closed",
    )  # fmt: skip
    return instruction


def _require_assignee(work: Work, instruction: Instruction) -> None:
    require_own(work, Permission.WORK_ON_INSTRUCTION, instruction.to_court)
    account = work.actor.account_id
    if account is not None and account != instruction.assignee_account_id:
        raise NotPermitted(msg("该指令由其他人员承办。如需改由您办理，请指挥中心改派。"), rule="§11.7")
