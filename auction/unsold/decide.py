"""The panel decides what becomes of an asset that the sell-off did not sell (X-09, X-12)."""

from datetime import date
from uuid import UUID

from auction.in_kind.queries import holding_offer
from auction.listing.models import LotState
from auction.listing.queries import lots_of_asset
from auction.listing.rules import check_panel
from auction.unsold.models import UnsoldChoice, UnsoldDecision
from auction.unsold.papers import carry_out_release
from auction.unsold.rules import LEADS_TO, check_change
from core.audit import record
from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines import meet_deadline
from core.errors import InvalidInput, NotFound, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, require
from core.ids import new_id
from disposal_teams.assets.advance import advance_asset
from disposal_teams.assets.models import Asset, AssetState
from disposal_teams.plain_text import clean_text

_UNDECIDED = frozenset({AssetState.LISTED, AssetState.OFFERED_IN_KIND, AssetState.OTHER_MEASURE})


async def decide_unsold(
    work: Work,
    asset_id: UUID,
    *,
    choice: UnsoldChoice,
    ground: str = "",
    reason: str,
    members: list[str],
    decided_on: date,
) -> UnsoldDecision:
    """Record the decision and carry it out: the seal is lifted, the measure noted, or the asset may be listed again.

    Raises `InvalidInput` by field, `RuleViolation` (the sell-off is not over, or a creditor is being asked), `NotPermitted`.
    """
    asset = await work.session.get(Asset, asset_id)
    if asset is None:
        raise NotFound(msg("没有找到该标的物。"))
    require(work.actor, Permission.RECORD_PANEL_DECISION, court_code=asset.court_code)
    runs = await lots_of_asset(work, asset_id)
    last = runs[-1] if runs else None
    if last is None or last.state != LotState.SELLOFF_FAILED or asset.state not in _UNDECIDED:
        raise RuleViolation("X-09", msg("变卖期满无人竞买之后，才能决定标的物的后续处理。"))
    if await holding_offer(work, asset_id) is not None:
        raise RuleViolation("X-09", msg("正在征询债权人以物抵债，请等待征询结束。"))
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=1000)
    names = [clean_text(name, "members", fields, longest=40) for name in members if name.strip()]
    if problem := check_panel(names):
        fields["members"] = problem
    if problem := check_change(choice, ground):
        fields["ground"] = problem
    if decided_on > work.now.astimezone(COURT_ZONE).date():
        fields["decided_on"] = msg("合议日期不能晚于今天。")
    if fields:
        raise InvalidInput(msg("后续处理的决定有误，请按提示修改。"), fields=fields, rule="X-09")
    rule = "X-12" if choice is UnsoldChoice.SECOND_DISPOSAL else "X-09"
    decision = UnsoldDecision(
        id=new_id(),
        asset_id=asset_id,
        lot_id=last.id,
        choice=choice,
        ground=ground if choice is UnsoldChoice.SECOND_DISPOSAL else "",
        reason=reason,
        members=names,
        decided_on=decided_on,
        created_at=work.now,
    )
    work.session.add(decision)
    await work.session.flush()
    await record(
        work,
        "unsold.decided",
        stream=f"asset:{asset_id}",
        rule=rule,
        asset_id=asset_id,
        case_id=asset.case_id,
        lot_id=last.id,
        choice=str(choice),
        ground=decision.ground,
        members=names,
    )
    await meet_deadline(work, "X-09", subject_kind="asset", subject_id=asset_id, done_event="unsold.decided")
    await advance_asset(work, asset, LEADS_TO[choice], reason=reason[:200], rule=rule)
    if choice is UnsoldChoice.RELEASE:
        await carry_out_release.later(work, key=str(decision.id), decision_id=decision.id)
    return decision
