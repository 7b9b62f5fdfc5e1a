"""Background work of taking in kind: inquiries open by themselves, windows close, late differences pass to the next."""

from uuid import UUID

from sqlmodel import col, select

from auction.in_kind.cancel import cancel_offer
from auction.in_kind.choose import close_window
from auction.in_kind.difference import difference_overdue
from auction.in_kind.models import HOLDING, InKindOffer
from auction.in_kind.open_offer import failures_without_inquiry, open_offer
from auction.in_kind.papers import issue_inquiry_letter
from auction.in_kind.queries import DIFFERENCE, WINDOW
from core.database import Work
from core.deadlines import Deadline, on_breach
from core.outbox import every, task
from disposal_teams.assets.models import Asset, AssetState

__all__ = [
    "ask_creditors",
    "close_when_over",
    "issue_inquiry_letter",
    "pass_on_late_difference",
    "tidy_inquiries",
]


@task(queue="listing")
async def ask_creditors(work: Work, *, lot_id: UUID) -> None:
    """Open the inquiry after a failed run."""
    await open_offer(work, lot_id)


@every(seconds=20)
async def tidy_inquiries(work: Work) -> None:
    """Ask where a lost message left it undone; end inquiries whose asset has gone another way."""
    for lot_id in await failures_without_inquiry(work):
        await ask_creditors.later(work, key=str(lot_id), lot_id=lot_id)
    gone = await work.session.exec(
        select(InKindOffer.id)
        .join(Asset, col(Asset.id) == col(InKindOffer.asset_id))
        .where(
            col(InKindOffer.state).in_([str(state) for state in HOLDING]),
            col(Asset.state).not_in([AssetState.OFFERED_IN_KIND, AssetState.SUSPENDED]),
        )
        .limit(50)
    )
    for offer_id in gone:
        await cancel_offer(work, offer_id)


@on_breach(WINDOW)
async def close_when_over(work: Work, deadline: Deadline) -> None:
    """L-22: silence is no; the disposal goes on."""
    await close_window(work, deadline.subject_id)


@on_breach(DIFFERENCE)
async def pass_on_late_difference(work: Work, deadline: Deadline) -> None:
    """The difference was not paid in time."""
    await difference_overdue(work, deadline.subject_id)
