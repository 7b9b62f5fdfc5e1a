"""Claims with papers, the panel's decision, codes by order, and what nobody learns (B-20 to B-25, B-44, L-26, P-01)."""

from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from auction.bidding.queries import bidding_view
from auction.bidding.rules import outranks
from auction.listing.models import PartyNotification
from auction.priority.claims import claim_priority, claimant_may_read, own_claims, withdraw_claim
from auction.priority.decide import decide_claim, lapse_undecided
from auction.priority.models import ClaimState, PriorityClaim, PriorityKind
from auction.priority.papers import claim_for_panel, paper_for_panel, waiting_claims
from auction.registration.buyers import Principal
from auction.registration.models import RegistrationState
from core.audit import AuditEvent
from core.deadlines import Deadline, DeadlineState, open_deadline
from core.documents import document_by_id
from core.errors import Conflict, InvalidInput, NotFound, RuleViolation
from core.identity import Actor, Role
from core.ids import new_id
from disposal_teams.cases.models import Party, PartyRole
from disposal_teams.cases.register import add_party
from tests.auction.listing.workshop import PANEL, STRANGER, TEAM
from tests.auction.registration.desk import FILES, PDF, Bidder, Town
from web.demo_city.people import identity_number

S = RegistrationState
MEMBERS = ["审判长", "审判员甲", "审判员乙"]


async def claim(place: Town, bidder: Bidder, kind: PriorityKind = PriorityKind.CO_OWNER) -> PriorityClaim:
    """Claim for oneself."""
    return await claim_priority(
        place.by(bidder), place.lot.id, kind=kind, statement="按份共有。", files=FILES
    )


async def confirm(place: Town, made: PriorityClaim, *, order: int = 1) -> PriorityClaim:
    """The panel confirms."""
    return await decide_claim(
        place.by(PANEL), made.id, confirm=True, order=order, members=MEMBERS, reason="登记资料属实。"
    )


async def test_B25_a_confirmed_claim_gives_a_code_of_its_order_once_the_deposit_is_there(place: Town) -> None:
    bidder = await place.bidder()
    made = await claim(place, bidder)
    entry = await place.enter(bidder)
    assert entry.state == S.PRIORITY_CLAIMED
    await place.pay(entry, bidder.name)
    assert entry.state == S.PRIORITY_CLAIMED, "the code follows the decision"
    await confirm(place, made)
    assert (entry.state, entry.priority_order) == (S.QUALIFIED, 1)
    assert entry.code is not None
    assert entry.code.startswith("P1-")
    await confirm(place, made, order=2)
    assert entry.code.startswith("P2-"), "the panel may change the order until bidding starts"


async def test_a_claim_made_after_qualification_takes_nothing_away_and_changes_the_code(place: Town) -> None:
    bidder = await place.bidder()
    entry = await place.enter(bidder)
    await place.pay(entry, bidder.name)
    ordinary = entry.code
    made = await claim(place, bidder)
    assert (entry.state, entry.code) == (S.QUALIFIED, ordinary)
    await confirm(place, made)
    assert entry.code != ordinary
    await withdraw_claim(place.by(bidder), place.lot.id)
    assert entry.priority_order is None
    assert "-" not in (entry.code or "-"), "an ordinary code again"


async def test_a_refused_claimant_is_an_ordinary_bidder_and_gets_the_reasons_on_paper(place: Town) -> None:
    bidder = await place.bidder()
    made = await claim(place, bidder, PriorityKind.TENANT)
    entry = await place.enter(bidder)
    await place.pay(entry, bidder.name)
    await decide_claim(
        place.by(PANEL), made.id, confirm=False, order=None, members=MEMBERS, reason="租赁在查封之后。"
    )
    assert (entry.state, entry.priority_order) == (S.QUALIFIED, None)
    assert made.document_id is not None
    paper = await document_by_id(place.work, made.document_id)
    assert (paper.kind, paper.is_public) == ("priority_refusal", False)
    assert await claimant_may_read(place.by(bidder), paper)
    assert not await claimant_may_read(place.by(await place.bidder()), paper)
    again = await claim(place, bidder, PriorityKind.TENANT)
    assert again.id != made.id, "better papers may follow in time"


