"""Who bids for another: papers, the court's confirmation before bidding, the principal as buyer (B-13, B-48, P-01)."""

from random import Random

import pytest
from sqlalchemy import text
from sqlmodel import select

from auction.agents.decide import decide_appointment, lapse_unconfirmed
from auction.agents.models import AgentAppointment, AppointmentState
from auction.agents.papers import (
    appointment_for_desk,
    newest_of_entry,
    paper_for_desk,
    submit_agent_papers,
    waiting_appointments,
)
from auction.listing.models import LotState, Round
from auction.payments.models import PaymentOrderState
from auction.registration.buyers import OnBehalf, Principal
from auction.registration.identity import open_agent, open_seal
from auction.registration.models import DepositState, Registration, RegistrationState
from auction.registration.register import register_for_lot
from core.audit import AuditEvent
from core.errors import Conflict, InvalidInput, NotFound, RuleViolation
from core.identity import Actor, Role
from tests.auction.listing.workshop import STRANGER
from tests.auction.registration.desk import FILES, PDF, Bidder, Town
from web.demo_city.people import identity_number

S = RegistrationState
PRINCIPAL = Principal("委托人甲", identity_number(Random(1)))
COMPANY = Principal("某某置业有限公司", "91320505MA1MU2XB4D", is_organisation=True)


async def enter(place: Town, agent: Bidder, *principals: Principal, together: bool = False) -> Registration:
    """Register for others."""
    return await register_for_lot(
        place.by(agent),
        place.lot.id,
        accepts_rules=True,
        on_behalf=OnBehalf(
            principals or (PRINCIPAL,), together=together, own_share="60%" if together else ""
        ),
    )


async def test_B13_an_agent_is_confirmed_before_bidding_and_then_qualified(place: Town) -> None:
    agent, clerk = await place.bidder(), await place.post(Role.CLERK)
    entry = await enter(place, agent)
    assert entry.state == S.AGENT_CHECK
    await place.pay(entry, PRINCIPAL.name)
    assert (entry.state, entry.deposit_state) == (S.AGENT_CHECK, DepositState.RECEIVED)
    assert not entry.code, "paid, but not confirmed"
    with pytest.raises(NotFound):
        await submit_agent_papers(place.by(await place.bidder()), place.lot.id, FILES)
    handed_in = await submit_agent_papers(place.by(agent), place.lot.id, FILES)
    assert [each.appointment.id for each in await waiting_appointments(place.by(clerk), "0583")] == [
        handed_in.id
    ]
    await decide_appointment(place.by(clerk), handed_in.id, confirm=True)
    assert entry.state == S.QUALIFIED
    assert entry.code is not None
    with pytest.raises(Conflict):
        await decide_appointment(place.by(clerk), handed_in.id, confirm=True)


async def test_B48_the_buyer_is_the_principal_and_never_the_agent(place: Town) -> None:
    agent = await place.bidder()
    entry = await enter(place, agent, COMPANY)
    assert open_seal(entry).buyer_names == COMPANY.name
    behind = open_agent(entry)
    assert behind is not None
    assert behind.name == agent.name
    line = await place.pay(entry, agent.name, 100)
    assert line.state == "suspended", "B-30: the deposit comes from the buyer's own account"


