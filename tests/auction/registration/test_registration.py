"""Registration: real names, secrecy (P-01), barred bidders, the applicant's deposit (B-30…B-32, B-80, B-81)."""

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import select

from auction.listing.models import Lot, LotState, Round
from auction.registration import rules
from auction.registration.identity import open_seal, reveal_identity
from auction.registration.models import Registration, RegistrationState
from auction.registration.real_name import sign_up
from auction.registration.register import own_registrations, register_for_lot
from core.database import Database
from core.errors import Conflict, InvalidInput, NotPermitted, RuleViolation
from core.identity import SYSTEM, Actor, Role
from core.identity.models import Account
from disposal_teams.cases.models import Party, PartyRole
from disposal_teams.cases.sealing import seal_identity
from tests.auction.listing.workshop import TEAM, YUAN
from tests.auction.market import published_lot, qualified, registered, signed_up
from tests.conftest import CourtClock

FIRST, SELL_OFF = Round.FIRST, Round.SELL_OFF


def test_B31_vector_the_applicant_pays_only_what_exceeds_the_claim() -> None:
    due = rules.deposit_due_fen(
        deposit_fen=100_000 * YUAN,
        starting_price_fen=700_000 * YUAN,
        round_=FIRST,
        is_applicant=True,
        claim_fen=50_000 * YUAN,
    )
    assert due == 50_000 * YUAN


@given(
    st.integers(0, 10**12),
    st.integers(1, 10**12),
    st.integers(0, 10**13),
    st.booleans(),
    st.sampled_from(Round),
)
def test_B31_what_is_due_is_never_negative_and_never_more_than_the_notice_says(
    deposit: int, start: int, claim: int, is_applicant: bool, round_: Round
) -> None:
    due = rules.deposit_due_fen(
        deposit_fen=deposit,
        starting_price_fen=start,
        round_=round_,
        is_applicant=is_applicant,
        claim_fen=claim,
    )
    full = start if round_ is SELL_OFF else deposit
    assert 0 <= due <= full
    assert due == full or is_applicant


@given(st.integers(0, 9_999), st.sets(st.integers(0, 9_999), max_size=50))
def test_B32_codes_are_never_given_twice(start: int, taken: set[int]) -> None:
    codes = {f"K{number:04d}" for number in taken}
    assert rules.free_code("K", start, codes) not in codes


@pytest.mark.parametrize("state", [LotState.DRAFT, LotState.SOLD, LotState.FAILED, LotState.WITHDRAWN])
def test_B32_nobody_registers_before_the_notice_or_after_the_end(state: LotState) -> None:
    with pytest.raises(RuleViolation, match="B-32"):
        rules.check_open_for_registration(state, is_over=False)


async def test_P01_no_row_leads_from_a_registration_to_an_account(
    database: Database, clock: CourtClock
) -> None:
    lot = await published_lot(database, clock)
    person = await signed_up(database)
    entry = await qualified(database, lot, person)
    assert entry.code is not None
    async with database.read(SYSTEM) as work:
        for table in ("registration", "bank_line", "audit_event", "outbox_message", "bid", "payment_order"):
            rows = (
                (await work.session.execute(text(f"SELECT to_jsonb(t)::text FROM {table} AS t")))
                .scalars()
                .all()
            )
            for row in rows:
                holds_lot = str(lot.id) in row or str(entry.id) in row or entry.virtual_account_no in row
                assert person.name not in row, table
                assert person.number not in row, table
                assert not (holds_lot and str(person.actor.account_id) in row), table


async def test_P01_nobody_opens_an_identity_before_the_sale(database: Database, clock: CourtClock) -> None:
    lot = await published_lot(database, clock)
    entry = await qualified(database, lot, await signed_up(database))
    for actor in (TEAM, SYSTEM, Actor(None, "中院", frozenset({Role.INTERMEDIATE_COURT}), "05")):
        with pytest.raises(NotPermitted, match="P-01"):
            async with database.begin(actor) as work:
                fresh = (await work.session.exec(select(Lot).where(Lot.id == lot.id))).one()
                await reveal_identity(work, entry, fresh)


async def test_P01_a_sealed_identity_cannot_be_moved_to_another_row(
    database: Database, clock: CourtClock
) -> None:
    lot = await published_lot(database, clock)
    one = await registered(database, lot.id, await signed_up(database))
    two = await registered(database, lot.id, await signed_up(database))
    two.identity_sealed = one.identity_sealed
    with pytest.raises(InvalidTag):
        open_seal(two)


