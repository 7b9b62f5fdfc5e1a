"""A window that comes to nothing: money goes back to who paid it, and the court's disposal goes on where it stood (L-40)."""

from uuid import UUID

from auction.self_sale.accounts import self_sale_account
from auction.self_sale.models import SelfSale, SelfSaleGround, SelfSaleState
from auction.self_sale.queries import sale_for_update
from auction.self_sale.rules import GROUND_RULES
from auction.self_sale.tell import tell_debtor, tell_team
from auction.settlement.return_price import return_lines
from core.audit import record
from core.database import Work
from core.deadlines import resume_deadlines, waive_deadline
from core.i18n import msg
from disposal_teams.assets.advance import lock_asset, resume_asset
from disposal_teams.assets.models import Asset, AssetState

S = SelfSaleState


async def window_over(work: Work, sale_id: UUID) -> None:
    """The last day has passed without the whole price: the court disposes again. Doing it again changes nothing."""
    sale = await sale_for_update(work, sale_id)
    if sale.state != S.ALLOWED:
        return
    await end_window(work, sale, S.EXPIRED, event="self_sale.expired")
    asset = await work.session.get_one(Asset, sale.asset_id)
    title = msg("自行变卖期满未成")
    await tell_team(
        work,
        sale,
        key="over",
        title=title,
        body=msg("“{title}”的自行变卖期满，请继续处置。", title=asset.title),
    )
    await tell_debtor(
        work, sale, key="over", title=title,
        body=msg("“{title}”的自行变卖期满，法院恢复处置；已付款项退回付款人。", title=asset.title),
    )  # fmt: skip


async def end_window(work: Work, sale: SelfSale, state: SelfSaleState, *, event: str) -> None:
    """End a locked own sale that is filed or runs, and let everything that waited for it go on."""
    ran = sale.state == S.ALLOWED
    rule = GROUND_RULES[SelfSaleGround(sale.ground)]
    returned = 0
    if ran:
        assert sale.virtual_account_no is not None
        returned = await return_lines(
            work,
            sale.virtual_account_no,
            source=self_sale_account(sale.id, sale.case_id),
            court_code=sale.court_code,
            lot_id=None,
            booked_fen=sale.paid_fen,
            rule=rule,
        )
        sale.paid_fen = 0
    sale.state, sale.ended_at = state, work.now
    await record(
        work, event, stream=f"asset:{sale.asset_id}", rule=rule, asset_id=sale.asset_id, case_id=sale.case_id,
        self_sale=str(sale.id), returned_fen=returned,
    )  # fmt: skip
    if not ran:
        return
    await waive_deadline(work, "L-40", subject_kind="self_sale", subject_id=sale.id, reason=event)
    asset = await lock_asset(work, await work.session.get_one(Asset, sale.asset_id))
    if asset.state == AssetState.SELF_SALE:  # one that is stayed meanwhile goes back when its stay ends
        await resume_asset(work, asset, reason="自行变卖结束，恢复处置", rule=rule)
    await resume_deadlines(work, asset_id=asset.id, subject_kind="asset")
