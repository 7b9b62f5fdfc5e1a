"""Find which court divides the money of a sale, and enter the paper that lets the disposing court do it (D-10)."""

from datetime import date
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from auction.proceeds.authority.models import DistributionLeave, Leave
from auction.proceeds.authority.rules import (
    Authority,
    RestingSeal,
    check_leave,
    check_may_divide,
    who_divides,
)
from auction.proceeds.models import Proceeds
from auction.proceeds.queries import note_proceeds, proceeds_for_update
from core.clock import COURT_ZONE
from core.database import Work
from core.errors import Conflict, InvalidInput
from core.i18n import Message, msg
from core.identity import Permission, require
from disposal_teams.assets.models import Seal, SealKind, SealState
from disposal_teams.assets.rules import IN_FORCE
from disposal_teams.assets.seal import seals_of
from disposal_teams.cases.queries import case_of
from disposal_teams.plain_text import clean_text


async def authority_over(work: Work, proceeds: Proceeds) -> Authority:
    """Which court divides this money; the caller has checked who asks."""
    case = await case_of(work, proceeds.case_id)
    resting = []
    for part in proceeds.parts:
        for seal in await seals_of(work, UUID(part["asset_id"])):
            state = _when_sold(seal)
            if state in IN_FORCE:
                resting.append(
                    RestingSeal(
                        seal.court_code,
                        seal.case_no,
                        is_preservation=seal.kind == SealKind.PRESERVATION,
                        is_transferred=state is SealState.TREATED_AS_TRANSFERRED,
                        is_own_case=seal.case_no == case.case_no,
                    )
                )
    return who_divides(proceeds.court_code, resting)


def _when_sold(seal: Seal) -> SealState:
    """The state in which the ruling of the sale found it (A-03)."""
    return SealState(seal.state_before_ruling or seal.state)


async def leave_of(work: Work, proceeds: Proceeds) -> DistributionLeave | None:
    """The paper that was entered, if any."""
    return await work.session.get(DistributionLeave, proceeds.id)


async def check_own_division(work: Work, proceeds: Proceeds) -> Authority:
    """Raise `RuleViolation` (D-10) unless the court that has the money may divide it now."""
    authority, leave = await authority_over(work, proceeds), await leave_of(work, proceeds)
    check_may_divide(authority, Leave(leave.ground) if leave else None)
    return authority


async def enter_leave(
    work: Work, proceeds_id: UUID, *, ground: Leave, paper_ref: str, decided_on: date
) -> DistributionLeave:
    """Enter the judgment, consent or decision on which the court may divide. Raises `RuleViolation` where nothing hinders it,
    `InvalidInput` by field, `Conflict` (entered), `NotPermitted`."""
    proceeds = await proceeds_for_update(work, proceeds_id)
    require(work.actor, Permission.DRAFT_DISTRIBUTION, court_code=proceeds.court_code)
    fields: dict[str, Message] = {}
    paper_ref = clean_text(paper_ref, "paper_ref", fields, longest=200)
    if fields:
        raise InvalidInput(msg("请写明文书名称和案号。"), fields=fields, rule="D-10")
    authority = await authority_over(work, proceeds)
    check_leave(authority, Leave(ground), decided_on, work.now.astimezone(COURT_ZONE).date())
    leave = DistributionLeave(
        proceeds_id=proceeds.id, ground=Leave(ground), paper_ref=paper_ref, decided_on=decided_on,
        entered_by=work.actor.account_id, entered_by_name=work.actor.name, entered_at=work.now,
    )  # fmt: skip
    try:
        async with work.session.begin_nested():
            work.session.add(leave)
    except IntegrityError as error:
        raise Conflict(msg("分配依据已经登记。"), rule="D-10") from error
    await note_proceeds(
        work, proceeds, "proceeds.division_allowed", "D-10", ground=str(ground), paper=paper_ref,
        first_court=authority.court_code,
    )  # fmt: skip
    return leave
