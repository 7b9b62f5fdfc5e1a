"""The papers after the end of bidding (§10 no. 17, 20–23, 25): what they say, and issuing them."""

from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import select

from auction.listing.lot_paper import issue_lot_paper
from auction.listing.models import Lot, Round
from auction.listing.parts import seals_to_lift, shown_parts
from auction.registration.models import Registration
from auction.settlement.models import Settlement
from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines.rules import last_day
from core.documents import Document
from core.money import capital_amount
from core.outbox import task
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.queries import case_of, parties_of
from disposal_teams.courts.queries import court_of

FOLDER = "auction/settlement/documents"
ROUND_LABELS = {Round.FIRST: "第一次拍卖", Round.SECOND: "第二次拍卖", Round.SELL_OFF: "变卖"}


async def paper_data(work: Work, lot: Lot) -> dict[str, Any]:
    """What every paper of a lot starts from."""
    case, court = await case_of(work, lot.case_id), await court_of(work, lot.court_code)
    asset = await work.session.get(Asset, lot.asset_id)
    assert asset is not None
    parties = await parties_of(work, lot.case_id)
    return {
        "court": court.name,
        "phone": court.supervision_phone,
        "case_no": case.case_no,
        "cause": case.cause,
        "date": work.now.astimezone(COURT_ZONE).date().isoformat(),
        "is_demo": lot.is_demo,
        "applicant": "、".join(party.name for party in parties if party.role == PartyRole.APPLICANT),
        "debtor": "、".join(party.name for party in parties if party.role == PartyRole.DEBTOR),
        "lot_no": lot.lot_no,
        "asset_title": lot.title,
        "asset_no": asset.asset_no,
        "registry_no": asset.registry_no or "",
        "location": asset.location,
        "round": ROUND_LABELS[Round(lot.round)],
        "starting_price_fen": lot.starting_price_fen,
        "ended_at": f"{(lot.ended_at or work.now).astimezone(COURT_ZONE):%Y年%m月%d日%H时%M分%S秒}",
        "bank_name": court.bank_name,
        "account_holder": court.name,
        "parts": await shown_parts(work, lot),
    }


async def sale_data(work: Work, lot: Lot, settlement: Settlement) -> dict[str, Any]:
    """What the papers of a sale say besides."""
    return {
        **await paper_data(work, lot),
        "buyer": settlement.buyer_name,
        "buyer_code": settlement.buyer_code,
        "price_fen": settlement.price_fen,
        "price_words": capital_amount(settlement.price_fen),
        "deposit_fen": settlement.deposit_applied_fen,
        "balance_fen": settlement.balance_fen,
        "balance_words": capital_amount(settlement.balance_fen),
        "balance_account": settlement.virtual_account_no,
        "balance_due": f"{last_day(settlement.balance_due_at):%Y年%m月%d日}24时前",
        "seals": await seals_to_lift(work, lot),
    }


async def issue_paper(
    work: Work, lot: Lot, kind: str, template: str, data: dict[str, Any], *, public: bool = False
) -> Document:
    """Issue one paper of a sale, from a template of this room."""
    return await issue_lot_paper(work, lot, kind, f"{FOLDER}/{template}.typ", data, public=public)


@task(queue="documents")
async def issue_failed_notice(work: Work, *, lot_id: UUID) -> None:
    """The public notice that a round failed (§10 no. 17)."""
    lot = await work.session.get(Lot, lot_id)
    assert lot is not None
    following = {
        Round.FIRST: "本院将征询债权人以物抵债意见；无人接受的，依法在三十日内组织第二次拍卖。",
        Round.SECOND: "本院将征询债权人以物抵债意见；无人接受的，依法发布变卖公告。",
        Round.SELL_OFF: "本院将征询债权人以物抵债意见；无人接受的，依法作其他处理。",
    }
    await issue_paper(
        work,
        lot,
        "failed_notice",
        "failed_notice",
        {
            **await paper_data(work, lot),
            "following": following[Round(lot.round)],
            "registered": await _registered(work, lot.id),
        },
        public=True,
    )


async def _registered(work: Work, lot_id: UUID) -> int:
    counted = await work.session.exec(
        select(func.count()).select_from(Registration).where(Registration.lot_id == lot_id)
    )
    return counted.one()
