"""A material change of a published notice: withdraw the lot, and prepare the notice that takes its place (B-16)."""

from collections.abc import Collection, Sequence
from uuid import UUID

import msgspec

from auction.listing.changes import MATERIAL_LABELS, changed_words
from auction.listing.choose_together import taken_over
from auction.listing.defaults import disclosure_of_all
from auction.listing.disclosure import Disclosure, Replaced, read_disclosure, to_stored
from auction.listing.draft_lot import new_draft
from auction.listing.models import Lot, LotState
from auction.listing.note import note_lot
from auction.listing.parts import assets_of
from auction.listing.queries import lots_of_asset
from auction.listing.rounds import next_position
from auction.withdrawal.withdraw_lot import withdraw_lot
from core.database import Work
from core.errors import InvalidInput, NotFound, RuleViolation
from core.i18n import msg
from core.identity import Permission, require
from disposal_teams.assets.models import Asset
from disposal_teams.cases.queries import case_of
from disposal_teams.courts.queries import court_of


async def replace_notice(
    work: Work, lot_id: UUID, *, changed: list[str], reason: str, leave_out: Collection[UUID] = ()
) -> Lot:
    """Withdraw a published lot because facts that bidders reckon with have changed, and draft the same round again.

    Deposits go back within 24 hours. The draft takes over what was disclosed, with facts and price basis from survey and
    valuation as they are now; it needs a panel record (B-03), the notices to the parties (B-20) and a whole notice period
    (B-10). `leave_out`: assets of a mixed lot that are no longer sold with the others, which is a material change too; they
    go on by themselves. Raises `InvalidInput` (no such change), `RuleViolation` (not published, B-51 begun), `NotPermitted`.
    """
    before = await work.session.get(Lot, lot_id)
    if before is None:
        raise NotFound(msg("没有找到该拍品。"))
    require(work.actor, Permission.STOP_LISTING, court_code=before.court_code)
    require(work.actor, Permission.DRAFT_LISTING, court_code=before.court_code)
    if leave_out and "parts" not in changed:
        changed = ["parts", *changed]
    if not changed or set(changed) - MATERIAL_LABELS.keys():
        raise InvalidInput(
            msg("请选择发生变更的事项。"), fields={"changed": msg("请选择列表中的变更事项。")}, rule="B-16"
        )
    if before.published_at is None or before.state not in (LotState.PUBLISHED, LotState.PAUSED):
        raise RuleViolation("B-16", msg("只有公告期内的拍品需要撤回后重新公告；草稿可以直接修改。"))
    left = await _left(work, before, leave_out)
    withdrawn = await withdraw_lot(
        work, lot_id, ground="facts_changed", reason=f"{changed_words(changed)}发生变更。{reason}".strip()
    )
    asset = await work.session.get_one(Asset, left[0], populate_existing=True)
    draft = await new_draft(
        work,
        asset,
        next_position(await lots_of_asset(work, asset.id)),
        starting_price_fen=withdrawn.starting_price_fen,
        increment_fen=withdrawn.increment_fen,
        deposit_fen=withdrawn.deposit_fen,
        together=left[1:],
    )
    replaced = Replaced(lot_no=withdrawn.lot_no, changed=list(changed), reason=reason)
    draft.disclosure = to_stored(await _carried(work, withdrawn, draft, replaced))
    draft.summary, draft.balance_due_days = withdrawn.summary, withdrawn.balance_due_days
    await work.session.flush()
    await note_lot(
        work,
        draft,
        "lot.notice_replaced",
        "B-16",
        replaces=withdrawn.lot_no,
        changed=list(changed),
        reason=reason,
    )
    return draft


async def _left(work: Work, lot: Lot, leave_out: Collection[UUID]) -> Sequence[UUID]:
    """The assets that stay in the sale, the leading one first."""
    parts = await taken_over(work, lot)
    if set(leave_out) - set(parts):
        raise InvalidInput(
            msg("请选择列表中的财产。"), fields={"leave_out": msg("请选择列表中的财产。")}, rule="B-16"
        )
    left = await taken_over(work, lot, leave_out) if parts else [lot.asset_id]
    if not left:
        raise InvalidInput(
            msg("至少保留一项财产。"),
            fields={"leave_out": msg("全部财产不再拍卖的，请办理撤回。")},
            rule="B-16",
        )
    return left


async def _carried(work: Work, withdrawn: Lot, draft: Lot, replaced: Replaced) -> Disclosure:
    """What was disclosed, with the facts of what is still sold as they are now."""
    case, court = await case_of(work, withdrawn.case_id), await court_of(work, withdrawn.court_code)
    fresh = await disclosure_of_all(work, await assets_of(work, draft), case, court)
    before = read_disclosure(withdrawn.disclosure)
    priced = read_disclosure(draft.disclosure) if draft.direct_sale_id else fresh
    return msgspec.structs.replace(
        before,
        facts=fresh.facts,
        special={**before.special, **fresh.special},
        pricing_basis=priced.pricing_basis or before.pricing_basis,
        qualification=fresh.qualification if "qualification" in replaced.changed else before.qualification,
        notification_statement="",
        replaces=replaced,
    )
