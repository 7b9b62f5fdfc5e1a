"""Go a way, and leave it for the next (V-02). The one door through which a valuation changes its method."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlmodel import col, select

from core.database import Work
from core.deadlines import meet_deadline
from core.errors import Conflict, NotFound, RuleViolation
from core.i18n import msg
from core.identity import Permission, require
from core.ids import new_id
from disposal_teams.assets.advance import advance_asset
from disposal_teams.assets.models import Asset, AssetState
from valuation.models import Valuation, ValuationMethod, ValuationState
from valuation.note import note_valuation
from valuation.ways.models import StepOutcome, ValuationStep
from valuation.ways.rules import WayFacts, check_way, next_way

STATE_OF_WAY = {
    ValuationMethod.AGREEMENT: ValuationState.NEGOTIATING,
    ValuationMethod.DIRECTED_INQUIRY: ValuationState.DIRECTED,
    ValuationMethod.ONLINE_INQUIRY: ValuationState.ONLINE_INQUIRY,
    ValuationMethod.APPRAISAL: ValuationState.APPRAISER_SELECTION,
    ValuationMethod.MARKET_PRICE: ValuationState.NOT_STARTED,
    ValuationMethod.ABOVE_COSTS: ValuationState.NOT_STARTED,
}
_OVER = frozenset({ValuationState.NOT_STARTED, ValuationState.EXPIRED, ValuationState.WITHDRAWN})


async def begin_valuation(
    work: Work, asset_id: UUID, *, method: ValuationMethod, facts: WayFacts, due_at: datetime | None = None
) -> Valuation:
    """Start the search for a price of a surveyed asset by the way that V-02 opens first (V-01). A-11: survey complete.

    Raises `NotFound`, `NotPermitted`, `RuleViolation` (wrong state, V-02), `Conflict` (one is under way).
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
    if current is not None and current.state not in _OVER:
        raise Conflict(msg("该标的物已有正在进行或已确定的参考价程序，请在原程序中继续。"), rule="V-02")
    if (asset.resume_state or asset.state) not in {AssetState.VALUATION, AssetState.READY_TO_LIST}:
        raise RuleViolation("A-11", msg("确定参考价前须先完成财产现状调查。请先提交调查表。"))
    check_way(method, facts, ())
    if current is not None:
        current.is_current = False
        await work.session.flush()
    valuation = Valuation(
        id=new_id(),
        asset_id=asset_id,
        method=method,
        state=STATE_OF_WAY[method],
        started_at=work.now,
    )
    work.session.add(valuation)
    await add_step(work, valuation, method, facts, due_at)
    await note_valuation(work, asset, valuation.id, "valuation.begun", "V-01", method=str(valuation.method))
    for rule in ("V-01", "L-01"):
        await meet_deadline(
            work, rule, subject_kind="asset", subject_id=asset_id, done_event="valuation.begun"
        )
    await advance_asset(work, asset, AssetState.VALUATION, reason="开始确定参考价", rule="V-01")
    return valuation


async def open_step(work: Work, valuation_id: UUID) -> ValuationStep | None:
    """The way that is being gone, locked."""
    return (
        await work.session.exec(
            select(ValuationStep)
            .where(ValuationStep.valuation_id == valuation_id, col(ValuationStep.outcome).is_(None))
            .with_for_update()
        )
    ).first()


async def steps_of(work: Work, valuation_id: UUID) -> list[ValuationStep]:
    """Every way that was gone, in order."""
    return list(
        await work.session.exec(
            select(ValuationStep)
            .where(ValuationStep.valuation_id == valuation_id)
            .order_by(col(ValuationStep.position))
        )
    )


def facts_of(step: ValuationStep) -> WayFacts:
    """The facts that the step rests on."""
    return msgspec.convert(step.facts, WayFacts)


async def end_step(
    work: Work, valuation: Valuation, asset: Asset, outcome: StepOutcome, *, note: str = ""
) -> None:
    """The way has led to a price, or to none."""
    step = await open_step(work, valuation.id)
    if step is None:
        return
    step.outcome, step.ended_at, step.note = outcome, work.now, note
    await work.session.flush()
    await note_valuation(
        work,
        asset,
        valuation.id,
        "valuation.way_ended",
        "V-02",
        method=str(valuation.method),
        outcome=str(outcome),
        way=step.method,
        note=note,
    )


async def fail_way(
    work: Work, valuation: Valuation, asset: Asset, outcome: StepOutcome, *, note: str = ""
) -> ValuationMethod:
    """The way has led to no price, or its price does not stand: enter the next one that V-02 opens. Returns it."""
    step = await open_step(work, valuation.id) or await _reopened_step(work, valuation.id)
    facts = facts_of(step)
    await end_step(work, valuation, asset, outcome, note=note)
    failed = await failed_ways(work, valuation.id)
    following = next_way(facts, failed)
    await enter_way(work, valuation, asset, following, facts)
    return following


async def _reopened_step(work: Work, valuation_id: UUID) -> ValuationStep:
    """The last way, open again: what it led to is not the price after all."""
    step = (await steps_of(work, valuation_id))[-1]
    step.outcome = step.ended_at = None
    await work.session.flush()
    return step


async def enter_way(
    work: Work,
    valuation: Valuation,
    asset: Asset,
    method: ValuationMethod,
    facts: WayFacts,
    *,
    due_at: datetime | None = None,
) -> None:
    """Go this way from now on. Raises `RuleViolation` (V-02) when it is not its turn."""
    check_way(method, facts, await failed_ways(work, valuation.id))
    valuation.method, valuation.state = method, STATE_OF_WAY[method]
    await add_step(work, valuation, method, facts, due_at)
    await note_valuation(
        work, asset, valuation.id, "valuation.way_entered", "V-02", method=str(valuation.method)
    )


async def due_ways(work: Work, state: ValuationState, *, limit: int) -> list[tuple[Valuation, Asset]]:
    """Valuations in `state` whose open way has come to the end of its period, locked; for the sweeps of the ways."""
    due = await work.session.exec(
        select(Valuation, Asset)
        .join(ValuationStep, col(ValuationStep.valuation_id) == col(Valuation.id))
        .join(Asset, col(Asset.id) == col(Valuation.asset_id))
        .where(
            Valuation.is_current,
            Valuation.state == state,
            col(ValuationStep.outcome).is_(None),
            col(ValuationStep.due_at) <= work.now,
        )
        .limit(limit)
        .with_for_update(skip_locked=True, of=Valuation)
    )
    return list(due.all())


async def failed_ways(work: Work, valuation_id: UUID) -> set[ValuationMethod]:
    """The ways that ended without a price."""
    return {
        ValuationMethod(step.method)
        for step in await steps_of(work, valuation_id)
        if step.outcome not in (None, StepOutcome.PRICED)
    }


async def add_step(
    work: Work, valuation: Valuation, method: ValuationMethod, facts: WayFacts, due_at: datetime | None
) -> None:
    """Note that a way is being gone; for this room and for a re-issue (V-34)."""
    await work.session.flush()
    position = len(await steps_of(work, valuation.id)) + 1
    work.session.add(
        ValuationStep(
            id=new_id(),
            valuation_id=valuation.id,
            position=position,
            method=method,
            facts=msgspec.to_builtins(facts),
            started_at=work.now,
            due_at=due_at,
        )
    )
    await work.session.flush()
