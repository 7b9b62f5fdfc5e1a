"""The receiving court's command centre: sign in, assign at once, return once; many at a time (§11.7, T-25)."""

from collections.abc import Sequence
from uuid import UUID

from core.database import Work
from core.errors import DisposalError, InvalidInput, NotFound
from core.i18n import Message, msg
from core.identity import Permission, Role
from core.identity.accounts import as_actor
from core.identity.models import Account
from core.identity.permissions import may
from core.legal_settings import legal
from disposal_teams.instructions.models import Instruction, ReturnReason
from disposal_teams.instructions.progress import (
    headline,
    locked,
    move,
    require_own,
    tell,
    tell_person,
    written,
)
from disposal_teams.instructions.rules import Step, check_return

MOST_AT_ONCE = 200


async def sign_in(work: Work, instruction_id: UUID) -> Instruction:
    """Sign the instruction in for the receiving court."""
    instruction = await locked(work, instruction_id)
    require_own(work, Permission.DISPATCH_INSTRUCTION, instruction.to_court)
    await move(work, instruction, Step.SIGN_IN)
    instruction.signed_in_at = instruction.signed_in_at or work.now
    return instruction


async def assign(work: Work, instruction_id: UUID, account_id: UUID) -> Instruction:
    """Give it to somebody of the own court; again, to somebody else, while the work goes on and its clock with it."""
    instruction = await locked(work, instruction_id)
    require_own(work, Permission.DISPATCH_INSTRUCTION, instruction.to_court)
    account = await work.session.get(Account, account_id)
    if (
        account is None
        or account.disabled_at is not None
        or account.court_code != instruction.to_court
        or not may(as_actor(account), Permission.WORK_ON_INSTRUCTION)
    ):
        raise InvalidInput(
            msg("请选择本院可以办理指令的人员。"), fields={"assignee": msg("请从列出的选项中选择。")}
        )
    before = instruction.assignee_account_id
    instruction.assignee_account_id = account.id
    instruction.assigned_at = work.now
    await move(work, instruction, Step.ASSIGN, assignee=str(account.id), assignee_name=account.display_name)
    instruction.started_at = None
    key = f"assigned:{account.id.hex}:{work.now:%Y%m%d%H%M%S}"
    await tell_person(work, instruction, account.id, msg("指令已分派给您"), headline(instruction), key=key)
    if before is not None and before != account.id:
        await tell_person(work, instruction, before, msg("指令已改派他人"), headline(instruction), key=key)
    return instruction


async def return_instruction(
    work: Work, instruction_id: UUID, *, reason: ReturnReason, note_text: str
) -> Instruction:
    """Send it back, once and within a working day of signing in. The sender has some days to answer (§11.7)."""
    note_text = written(note_text, "note", msg("请写明退回的理由和需要补充的内容。"))
    instruction = await locked(work, instruction_id)
    require_own(work, Permission.DISPATCH_INSTRUCTION, instruction.to_court)
    if instruction.signed_in_at is not None:
        check_return(
            returned_before=instruction.returned_at is not None,
            signed_in_at=instruction.signed_in_at,
            now=work.now,
            terms=legal(),
        )
    await move(work, instruction, Step.RETURN, reason=ReturnReason(reason).value, note=note_text)
    instruction.return_reason, instruction.return_note = ReturnReason(reason), note_text
    instruction.returned_at = work.now
    await tell_sender(work, instruction, msg("指令被退回"), note_text, key="returned")
    return instruction


async def answer_return(work: Work, instruction_id: UUID, *, answer: str) -> Instruction:
    """The sender answers and has added what was missing; the receiving court assigns it the same day."""
    answer = written(answer, "answer", msg("请写明补充的内容。"))
    instruction = await locked(work, instruction_id)
    require_own(work, Permission.SEND_INSTRUCTION, instruction.from_court)
    await move(work, instruction, Step.ANSWER, answer=answer)
    instruction.return_answer = answer
    await tell(
        work, instruction, instruction.to_court, msg("退回的指令已补正"), headline(instruction),
        Role.COMMAND_CENTRE, Role.INTERMEDIATE_COURT, key="answered",
    )  # fmt: skip
    return instruction


async def tell_sender(work: Work, instruction: Instruction, title: Message, said: str, *, key: str) -> None:
    """The one who drafted it and the own command centre learn of it at once (T-25)."""
    body = msg("{headline}。{said}", headline=headline(instruction), said=said[:200])
    await tell_person(work, instruction, instruction.drafted_by, title, body, key=key)
    await tell(work, instruction, instruction.from_court, title, body, Role.COMMAND_CENTRE, key=key)


async def sign_in_many(work: Work, instruction_ids: Sequence[UUID]) -> tuple[int, list[Message]]:
    """Sign many in. What cannot be signed in is left as it is; returns how many were, and why others were not."""
    return await _each(work, instruction_ids, None)


async def assign_many(
    work: Work, instruction_ids: Sequence[UUID], account_id: UUID
) -> tuple[int, list[Message]]:
    """Sign in where that is still to be done, and give all of them to one person."""
    return await _each(work, instruction_ids, account_id)


async def _each(
    work: Work, instruction_ids: Sequence[UUID], account_id: UUID | None
) -> tuple[int, list[Message]]:
    if len(instruction_ids) > MOST_AT_ONCE:
        raise InvalidInput(msg("一次最多办理 {most} 份指令。", most=MOST_AT_ONCE))
    done, refused = 0, []
    # By id, so that two dispatchers at one moment wait for each other instead of for ever.
    for instruction_id in sorted(set(instruction_ids)):
        try:
            async with work.session.begin_nested():
                instruction = await locked(work, instruction_id)
                if account_id is None or instruction.signed_in_at is None:
                    await sign_in(work, instruction_id)
                if account_id is not None:
                    await assign(work, instruction_id, account_id)
            done += 1
        except NotFound:
            raise
        except DisposalError as error:
            refused.append(error.message)
    return done, refused
