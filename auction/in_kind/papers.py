"""The papers of taking in kind (§10 no. 18, 23): the letter to the creditors, the ruling, the notice to the registry."""

from typing import Any
from uuid import UUID

from auction.in_kind.models import InKindInquiry, InKindOffer
from auction.in_kind.queries import WINDOW, clock_of
from auction.listing.lot_paper import issue_lot_paper
from auction.listing.models import Lot
from auction.listing.parts import seals_to_lift
from auction.settlement.papers import paper_data
from core.database import Work
from core.deadlines.rules import last_day
from core.documents import PLAIN_LETTER, Document
from core.legal_settings import legal
from core.money import capital_amount, yuan
from core.outbox import task

FOLDER = "auction/in_kind/documents"


@task(queue="documents")
async def issue_inquiry_letter(work: Work, *, offer_id: UUID) -> None:
    """Write the 征询以物抵债通知书 to the creditors (§10 no. 18, X-01)."""
    offer = await work.session.get_one(InKindOffer, offer_id)
    lot = await work.session.get_one(Lot, offer.lot_id)
    window = await clock_of(work, WINDOW, offer.id)
    assert window is not None
    data = await paper_data(work, lot)
    last = last_day(window.due_at)
    await issue_lot_paper(
        work,
        lot,
        "in_kind_inquiry",
        PLAIN_LETTER,
        {
            **data,
            "addressee": "申请执行人、各债权人",
            "paragraphs": [
                (
                    f"本院在执行{data['case_no']}一案中，对下列财产进行的{data['round']}流拍。依照法律规定，"
                    "现征询你方是否同意以该财产抵偿债务。"
                ),
                (
                    f"同意的，请在{last.year}年{last.month}月{last.day}日之前通过本平台答复，或向本院提交书面意见；"
                    "逾期不答复的，视为不接受。"
                ),
                (
                    "两名以上债权人接受的，由法定受偿顺位在先的债权人优先承受；顺位相同的，由本院抽签决定。"
                    f"抽签以本院预先承诺的密值与“{offer.draw_source}”共同决定，任何人均可复算。"
                ),
                (
                    "承受人应受清偿的债权额低于抵债价额的，应当在本院指定的"
                    f"{legal().in_kind_difference_days}日内补交差额；逾期不补交的，由下一顺位接受的债权人承受。"
                ),
            ],
            "facts": [
                ["标的物", data["asset_title"]],
                ["拍品编号", data["lot_no"]],
                ["抵债价额", f"{yuan(offer.price_fen)}元（人民币{capital_amount(offer.price_fen)}）"],
                ["抽签承诺值", offer.draw_commitment.hex()],
            ],
            "closing": ["被执行人所在地对竞买人有购买资格限制的，接受抵债的债权人同样应当具备资格。"],
        },
    )


async def issue_in_kind_ruling(
    work: Work, offer: InKindOffer, lot: Lot, taker: InKindInquiry, officer: str
) -> Document:
    """Write the 抵债裁定书 (§10 no. 18)."""
    return await issue_lot_paper(
        work,
        lot,
        "in_kind_ruling",
        f"{FOLDER}/ruling.typ",
        await _ruling_data(work, offer, lot, taker, officer),
    )


async def issue_in_kind_registry_notice(
    work: Work, offer: InKindOffer, lot: Lot, taker: InKindInquiry, officer: str
) -> Document:
    """Write the 协助执行通知书 to the registry (§10 no. 23)."""
    data = await _ruling_data(work, offer, lot, taker, officer)
    return await issue_lot_paper(
        work,
        lot,
        "assistance_notice",
        "auction/settlement/documents/assistance_notice.typ",
        {**data, "buyer": taker.creditor_name, "ruling": "以物抵债"},
    )


async def issue_in_kind_delivery(
    work: Work, offer: InKindOffer, lot: Lot, taker: InKindInquiry, officer: str, note: str
) -> Document:
    """Write the 交付笔录 (§10 no. 24)."""
    data = await _ruling_data(work, offer, lot, taker, officer)
    return await issue_lot_paper(
        work,
        lot,
        "delivery_record",
        "auction/settlement/documents/delivery_record.typ",
        {**data, "buyer": taker.creditor_name, "note": note, "ruling": "以物抵债"},
    )


async def _ruling_data(
    work: Work, offer: InKindOffer, lot: Lot, taker: InKindInquiry, officer: str
) -> dict[str, Any]:
    return {
        **await paper_data(work, lot),
        "officer": officer,
        "taker": taker.creditor_name,
        "price_fen": offer.price_fen,
        "price_words": capital_amount(offer.price_fen),
        "share_fen": offer.share_fen,
        "difference_fen": offer.difference_fen,
        "seals": await seals_to_lift(work, lot),
    }
