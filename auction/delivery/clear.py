"""Clear a sold asset: the notice to leave signed by the president, the plan of force, what happened (B-72; S7 art. 261)."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from auction.delivery import rules
from auction.delivery.models import ClearedHow, Clearing, ClearingState, GoodsTaker
from auction.delivery.papers import issue_clearing_record, issue_notices, issue_plan
from auction.delivery.rules import Goods, Present
from auction.delivery.tell import page_of, tell_buyer
from auction.listing.models import Lot
from auction.listing.note import note_lot
from auction.listing.parts import refuse_while_objected
from auction.settlement.models import Settlement, SettlementState
from auction.settlement.ruling import settlement_for_update
from core.database import Work
from core.deadlines import meet_deadline, open_deadline, waive_deadline
from core.deadlines.rules import end_of_day
from core.errors import InvalidInput, NotFound
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from core.legal_settings import legal
from disposal_teams.courts.tell import tell_court
from disposal_teams.plain_text import clean_text

S = ClearingState
CLOCK = "B-72"
"""The clock of the occupants: until when they must have left."""


async def propose_clearing(
    work: Work, lot_id: UUID, *, occupants: str, leave_by: date, helpers: str
) -> Clearing:
    """Put a notice to leave before the president: whom it binds, the day, and who of the grassroots body will help.

    Raises `InvalidInput` by field, `RuleViolation` before service or after delivery, `NotPermitted`.
    """
    settlement, lot = await _sale(work, lot_id)
    require(work.actor, Permission.RECORD_DELIVERY, court_code=lot.court_code)
    rules.check_due(served_at=settlement.ruling_served_at, is_over=settlement.delivered_at is not None)
    await refuse_while_objected(work, lot)
    if problems := rules.notice_problems(
        occupants=occupants,
        leave_by=leave_by,
        helpers=helpers,
        now=work.now,
        least_days=legal().leave_least_days,
    ):
        raise InvalidInput(msg("腾退公告有误，请按提示修改。"), fields=problems, rule="B-72")
    clearing = await work.session.get(Clearing, lot_id, with_for_update=True, populate_existing=True)
    if clearing is None:
        clearing = Clearing(
            lot_id=lot.id,
            court_code=lot.court_code,
            occupants=occupants.strip(),
            leave_by=leave_by,
            helpers=helpers.strip(),
            proposed_at=work.now,
        )
        work.session.add(clearing)
    else:
        rules.check_transition(S(clearing.state), S.PROPOSED)
        clearing.occupants, clearing.helpers = occupants.strip(), helpers.strip()
        clearing.leave_by, clearing.proposed_at = leave_by, work.now
        clearing.state = S.PROPOSED
    clearing.proposed_by = work.actor.account_id
    await work.session.flush()
    await note_lot(work, lot, "clearing.proposed", "B-72", leave_by=leave_by.isoformat())
    await tell_court(
        work,
        lot.court_code,
        Role.PRESIDENT,
        key=f"clearing:{lot.id}:{work.now.isoformat()}",
        title=msg("腾退公告待签发"),
        body=msg("“{title}”有人占用，请签发责令迁出的公告。", title=lot.title),
        link=page_of(lot),
    )
    return clearing


async def sign_notice(work: Work, lot_id: UUID) -> Clearing:
    """The president signs: the notice to post and the order to the occupants are issued, and the set day runs.

    Raises `InvalidInput` when the day has come too near meanwhile, `RuleViolation`, `NotPermitted`.
    """
    settlement, lot, clearing = await _clearing(work, lot_id)
    require(work.actor, Permission.SIGN_EVICTION, court_code=lot.court_code)
    rules.check_transition(S(clearing.state), S.NOTIFIED)
    await refuse_while_objected(work, lot)
    if problems := rules.notice_problems(
        occupants=clearing.occupants,
        leave_by=clearing.leave_by,
        helpers=clearing.helpers,
        now=work.now,
        least_days=legal().leave_least_days,
    ):
        raise InvalidInput(msg("迁出日期已经过近，请退回承办人重新填写。"), fields=problems, rule="B-72")
    clearing.signed_by, clearing.signed_by_name = work.actor.account_id, work.actor.name[:80]
    clearing.signed_at = work.now
    notice, order = await issue_notices(work, lot, settlement, clearing)
    clearing.notice_document_id, clearing.order_document_id = notice.id, order.id
    clearing.state = S.NOTIFIED
    await open_deadline(
        work,
        CLOCK,
        subject_kind="lot",
        subject_id=lot.id,
        due_at=end_of_day(clearing.leave_by),
        owner_role=Role.CASE_OFFICER,
        owner_court=lot.court_code,
        asset_id=lot.asset_id,
        case_id=lot.case_id,
        lot_id=lot.id,
        trigger_event="clearing.notice_signed",
    )
    await note_lot(work, lot, "clearing.notice_signed", "B-72", leave_by=clearing.leave_by.isoformat())
    await _tell_officers(
        work,
        lot,
        "signed",
        msg("腾退公告已签发"),
        msg("“{title}”的腾退公告已由院长签发，请张贴公告并送达占用人。", title=lot.title),
    )
    await tell_buyer(
        work,
        settlement,
        lot,
        "clearing-signed",
        msg("法院已责令占用人迁出"),
        msg(
            "法院已责令“{title}”的占用人在 {day} 前迁出，腾空后向您交付。",
            title=lot.title,
            day=clearing.leave_by.isoformat(),
        ),
    )
    return clearing


async def refuse_notice(work: Work, lot_id: UUID, *, reason: str) -> Clearing:
    """The president does not sign; the officer may propose anew. Raises `InvalidInput` without a reason."""
    _, lot, clearing = await _clearing(work, lot_id)
    require(work.actor, Permission.SIGN_EVICTION, court_code=lot.court_code)
    rules.check_transition(S(clearing.state), S.REFUSED)
    fields: dict[str, Message] = {}
    clearing.refusal = clean_text(reason, "refusal", fields, longest=500)
    if fields:
        raise InvalidInput(msg("请写明不予签发的理由。"), fields=fields, rule="B-72")
    clearing.state = S.REFUSED
    await note_lot(work, lot, "clearing.refused", "B-72", reason=clearing.refusal)
    await _tell_officers(
        work,
        lot,
        f"refused:{work.now.isoformat()}",
        msg("腾退公告未予签发"),
        msg("{why}", why=clearing.refusal),
    )
    return clearing


async def record_posting(work: Work, lot_id: UUID, *, where: str) -> Clearing:
    """The notice hangs at the place and the occupants have the order. Raises `InvalidInput`, `RuleViolation`."""
    _, lot, clearing = await _clearing(work, lot_id)
    require(work.actor, Permission.RECORD_DELIVERY, court_code=lot.court_code)
    rules.check_transition(S(clearing.state), S.PLANNED)
    fields: dict[str, Message] = {}
    clearing.posted_where = clean_text(where, "posted_where", fields, longest=300)
    if fields:
        raise InvalidInput(msg("请写明张贴处和送达情况。"), fields=fields, rule="B-72")
    clearing.posted_at = work.now
    await note_lot(work, lot, "clearing.posted", "B-72", where=clearing.posted_where)
    return clearing


async def plan_force(
    work: Work, lot_id: UUID, *, forced_at: datetime, leader: str, forces: str, care: str, storage: str
) -> Clearing:
    """Plan the forced clearing once the set day has passed; planning again moves it. Raises `InvalidInput`, `RuleViolation`."""
    settlement, lot, clearing = await _clearing(work, lot_id)
    require(work.actor, Permission.RECORD_DELIVERY, court_code=lot.court_code)
    rules.check_transition(S(clearing.state), S.PLANNED)
    await refuse_while_objected(work, lot)
    rules.check_plan_time(leave_by=clearing.leave_by, forced_at=forced_at, now=work.now)
    fields: dict[str, Message] = {}
    clearing.leader = clean_text(leader, "leader", fields, longest=80)
    clearing.forces = clean_text(forces, "forces", fields, longest=1000)
    clearing.care = clean_text(care, "care", fields, longest=1000)
    clearing.storage = clean_text(storage, "storage", fields, longest=300)
    if fields:
        raise InvalidInput(msg("强制腾退方案有误，请按提示修改。"), fields=fields, rule="B-72")
    clearing.forced_at, clearing.planned_at = forced_at, work.now
    clearing.plan_document_id = (await issue_plan(work, lot, settlement, clearing)).id
    clearing.state = S.PLANNED
    await note_lot(work, lot, "clearing.planned", "B-72", forced_at=forced_at.isoformat())
    await tell_court(
        work,
        lot.court_code,
        Role.BUREAU_DIRECTOR,
        key=f"clearing-plan:{clearing.plan_document_id}",
        title=msg("强制腾退方案已制定"),
        body=msg("“{title}”的强制腾退方案已制定，请安排到场力量。", title=lot.title),
        link=page_of(lot),
    )
    await tell_buyer(
        work,
        settlement,
        lot,
        f"clearing-planned:{clearing.plan_document_id}",
        msg("法院将强制腾退"),
        msg("“{title}”的占用人逾期未迁出，法院已安排强制腾退，腾空后通知您到场接收。", title=lot.title),
    )
    return clearing


async def record_clearing(
    work: Work,
    lot_id: UUID,
    *,
    how: ClearedHow,
    cleared_at: datetime,
    people: Sequence[Present] = (),
    goods: Sequence[Goods] = (),
    taker: GoodsTaker = GoodsTaker.NONE,
    taken_by: str = "",
    note: str = "",
) -> Clearing:
    """The asset is empty: who was there, what was moved out, and who took it over by which list.

    Force needs its plan. Raises `InvalidInput` by field, `RuleViolation`, `NotPermitted`.
    """
    settlement, lot, clearing = await _clearing(work, lot_id)
    require(work.actor, Permission.RECORD_DELIVERY, court_code=lot.court_code)
    rules.check_transition(S(clearing.state), S.CLEARED)
    if how is ClearedHow.FORCED:
        rules.check_forced(S(clearing.state))
        await refuse_while_objected(work, lot)
    earliest = clearing.forced_at if how is ClearedHow.FORCED else settlement.ruling_served_at
    problems = rules.clearing_problems(
        how=how,
        cleared_at=cleared_at,
        people=people,
        goods=goods,
        taker=taker,
        taken_by=taken_by,
        earliest=earliest or clearing.proposed_at,
        now=work.now,
    )
    clearing.note = clean_text(note, "note", problems, longest=2000, required=False)
    clearing.goods_taken_by = clean_text(taken_by, "goods_taken_by", problems, longest=200, required=False)
    if problems:
        raise InvalidInput(msg("腾退笔录有误，请按提示修改。"), fields=problems, rule="B-72")
    clearing.cleared_at, clearing.cleared_how = cleared_at, how
    clearing.people, clearing.goods = rules.as_rows(people), rules.as_rows(goods)
    clearing.goods_taker = taker
    clearing.state = S.CLEARED
    clearing.goods_document_id = (await issue_clearing_record(work, lot, settlement, clearing)).id
    await meet_deadline(work, CLOCK, subject_kind="lot", subject_id=lot.id, done_event="clearing.cleared")
    await note_lot(work, lot, "clearing.cleared", "B-72", how=str(how), goods=len(goods))
    await tell_buyer(
        work,
        settlement,
        lot,
        "cleared",
        msg("标的物已腾空"),
        msg("“{title}”已经腾空，法院将与您约定时间交付。", title=lot.title),
    )
    return clearing


async def end_clearing(work: Work, lot_id: UUID, *, reason: str) -> None:
    """The sale is no more: nobody has to leave for it. Nothing when there is no open clearing."""
    clearing = await work.session.get(Clearing, lot_id, with_for_update=True, populate_existing=True)
    if clearing is None or S.ENDED not in rules.TRANSITIONS[S(clearing.state)]:
        return
    clearing.state = S.ENDED
    await waive_deadline(work, CLOCK, subject_kind="lot", subject_id=lot_id, reason=reason)


async def _sale(work: Work, lot_id: UUID) -> tuple[Settlement, Lot]:
    settlement, lot = await settlement_for_update(work, lot_id)
    if settlement.state in (SettlementState.DEFAULTED, SettlementState.REVOKED):
        rules.check_due(served_at=settlement.ruling_served_at, is_over=True)
    return settlement, lot


async def _clearing(work: Work, lot_id: UUID) -> tuple[Settlement, Lot, Clearing]:
    settlement, lot = await _sale(work, lot_id)
    clearing = await work.session.get(Clearing, lot_id, with_for_update=True, populate_existing=True)
    if clearing is None:
        raise NotFound(msg("该标的物没有办理腾退。"))
    return settlement, lot, clearing


async def _tell_officers(work: Work, lot: Lot, key: str, title: Message, body: Message) -> None:
    await tell_court(
        work,
        lot.court_code,
        Role.CASE_OFFICER,
        Role.DISPOSAL_TEAM,
        key=f"clearing-{key}:{lot.id}",
        title=title,
        body=body,
        link=page_of(lot),
    )
