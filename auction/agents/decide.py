"""The court confirms or refuses an agent before bidding starts; whoever is not confirmed by then takes no part (B-13)."""

from uuid import UUID

from sqlalchemy import or_
from sqlmodel import col, select

from auction.agents.models import AgentAppointment, AppointmentState
from auction.agents.papers import newest_of_entry, open_appointment
from auction.listing.models import Lot, LotBidding, LotState
from auction.registration.models import Registration, RegistrationState
from auction.registration.progress import reconsider, reject
from auction.registration.register import entry_of_buyer
from auction.registration.rules import check_agent_in_time
from auction.registration.tell import tell_bidder
from core.audit import record
from core.database import Work
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import Message, msg
from core.identity import Permission, may
from core.notices import Topic
from disposal_teams.plain_text import clean_text

BATCH = 200


async def decide_appointment(
    work: Work, appointment_id: UUID, *, confirm: bool, reason: str = ""
) -> AgentAppointment:
    """Confirm an agent, or refuse with a reason; the agent may hand in better papers until bidding starts.

    Raises `NotFound` (P-03), `Conflict` when it was decided already, `RuleViolation` once bidding has begun (B-13),
    `InvalidInput` for a refusal without a reason.
    """
    appointment = await work.session.get(
        AgentAppointment, appointment_id, with_for_update=True, populate_existing=True
    )
    if appointment is None or not may(
        work.actor, Permission.CONFIRM_BIDDER, court_code=appointment.court_code
    ):
        raise NotFound(msg("没有找到该委托材料。"), rule="P-03")
    if appointment.state != AppointmentState.SUBMITTED:
        raise Conflict(msg("该委托材料已经处理，或已被新的材料代替。"), rule="B-13")
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=300, required=not confirm)
    if fields:
        raise InvalidInput(msg("请写明不予确认的理由。"), fields=fields, rule="B-13")
    lot = await work.session.get_one(Lot, appointment.lot_id)
    bidding = await work.session.get(LotBidding, lot.id)
    check_agent_in_time(is_contested=bidding is not None and bidding.is_contested(work.now))
    appointment.state = AppointmentState.CONFIRMED if confirm else AppointmentState.REFUSED
    appointment.decided_by, appointment.decided_at = work.actor.account_id, work.now
    appointment.reason = reason
    await work.session.flush()
    await record(
        work, "agent.confirmed" if confirm else "agent.refused", stream=f"lot:{lot.id}", rule="B-13", lot_id=lot.id,
        appointment=str(appointment_id), reason=reason,
    )  # fmt: skip
    registration = await work.session.get(
        Registration, open_appointment(appointment).entry_id, with_for_update=True, populate_existing=True
    )
    if registration is None or registration.state != RegistrationState.AGENT_CHECK:
        return appointment
    if confirm:
        await _confirm_entry(work, registration)
    else:
        await tell_bidder(
            work,
            registration,
            key=f"agent-refused:{appointment_id}",
            title=msg("委托材料未获确认"),
            body=msg("法院未确认您的委托材料：{reason}请在开拍前重新提交。", reason=reason),
            topic=Topic.ENTRY,
        )
    return appointment


async def _confirm_entry(work: Work, registration: Registration) -> None:
    """The agent is confirmed. A principal who takes part already is told to the agent, and to nobody else (P-01)."""
    if await entry_of_buyer(work, registration) is not None:
        await reject(work, registration, "B-32", msg("委托人已经另行报名该标的物，同一买受人不能重复报名。"))
        return
    registration.agent_confirmed_at = work.now
    await tell_bidder(
        work,
        registration,
        key=f"agent-confirmed:{registration.id}:{registration.withdrawals}",
        title=msg("代理手续已确认"),
        body=msg("法院已确认您的代理手续。成交后，确认书上的买受人为委托人。"),
        topic=Topic.ENTRY,
    )
    await reconsider(work, registration)


async def lapse_unconfirmed(work: Work) -> int:
    """Reject every agent's entry whose bidding has begun without a confirmation (in a sell-off with its first bid, X-06), and
    close the papers. Returns how many."""
    rows = await work.session.exec(
        select(Registration)
        .join(Lot, col(Lot.id) == col(Registration.lot_id))
        .join(LotBidding, col(LotBidding.lot_id) == col(Lot.id))
        .where(
            Registration.state == RegistrationState.AGENT_CHECK,
            LotBidding.starts_at <= work.now,
            col(LotBidding.phase).in_(["open", "closed"]),
            or_(
                col(LotBidding.is_sell_off).is_(False),
                col(LotBidding.accepted_count) > 0,
                col(LotBidding.phase) == "closed",
            ),
            Lot.state != LotState.WITHDRAWN,
        )
        .limit(BATCH)
        .with_for_update(of=Registration, skip_locked=True)
    )
    late = list(rows)
    for registration in late:
        appointment = await newest_of_entry(work, registration)
        if appointment is not None and appointment.state == AppointmentState.SUBMITTED:
            appointment.state = AppointmentState.LAPSED
            appointment.reason = "开拍前未确认"
        await reject(work, registration, "B-13", msg("竞价开始前代理手续未经法院确认，不能参加竞买。"))
    return len(late)
