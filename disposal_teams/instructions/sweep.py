"""Nobody needs to push: reminders, missed clocks carried up, silence that accepts, returns that nobody answered (§11.7)."""

from uuid import UUID

from sqlmodel import col, select

from core.database import Work
from core.i18n import msg
from core.identity import Role
from core.legal_settings import legal
from disposal_teams.courts.queries import court_of
from disposal_teams.instructions.carry_out import close
from disposal_teams.instructions.models import Acceptance, Escalation, Instruction, InstructionState
from disposal_teams.instructions.progress import (
    CENTRE,
    headline,
    locked,
    move,
    note,
    plan_check,
    tell,
    tell_person,
)
from disposal_teams.instructions.rules import SENDERS_TURN, Step, escalation_due

BATCH = 500
S = InstructionState


async def due_instructions(work: Work) -> list[tuple[UUID, str]]:
    """Instructions at which the system has to look now, the longest due first, each with a key that names the occasion."""
    rows = await work.session.exec(
        select(Instruction.id, Instruction.next_check_at)
        .where(col(Instruction.next_check_at) <= work.now)
        .order_by(col(Instruction.next_check_at))
        .limit(BATCH)
    )
    return [(found, f"{found}:{moment.isoformat()}") for found, moment in rows if moment is not None]


async def look_after(work: Work, instruction_id: UUID) -> None:
    """Do what is due on this instruction, whatever it is. Too early, or a second time, it changes nothing."""
    instruction = await locked(work, instruction_id)
    if instruction.next_check_at is None or instruction.next_check_at > work.now:
        return
    assert instruction.due_at is not None
    state = S(instruction.state)
    if work.now < instruction.due_at:
        await _nudge(work, instruction)
    elif state is S.FEEDBACK:
        await close(work, instruction, Acceptance.BY_SILENCE)
    elif state is S.RETURNED:
        await _withdraw_unanswered(work, instruction)
    else:
        await _carry_up(work, instruction)


async def _nudge(work: Work, instruction: Instruction) -> None:
    plan_check(work, instruction)
    await tell(
        work, instruction, instruction.to_court, msg("有指令尚未签收"),
        msg("{headline}。请尽快签收。", headline=headline(instruction)), *CENTRE, key="nudge",
    )  # fmt: skip
    await note(work, instruction, "reminded", rule="§11.7")


async def _withdraw_unanswered(work: Work, instruction: Instruction) -> None:
    await move(work, instruction, Step.WITHDRAW, rule="§11.7", reason="退回后逾期未补正")
    for court in (instruction.from_court, instruction.to_court):
        await tell(
            work, instruction, court, msg("退回的指令逾期未补正，已撤回"), headline(instruction), *CENTRE,
            key="unanswered",
        )  # fmt: skip
    await tell_person(
        work, instruction, instruction.drafted_by, msg("退回的指令逾期未补正，已撤回"), headline(instruction),
        key="unanswered",
    )  # fmt: skip


async def _carry_up(work: Work, instruction: Instruction) -> None:
    """The clock has ended: to the director of the court whose turn it is, then to the bureau, then into the bulletin."""
    assert instruction.due_at is not None
    reached = escalation_due(instruction.due_at, work.now, legal())
    assert reached is not None
    order = list(Escalation)
    begun = order.index(Escalation(instruction.escalation)) + 1 if instruction.escalation else 0
    if instruction.overdue_since is None:
        instruction.overdue_since = instruction.due_at
        instruction.times_overdue += 1
    for step in order[begun : order.index(reached) + 1]:
        instruction.escalation = step
        await note(
            work, instruction, f"escalated_{step}", rule="§11.7", due_at=instruction.due_at.isoformat()
        )
        await _tell_of(work, instruction, step)
    plan_check(work, instruction)


async def _tell_of(work: Work, instruction: Instruction, step: Escalation) -> None:
    late = instruction.from_court if S(instruction.state) in SENDERS_TURN else instruction.to_court
    body = msg("{headline}。期限已届满，请督促办理。", headline=headline(instruction))
    key = f"{step}:{instruction.due_at}"
    if step is Escalation.DIRECTOR:
        await tell(work, instruction, late, msg("指令逾期"), body, Role.BUREAU_DIRECTOR, key=key)
        await tell_person(work, instruction, instruction.assignee_account_id, msg("指令逾期"), body, key=key)
    elif step is Escalation.BUREAU and instruction.sent_at is not None:
        bureau = (await court_of(work, late)).superior_code or late
        await tell(work, instruction, bureau, msg("下级法院指令逾期"), body, Role.INTERMEDIATE_COURT, key=key)
