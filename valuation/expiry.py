"""Prices whose validity has passed, and their re-issue (V-33, V-34, L-38)."""

from uuid import UUID

from sqlmodel import col, select

from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines import open_deadline, waive_deadline
from core.deadlines.rules import period_end
from core.errors import RuleViolation
from core.i18n import msg
from core.identity import Permission, Role, require
from core.ids import new_id
from disposal_teams.assets.advance import advance_asset
from disposal_teams.assets.models import Asset, AssetState
from valuation.appraisal.entrust import engagements_of, note_engagement
from valuation.appraisal.models import AppraisalEngagement, EngagementState
from valuation.models import Valuation, ValuationMethod, ValuationState
from valuation.note import note_valuation
from valuation.online_inquiry.entrust import entrust_all
from valuation.queries import valuation_for_update
from valuation.ways.enter import STATE_OF_WAY, add_step, facts_of, steps_of
from valuation.ways.rules import WayFacts

REISSUE_DAYS = 15
"""For the firm that appraised (V-34); platforms have three days as for an inquiry."""


async def expire_prices(work: Work, *, limit: int = 200) -> int:
    """Mark prices that carry no notice any more; their assets go back to valuation. Returns how many. For the sweep.

    Before a first notice a price ends with its validity; once a notice was in time it serves for six months more (V-34).
    A lot that is on show is not touched: its sale was checked when it was published.
    """
    today = work.now.astimezone(COURT_ZONE).date()
    unlisted = col(Asset.first_listed_at).is_(None) & (col(Valuation.valid_until) < today)
    due = await work.session.exec(
        select(Valuation, Asset)
        .join(Asset, col(Asset.id) == col(Valuation.asset_id))
        .where(
            Valuation.is_current,
            Valuation.state == ValuationState.FIXED,
            Asset.state == AssetState.READY_TO_LIST,
            unlisted | (col(Valuation.reuse_until) < today),
        )
        .limit(limit)
        .with_for_update(skip_locked=True, of=Valuation)
    )
    found = due.all()
    for valuation, asset in found:
        valuation.state = ValuationState.EXPIRED
        await waive_deadline(
            work, "L-08", subject_kind="asset", subject_id=asset.id, reason="valuation.expired"
        )
        await note_valuation(
            work,
            asset,
            valuation.id,
            "valuation.expired",
            "V-34",
            valid_until=str(valuation.valid_until),
        )
        await advance_asset(work, asset, AssetState.VALUATION, reason="参考价已过有效期", rule="V-34")
    return len(found)


async def reissue_price(work: Work, valuation_id: UUID) -> Valuation:
    """Have an expired price issued anew by who issued it (V-34): the firm in 15 days, the platforms in 3.

    The result is served and may be objected to again. Raises `RuleViolation` for a price that has not expired, or that the
    parties or a body named: then a new valuation begins.
    """
    old, asset = await valuation_for_update(work, valuation_id)
    require(work.actor, Permission.ENTER_VALUATION, court_code=asset.court_code)
    if old.state != ValuationState.EXPIRED or not old.is_current:
        raise RuleViolation("V-34", msg("只有已过有效期的参考价可以重新出具。"))
    method = ValuationMethod(old.method)
    if method not in (ValuationMethod.APPRAISAL, ValuationMethod.ONLINE_INQUIRY):
        raise RuleViolation("V-34", msg("议价和定向询价的结果过期后，请重新启动确定参考价。"))
    steps = await steps_of(work, old.id)
    facts = facts_of(steps[-1]) if steps else WayFacts(both_ask_for=(method,))
    old.state, old.is_current = ValuationState.REISSUE, False
    await work.session.flush()
    valuation = Valuation(
        id=new_id(),
        asset_id=asset.id,
        method=method,
        state=STATE_OF_WAY[method],
        started_at=work.now,
        reissue_of=old.id,
    )
    work.session.add(valuation)
    await add_step(work, valuation, method, facts, None)
    await note_valuation(
        work,
        asset,
        valuation.id,
        "valuation.reissue_begun",
        "V-34",
        reissue_of=str(old.id),
    )
    if method is ValuationMethod.ONLINE_INQUIRY:
        await entrust_all(work, valuation, asset)
    else:
        await _ask_the_same_firm(work, old, valuation, asset)
    return valuation


async def _ask_the_same_firm(work: Work, old: Valuation, valuation: Valuation, asset: Asset) -> None:
    reported = [each for each in await engagements_of(work, old.id) if each.state == EngagementState.REPORTED]
    if not reported:
        return  # the price is from before firms were chosen here: the parties choose now
    due_at = period_end(work.now, days=REISSUE_DAYS)
    engagement = AppraisalEngagement(
        id=new_id(),
        valuation_id=valuation.id,
        firm_id=reported[-1].firm_id,
        position=1,
        state=EngagementState.ENTRUSTED,
        entrusted_at=work.now,
        due_at=due_at,
    )
    work.session.add(engagement)
    valuation.state = ValuationState.APPRAISING
    await work.session.flush()
    await open_deadline(
        work,
        "L-03",
        subject_kind="engagement",
        subject_id=engagement.id,
        owner_role=Role.APPRAISER,
        owner_court=asset.court_code,
        days=REISSUE_DAYS,
        asset_id=asset.id,
        case_id=asset.case_id,
    )
    await note_engagement(work, asset, engagement, "appraisal.entrusted", "V-34")
