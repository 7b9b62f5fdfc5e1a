"""Start the search for a reference price (V-01)."""

from uuid import UUID

from sqlmodel import select

from core.audit import record
from core.database import Work
from core.deadlines import meet_deadline
from core.errors import Conflict, NotFound, RuleViolation
from core.i18n import msg
from core.identity import Permission, require
from core.ids import new_id
from disposal_teams.assets.advance import advance_asset
from disposal_teams.assets.models import Asset, AssetState
from valuation.models import Valuation, ValuationMethod, ValuationState

_STARTING_STATE = {
    ValuationMethod.AGREEMENT: ValuationState.NEGOTIATING,
    ValuationMethod.DIRECTED_INQUIRY: ValuationState.DIRECTED,
    ValuationMethod.ONLINE_INQUIRY: ValuationState.ONLINE_INQUIRY,
    ValuationMethod.APPRAISAL: ValuationState.APPRAISING,
}


async def begin_valuation(
    work: Work, asset_id: UUID, *, method: ValuationMethod = ValuationMethod.APPRAISAL
) -> Valuation:
    """Start a valuation of a surveyed asset (V-01). The survey must be complete: A-11.

    Raises `NotFound`, `NotPermitted`, `RuleViolation` (wrong state), `Conflict` (one is under way).
    """
    asset = await work.session.get(Asset, asset_id)
    if asset is None:
        raise NotFound(msg("没有找到该标的物。"))
    require(work.actor, Permission.ENTER_VALUATION, court_code=asset.court_code)
    current = (
        await work.session.exec(
            select(Valuation).where(Valuation.asset_id == asset_id, Valuation.is_current).with_for_update()
        )
    ).first()
    if current is not None and current.state not in {
        ValuationState.NOT_STARTED,
        ValuationState.EXPIRED,
        ValuationState.WITHDRAWN,
    }:
        raise Conflict(msg("该标的物已有正在进行或已确定的参考价程序，请在原程序中继续。"), rule="V-02")
    if (asset.resume_state or asset.state) not in {AssetState.VALUATION, AssetState.READY_TO_LIST}:
        raise RuleViolation("A-11", msg("确定参考价前须先完成财产现状调查。请先提交调查表。"))
    if current is not None:
        current.is_current = False
        await work.session.flush()
    valuation = Valuation(
        id=new_id(), asset_id=asset_id, method=method, state=_STARTING_STATE[method], started_at=work.now
    )
    work.session.add(valuation)
    await record(
        work,
        "valuation.begun",
        stream=f"asset:{asset_id}",
        rule="V-01",
        asset_id=asset_id,
        case_id=asset.case_id,
        valuation=str(valuation.id),
        method=str(method),
    )
    for rule in ("V-01", "L-01"):
        await meet_deadline(
            work, rule, subject_kind="asset", subject_id=asset_id, done_event="valuation.begun"
        )
    await advance_asset(work, asset, AssetState.VALUATION, reason="开始确定参考价", rule="V-01")
    return valuation
