"""Read instructions: a court's inbox and outbox, counts, one instruction with its trace, whom to assign (P-03)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, text
from sqlmodel import col, select

from core.audit import AuditEvent, history
from core.database import Work
from core.errors import NotFound
from core.i18n import msg
from core.identity import Permission, Role, require
from core.identity.models import Account
from disposal_teams.courts.queries import staff_of
from disposal_teams.instructions.kinds import KINDS
from disposal_teams.instructions.models import (
    OPEN_STATES,
    READABLE,
    Instruction,
    InstructionKind,
    InstructionState,
    Urgency,
)
from disposal_teams.instructions.progress import may_see
from disposal_teams.instructions.rules import Candidate, propose
from disposal_teams.people.queries import skills_of
from disposal_teams.plain_text import searchable

PAGE = 50
COUNTED = 1000
"""Counts on the desk stop here: nobody needs to know more exactly how much too much it is."""

WORKERS = (Role.CASE_OFFICER, Role.DISPOSAL_TEAM, Role.CLERK, Role.INTERMEDIATE_COURT)


class Box(StrEnum):
    """Which side of the post."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Filter:
    """What of a box is looked for. Without a state: everything that is still open."""

    state: InstructionState | None = None
    kind: InstructionKind | None = None
    urgency: Urgency | None = None
    only_overdue: bool = False
    number: str = ""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page of a box ended."""

    due_at: datetime | None
    id: UUID


@dataclass(frozen=True, slots=True)
class BoxPage:
    """A page of a box, what is due first in front; `after` continues, None at the end."""

    rows: Sequence[Instruction]
    after: Position | None


async def box_page(
    work: Work,
    court_code: str,
    box: Box,
    wanted: Filter = Filter(),
    *,
    after: Position | None = None,
    limit: int = PAGE,
) -> BoxPage:
    """One page of a court's inbox or outbox, in the order of what is due; what is over, newest first."""
    require(work.actor, Permission.SEE_COURT_FILES, court_code=court_code)
    query = select(Instruction).where(*_conditions(work, court_code, box, wanted))
    is_over = wanted.state in (InstructionState.CLOSED, InstructionState.WITHDRAWN)
    is_clockless = is_over or wanted.state is InstructionState.DRAFT
    if is_clockless:
        query = query.order_by(col(Instruction.id).desc())
        if after is not None:
            query = query.where(col(Instruction.id) < after.id)
    else:
        query = query.order_by(col(Instruction.due_at), col(Instruction.id))
        if after is not None and after.due_at is not None:
            query = query.where(
                text("(due_at, id) > (:due_at, :id)").bindparams(due_at=after.due_at, id=after.id)
            )
    found = list(await work.session.exec(query.limit(limit + 1)))
    page = found[:limit]
    last = Position(page[-1].due_at, page[-1].id) if len(found) > limit else None
    return BoxPage(page, last)


def _conditions(work: Work, court_code: str, box: Box, wanted: Filter) -> list[ColumnElement[bool]]:
    side = col(Instruction.to_court) if box is Box.IN else col(Instruction.from_court)
    conditions: list[ColumnElement[bool]] = [side == court_code]
    if number := searchable(wanted.number, longest=40):
        return [*conditions, col(Instruction.number) == number, *_sent_only(box)]
    if wanted.state is not None:
        conditions.append(col(Instruction.state) == str(wanted.state))
        conditions += _sent_only(box)
    elif box is Box.IN:
        # As literals: only so does the planner see that the partial index holds these rows.
        conditions.append(_literal_states(READABLE))
    else:
        conditions.append(_literal_states(OPEN_STATES - {InstructionState.DRAFT}))
    if wanted.kind is not None:
        conditions.append(col(Instruction.kind) == str(wanted.kind))
    if wanted.urgency is not None:
        conditions.append(col(Instruction.urgency) == str(wanted.urgency))
    if wanted.only_overdue:
        conditions.append(col(Instruction.due_at) <= work.now)
    return conditions


def _sent_only(box: Box) -> list[ColumnElement[bool]]:
    """What never left the other court is nobody else's business."""
    return [col(Instruction.sent_at).is_not(None)] if box is Box.IN else []


def _literal_states(states: frozenset[InstructionState]) -> Any:
    return text(f"instruction.state IN ({', '.join(repr(str(state)) for state in sorted(states))})")