async def test_B48_joint_buyers_are_all_named_with_their_shares_and_any_of_them_may_pay(place: Town) -> None:
    agent = await place.bidder()
    other = Principal("共同买受人乙", identity_number(Random(2)), share="40%")
    entry = await enter(place, agent, other, together=True)
    assert open_seal(entry).buyer_names == f"{agent.name}（60%）、共同买受人乙（40%）"
    assert entry.state == S.AGENT_CHECK, "the others must have appointed who bids for all"
    for payer in (agent.name, other.name):
        await place.pay(entry, payer, entry.deposit_due_fen // 2)
    assert entry.deposit_state == DepositState.RECEIVED


@pytest.mark.parametrize(
    ("principals", "field"),
    [
        ((Principal("", PRINCIPAL.number),), "name1"),
        ((Principal("甲", "320508199013011234"),), "number1"),
        ((PRINCIPAL, Principal("某公司", "123", is_organisation=True)), "number2"),
    ],
)
async def test_B13_a_wrong_buyer_is_refused_at_its_field(
    place: Town, principals: tuple[Principal, ...], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        await enter(place, await place.bidder(), *principals)
    assert set(refused.value.fields) == {field}


async def test_B13_nobody_is_his_own_agent_and_no_buyer_is_named_twice(place: Town) -> None:
    agent = await place.bidder()
    for principals in ((Principal(agent.name, agent.number),), (PRINCIPAL, PRINCIPAL)):
        with pytest.raises(RuleViolation):
            await enter(place, agent, *principals)
    six = [Principal(f"乙{seed}", identity_number(Random(seed))) for seed in range(10, 16)]
    with pytest.raises(RuleViolation, match="B-48"):
        await enter(place, agent, *six)


async def test_B13_unconfirmed_agents_are_rejected_at_the_start_and_get_their_money_back(place: Town) -> None:
    agent = await place.bidder()
    entry = await enter(place, agent)
    await place.pay(entry, PRINCIPAL.name)
    await submit_agent_papers(place.by(agent), place.lot.id, FILES)
    assert await lapse_unconfirmed(place.work) == 0
    place = await place.begin_bidding()
    assert await lapse_unconfirmed(place.work) == 1
    assert await lapse_unconfirmed(place.work) == 0
    assert (entry.state, entry.deposit_state) == (S.REJECTED, DepositState.REFUND_DUE)
    papers = await newest_of_entry(place.work, entry)
    assert papers is not None
    assert papers.state == AppointmentState.LAPSED
    (order,) = await place.bank_pays()
    assert (order.state, order.amount_fen) == (PaymentOrderState.EXECUTED, entry.deposit_paid_fen)
    assert entry.deposit_state == DepositState.REFUNDED
    with pytest.raises(RuleViolation, match="B-13"):
        await enter(place, await place.bidder())


async def test_B13_X06_in_a_sell_off_agents_come_in_until_its_first_bid(place: Town) -> None:
    bidding = await place.bidding()
    bidding.is_sell_off, place.lot.round = True, Round.SELL_OFF
    place = await place.begin_bidding()
    place.lot.state = LotState.SELLOFF_OPEN
    await place.work.session.flush()
    agent, clerk = await place.bidder(), await place.post(Role.CLERK)
    entry = await enter(place, agent)
    papers = await submit_agent_papers(place.by(agent), place.lot.id, FILES)
    assert await lapse_unconfirmed(place.work) == 0, "nobody bids yet"
    await decide_appointment(place.by(clerk), papers.id, confirm=True)
    assert entry.state == S.DEPOSIT_PENDING
    waiting = await enter(place, await place.bidder(), COMPANY)

    bidding.accepted_count = 1
    await place.work.session.flush()
    assert await lapse_unconfirmed(place.work) == 1
    assert (waiting.state, entry.state) == (S.REJECTED, S.DEPOSIT_PENDING)
    with pytest.raises(RuleViolation, match="B-13"):
        await enter(place, await place.bidder(), COMPANY)


async def test_B13_refused_papers_can_be_handed_in_again_until_the_start(place: Town) -> None:
    agent, clerk = await place.bidder(), await place.post(Role.CLERK)
    entry = await enter(place, agent)
    first = await submit_agent_papers(place.by(agent), place.lot.id, FILES)
    with pytest.raises(InvalidInput):
        await decide_appointment(place.by(clerk), first.id, confirm=False)
    await decide_appointment(place.by(clerk), first.id, confirm=False, reason="缺少委托人签名。")
    assert entry.state == S.AGENT_CHECK
    second = await submit_agent_papers(place.by(agent), place.lot.id, FILES)
    third = await submit_agent_papers(place.by(agent), place.lot.id, FILES)
    assert second.state == AppointmentState.LAPSED, "newer papers take the place of those that wait"
    late = place.at(place.starts_at)
    with pytest.raises(RuleViolation, match="B-13"):
        await submit_agent_papers(late.by(agent), place.lot.id, FILES)
    with pytest.raises(RuleViolation, match="B-13"):
        await decide_appointment(late.by(clerk), third.id, confirm=True)


@pytest.mark.parametrize("content", [b"MZ a program", b"<html>", b"PK\x03\x04", b""])
async def test_only_documents_and_pictures_are_taken(place: Town, content: bytes) -> None:
    agent = await place.bidder()
    await enter(place, agent)
    with pytest.raises(InvalidInput) as refused:
        await submit_agent_papers(place.by(agent), place.lot.id, [("委托书.pdf", content)])
    assert "file" in refused.value.fields


@pytest.mark.parametrize("actor", [STRANGER, Actor(None, "财务", frozenset({Role.FINANCE}), "0583")])
async def test_P03_only_the_own_desk_opens_papers(place: Town, actor: Actor) -> None:
    agent = await place.bidder()
    await enter(place, agent)
    papers = await submit_agent_papers(place.by(agent), place.lot.id, FILES)
    with pytest.raises(NotFound):
        await appointment_for_desk(place.by(actor), papers.id)
    with pytest.raises(NotFound):
        await decide_appointment(place.by(actor), papers.id, confirm=True)


async def test_P01_the_desk_sees_people_and_papers_but_nothing_leads_on_to_the_entry(place: Town) -> None:
    agent, clerk = await place.bidder(), await place.post(Role.CLERK)
    entry = await enter(place, agent)
    papers = await submit_agent_papers(place.by(agent), place.lot.id, FILES)
    shown = await appointment_for_desk(place.by(clerk), papers.id)
    assert (shown.people.agent_name, shown.people.buyers[0].name) == (agent.name, PRINCIPAL.name)
    file = await paper_for_desk(place.by(clerk), papers.id, shown.people.files[0])
    assert (file.name, file.content, file.media_type) == ("授权委托书.pdf", PDF, "application/pdf")
    with pytest.raises(NotFound):
        await paper_for_desk(place.by(clerk), papers.id, entry.id)
    opened = await place.work.session.exec(
        select(AuditEvent.actor_account_id).where(AuditEvent.event == "agent.papers_opened")
    )
    assert set(opened) == {clerk.account_id}, "every look is written down"
    for table in ("agent_appointment", "sealed_file"):
        rows = await place.work.session.execute(text(f"SELECT to_jsonb(t)::text FROM {table} AS t"))
        for row in rows.scalars():
            for secret in (
                str(entry.id),
                PRINCIPAL.name,
                agent.name,
                agent.number,
                str(agent.actor.account_id),
            ):
                assert secret not in row, table


async def test_P01_an_agents_entry_tells_nobody_whether_the_principal_takes_part(place: Town) -> None:
    """Anybody could name anybody as principal: only once the court has confirmed it, the agent is told."""
    buyer, agent, clerk = await place.bidder(), await place.bidder(), await place.post(Role.CLERK)
    own = await place.enter(buyer)
    entry = await enter(place, agent, Principal(buyer.name, buyer.number))
    assert entry.state == S.AGENT_CHECK
    papers = await submit_agent_papers(place.by(agent), place.lot.id, FILES)
    await decide_appointment(place.by(clerk), papers.id, confirm=True)
    assert entry.state == S.REJECTED
    assert own.state == S.DEPOSIT_PENDING
    confirmed = (await place.work.session.exec(select(AgentAppointment.state))).one()
    assert confirmed == AppointmentState.CONFIRMED, "the desk learns nothing of it"


async def test_B32_a_buyer_whose_agent_is_confirmed_has_an_entry_already(place: Town) -> None:
    buyer, agent, clerk = await place.bidder(), await place.bidder(), await place.post(Role.CLERK)
    await enter(place, agent, Principal(buyer.name, buyer.number))
    papers = await submit_agent_papers(place.by(agent), place.lot.id, FILES)
    await decide_appointment(place.by(clerk), papers.id, confirm=True)
    with pytest.raises(Conflict, match="B-32"):
        await place.enter(buyer)
