"""Change a published notice: a further version with its reason (B-16)."""

from uuid import UUID

import msgspec
from sqlalchemy import func
from sqlmodel import select

from auction.listing.disclosure import Disclosure, Viewing, read_disclosure, to_stored
from auction.listing.draft_lot import check_disclosure
from auction.listing.models import LotState, NoticeVersion
from auction.listing.notice import new_version, notice_content
from auction.listing.papers import issue_notice_papers
from auction.listing.queries import lot_for_update
from core.audit import record
from core.database import Work
from core.errors import InvalidInput, NotFound, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, require
from disposal_teams.assets.models import Asset
from disposal_teams.cases.queries import case_of
from disposal_teams.courts.queries import court_of
from disposal_teams.plain_text import clean_text

_CHANGEABLE = frozenset({LotState.PUBLISHED, LotState.PAUSED, LotState.SELLOFF_OPEN})


async def change_notice(
    work: Work,
    lot_id: UUID,
    *,
    reason: str,
    viewing: Viewing | None = None,
    contact: str | None = None,
    other: str | None = None,
    summary: str | None = None,
) -> NoticeVersion:
    """Publish a further version of a notice in which nothing that bidders reckon with has changed (B-16).

    Price, times, area, burdens, taxes and delivery are material: whoever must change them withdraws the lot and publishes
    it again with a full notice period. Raises `InvalidInput`, `RuleViolation` (not on show), `NotPermitted`.
    """
    lot = await lot_for_update(work, lot_id)
    require(work.actor, Permission.PUBLISH_LISTING, court_code=lot.court_code)
    if LotState(lot.state) not in _CHANGEABLE:
        raise RuleViolation("B-16", msg("只有公告期内的拍品可以变更公告；重大变更请撤回后重新公告。"))
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=500)
    before = read_disclosure(lot.disclosure)
    after = _changed(before, viewing, contact, other)
    check_disclosure(after, fields)
    if summary is not None:
        summary = clean_text(summary, "summary", fields, longest=4000, required=False)
    if fields:
        raise InvalidInput(msg("公告变更有误，请按提示修改。"), fields=fields, rule="B-16")
    if after == before and summary in {None, lot.summary}:
        raise InvalidInput(msg("没有任何变更，无需发布新版本。"), rule="B-16")
    lot.disclosure = to_stored(after)
    if summary is not None:
        lot.summary = summary
    asset = await work.session.get(Asset, lot.asset_id)
    if asset is None:
        raise NotFound(msg("没有找到该标的物。"))
    newest = await work.session.exec(
        select(func.max(NoticeVersion.version)).where(NoticeVersion.lot_id == lot.id)
    )
    number = int(newest.one() or 0) + 1
    case, court = await case_of(work, lot.case_id), await court_of(work, lot.court_code)
    version = new_version(work, lot, number, notice_content(lot, asset, case, court, after), reason=reason)
    await record(
        work,
        "lot.notice_changed",
        stream=f"lot:{lot.id}",
        rule="B-16",
        lot_id=lot.id,
        asset_id=lot.asset_id,
        case_id=lot.case_id,
        version=number,
        reason=reason,
        content_hash=version.content_hash.hex(),
    )
    await issue_notice_papers.later(work, key=f"{lot.id}:{number}", lot_id=lot.id, version=number)
    return version


def _changed(
    before: Disclosure, viewing: Viewing | None, contact: str | None, other: str | None
) -> Disclosure:
    after = before
    if viewing is not None:
        after = msgspec.structs.replace(after, viewing=viewing)
    if contact is not None:
        after = msgspec.structs.replace(after, contact=contact.strip())
    if other is not None:
        after = msgspec.structs.replace(after, other=other.strip())
    return after
