"""What follows a stop or a resumption at once: a version of the notice, the paper, and everybody told (B-50, §10 no. 16)."""

from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from auction.listing.models import Lot, NoticeVersion
from auction.listing.notice import new_version
from auction.listing.queries import lot_for_update
from auction.listing.rules import shown
from auction.suspension.grounds import GROUNDS, STAY_KIND_LABELS
from auction.suspension.models import Stay, StayKind
from auction.suspension.papers import issue_resume_paper, issue_stay_paper
from auction.suspension.tell import tell_bidders, tell_parties
from core.database import Work
from core.i18n import Message, msg
from core.identity import Role
from core.outbox import task
from disposal_teams.courts.tell import tell_court


@task(queue="listing")
async def publish_stay(work: Work, *, stay_id: UUID) -> None:
    """Publish a stay, or its extension: in the notice, as a paper, to bidders, parties and the court."""
    stay = await work.session.get(Stay, stay_id)
    assert stay is not None
    lot = await lot_for_update(work, stay.lot_id)
    kind, ground = STAY_KIND_LABELS[StayKind(stay.kind)], GROUNDS[stay.ground].label
    paper = await issue_stay_paper(work, lot, stay)
    stay.document_id = paper.id
    await _new_notice_version(
        work, lot, reason=f"{kind}：{ground}。{stay.reason}"[:500], document_id=paper.id
    )
    about = {"title": lot.title, "kind": msg(kind), "ground": msg(ground)}
    key = f"stay:{stay.id}:{stay.extensions}"
    await tell_bidders_of_stay.later(work, key=key, stay_id=stay.id)
    await tell_parties(work, lot, key=key, title=msg(kind), body=msg("“{title}”{kind}：{ground}。", **about))
    await tell_court(
        work,
        lot.court_code,
        Role.BUREAU_DIRECTOR,
        Role.CASE_OFFICER,
        Role.DISPOSAL_TEAM,
        key=key,
        title=msg(kind),
        body=msg("“{title}”{kind}：{ground}。", **about),
        link=f"/team/lots/{lot.lot_no}",
    )


@task(queue="listing")
async def publish_resumption(work: Work, *, lot_id: UUID, resumes_at: datetime, reason: str) -> None:
    """Publish that a lot goes on: in the notice, as a paper, to bidders and parties."""
    lot = await lot_for_update(work, lot_id)
    paper = await issue_resume_paper(work, lot, resumes_at=resumes_at, reason=reason)
    await _new_notice_version(
        work, lot, reason=f"恢复拍卖：{shown(resumes_at)}。{reason}"[:500], document_id=paper.id
    )
    key = _resumption_key(lot_id, resumes_at)
    title, body = _resumption_words(lot, resumes_at)
    await tell_bidders_of_resumption.later(work, key=key, lot_id=lot.id, resumes_at=resumes_at)
    await tell_parties(work, lot, key=key, title=title, body=body)


@task(queue="notices")
async def tell_bidders_of_stay(work: Work, *, stay_id: UUID) -> None:
    """Tell everyone who registered what the stop means for them."""
    stay = await work.session.get(Stay, stay_id)
    assert stay is not None
    lot = await work.session.get(Lot, stay.lot_id)
    assert lot is not None
    kind = msg(STAY_KIND_LABELS[StayKind(stay.kind)])
    body = msg(
        "“{title}”{kind}：{ground}。竞价剩余时间、您的竞买资格和保证金都保留；恢复前会提前通知您。",
        title=lot.title,
        kind=kind,
        ground=msg(GROUNDS[stay.ground].label),
    )
    await tell_bidders(work, lot, key=f"stay:{stay.id}:{stay.extensions}", title=kind, body=body)


@task(queue="notices")
async def tell_bidders_of_resumption(work: Work, *, lot_id: UUID, resumes_at: datetime) -> None:
    """Tell everyone who registered when bidding goes on."""
    lot = await work.session.get(Lot, lot_id)
    assert lot is not None
    title, body = _resumption_words(lot, resumes_at)
    await tell_bidders(work, lot, key=_resumption_key(lot_id, resumes_at), title=title, body=body)


def _resumption_key(lot_id: UUID, resumes_at: datetime) -> str:
    return f"resume:{lot_id}:{resumes_at.timestamp():.0f}"


def _resumption_words(lot: Lot, resumes_at: datetime) -> tuple[Message, Message]:
    return msg("即将恢复拍卖"), msg(
        "“{title}”将于 {time} 恢复，竞价时间按停拍时剩余的时间计算。",
        title=lot.title,
        time=shown(resumes_at),
    )


async def ask_to_resume(work: Work, lot: Lot) -> None:
    """Tell the court that the grounds are gone and five days run (L-25)."""
    await tell_court(
        work,
        lot.court_code,
        Role.CASE_OFFICER,
        Role.BUREAU_DIRECTOR,
        key=f"may-resume:{lot.id}:{work.now.timestamp():.0f}",
        title=msg("停拍事由已经消失"),
        body=msg("“{title}”的停拍事由已经全部消失，需要继续拍卖的，请在五日内恢复。", title=lot.title),
        link=f"/team/lots/{lot.lot_no}",
    )


async def _new_notice_version(work: Work, lot: Lot, *, reason: str, document_id: UUID) -> None:
    """The notice as it was, with the times as they are now and the reason of the change (B-16)."""
    newest = (
        await work.session.exec(
            select(NoticeVersion)
            .where(NoticeVersion.lot_id == lot.id)
            .order_by(col(NoticeVersion.version).desc())
            .limit(1)
        )
    ).first()
    if newest is None:  # an imported lot whose notice was published elsewhere
        return
    assert lot.starts_at is not None
    assert lot.scheduled_end_at is not None
    content = {
        **newest.content,
        "starts_at": lot.starts_at.isoformat(),
        "ends_at": lot.scheduled_end_at.isoformat(),
        "state": lot.state,
    }
    new_version(work, lot, newest.version + 1, content, reason=reason).document_id = document_id
