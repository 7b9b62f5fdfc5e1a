"""Publish the end of a run: the paper, and everybody told (§10 no. 16, B-57)."""

from uuid import UUID

from auction.listing.lot_paper import issue_lot_paper, lot_frame
from auction.listing.models import Lot
from auction.suspension.tell import tell_bidders, tell_parties
from auction.withdrawal.grounds import WITHDRAWAL_GROUND_LABELS
from core.database import Work
from core.i18n import Message, msg
from core.outbox import task

TEMPLATE = "auction/withdrawal/documents/end.typ"


@task(queue="documents")
async def publish_end(
    work: Work,
    *,
    lot_id: UUID,
    reason: str,
    has_begun: bool = False,
    costs_fen: int = 0,
    panel: list[str] | None = None,
    approver: str = "",
) -> None:
    """Issue 撤回拍卖通知 or 执行裁定书（终结拍卖）, public as the notice was, and tell bidders and parties."""
    lot = await work.session.get(Lot, lot_id)
    assert lot is not None
    ground = WITHDRAWAL_GROUND_LABELS.get(lot.ended_reason or "", WITHDRAWAL_GROUND_LABELS["other"])
    await issue_lot_paper(
        work,
        lot,
        "termination_ruling" if has_begun else "withdrawal_notice",
        TEMPLATE,
        {
            **await lot_frame(work, lot),
            "has_begun": has_begun,
            "ground": ground,
            "reason": reason,
            "costs_fen": costs_fen,
            "debtor_bears_costs": lot.ended_reason == "paid" and not has_begun,
            "panel": panel or [],
            "approver": approver,
        },
        public=True,
    )
    await tell_bidders_of_end.later(work, key=str(lot.id), lot_id=lot.id, has_begun=has_begun)
    title, body = _words(lot, has_begun)
    await tell_parties(work, lot, key=f"end:{lot.id}", title=title, body=body)


@task(queue="notices")
async def tell_bidders_of_end(work: Work, *, lot_id: UUID, has_begun: bool = False) -> None:
    """Tell everyone who registered that the run is over and the deposit comes back."""
    lot = await work.session.get(Lot, lot_id)
    assert lot is not None
    title, body = _words(lot, has_begun)
    await tell_bidders(work, lot, key=f"end:{lot.id}", title=title, body=body)


def _words(lot: Lot, has_begun: bool) -> tuple[Message, Message]:
    ground = msg(WITHDRAWAL_GROUND_LABELS.get(lot.ended_reason or "", WITHDRAWAL_GROUND_LABELS["other"]))
    if has_begun:
        return msg("拍卖已终结"), msg(
            "“{title}”的竞价已依法终结（{ground}），出价全部失效，无人竞得。保证金在 24 小时内原路退还。",
            title=lot.title,
            ground=ground,
        )
    return msg("拍卖已撤回"), msg(
        "“{title}”在开拍前已撤回（{ground}）。保证金在 24 小时内原路退还。", title=lot.title, ground=ground
    )
