"""Three days to send a report or explanation to the parties (V-30, L-04): from its receipt until it is served."""

from core.database import Work
from core.deadlines import meet_deadline, open_deadline, waive_deadline
from core.identity import Role
from disposal_teams.assets.models import Asset
from valuation.models import Valuation

RULE = "L-04"


async def report_received(work: Work, valuation: Valuation, asset: Asset) -> None:
    """A report or an explanation has come in: the court has three days to send it on."""
    await open_deadline(
        work,
        RULE,
        subject_kind="valuation",
        subject_id=valuation.id,
        owner_role=Role.DISPOSAL_TEAM,
        owner_court=asset.court_code,
        asset_id=asset.id,
        case_id=asset.case_id,
    )


async def report_served(work: Work, valuation: Valuation) -> None:
    """It has been sent to everybody."""
    await meet_deadline(
        work,
        RULE,
        subject_kind="valuation",
        subject_id=valuation.id,
        done_event="valuation.result_served",
    )


async def report_not_served(work: Work, valuation: Valuation, *, reason: str) -> None:
    """It is not to be sent as it is: corrected first, or given up."""
    await waive_deadline(work, RULE, subject_kind="valuation", subject_id=valuation.id, reason=reason)