async def test_undecided_claims_lapse_at_the_start_and_the_entry_goes_on_as_an_ordinary_one(
    place: Town,
) -> None:
    bidder = await place.bidder()
    made = await claim(place, bidder)
    entry = await place.enter(bidder)
    await place.pay(entry, bidder.name)
    during = await place.begin_bidding()
    assert await lapse_undecided(during.work) == 1
    assert await lapse_undecided(during.work) == 0
    assert (made.state, entry.state, entry.priority_order) == (ClaimState.LAPSED, S.QUALIFIED, None)
    with pytest.raises(RuleViolation):
        await confirm(during, made)


async def test_B03_a_decision_needs_a_panel_reasons_and_an_order(place: Town) -> None:
    made = await claim(place, await place.bidder())
    for changes, field in (
        ({"members": MEMBERS[:2]}, "member1"),
        ({"reason": " "}, "reason"),
        ({"order": None}, "order"),
        ({"order": 10}, "order"),
    ):
        values: dict[str, object] = {"order": 1, "members": MEMBERS, "reason": "属实。", **changes}
        with pytest.raises(InvalidInput) as refused:
            await decide_claim(place.by(PANEL), made.id, confirm=True, **values)  # type: ignore[arg-type]
        assert field in refused.value.fields


async def test_a_claim_needs_papers_and_is_made_once_and_in_time(place: Town) -> None:
    bidder = await place.bidder()
    for files in ([], [("证.pdf", b"no document")]):
        with pytest.raises(InvalidInput):
            await claim_priority(
                place.by(bidder), place.lot.id, kind=PriorityKind.TENANT, statement="x", files=files
            )
    await claim(place, bidder)
    with pytest.raises(Conflict):
        await claim(place, bidder)
    late = place.at(place.starts_at - timedelta(hours=24))
    with pytest.raises(RuleViolation, match="B-25"):
        await claim(late, await late.bidder())


@pytest.mark.parametrize("actor", [TEAM, STRANGER, Actor(None, "财务", frozenset({Role.FINANCE}), "0583")])
async def test_P03_only_the_own_panel_reads_and_decides_claims(place: Town, actor: Actor) -> None:
    made = await claim(place, await place.bidder())
    with pytest.raises(NotFound):
        await claim_for_panel(place.by(actor), made.id)
    with pytest.raises(NotFound):
        await decide_claim(place.by(actor), made.id, confirm=True, order=1, members=MEMBERS, reason="x")


async def test_P01_the_panel_sees_the_person_and_never_whether_the_person_bids(place: Town) -> None:
    bidder = await place.bidder()
    made = await claim(place, bidder)
    entry = await place.enter(bidder)
    await place.pay(entry, bidder.name)
    assert [each.claim.id for each in await waiting_claims(place.by(PANEL), "0583")] == [made.id]
    shown = await claim_for_panel(place.by(PANEL), made.id)
    assert (shown.claimant.holder_name, shown.claimant.holder_number) == (bidder.name, bidder.number)
    assert (await paper_for_panel(place.by(PANEL), made.id, shown.claimant.files[0])).content == PDF
    with pytest.raises(NotFound):
        await paper_for_panel(place.by(PANEL), made.id, new_id())
    await confirm(place, made)
    rows = await place.work.session.execute(text("SELECT to_jsonb(t)::text FROM priority_claim AS t"))
    for row in rows.scalars():
        secrets = (bidder.name, bidder.number, str(bidder.actor.account_id), str(entry.id), entry.code or "")
        assert not [secret for secret in secrets if secret in row]
    events = await place.work.session.exec(
        select(AuditEvent.details).where(AuditEvent.lot_id == place.lot.id)
    )
    code = str(entry.code)
    assert not [details for details in events if code in str(details)], (
        "a priority code in the audit chain would tell the court that this known person takes part"
    )
    opened = await place.work.session.exec(
        select(AuditEvent.rule).where(AuditEvent.event == "priority.claim_opened")
    )
    assert set(opened) == {"P-01"}


