"""What follows a price, and what is kept of its search (V-36, V-37), and advice on the way to it (V-38)."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from core.audit import verify_stream
from core.database import Work
from core.deadlines.models import Deadline, DeadlineState
from core.deadlines.rules import period_end
from core.deadlines.workers import sweep_deadlines
from disposal_teams.assets.models import AssetKind
from tests.auction.listing.workshop import VALUE, later, valued_asset
from valuation.models import ValuationMethod
from valuation.ways.rules import advice

RECORD = (
    "valuation",
    "valuation_step",
    "agreement_entry",
    "directed_inquiry",
    "platform_inquiry",
    "appraiser_selection",
    "firm_choice",
    "appraisal_engagement",
    "appraisal_report",
    "report_demand",
    "site_inspection",
    "result_service",
    "report_objection",
)


async def test_V36_ten_days_to_start_realisation_and_a_flag_when_they_pass(work: Work) -> None:
    team, made, valuation = await valued_asset(work)
    assert valuation.fixed_at is not None
    clock = (
        await team.session.exec(
            select(Deadline).where(Deadline.rule == "L-08", Deadline.subject_id == made.asset.id)
        )
    ).one()
    assert (clock.state, clock.due_at) == (DeadlineState.RUNNING, period_end(valuation.fixed_at, days=10))
    await sweep_deadlines(later(team, days=5))
    await team.session.refresh(clock)
    assert clock.state == DeadlineState.RUNNING
    await sweep_deadlines(later(team, days=20))
    await team.session.refresh(clock)
    assert clock.state == DeadlineState.BREACHED


async def test_V37_the_record_of_a_search_cannot_be_removed_and_its_chain_holds(work: Work) -> None:
    team, made, _ = await valued_asset(work)
    assert await verify_stream(team, f"asset:{made.asset.id}") is None
    for table in RECORD:
        with pytest.raises(IntegrityError, match="ten years"):
            async with team.session.begin_nested():
                await team.session.execute(text(f"DELETE FROM {table}"))


@pytest.mark.parametrize(
    ("way", "kind", "expected", "advised"),
    [
        (ValuationMethod.ONLINE_INQUIRY, AssetKind.SHARES, None, True),
        (ValuationMethod.ONLINE_INQUIRY, AssetKind.REAL_ESTATE, None, False),
        (ValuationMethod.ONLINE_INQUIRY, AssetKind.REAL_ESTATE, VALUE - 1, False),
        (ValuationMethod.ONLINE_INQUIRY, AssetKind.REAL_ESTATE, VALUE, True),
        (ValuationMethod.APPRAISAL, AssetKind.SHARES, VALUE, False),
    ],
)
def test_V38_complex_or_dear_property_is_better_appraised(
    way: ValuationMethod, kind: AssetKind, expected: int | None, advised: bool
) -> None:
    said = advice(way, kind, expected_fen=expected, dear_fen=VALUE)
    assert (said is not None) is advised
