"""Change a published notice: a further version with its reason (B-16)."""

from uuid import UUID

import msgspec
from sqlmodel import col, select

from auction.listing.changes import changes_between
from auction.listing.disclosure import Disclosure, Viewing, read_disclosure, to_stored
from auction.listing.draft_lot import check_disclosure
from auction.listing.models import Lot, LotState, NoticeVersion
from auction.listing.note import note_lot
from auction.listing.notice import new_version, notice_content
from auction.listing.papers import issue_notice_papers
from auction.listing.parts import assets_of, shown_parts
from auction.listing.queries import lot_for_update, notice_versions
from auction.registration.models import Registration
from auction.registration.rules import LEFT
from auction.registration.tell import tell_bidder
from core.database import Work
from core.errors import InvalidInput, NotFound, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, require
from core.outbox import task
from disposal_teams.assets.models import Asset
from disposal_teams.cases.queries import case_of
from disposal_teams.courts.queries import court_of
from disposal_teams.photos.show import hashes_of
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
    versions = await notice_versions(work, lot.id)
    number = versions[-1].version + 1 if versions else 1
    case, court = await case_of(work, lot.case_id), await court_of(work, lot.court_code)
    photos = await hashes_of(work, [each.id for each in await assets_of(work, lot)])
    content = notice_content(lot, asset, case, court, after, await shown_parts(work, lot), photos)
    content["changes"] = [
        {"label": each.label, "before": each.before, "after": each.after}
        for each in changes_between(versions[-1].content if versions else {}, content)
    ]
    version = new_version(work, lot, number, content, reason=reason)
    await note_lot(
        work,
        lot,
        "lot.notice_changed",
        "B-16",
        version=number,
        reason=reason,
        content_hash=version.content_hash.hex(),
    )
    await issue_notice_papers.later(work, key=f"{lot.id}:{number}", lot_id=lot.id, version=number)
    await tell_of_supplement.later(
        work, key=f"{lot.id}:{number}", lot_id=lot.id, version=number, reason=reason
    )
    return version


@task(queue="notices")
async def tell_of_supplement(work: Work, *, lot_id: UUID, version: int, reason: str) -> None:
    """Tell everyone who has entered that the notice says something more (B-16)."""
    lot = await work.session.get_one(Lot, lot_id)
    entries = await work.session.exec(
        select(Registration).where(
            Registration.lot_id == lot_id, col(Registration.state).not_in([str(each) for each in LEFT])
        )
    )
    for entry in list(entries):
        await tell_bidder(
            work,
            entry,
            key=f"supplement:{entry.id}:{version}",
            title=msg("公告有补充"),
            body=msg(
                "“{title}”的公告发布了第 {version} 版：{reason}",
                title=lot.title,
                version=version,
                reason=reason,
            ),
        )


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