async def test_B24_an_organisation_claims_through_whoever_acts_for_it(place: Town) -> None:
    bidder = await place.bidder()
    holder = Principal("某某置业有限公司", "91320505MA1MU2XB4D", is_organisation=True)
    made = await claim_priority(
        place.by(bidder),
        place.lot.id,
        kind=PriorityKind.SHAREHOLDER,
        statement="持股 30%。",
        files=FILES,
        holder=holder,
    )
    own = await place.enter(bidder)
    await confirm(place, made)
    assert own.priority_order is None, "the right is the company's, not the person's who acts"
    assert [each.id for each, _ in await own_claims(place.by(bidder))] == [made.id]


async def known_shareholder(place: Town, *, notified_days_ago: int) -> tuple[Bidder, PartyNotification]:
    """A shareholder whom the case knows and the court has notified."""
    bidder = await place.bidder(number=identity_number(Random(notified_days_ago)))
    party: Party = await add_party(
        place.by(TEAM),
        place.case,
        role=PartyRole.SHAREHOLDER,
        name=bidder.name,
        identity_number=bidder.number,
    )
    await place.work.session.flush()
    at = place.work.now - timedelta(days=notified_days_ago)
    note = PartyNotification(
        id=new_id(),
        lot_id=place.lot.id,
        party_id=party.id,
        way="post",
        sent_at=at,
        received_at=at,
        proof="回证",
    )
    place.work.session.add(note)
    await place.work.session.flush()
    return bidder, note


async def test_B22_L26_a_shareholder_waives_after_twenty_days_from_the_notice(place: Town) -> None:
    bidder, note = await known_shareholder(place, notified_days_ago=40)
    with pytest.raises(RuleViolation, match="B-22"):
        await claim(place, bidder, PriorityKind.SHAREHOLDER)
    timely, fresh = await known_shareholder(place, notified_days_ago=3)
    clock = await open_deadline(
        place.work,
        "L-26",
        subject_kind="party_notification",
        subject_id=fresh.id,
        days=20,
        owner_role=Role.CREDITOR,
        lot_id=place.lot.id,
    )
    made = await claim(place, timely, PriorityKind.SHAREHOLDER)
    shown = await claim_for_panel(place.by(PANEL), made.id)
    assert shown.notification is not None
    assert shown.notification.id == fresh.id != note.id
    state = await place.work.session.exec(
        select(Deadline.state).where(col(Deadline.id) == clock.id).execution_options(populate_existing=True)
    )
    assert state.one() == DeadlineState.MET


async def test_B44_the_page_offers_an_equal_bid_exactly_when_it_would_lead(place: Town) -> None:
    bidder = await place.bidder()
    made = await claim(place, bidder)
    entry = await place.enter(bidder)
    await place.pay(entry, bidder.name)
    await confirm(place, made, order=2)
    during = await place.begin_bidding()
    row = await during.bidding()
    for leader_order, leads in ((None, False), (1, False), (2, False), (3, False), (2, True)):
        row.current_price_fen = row.starting_price_fen
        row.leader_registration_id = entry.id if leads else new_id()
        row.leader_code, row.leader_priority = entry.code if leads else "X0001", leader_order
        await during.work.session.flush()
        view = await bidding_view(during.by(bidder), during.lot.id)
        assert view is not None
        wanted = row.starting_price_fen if outranks(2, leader_order) and not leads else None
        assert view.equal_leads_fen == wanted
        assert view.priority_advice is not None
    stranger = await bidding_view(during.by(await during.bidder()), during.lot.id)
    assert stranger is not None
    assert (stranger.equal_leads_fen, stranger.priority_advice) == (None, None)
