"""What the use cases on objections to reports share: finding, locking, closing, and where the valuation stands by them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from core.clock import court_now
from core.database import Work
from core.deadlines import waive_deadline
from core.errors import NotFound, NotPermitted, RuleViolation
from core.i18n import msg
from core.identity import Permission, may
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import Party
from valuation import rules as valuation_rules
from valuation.appraisal.models import ResultService
from valuation.models import Valuation
from valuation.note import note_valuation
from valuation.objections import rules
from valuation.objections.models import (
    ObjectionGround,
    ReportObjection,
    ReportObjectionOutcome,
    ReportObjectionState,
)
from valuation.queries import valuation_for_update

CLOCKS = ("L-07", "L-07送交", "V-31评审")


async def moment_in_lock(work: Work) -> datetime:
    """The clock read after the lock was got: between two who come at the end of a period the lock decides, not the network."""
    return max(work.now, await court_now(work.session))


async def objections_of(work: Work, valuation_id: UUID) -> list[ReportObjection]:
    """Every objection to the reports of a valuation, in the order in which they came."""
    return list(
        await work.session.exec(
            select(ReportObjection)
            .where(ReportObjection.valuation_id == valuation_id)
            .order_by(col(ReportObjection.filed_at), col(ReportObjection.id))
        )
    )


async def lock_report_objection(work: Work, objection_id: UUID) -> tuple[ReportObjection, Valuation, Asset]:
    """The objection with its valuation, both locked, and the asset. Raises `NotFound`; the caller checks who asks."""
    found = await work.session.get(ReportObjection, objection_id)
    if found is None:
        raise NotFound(msg("没有找到该异议。"))
    valuation, asset = await valuation_for_update(work, found.valuation_id)
    await work.session.refresh(found, with_for_update=True)
    return found, valuation, asset


async def require_objector(work: Work, party_id: UUID, asset: Asset) -> Party:
    """The person itself, or the court that enters its paper. Raises `NotPermitted`."""
    party = await work.session.get_one(Party, party_id)
    own = party.account_id is not None and party.account_id == work.actor.account_id
    if not own and not may(work.actor, Permission.RECORD_OBJECTION, court_code=asset.court_code):
        raise NotPermitted(msg("只有异议人本人或者承办法院可以办理。"), rule="V-31")
    return party


def require_state(objection: ReportObjection, *states: ReportObjectionState) -> None:
    """Raise `RuleViolation` unless the objection stands in one of these states."""
    if objection.state not in states:
        raise RuleViolation(
            "V-31",
            msg(
                "该异议目前“{state}”，不能办理此步骤。",
                state=rules.STATE_LABELS[ReportObjectionState(objection.state)],
            ),
        )


def grounds_of(objection: ReportObjection) -> set[ObjectionGround]:
    """Its grounds."""
    return {ObjectionGround(each) for each in objection.grounds}


async def close(
    work: Work,
    objection: ReportObjection,
    asset: Asset,
    outcome: ReportObjectionOutcome,
) -> None:
    """End an objection; its clocks end with it."""
    objection.state, objection.outcome = ReportObjectionState.CLOSED, outcome
    objection.closed_at = work.now
    await work.session.flush()
    for rule in CLOCKS:
        await waive_deadline(
            work,
            rule,
            subject_kind="report_objection",
            subject_id=objection.id,
            reason=f"report_objection.{outcome}",
        )
    await note(work, asset, objection, "closed", outcome=str(outcome))


async def supersede(work: Work, valuation: Valuation, asset: Asset) -> None:
    """The report is gone: its services, windows and open objections with it."""
    for objection in await objections_of(work, valuation.id):
        if objection.is_open:
            await close(work, objection, asset, ReportObjectionOutcome.SUPERSEDED)
    for service in await services_of(work, valuation.id):
        service.is_superseded = True
    valuation.objection_window_ends_at = None
    await work.session.flush()


async def services_of(work: Work, valuation_id: UUID) -> list[ResultService]:
    """The services of the result that stands."""
    return list(
        await work.session.exec(
            select(ResultService).where(
                ResultService.valuation_id == valuation_id, col(ResultService.is_superseded).is_(False)
            )
        )
    )


async def settle_state(work: Work, valuation: Valuation) -> None:
    """Set where a served result stands, by its services and open objections; and when the last window ends (§11.2)."""
    if valuation.state not in valuation_rules.AFTER_REPORT_STATES:
        return
    await work.session.flush()
    services = await services_of(work, valuation.id)
    ends = [each.window_ends_at for each in services if each.window_ends_at is not None]
    all_received = len(ends) == len(services)
    valuation.objection_window_ends_at = max(ends) if ends and all_received else None
    waiting = [
        ReportObjectionState(each.state) for each in await objections_of(work, valuation.id) if each.is_open
    ]
    wanted = rules.state_of_valuation(waiting, all_received=all_received)
    if valuation.state != wanted:
        valuation.state = wanted


async def note(work: Work, asset: Asset, objection: ReportObjection, event: str, **details: Any) -> None:
    """Write what happened with an objection."""
    await note_valuation(
        work,
        asset,
        objection.valuation_id,
        f"report_objection.{event}",
        "V-31",
        objection=str(objection.id),
        **details,
    )


def inquiries_meant(objections: Collection[ReportObjection], platform: str) -> list[ReportObjection]:
    """The objections that count against one platform's report: those taken back or not accepted never did."""
    never = (ReportObjectionOutcome.WITHDRAWN, ReportObjectionOutcome.NOT_ACCEPTED)
    return [each for each in objections if platform in each.platforms and each.outcome not in never]
