"""Background work after failed rounds: the debtor's choices, the clock of X-09, the release of seals."""

from uuid import UUID

from auction.listing.models import Lot
from auction.unsold.papers import carry_out_release, tell_debtor_choices
from core.database import Work
from core.deadlines import open_deadline
from core.i18n import msg
from core.identity import Role
from core.legal_settings import legal
from core.outbox import task
from disposal_teams.courts.tell import tell_court

__all__ = ["ask_what_follows", "carry_out_release", "tell_debtor_choices"]


@task(queue="listing")
async def ask_what_follows(work: Work, *, lot_id: UUID) -> None:
    """Sixty days without a bid: the panel decides what becomes of the asset, after the creditors were asked (X-09)."""
    lot = await work.session.get_one(Lot, lot_id)
    days = legal().in_kind_inquiry_days + legal().after_sell_off_days
    await open_deadline(
        work,
        "X-09",
        subject_kind="asset",
        subject_id=lot.asset_id,
        owner_role=Role.DISPOSAL_TEAM,
        owner_court=lot.court_code,
        started_at=lot.ended_at,
        days=days,
        asset_id=lot.asset_id,
        case_id=lot.case_id,
        lot_id=lot.id,
        trigger_event="lot.sell_off_failed",
    )
    await tell_court(
        work,
        lot.court_code,
        Role.PANEL_MEMBER,
        Role.DISPOSAL_TEAM,
        Role.CASE_OFFICER,
        key=f"unsold:{lot.id}",
        title=msg("变卖未成交，请决定后续处理"),
        body=msg(
            "“{title}”变卖期满无人竞买。债权人不接受抵债的，请决定解除查封、其他措施或再次处置。",
            title=lot.title,
        ),
        link=f"/team/lots/{lot.lot_no}",
    )
