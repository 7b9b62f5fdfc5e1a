"""What every step of an instruction shares: the lock, the move with its clock and trace, who is told."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import select

from core.audit import record
from core.database import Work
from core.deadlines import Deadline, meet_deadline, on_move, open_deadline, waive_deadline
from core.deadlines.rules import Period
from core.errors import InvalidInput, NotFound, NotPermitted
from core.i18n import Message, msg
from core.identity import Permission, Role, may, require
from core.legal_settings import legal
from core.notices import notify
from disposal_teams.courts.tell import tell_court
from disposal_teams.instructions.kinds import KINDS, Kind
from disposal_teams.instructions.models import (
    Escalation,
    Instruction,
    InstructionKind,
    InstructionState,
    Urgency,
)
from disposal_teams.instructions.rules import SENDERS_TURN, Step, check_at, due_after, next_state
from disposal_teams.plain_text import clean_text

S = InstructionState
CLOCK = "T-25"
"""The rule id of the clock of an instruction's present step."""

CHANNEL = "instruction_live"

CENTRE = (Role.COMMAND_CENTRE, Role.INTERMEDIATE_COURT)
_TURN_ROLE: dict[InstructionState, Role] = {
    S.AWAITING_APPROVAL: Role.BUREAU_DIRECTOR,
    S.RETURNED: Role.CASE_OFFICER,
    S.FEEDBACK: Role.CASE_OFFICER,
    S.SENT: Role.COMMAND_CENTRE,
    S.SIGNED_IN: Role.COMMAND_CENTRE,
    S.ASSIGNED: Role.CASE_OFFICER,
    S.IN_PROGRESS: Role.CASE_OFFICER,
}
_KEEPS_CLOCK = frozenset({S.ASSIGNED, S.IN_PROGRESS})


def kind_of(instruction: Instruction) -> Kind:
    """The type as data."""
    return KINDS[InstructionKind(instruction.kind)]


def require_own(work: Work, permission: Permission, court_code: str) -> None:
    """Raise `NotPermitted` unless the actor may do this in that very court. An instruction has two sides: nobody acts for the
    other one, the intermediate court not excepted."""
    require(work.actor, permission, court_code=court_code)
    if not acts_in(work, court_code):
        raise NotPermitted(msg("该步骤由 {code} 法院的人员办理。", code=court_code), rule="P-03")


def acts_in(work: Work, court_code: str) -> bool:
    """Whether the actor belongs to the court (or is the system)."""
    return work.actor.court_code == court_code or work.actor.has(Role.SYSTEM)


def may_own(work: Work, permission: Permission, court_code: str) -> bool:
    """Whether `require_own` would let the actor pass."""
    return may(work.actor, permission, court_code=court_code) and acts_in(work, court_code)


