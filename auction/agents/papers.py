"""The papers of an agent: handed in by the agent, read by the court that must confirm them (B-13)."""

from dataclasses import dataclass
from uuid import UUID

import msgspec
from sqlmodel import col, select

from auction.agents.models import AgentAppointment, AppointmentState
from auction.listing.models import Lot, LotBidding
from auction.registration.identity import CoBuyer, open_agent, open_seal
from auction.registration.models import Registration, RegistrationState
from auction.registration.rules import check_agent_in_time
from auction.registration.tell import work_as_nobody
from auction.registration.withdraw import own_entry_for_update
from core.audit import record
from core.crypto import StructSeal
from core.database import Work
from core.errors import Conflict, NotFound
from core.i18n import msg
from core.identity import Permission, Role, may, require
from core.ids import new_id
from core.sealed_files import OpenedFile, keep_file, open_file
from disposal_teams.courts.tell import tell_court

PURPOSE = "agent-papers"


class Appointed(msgspec.Struct, frozen=True):
    """Who appoints whom, and what proves it. `entry_id` stays within this room."""

    entry_id: UUID
    agent_name: str
    agent_number: str
    buyers: tuple[CoBuyer, ...]
    files: tuple[UUID, ...]

    @property
    def together(self) -> bool:
        """Whether the agent is one of the buyers (联合竞买)."""
        return any(buyer.number == self.agent_number for buyer in self.buyers)


_seal = StructSeal("agent-appointment", Appointed)


@dataclass(frozen=True, slots=True)
class WaitingAppointment:
    """Papers that wait, unopened."""

    appointment: AgentAppointment
    lot: Lot


@dataclass(frozen=True, slots=True)
class ShownAppointment:
    """Papers on the court's desk, opened for it."""

    appointment: AgentAppointment
    lot: Lot
    people: Appointed


def open_appointment(appointment: AgentAppointment) -> Appointed:
    """The papers in clear. For this room; the desk goes through `appointment_for_desk`, which audits."""
    return _seal.open(appointment.people_sealed, bound_to=appointment.id)


async def submit_agent_papers(work: Work, lot_id: UUID, files: list[tuple[str, bytes]]) -> AgentAppointment:
    """Hand in the power of attorney for the own entry, as one to three files (PDF, PNG or JPEG).

    Handed in again before the court has decided, or after it refused, the new papers take the place of the old ones. Raises
    `NotFound` without an entry, `Conflict` when no papers are needed, `InvalidInput` for a file of another kind, `RuleViolation`
    once bidding has begun (B-13).
    """
    require(work.actor, Permission.REGISTER_TO_BID)
    registration = await own_entry_for_update(work, lot_id)
    if registration.state != RegistrationState.AGENT_CHECK:
        raise Conflict(msg("该报名不需要提交委托材料，或委托已经确认。"), rule="B-13")
    lot = await work.session.get_one(Lot, lot_id)
    bidding = await work.session.get(LotBidding, lot_id)
    check_agent_in_time(is_contested=bidding is not None and bidding.is_contested(work.now))
    kept = tuple(
        [
            await keep_file(
                work,
                purpose=PURPOSE,
                name=name,
                content=content,
                field="file" if place == 1 else f"file{place}",
            )
            for place, (name, content) in enumerate(files, start=1)
        ]
    )
    before = await newest_of_entry(work, registration)
    if before is not None and before.state == AppointmentState.SUBMITTED:
        before.state = AppointmentState.LAPSED
        before.reason = "已提交新的材料"
        await work.session.flush()
    agent = open_agent(registration)
    assert agent is not None
    appointment_id = new_id()
    appointment = AgentAppointment(
        id=appointment_id,
        lot_id=lot.id,
        court_code=lot.court_code,
        entry_match=_seal.match(registration.id),
        people_sealed=_seal.seal(
            Appointed(registration.id, agent.name, agent.number, open_seal(registration).buyers, kept),
            bound_to=appointment_id,
        ),
        submitted_at=work.now,
    )
    work.session.add(appointment)
    await work.session.flush()
    await record(
        work_as_nobody(work), "agent.papers_submitted", stream=f"lot:{lot.id}", rule="B-13", lot_id=lot.id,
        appointment=str(appointment_id), files=len(kept),
    )  # fmt: skip
    await tell_court(
        work,
        lot.court_code,
        Role.CLERK,
        Role.CASE_OFFICER,
        key=f"agent:{appointment_id}",
        title=msg("待确认代理手续"),
        body=msg("标的 {lot_no} 有代理人提交了委托材料，须在开拍前确认。", lot_no=lot.lot_no),
        link=f"/court/agents/{appointment_id}",
    )
    return appointment


async def newest_of_entry(work: Work, registration: Registration) -> AgentAppointment | None:
    """The papers of an entry that were handed in last."""
    rows = await work.session.exec(
        select(AgentAppointment)
        .where(AgentAppointment.entry_match == _seal.match(registration.id))
        .order_by(col(AgentAppointment.submitted_at).desc(), col(AgentAppointment.id).desc())
        .limit(1)
    )
    return rows.first()


async def waiting_appointments(work: Work, court_code: str, *, limit: int = 100) -> list[WaitingAppointment]:
    """Papers that wait for the court, by the start of their sale. The list names sales and times, not people."""
    require(work.actor, Permission.CONFIRM_BIDDER, court_code=court_code)
    rows = await work.session.exec(
        select(AgentAppointment, Lot)
        .join(Lot, col(Lot.id) == col(AgentAppointment.lot_id))
        .where(
            AgentAppointment.court_code == court_code, AgentAppointment.state == AppointmentState.SUBMITTED
        )
        .order_by(col(Lot.starts_at), col(AgentAppointment.submitted_at))
        .limit(limit)
    )
    return [WaitingAppointment(appointment, lot) for appointment, lot in rows.all()]


async def appointment_for_desk(work: Work, appointment_id: UUID) -> ShownAppointment:
    """One person's papers, for whoever must confirm them: the law has the court read them (B-13), so this one look behind an
    entry is permitted, and is written to the audit chain. Money and code of the entry stay out of sight (P-01).

    Raises `NotFound` for another court's papers (P-03).
    """
    appointment = await work.session.get(AgentAppointment, appointment_id)
    if appointment is None or not may(
        work.actor, Permission.CONFIRM_BIDDER, court_code=appointment.court_code
    ):
        raise NotFound(msg("没有找到该委托材料。"), rule="P-03")
    lot = await work.session.get_one(Lot, appointment.lot_id)
    await record(
        work,
        "agent.papers_opened",
        stream=f"lot:{lot.id}",
        rule="P-01",
        lot_id=lot.id,
        appointment=str(appointment_id),
    )
    return ShownAppointment(appointment, lot, open_appointment(appointment))


async def paper_for_desk(work: Work, appointment_id: UUID, file_id: UUID) -> OpenedFile:
    """A file of the papers, for the desk. Raises `NotFound`."""
    shown = await appointment_for_desk(work, appointment_id)
    if file_id not in shown.people.files:
        raise NotFound(msg("没有找到该文件。"))
    return await open_file(work, file_id, purpose=PURPOSE)
