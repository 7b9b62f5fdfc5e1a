"""Background work of listing: thin, the use cases stand beside."""

from uuid import UUID

from auction.listing.alarms import raise_alarms
from auction.listing.change_notice import tell_of_supplement
from auction.listing.follow_disposal import void_drafts
from auction.listing.next_round import prepare_next_round, unprepared_failures
from auction.listing.panel_record import issue_panel_record
from auction.listing.papers import issue_notice_papers, issue_party_notice
from auction.listing.tell_holders import tell_priority_purchasers
from core.database import Work
from core.outbox import daily, every, task

__all__ = [
    "issue_notice_papers",
    "issue_panel_record",
    "issue_party_notice",
    "plan_next_round",
    "prepare_missed_rounds",
    "tell_of_supplement",
    "tell_priority_purchasers",
    "void_drafts",
    "warn_of_slow_rounds",
]


@task(queue="listing")
async def plan_next_round(work: Work, *, lot_id: UUID) -> None:
    """Prepare the round after a failed one (L-13, X-01)."""
    await prepare_next_round(work, lot_id)


@every(seconds=20)
async def prepare_missed_rounds(work: Work) -> None:
    """Prepare what a lost message left unprepared."""
    for lot_id in await unprepared_failures(work):
        await plan_next_round.later(work, key=f"{lot_id}", lot_id=lot_id)


@daily(at="08:00")
async def warn_of_slow_rounds(work: Work) -> None:
    """Alarms of the days between two rounds (§11.3)."""
    await raise_alarms(work)
