"""Fix the reference price when the windows for objections have closed (§11.2 FIXED, V-33, V-34, V-36)."""

from uuid import UUID

from sqlmodel import col, select

from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines import open_deadline
from core.errors import RuleViolation
from core.i18n import msg
from core.identity import Permission, Role, require
from disposal_teams.assets.advance import advance_asset
from disposal_teams.assets.models import Asset, AssetState
from valuation import rules
from valuation.models import Valuation, ValuationState
from valuation.note import note_valuation
from valuation.queries import valuation_for_update


async def fix_price(work: Work, valuation_id: UUID) -> Valuation:
    """Fix the reference price: windows closed, no objection open. The asset becomes ready to list.

    Fixing a fixed price changes nothing. Raises `RuleViolation` (V-31: window open or objection undecided).
    """
    valuation, asset = await valuation_for_update(work, valuation_id)
    require(work.actor, Permission.ENTER_VALUATION, court_code=asset.court_code)
    if valuation.state == ValuationState.FIXED:
        return valuation
    state = ValuationState(valuation.state)
    if state in rules.OPEN_OBJECTION_STATES:
        raise RuleViolation("V-31", msg("还有未处理完的异议，不能确定参考价。请等待异议办结。"))
    ends_at = valuation.objection_window_ends_at
    if state is ValuationState.SERVING or (state is ValuationState.OBJECTION_WINDOW and ends_at is None):
        raise RuleViolation("V-31", msg("还有当事人没有签收评估结果，异议期尚未起算。请补齐送达记录。"))
    rules.check_transition(state, ValuationState.FIXED)
    if ends_at is None:
        raise RuleViolation("V-31", msg("参考价由相应方式的结果确定，不能直接确定。"))
    if work.now < ends_at:
        raise RuleViolation(
            "V-31",
            msg(
                "异议期到 {end} 才届满，届满后系统会自动确定参考价。",
                end=f"{ends_at.astimezone(COURT_ZONE):%Y-%m-%d %H:%M}",
            ),
        )
    await fix_now(work, valuation, asset)
    return valuation


async def fix_due_prices(work: Work, *, limit: int = 100) -> int:
    """Fix every price whose last window has closed; returns how many. For the sweep: crash-safe, repeatable."""
    due = await work.session.exec(
        select(Valuation, Asset)
        .join(Asset, col(Asset.id) == col(Valuation.asset_id))
        .where(
            Valuation.is_current,
            Valuation.state == ValuationState.OBJECTION_WINDOW,
            col(Valuation.objection_window_ends_at) <= work.now,
        )
        .limit(limit)
        .with_for_update(skip_locked=True, of=Valuation)
    )
    count = 0
    for valuation, asset in due.all():
        if (asset.resume_state or asset.state) == AssetState.VALUATION:
            await fix_now(work, valuation, asset)
            count += 1
    return count


async def fix_now(work: Work, valuation: Valuation, asset: Asset) -> None:
    """Fix the price of a valuation whose way has ended with one; the caller has checked that it may be fixed."""
    rules.check_transition(ValuationState(valuation.state), ValuationState.FIXED)
    assert valuation.valid_until is not None
    valuation.state = ValuationState.FIXED
    valuation.fixed_at = work.now
    valuation.reuse_until = rules.reuse_until(valuation.valid_until)
    await note_valuation(
        work,
        asset,
        valuation.id,
        "valuation.fixed",
        "V-33",
        price_fen=valuation.price_fen,
        valid_until=valuation.valid_until.isoformat(),
        reuse_until=valuation.reuse_until.isoformat(),
    )
    await advance_asset(work, asset, AssetState.READY_TO_LIST, reason="参考价已确定", rule="V-36")
    await open_deadline(
        work,
        "L-08",
        subject_kind="asset",
        subject_id=asset.id,
        owner_role=Role.DISPOSAL_TEAM,
        owner_court=asset.court_code,
        asset_id=asset.id,
    )
