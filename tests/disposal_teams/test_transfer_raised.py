"""A transfer that the court above raises to itself: the order, its own case, the end of the old one (T-12)."""

import pytest
from sqlmodel import select

from core.clock import COURT_ZONE
from core.database import Database, Work
from core.deadlines import Deadline
from core.errors import RuleViolation
from core.identity import SYSTEM, Actor, Role
from disposal_teams.assets.queries import asset_of
from disposal_teams.cases.models import CaseState
from disposal_teams.cases.queries import case_of
from disposal_teams.instructions.models import InstructionKind
from disposal_teams.orders.follow import file_new_case
from disposal_teams.orders.queries import orders_of_court
from disposal_teams.transfers.answer import (
    refuse_transfer,
)
from disposal_teams.transfers.decide import decide_transfer
from disposal_teams.transfers.models import (
    RefusalReason,
    TransferDecision,
)
from disposal_teams.transfers.request import (
    request_of,
)
from tests.disposal_teams.city import (
    HUQIU,
    MIDDLE,
    days_ago,
    make_asset,
    make_disputed,
    person,
    superior,
)
from tests.disposal_teams.messages import deliver_all
from tests.disposal_teams.test_transfers import FIRST, ask


async def test_T12_raising_a_transfer_starts_the_superiors_own_case_and_strikes_the_old_one_off(
    database: Database,
) -> None:
    async with database.begin(SYSTEM) as work:
        made = await make_disputed(work)
        other = await make_asset(work, made.first_case)
        request = await ask(work, made)
    async with database.begin(FIRST) as work:
        await refuse_transfer(work, request, code=RefusalReason.OTHER, reason="不同意")
    await deliver_all(database)

    async def decide(work: Work, panel: tuple[str, ...]) -> None:
        found = await request_of(work, request.id)
        await decide_transfer(
            work,
            found,
            decision=TransferDecision.RAISE,
            reason="两院长期争执",
            due_on=days_ago(work, -60),
            panel=panel,
        )

    for panel in ((), ("甲", "乙"), ("甲", "甲", "乙")):
        with pytest.raises(RuleViolation, match="P-05"):
            async with database.begin(superior()) as work:
                await decide(work, panel)
    async with database.begin(superior()) as work:
        await decide(work, ("甲", "乙", "丙"))
        (order,) = await orders_of_court(work, MIDDLE)
        assert (order.kind, order.old_court, order.chosen_court) == (InstructionKind.RAISE, HUQIU, MIDDLE)
        assert order.moved_assets == [made.asset.id, other.id]
        clocks = await work.session.exec(select(Deadline).where(Deadline.rule == "T-12"))
        assert clocks.one().owner_court == MIDDLE
    async with database.begin(acting_superior()) as work:
        year = work.now.astimezone(COURT_ZONE).year
        new = await file_new_case(work, order.instruction_id, case_no=f"（{year}）苏05执77号")
    async with database.read(superior()) as work:
        old = await case_of(work, made.first_case.id)
        assert (old.state, new.court_code) == (CaseState.CLOSED, MIDDLE)
        for asset_id in (made.asset.id, other.id):
            asset = await asset_of(work, asset_id)
            assert (asset.court_code, asset.case_id) == (MIDDLE, new.id)


def acting_superior() -> Actor:
    """A case officer of the intermediate court."""
    return person(MIDDLE, Role.INTERMEDIATE_COURT, Role.CASE_OFFICER)