@dataclass(frozen=True, slots=True)
class BoxCounts:
    """How many stand in each open state, and how many are late; no count goes beyond `COUNTED`."""

    by_state: dict[InstructionState, int]
    overdue: int


_COUNTS = """
    SELECT state.name, (SELECT count(*) FROM (
        SELECT 1 FROM instruction WHERE {side} = :court AND instruction.state = state.name LIMIT :most) AS found)
      FROM unnest(CAST(:states AS text[])) AS state(name)
"""
_OVERDUE = """
    SELECT count(*) FROM (
        SELECT 1 FROM instruction WHERE {side} = :court AND state IN ({states}) AND due_at <= :now LIMIT :most) AS found
"""


async def box_counts(work: Work, court_code: str, box: Box) -> BoxCounts:
    """The figures above a box."""
    require(work.actor, Permission.SEE_COURT_FILES, court_code=court_code)
    side = "to_court" if box is Box.IN else "from_court"
    states = READABLE if box is Box.IN else OPEN_STATES
    rows = await work.session.execute(
        text(_COUNTS.format(side=side)),
        {"court": court_code, "most": COUNTED, "states": sorted(map(str, states))},
    )
    by_state = {InstructionState(name): number for name, number in rows}
    listed = ", ".join(f"'{state}'" for state in sorted(READABLE if box is Box.IN else OPEN_STATES))
    late = await work.session.execute(
        text(_OVERDUE.format(side=side, states=listed)),
        {"court": court_code, "most": COUNTED, "now": work.now},
    )
    return BoxCounts(by_state, late.scalar_one())


async def instruction_of(work: Work, instruction_id: UUID) -> Instruction:
    """One instruction for the two courts and the court above; unknown to everybody else (P-03)."""
    instruction = await work.session.get(Instruction, instruction_id)
    if instruction is None or not may_see(work, instruction):
        raise NotFound(msg("没有找到该指令，或它与本院无关。"), rule="P-03")
    return instruction


async def trace_of(work: Work, instruction_id: UUID, *, limit: int = 200) -> list[AuditEvent]:
    """Everything that happened to it, newest first; the caller has opened it."""
    return await history(work, stream=f"instruction:{instruction_id}", limit=limit)


async def instructions_of(
    work: Work, *, case_id: UUID | None = None, asset_id: UUID | None = None, limit: int = 20
) -> list[Instruction]:
    """The newest instructions of a case or about an asset, as far as the actor may see them."""
    query = select(Instruction)
    if case_id is not None:
        query = query.where(Instruction.case_id == case_id)
    if asset_id is not None:
        query = query.where(Instruction.asset_id == asset_id)
    rows = await work.session.exec(query.order_by(col(Instruction.id).desc()).limit(limit))
    return [each for each in rows if may_see(work, each)]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Somebody to whom the dispatcher may give the work: what lies there already, and what the person is good at."""

    account: Account
    load: int
    skills: frozenset[str]


async def proposals(work: Work, instruction: Instruction) -> list[Proposal]:
    """The people of the receiving court in the order in which they are proposed (§11.7)."""
    return await colleagues(work, instruction.to_court, skill=KINDS[InstructionKind(instruction.kind)].skill)


async def colleagues(work: Work, court_code: str, *, skill: str = "") -> list[Proposal]:
    """Everybody in the court who may be given instructions: who has the skill, then who has least to do."""
    require(work.actor, Permission.SEE_COURT_FILES, court_code=court_code)
    accounts = {str(each.id): each for each in await staff_of(work, court_code, *WORKERS)}
    ids = [each.id for each in accounts.values()]
    rows = await work.session.exec(
        select(Instruction.assignee_account_id, func.count())
        .where(
            col(Instruction.assignee_account_id).in_(ids),
            text("instruction.state IN ('assigned', 'in_progress')"),
        )
        .group_by(col(Instruction.assignee_account_id))
    )
    loads = {str(account): number for account, number in rows}
    skills = {str(account): found for account, found in (await skills_of(work, ids)).items()}
    ordered = propose(
        (Candidate(key, loads.get(key, 0), skills.get(key, frozenset())) for key in accounts), skill=skill
    )
    return [Proposal(accounts[each.key], each.load, each.skills) for each in ordered]


async def person_named(work: Work, account_id: UUID | None) -> str:
    """The name of somebody who works on an instruction that the caller has opened."""
    account = await work.session.get(Account, account_id) if account_id is not None else None
    return account.display_name if account is not None else ""
