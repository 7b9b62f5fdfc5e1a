"""What every step of an objection shares: the lock, the move, the audit event, the clocks, the news for the filer."""

from typing import Any
from uuid import UUID

from core.audit import record
from core.database import Work
from core.deadlines import meet_deadline, open_deadline, waive_deadline
from core.errors import NotFound, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from core.notices import notify
from disposal_teams.courts.tell import tell_court
from disposal_teams.objections import rules
from disposal_teams.objections.followers import Occasion, tell_followers
from disposal_teams.objections.models import Objection, ObjectionState, Outcome

CLOCKS = (
    rules.FILING, rules.NOTICE, rules.SUPPLEMENT, "L-35", "L-36", rules.ASKING, rules.REVIEW, rules.SUIT_WINDOW,
)  # fmt: skip
RULING_CLOCK = {"conduct": "L-35", "third_party": "L-36"}


async def lock_objection(work: Work, objection_id: UUID) -> Objection:
    """The objection, fresh and locked. Raises `NotFound`."""
    objection = await work.session.get(Objection, objection_id, with_for_update=True, populate_existing=True)
    if objection is None:
        raise NotFound(msg("没有找到该异议。"))
    return objection


async def lock_for_panel(work: Work, objection_id: UUID) -> Objection:
    """The same for a member of the deciding court's objection panel. Raises `NotPermitted`."""
    objection = await lock_objection(work, objection_id)
    require(work.actor, Permission.HANDLE_OBJECTION, court_code=objection.court_code)
    return objection


async def lock_for_filer(work: Work, objection_id: UUID) -> Objection:
    """The same for the filer; another person's objection is as unknown as a missing one. Raises `NotFound`."""
    objection = await lock_objection(work, objection_id)
    if work.actor.account_id is None or objection.filer_account_id != work.actor.account_id:
        raise NotFound(msg("没有找到该异议。"))
    return objection


def require_state(objection: Objection, *allowed: ObjectionState) -> None:
    """Raise `RuleViolation` unless the objection stands where this step can be taken (§11.8)."""
    if objection.state not in allowed:
        raise RuleViolation(
            "§11.8",
            msg(
                "该异议目前处于“{current}”，不能办理此步骤。",
                current=msg(rules.STATE_LABELS[ObjectionState(objection.state)]),
            ),
        )


def move(objection: Objection, wanted: ObjectionState) -> None:
    """Bring it into `wanted` (§11.8). Raises `RuleViolation`."""
    rules.check_transition(ObjectionState(objection.state), wanted)
    objection.state = wanted


async def note(work: Work, objection: Objection, event: str, rule: str, **details: Any) -> None:
    """Write the audit event; it is read from the asset's, the case's and the lot's side. Never names."""
    await record(
        work,
        f"objection.{event}",
        stream=f"objection:{objection.id}",
        rule=rule,
        asset_id=objection.asset_id,
        case_id=objection.case_id,
        lot_id=objection.lot_id,
        objection=str(objection.id),
        number=objection.number,
        kind=objection.kind,
        state=objection.state,
        **details,
    )


async def start_clock(
    work: Work,
    objection: Objection,
    rule: str,
    *,
    days: int,
    owner: Role,
    court: str | None = None,
    **more: Any,
) -> None:
    """Start a clock of the objection."""
    await open_deadline(
        work,
        rule,
        subject_kind="objection",
        subject_id=objection.id,
        days=days,
        owner_role=owner,
        owner_court=court or objection.court_code,
        asset_id=objection.asset_id,
        case_id=objection.case_id,
        lot_id=objection.lot_id,
        **more,
    )


async def stop_clock(work: Work, objection: Objection, rule: str, event: str) -> None:
    """What a clock of the objection waited for has happened."""
    await meet_deadline(work, rule, subject_kind="objection", subject_id=objection.id, done_event=event)


async def tell_filer(work: Work, objection: Objection, key: str, title: Message, body: Message) -> None:
    """News for the person who objected."""
    if objection.filer_account_id is not None:
        await notify(
            work,
            account_id=objection.filer_account_id,
            key=f"objection:{objection.id}:{key}",
            title=title,
            body=body,
            link=f"/my/objections/{objection.id}",
        )


async def tell_panel(work: Work, objection: Objection, key: str, title: Message, body: Message) -> None:
    """News for the objection panel of the deciding court."""
    await tell_court(
        work,
        objection.court_code,
        Role.OBJECTION_PANEL,
        key=f"objection:{objection.id}:{key}",
        title=title,
        body=body,
        link=f"/court/objections/{objection.id}",
    )


async def stay_sale(work: Work, objection: Objection, reason: str) -> None:
    """From now on the sale stands still for the objection; whoever runs the sale is told."""
    objection.stays_sale, objection.stay_reason = True, reason
    await tell_followers.later(
        work, key=f"{objection.id}:{Occasion.STAYED}", objection_id=objection.id, occasion=Occasion.STAYED
    )


async def end(work: Work, objection: Objection, outcome: Outcome, *, event: str, rule: str) -> None:
    """Nothing can be done any more: close the clocks, keep the result, and let others apply it."""
    move(objection, ObjectionState.FINAL)
    objection.outcome, objection.final_at, objection.stays_sale = outcome, work.now, False
    if outcome is not Outcome.FOUNDED:
        objection.remedy = objection.revocation_ground = None
    for clock in CLOCKS:
        await waive_deadline(
            work, clock, subject_kind="objection", subject_id=objection.id, reason=f"objection.{event}"
        )
    await note(work, objection, event, rule, outcome=str(outcome), remedy=objection.remedy)
    await tell_followers.later(
        work, key=f"{objection.id}:{Occasion.FINAL}", objection_id=objection.id, occasion=Occasion.FINAL
    )
    await tell_filer(
        work,
        objection,
        "final",
        msg("异议程序已经终结"),
        msg("您的异议的最终结果：{outcome}。", outcome=msg(rules.OUTCOME_LABELS[outcome])),
    )
