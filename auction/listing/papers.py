"""The papers of a published notice: 拍卖公告 or 变卖公告 (§10 no. 11, 19) and 竞买须知 (no. 12)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col, select

from auction.listing.changes import changed_words
from auction.listing.lot_paper import issue_lot_paper
from auction.listing.models import Lot, NoticeVersion, Round
from auction.listing.parts import shown_parts
from auction.listing.rules import ROUND_LABELS, shown
from core.clock import COURT_ZONE
from core.database import Work
from core.documents import PLAIN_LETTER
from core.errors import NotFound
from core.i18n import msg
from core.legal_settings import LegalSettings, legal
from core.money import yuan
from core.outbox import task
from disposal_teams.assets.models import AssetKind
from disposal_teams.cases.queries import case_of
from disposal_teams.courts.queries import court_of

FOLDER = "auction/listing/documents"


@task(queue="documents")
async def issue_notice_papers(work: Work, *, lot_id: UUID, version: int) -> None:
    """Write the papers of one version of a notice; both are public."""
    lot = await work.session.get(Lot, lot_id)
    notice = (
        await work.session.exec(
            select(NoticeVersion).where(NoticeVersion.lot_id == lot_id, NoticeVersion.version == version)
        )
    ).first()
    if lot is None or notice is None:
        raise NotFound(msg("没有找到该公告。"))
    if notice.document_id is not None:
        return
    data = paper_data(notice, is_demo=lot.is_demo)
    await _issue(
        work, lot, "sell_off_notice" if lot.round == Round.SELL_OFF else "auction_notice", "notice.typ", data
    )
    if version == 1:
        await _issue(work, lot, "bidder_instructions", "instructions.typ", data)


@task(queue="documents")
async def issue_party_notice(work: Work, *, lot_id: UUID) -> None:
    """Write the 拍卖通知书 to the parties and priority purchasers (§10 no. 13, B-20). Not public: it goes to them."""
    lot = await work.session.get(Lot, lot_id)
    if lot is None:
        raise NotFound(msg("没有找到该拍品。"))
    case, court = await case_of(work, lot.case_id), await court_of(work, lot.court_code)
    await issue_lot_paper(
        work,
        lot,
        "party_notice",
        PLAIN_LETTER,
        {
            "court": court.name,
            "case_no": case.case_no,
            "addressee": f"{case.case_no}案各当事人、优先购买权人",
            "paragraphs": party_notice_paragraphs(lot, legal()),
            "facts": [
                ["标的编号", lot.lot_no],
                *(
                    [f"财产{place}", f"{part['title']}（{part['asset_no']}）"]
                    for place, part in enumerate(await shown_parts(work, lot), 1)
                ),
                ["竞价开始", shown(lot.starts_at)],
                ["竞价结束", shown(lot.scheduled_end_at)],
                ["起拍价", f"{yuan(lot.starting_price_fen)}元"],
                ["保证金", f"{yuan(lot.deposit_fen)}元"],
                ["公告页面", f"/lots/{lot.lot_no}"],
                ["优先购买权申请", f"/lots/{lot.lot_no}/priority"],
            ],
            "closing": [
                f"监督电话：{court.supervision_phone}",
                "送达回证：本通知书已收到。收件人（签名）：　　　　　　　收到时间：　　　　年　　月　　日　　时",
            ],
            "date": work.now.astimezone(COURT_ZONE).date().isoformat(),
            "is_demo": lot.is_demo,
        },
    )


def party_notice_paragraphs(lot: Lot, settings: LegalSettings) -> list[str]:
    """What the letter says: the sale, how to get the code of a priority purchaser, what silence means (B-20, B-21). Pure."""
    assert lot.starts_at is not None
    claim_until = shown(lot.starts_at - timedelta(hours=settings.priority_claim_hours))
    said = [
        f"本院定于下列时间在网络司法拍卖平台对“{lot.title}”进行{ROUND_LABELS[Round(lot.round)]}，现通知如下。",
        (
            f"优先购买权人取得优先竞买代码的办法：公告发布后登录公告页面，最迟于{claim_until}在“优先购买权”一栏提交申请和"
            "证明材料（登记资料、租赁合同及占有使用证据、股东名册等）；合议庭在竞价开始前决定是否确认及其顺位，并送达确认通知书；"
            "确认后报名并交纳保证金，即在本人报名页面取得注明顺位的优先竞买代码。不便在网上办理的，可以在同一期限内到本院书面提出。"
        ),
        "竞价中优先购买权人出价与当前最高价相同即领先；顺位在先的优先，顺位相同的，出价在先的优先。",
        "经通知未申请、未报名或者未出价的，视为放弃优先购买权。",
    ]
    if lot.asset_kind == AssetKind.SHARES:
        said.append(
            f"股东自收到本通知之日起{settings.shareholder_notice_days}日内可以行使优先购买权，期满未行使的，视为放弃。"
        )
    return said


async def _issue(work: Work, lot: Lot, kind: str, template: str, data: dict[str, Any]) -> None:
    document = await issue_lot_paper(work, lot, kind, f"{FOLDER}/{template}", data, public=True)
    if kind != "bidder_instructions":
        await work.session.execute(
            update(NoticeVersion)
            .where(col(NoticeVersion.lot_id) == lot.id, col(NoticeVersion.version) == data["notice_version"])
            .values(document_id=document.id)
        )


def paper_data(notice: NoticeVersion, *, is_demo: bool) -> dict[str, Any]:
    """What the templates read: the frozen content, with times as they are written in court."""
    content = notice.content
    disclosure = dict(content["disclosure"])
    delivery = disclosure.get("delivery") or {}
    if disclosure.get("replaces"):
        words = changed_words(disclosure["replaces"]["changed"])
        disclosure["replaces"] = {**disclosure["replaces"], "changed_words": words}
    return {
        **content,
        "disclosure": disclosure,
        "is_demo": is_demo,
        "date": notice.published_at.astimezone(COURT_ZONE).date().isoformat(),
        "phone": content["supervision_phone"],
        "heading": content["title"],
        "title": "网络司法变卖公告"
        if content["round"] == Round.SELL_OFF
        else f"网络司法拍卖公告（{content['round_label']}）",
        "notice_version": notice.version,
        "reason": notice.reason,
        "hash": notice.content_hash.hex(),
        "starts": _court_time(content["starts_at"]),
        "ends": _court_time(content["ends_at"]),
        "window_minutes": content["extension_window_s"] // 60,
        "extension_minutes": content["extension_s"] // 60,
        "delivery_text": delivery.get("text", ""),
    }


def _court_time(iso: str) -> str:
    moment = datetime.fromisoformat(iso).astimezone(COURT_ZONE)
    return f"{moment.year}年{moment.month}月{moment.day}日{moment:%H:%M}"