async def locked(work: Work, instruction_id: UUID) -> Instruction:
    """The instruction with its row locked, as it stands now. Raises `NotFound`."""
    found = await work.session.exec(
        select(Instruction)
        .where(Instruction.id == instruction_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    instruction = found.first()
    if instruction is None or not may_see(work, instruction):
        raise NotFound(msg("没有找到该指令，或它与本院无关。"), rule="P-03")
    return instruction


def may_see(work: Work, instruction: Instruction) -> bool:
    """The two courts and the intermediate court; a draft only its own court (P-03)."""
    actor = work.actor
    if actor.has(Role.SYSTEM):
        return True
    if not actor.is_staff:
        return False
    if actor.court_code == instruction.from_court:
        return True
    if instruction.sent_at is None:
        return False
    return actor.court_code == instruction.to_court or actor.has(Role.INTERMEDIATE_COURT)


def written(value: str, field: str, missing: Message, *, longest: int = 1000) -> str:
    """A text that a step demands. Raises `InvalidInput`."""
    fields: dict[str, Message] = {}
    clean = clean_text(value, field, fields, longest=longest)
    if fields:
        raise InvalidInput(missing, fields=fields, rule="§11.7")
    return clean


async def move(
    work: Work,
    instruction: Instruction,
    step: Step,
    *,
    rule: str = "T-25",
    document_id: UUID | None = None,
    **details: Any,
) -> None:
    """Take the step if §11.7 has it: the state, the one clock of both courts, the trace, and the open pages are told.

    The clock of the work goes on when the work changes hands or begins.
    """
    before = S(instruction.state)
    after = next_state(before, step)
    keeps = before in _KEEPS_CLOCK and after in _KEEPS_CLOCK
    if not keeps:
        await _stop_clock(work, instruction, after)
    instruction.state = after
    if not keeps:
        due_at = due_after(
            after,
            now=work.now,
            kind=kind_of(instruction),
            urgency=Urgency(instruction.urgency),
            wanted_on=instruction.wanted_on,
            terms=legal(),
        )
        instruction.overdue_since, instruction.escalation = None, None
        await set_clock(work, instruction, due_at)
    await note(
        work, instruction, _PAST[step], rule=rule, document_id=document_id,
        before=before.value, after=after.value, **details,
    )  # fmt: skip


async def note(
    work: Work,
    instruction: Instruction,
    event: str,
    *,
    rule: str = "T-25",
    document_id: UUID | None = None,
    **details: Any,
) -> None:
    """Write an event of the instruction, readable from its own chain and from the case; open pages are told."""
    await record(
        work,
        f"instruction.{event}",
        stream=f"instruction:{instruction.id}",
        rule=rule,
        asset_id=instruction.asset_id,
        case_id=instruction.case_id,
        document_id=document_id,
        instruction=str(instruction.id),
        **details,
    )
    await work.session.execute(
        text("SELECT pg_notify(:channel, :id)"), {"channel": CHANNEL, "id": str(instruction.id)}
    )


async def _stop_clock(work: Work, instruction: Instruction, after: InstructionState) -> None:
    """End the clock of the step that is being left."""
    if instruction.due_at is None:
        return
    if after in (S.WITHDRAWN, S.DRAFT):
        await waive_deadline(
            work, CLOCK, subject_kind="instruction", subject_id=instruction.id, reason=after.value
        )
    else:
        await meet_deadline(
            work,
            CLOCK,
            subject_kind="instruction",
            subject_id=instruction.id,
            done_event=f"instruction.{after}",
        )


async def set_clock(work: Work, instruction: Instruction, due_at: datetime | Period | None) -> None:
    """Let the clock of the present step begin now and end at `due_at` (None: no clock)."""
    state = S(instruction.state)
    instruction.clock_started_at = work.now if due_at is not None else None
    instruction.due_at = due_at.end() if isinstance(due_at, Period) else due_at
    plan_check(work, instruction)
    if due_at is None:
        return
    is_senders = state in SENDERS_TURN
    await open_deadline(
        work,
        CLOCK,
        subject_kind="instruction",
        subject_id=instruction.id,
        due_at=due_at,
        owner_role=_TURN_ROLE[state],
        owner_court=instruction.from_court if is_senders else instruction.to_court,
        case_id=instruction.case_id,
    )


@on_move(CLOCK)
async def _move_clock(work: Work, clock: Deadline, before: datetime) -> None:
    """The calendar has moved the end of the present step: both courts see the same one again."""
    instruction = await work.session.get(Instruction, clock.subject_id, with_for_update=True)
    if instruction is not None and instruction.due_at == before:
        instruction.due_at = clock.due_at
        plan_check(work, instruction)
        await note(work, instruction, "clock_moved", rule="C-02", due_at=clock.due_at.isoformat())


def plan_check(work: Work, instruction: Instruction) -> None:
    """Note when the system looks at the instruction next."""
    instruction.next_check_at = check_at(
        S(instruction.state),
        since=instruction.clock_started_at or work.now,
        due_at=instruction.due_at,
        escalation=Escalation(instruction.escalation) if instruction.escalation else None,
        terms=legal(),
        now=work.now,
    )


async def tell(
    work: Work, instruction: Instruction, court: str, title: Message, body: Message, *roles: Role, key: str
) -> None:
    """A notice to the people of a court who hold one of the roles, once for this occasion."""
    await tell_court(
        work,
        court,
        *roles,
        key=f"instruction:{instruction.id}:{key}",
        title=title,
        body=body,
        link=page_of(instruction),
    )


async def tell_person(
    work: Work, instruction: Instruction, account_id: UUID | None, title: Message, body: Message, *, key: str
) -> None:
    """A notice to one person, once for this occasion."""
    if account_id is not None:
        await notify(
            work,
            account_id=account_id,
            key=f"instruction:{instruction.id}:{key}",
            title=title,
            body=body,
            link=page_of(instruction),
        )


def page_of(instruction: Instruction) -> str:
    """Its page."""
    return f"/court/instructions/{instruction.id}"


def headline(instruction: Instruction) -> Message:
    """Number, type and subject in one line."""
    return msg(
        "{number} {kind}：{subject}",
        number=instruction.number or "",
        kind=msg(kind_of(instruction).title),
        subject=instruction.subject,
    )


_PAST: dict[Step, str] = {
    Step.SUBMIT: "submitted",
    Step.SEND: "sent",
    Step.DECLINE: "declined",
    Step.SIGN_IN: "signed_in",
    Step.ASSIGN: "assigned",
    Step.START: "started",
    Step.RETURN: "returned",
    Step.ANSWER: "answered",
    Step.REPORT: "reported",
    Step.ACCEPT: "accepted",
    Step.REJECT: "rejected",
    Step.WITHDRAW: "withdrawn",
}
