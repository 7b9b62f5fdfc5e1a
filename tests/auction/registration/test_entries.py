"""Entries: what is accepted, withdrawal, the applicant's live claim, capacity, codes (B-13, B-30 to B-33, X-05)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import func, select

from auction.listing.models import LotState
from auction.listing.queries import notice_versions
from auction.registration import rules
from auction.registration.live_claim import follow_live_claims
from auction.registration.models import DepositState, RegistrationState
from auction.registration.withdraw import withdraw_registration
from core.audit import AuditEvent
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolation
from core.notices import notices_of
from disposal_teams.cases.correct_claim import correct_claim
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.register import add_party
from tests.auction.listing.workshop import STRANGER, TEAM, YUAN
from tests.auction.registration.desk import Town

S = RegistrationState


@given(st.sampled_from(S), st.booleans(), st.booleans(), st.booleans(), st.integers(0, 10))
def test_the_state_follows_from_the_facts_and_what_has_left_stays_so(
    current: S, agent: bool, claim: bool, code: bool, missing: int
) -> None:
    facts = rules.EntryFacts(agent, claim, code, missing)
    after = rules.state_of(current, facts)
    if current in rules.LEFT:
        assert after == current
    else:
        assert (after == S.QUALIFIED) == (not agent and not (claim and not code) and missing == 0)
        assert rules.state_of(after, facts) == after, "the same facts change nothing"


@pytest.mark.parametrize("claim_open", [True, False])
@pytest.mark.parametrize("missing_fen", [0, 1])
def test_P02_only_missing_money_takes_a_qualification_away(claim_open: bool, missing_fen: int) -> None:
    """A claim made after it, or anything else that a desk decides, does not."""
    facts = rules.EntryFacts(False, claim_open, has_code=True, missing_fen=missing_fen)
    assert rules.state_of(S.QUALIFIED, facts) == (S.DEPOSIT_PENDING if missing_fen else S.QUALIFIED)


def test_B13_full_age_counts_by_the_day() -> None:
    rules.check_capacity(date(2008, 5, 20), today=date(2026, 5, 20))
    with pytest.raises(RuleViolation, match="B-13"):
        rules.check_capacity(date(2008, 5, 21), today=date(2026, 5, 20))


def test_B25_a_priority_code_names_its_order() -> None:
    assert rules.free_code("B", 4085, {"P1-B4085"}, priority_order=1) == "P1-B4086"
    assert len(rules.free_code("B", 9_999, set(), priority_order=9)) <= 12


async def test_B13_time_and_version_of_the_accepted_rules_are_kept(place: Town) -> None:
    entry = await place.enter(await place.bidder())
    version = (await notice_versions(place.work, place.lot.id))[-1]
    assert entry.rules_accepted_at == place.work.now
    assert (entry.notice_version, entry.notice_hash) == (version.version, version.content_hash)


async def test_B33_an_entry_is_withdrawn_before_bidding_refunded_and_made_again(place: Town) -> None:
    bidder = await place.bidder()
    entry = await place.enter(bidder)
    await place.pay(entry, bidder.name)
    assert entry.state == S.QUALIFIED
    first_account = entry.virtual_account_no
    await withdraw_registration(place.by(bidder), place.lot.id)
    assert (entry.state, entry.deposit_state, entry.code) == (S.WITHDRAWN, DepositState.REFUND_DUE, None)
    assert entry.refund_due_at == place.work.now + timedelta(hours=24)
    with pytest.raises(Conflict, match="B-33"):
        await place.enter(bidder)
    late = await place.pay(entry, bidder.name, 500)
    assert late.problem == "报名已撤回或未通过，该账号不再收款"
    await place.bank_pays()
    assert entry.deposit_state == DepositState.REFUNDED
    again = await place.enter(bidder)
    assert again.id == entry.id
    assert again.virtual_account_no != first_account
    await place.pay(again, bidder.name)
    assert again.state == S.QUALIFIED
    await withdraw_registration(place.by(bidder), place.lot.id)
    orders = await place.bank_pays()
    assert [order.amount_fen for order in orders] == [again.deposit_due_fen] * 2, (
        "each payment goes back once"
    )


async def test_B32_nobody_withdraws_once_bidding_has_begun(place: Town) -> None:
    bidder, stranger = await place.bidder(), await place.bidder()
    entry = await place.enter(bidder)
    late = await place.begin_bidding()
    with pytest.raises(RuleViolation, match="B-32"):
        await withdraw_registration(late.by(bidder), place.lot.id)
    with pytest.raises(NotFound):
        await withdraw_registration(late.by(stranger), place.lot.id)
    assert entry.state == S.DEPOSIT_PENDING


async def test_B32_registration_is_possible_until_bidding_ends(place: Town) -> None:
    during = await place.begin_bidding()
    entry = await during.enter(await during.bidder())
    assert entry.state == S.DEPOSIT_PENDING
    during.lot.state = LotState.BIDDING
    after = during.at(during.ends_at)
    with pytest.raises(RuleViolation, match="B-32"):
        await after.enter(await after.bidder())


async def test_B31_the_applicants_difference_follows_the_live_claim(place: Town) -> None:
    bidder = await place.bidder()
    party = await add_party(
        place.by(TEAM),
        place.case,
        role=PartyRole.APPLICANT,
        name=bidder.name,
        identity_number=bidder.number,
        claim_fen=20_000 * YUAN,
    )
    entry = await place.enter(bidder)
    assert (entry.is_applicant, entry.deposit_due_fen) == (True, 50_000 * YUAN)
    party.claim_fen = 100_000 * YUAN
    await withdraw_registration(place.by(bidder), place.lot.id)
    again = await place.enter(bidder)
    assert (again.state, again.deposit_state) == (S.QUALIFIED, DepositState.WAIVED)
    newest, *_ = await notices_of(place.work, bidder.actor.account_id)  # type: ignore[arg-type]
    assert str(newest.title) == "已取得竞买资格"


async def test_B31_the_difference_of_a_waiting_applicant_follows_the_claim_and_tells_no_court(
    place: Town,
) -> None:
    bidder = await place.bidder()
    party = await add_party(
        place.by(TEAM),
        place.case,
        role=PartyRole.APPLICANT,
        name=bidder.name,
        identity_number=bidder.number,
        claim_fen=20_000 * YUAN,
    )
    entry = await place.enter(bidder)
    assert await follow_live_claims(place.work) == 0, "nothing has changed"
    chain = select(func.count()).select_from(AuditEvent).where(AuditEvent.lot_id == place.lot.id)
    for claim, due, state in (
        (10_000, 60_000, DepositState.PENDING),
        (69_000, 1_000, DepositState.PENDING),
    ):
        await correct_claim(place.by(TEAM), party.id, claim_fen=claim * YUAN, reason="核减")
        events = (await place.work.session.exec(chain)).one()
        assert await follow_live_claims(place.work) == 1
        assert await follow_live_claims(place.work) == 0
        assert (entry.deposit_due_fen, entry.deposit_state) == (due * YUAN, state)
        assert (await place.work.session.exec(chain)).one() == events, "P-01: it would tell who takes part"
    await place.pay(entry, bidder.name, 400 * YUAN)
    await correct_claim(place.by(TEAM), party.id, claim_fen=0, reason="已受偿")
    assert await follow_live_claims(place.work) == 1
    assert (entry.deposit_due_fen, entry.deposit_state) == (70_000 * YUAN, DepositState.PARTIAL)
    await correct_claim(place.by(TEAM), party.id, claim_fen=69_700 * YUAN, reason="更正")
    assert await follow_live_claims(place.work) == 1
    assert (entry.state, entry.deposit_state) == (S.QUALIFIED, DepositState.RECEIVED)
    await correct_claim(place.by(TEAM), party.id, claim_fen=0, reason="已受偿")
    assert await follow_live_claims(place.work) == 0, "a qualified entry waits no longer"


async def test_B31_a_claim_is_corrected_by_the_own_court_with_a_reason(place: Town) -> None:
    party = await add_party(
        place.by(TEAM), place.case, role=PartyRole.APPLICANT, name="某银行", is_natural_person=False
    )
    await place.work.session.flush()
    with pytest.raises(NotPermitted):
        await correct_claim(place.by(STRANGER), party.id, claim_fen=1, reason="x")
    for claim, reason in ((-1, "x"), (1, " ")):
        with pytest.raises(InvalidInput):
            await correct_claim(place.by(TEAM), party.id, claim_fen=claim, reason=reason)
    await correct_claim(place.by(TEAM), party.id, claim_fen=5, reason="核对")
    assert party.claim_fen == 5


async def test_B81_the_debtor_may_bid_and_pays_the_deposit(place: Town) -> None:
    bidder = await place.bidder()
    await add_party(
        place.by(TEAM),
        place.case,
        role=PartyRole.DEBTOR,
        name=bidder.name,
        identity_number=bidder.number,
    )
    entry = await place.enter(bidder)
    assert (entry.state, entry.deposit_due_fen) == (S.DEPOSIT_PENDING, place.lot.deposit_fen)
