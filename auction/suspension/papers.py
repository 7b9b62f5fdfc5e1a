"""The papers of a stop and of going on (§10 no. 16): what they say."""

from datetime import datetime
from typing import Any

from auction.listing.lot_paper import issue_lot_paper, lot_frame
from auction.listing.models import Lot
from auction.suspension.grounds import GROUNDS
from auction.suspension.models import Stay, StayKind
from core.clock import COURT_ZONE
from core.database import Work
from core.documents import Document
from core.legal_settings import legal
from disposal_teams.courts.queries import court_of

FOLDER = "auction/suspension/documents"
STAY_PAPERS: dict[StayKind, str] = {
    StayKind.DEFERRAL: "stay_decision",
    StayKind.SUSPENSION: "suspension_ruling",
    StayKind.PLATFORM_STOP: "platform_stop_notice",
}


async def issue_stay_paper(work: Work, lot: Lot, stay: Stay) -> Document:
    """暂缓拍卖决定书, 执行裁定书（中止拍卖） or 停拍公告; public, as the notice of the sale was."""
    ordering = await court_of(work, stay.ordered_by_court or lot.court_code)
    data = {
        "kind": stay.kind,
        "ground": GROUNDS[stay.ground].label,
        "reason": stay.reason,
        "approver": stay.approver,
        "panel": stay.panel,
        "stopped_at": written(stay.ordered_at),
        "until": written(stay.until) if stay.until else "",
        "remaining": duration(stay.remaining_ms),
        "ordered_by": ordering.name if ordering.code != lot.court_code else "",
        "is_extension": stay.extensions > 0,
        "notice_hours": legal().resume_notice_hours,
    }
    return await _issue(work, lot, STAY_PAPERS[StayKind(stay.kind)], "stay", data)


async def issue_resume_paper(work: Work, lot: Lot, *, resumes_at: datetime, reason: str) -> Document:
    """恢复拍卖通知书."""
    assert lot.scheduled_end_at is not None
    return await _issue(
        work, lot, "resume_notice", "resume", {"resumes_at": written(resumes_at), "reason": reason}
    )


async def _issue(work: Work, lot: Lot, kind: str, template: str, data: dict[str, Any]) -> Document:
    data = {**await lot_frame(work, lot), **data}
    return await issue_lot_paper(work, lot, kind, f"{FOLDER}/{template}.typ", data, public=True)


def written(moment: datetime) -> str:
    """A moment as papers write it."""
    local = moment.astimezone(COURT_ZONE)
    return f"{local.year}年{local.month}月{local.day}日{local:%H时%M分}"


def duration(milliseconds: int) -> str:
    """A length of time as papers write it: days, hours, minutes, seconds, without those that are zero."""
    seconds = milliseconds // 1000
    parts = (
        (seconds // 86400, "日"),
        (seconds // 3600 % 24, "小时"),
        (seconds // 60 % 60, "分"),
        (seconds % 60, "秒"),
    )
    return "".join(f"{count}{unit}" for count, unit in parts if count) or "不足1秒"
