"""The clock of a shareholder's twenty days, opened by whatever makes the shareholder count as notified (B-22, L-26)."""

from datetime import datetime

from auction.listing import rules
from auction.listing.models import Lot, PartyNotification
from core.database import Work
from core.deadlines import open_deadline, waive_deadline
from core.identity import Role
from core.legal_settings import legal
from disposal_teams.cases.models import Party, PartyRole

_RULE = "L-26"
_KIND = "party_notification"


def pre_emption_end(note: PartyNotification) -> datetime | None:
    """The end (exclusive) of the twenty days that a notice gives a shareholder; None while it does not count as given."""
    at = rules.notified_at(note.received_at, note.posted_at, settings=legal())
    return None if at is None else rules.pre_emption_until(at, settings=legal())


async def start_pre_emption(work: Work, lot: Lot, note: PartyNotification) -> None:
    """Start the twenty days of a shareholder who counts as notified, or will after the posting (B-20). Others have no clock.

    A receipt that comes before a posting has had its effect moves the clock forward.
    """
    party = await work.session.get_one(Party, note.party_id)
    started = rules.notified_at(note.received_at, note.posted_at, settings=legal())
    if party.role != PartyRole.SHAREHOLDER or note.waived or started is None:
        return
    await waive_deadline(work, _RULE, subject_kind=_KIND, subject_id=note.id, reason="lot.notice_received")
    await open_deadline(
        work, _RULE, subject_kind=_KIND, subject_id=note.id, owner_role=Role.CREDITOR, owner_court=lot.court_code,
        started_at=started, days=legal().shareholder_notice_days, asset_id=lot.asset_id,
        case_id=lot.case_id, lot_id=lot.id, trigger_event="lot.notice_received" if note.received_at else "lot.notice_posted",
    )  # fmt: skip


async def end_pre_emption(work: Work, note: PartyNotification) -> None:
    """The shareholder has waived in writing: nothing runs any more."""
    await waive_deadline(work, _RULE, subject_kind=_KIND, subject_id=note.id, reason="lot.notice_waived")