async def test_B32_registering_twice_gives_the_same_entry(database: Database, clock: CourtClock) -> None:
    lot = await published_lot(database, clock)
    person = await signed_up(database)
    first, again = await registered(database, lot.id, person), await registered(database, lot.id, person)
    assert first.id == again.id
    async with database.read(person.actor) as work:
        assert [entry.id for entry, _ in await own_registrations(work)] == [first.id]


async def test_B13_the_rules_must_be_accepted(database: Database, clock: CourtClock) -> None:
    lot = await published_lot(database, clock)
    person = await signed_up(database)
    with pytest.raises(InvalidInput):
        async with database.begin(person.actor) as work:
            await register_for_lot(work, lot.id, accepts_rules=False)


async def test_B30_an_unconfirmed_identity_cannot_register(database: Database, clock: CourtClock) -> None:
    lot = await published_lot(database, clock)
    person = await signed_up(database)
    async with database.begin(SYSTEM) as work:
        await work.session.execute(text("UPDATE account SET identity_verified_at = NULL"))
    with pytest.raises(RuleViolation, match="B-30"):
        await registered(database, lot.id, person)


async def test_B30_one_identity_has_one_account(database: Database) -> None:
    person = await signed_up(database)
    with pytest.raises(Conflict, match="B-30"):
        await signed_up(database, number=person.number)


@pytest.mark.parametrize("number", ["32050819900101123", "320508199013011234", "１"])
async def test_B30_a_wrong_identity_number_opens_no_account(database: Database, number: str) -> None:
    with pytest.raises(InvalidInput):
        async with database.begin(SYSTEM) as work:
            await sign_up(
                work,
                login="x1",
                password="long enough",
                name="某人",
                identity_number=number,
                phone="1",
                password_hash="-",
            )


async def test_B80_staff_and_their_second_accounts_may_not_bid(database: Database, clock: CourtClock) -> None:
    lot = await published_lot(database, clock)
    person = await signed_up(database)
    async with database.begin(SYSTEM) as work:
        account = await work.session.get(Account, person.actor.account_id)
        assert account is not None
        account.roles = [Role.BIDDER, Role.CLERK]
    with pytest.raises(RuleViolation, match="B-80"):
        await registered(database, lot.id, person)


async def test_B31_an_applicant_with_enough_claim_is_qualified_without_deposit(
    database: Database, clock: CourtClock
) -> None:
    lot = await published_lot(database, clock)
    person = await signed_up(database)
    async with database.begin(SYSTEM) as work:
        applicant = (
            await work.session.exec(
                select(Party).where(Party.case_id == lot.case_id, Party.role == PartyRole.APPLICANT)
            )
        ).one()
        applicant.identity_sealed, applicant.identity_match = seal_identity(
            person.number, party_id=applicant.id, is_natural_person=True
        )
        applicant.account_id, applicant.claim_fen = person.actor.account_id, 100_000_000
    entry = await registered(database, lot.id, person)
    assert (entry.deposit_due_fen, entry.state, entry.is_applicant) == (0, RegistrationState.QUALIFIED, True)


async def test_B81_who_defaulted_on_the_asset_may_not_bid_again(
    database: Database, clock: CourtClock
) -> None:
    lot = await published_lot(database, clock)
    person = await signed_up(database)
    entry = await registered(database, lot.id, person)
    async with database.begin(SYSTEM) as work:
        # The same asset, listed again: the first run is marked as defaulted by this bidder.
        await work.session.execute(
            text(
                "UPDATE lot SET state = 'defaulted', winning_registration_id = :entry, final_price_fen = 1 WHERE id = :id"
            ),
            {"entry": entry.id, "id": lot.id},
        )
        fresh = (await work.session.exec(select(Lot).where(Lot.id == lot.id))).one()
        values = fresh.model_dump(
            exclude={"id", "lot_no", "state", "rerun", "final_price_fen", "winning_registration_id"}
        )
        from core.ids import new_id

        again = Lot(id=new_id(), lot_no="again", state=LotState.PUBLISHED, rerun=1, **values)
        work.session.add(again)
    with pytest.raises(RuleViolation, match="B-81"):
        await registered(database, again.id, person)
    assert isinstance(entry, Registration)
