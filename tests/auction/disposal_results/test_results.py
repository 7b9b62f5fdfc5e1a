"""After the sale of a transferred asset: the result letter, the first court's reserved share, and the end (T-05)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from auction.disposal_results.models import DisposalResult, ReserveState
from auction.disposal_results.rules import Share, divide, read_shares, reserved_fen
from auction.disposal_results.tell_result import (
    confirm_first_claim,
    reserved_account,
    result_of,
    settle_reserve,
    tell_result,
)
from auction.payments.accounts import price_account
from core.database import Database
from core.deadlines import Deadline, DeadlineState
from core.deadlines.rules import day_in_court
from core.documents import document_by_id
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted
from core.identity import SYSTEM, Actor, Role
from core.ledger import AccountKind, balance, trial_balance
from disposal_teams.transfers.models import TransferState
from disposal_teams.transfers.request import request_of
from tests.auction.disposal_results.conftest import Transferred
from tests.auction.market import OFFICER
from tests.conftest import CourtClock
from tests.disposal_teams.city import DIRECTOR, HUQIU, KUNSHAN, WUZHONG, person
from tests.disposal_teams.test_transfers import text_of
from tests.working_off import sweep, work_off

FIRST = person(HUQIU, *DIRECTOR)
MONEY = Actor(None, "局长", frozenset({Role.BUREAU_DIRECTOR}), KUNSHAN)
FIND = "find_sold_transfers"
SHARE = 12_000_000


async def opened(database: Database, transferred: Transferred) -> DisposalResult:
    """The sweep has found the sale."""
    await sweep(database, FIND)
    async with database.read(OFFICER) as work:
        return await result_of(work, transferred.transfer_id)


async def told(database: Database, transferred: Transferred, *, confirmed: bool = False) -> DisposalResult:
    """The officer has divided the price and sent the letter."""
    await opened(database, transferred)
    async with database.begin(OFFICER) as work:
        return await tell_result(
            work, transferred.transfer_id, costs_fen=500_000, given={1: SHARE}, first_confirmed=confirmed
        )


LINES = st.lists(st.tuples(st.integers(0, 1000), st.booleans()), min_size=1, max_size=5).map(
    lambda drawn: [
        Share(place + 1, "0505", "x", "", claim, priority, 0, place == 0)
        for place, (claim, priority) in enumerate(drawn)
    ]
)


@given(
    LINES,
    st.dictionaries(st.integers(1, 6), st.integers(-2, 1200)),
    st.integers(1, 3000),
    st.integers(-1, 3100),
)
def test_T05_no_division_gives_more_than_the_price_and_an_open_first_claim_is_reserved(
    lines: list[Share], given_: dict[int, int], price: int, costs: int
) -> None:
    for first_confirmed in (True, False):
        try:
            shares = divide(lines, given_, price_fen=price, costs_fen=costs, first_confirmed=first_confirmed)
        except InvalidInput:
            continue
        assert sum(line.share_fen for line in shares) + costs <= price
        assert all(line.share_fen >= 0 for line in shares)
        assert reserved_fen(shares) == (0 if first_confirmed else shares[0].share_fen)
        assert read_shares([line.as_stored() for line in shares]) == shares


async def test_T05_the_sale_is_found_once_and_a_clock_runs_for_the_letter(
    database: Database, clock: CourtClock, transferred: Transferred
) -> None:
    async with database.read(OFFICER) as work:
        with pytest.raises(NotFound):
            await result_of(work, transferred.transfer_id)
    result = await opened(database, transferred)
    assert (result.court_code, result.other_court) == (KUNSHAN, HUQIU)
    assert result.told_at is None
    await sweep(database, FIND)
    await work_off(database)
    async with database.read(SYSTEM) as work:
        clocks = (await work.session.exec(select(Deadline).where(Deadline.rule == "T-05"))).all()
        assert [(each.owner_court, each.state, each.due_at) for each in clocks] == [
            (KUNSHAN, DeadlineState.RUNNING, result.due_at)
        ]
    await clock.travel_to(result.due_at + timedelta(seconds=1))
    await sweep(database, "sweep_deadlines")
    async with database.read(SYSTEM) as work:
        late = (await work.session.exec(select(Deadline).where(Deadline.rule == "T-05"))).one()
        assert late.state == DeadlineState.BREACHED


async def test_T05_the_letter_reserves_the_share_of_an_open_claim_and_ends_the_transfer(
    database: Database, clock: CourtClock, transferred: Transferred
) -> None:
    await opened(database, transferred)
    for actor, wrong in ((FIRST, NotPermitted), (person(WUZHONG, *DIRECTOR), NotFound)):
        with pytest.raises(wrong):
            async with database.begin(actor) as work:
                await tell_result(work, transferred.transfer_id, costs_fen=0, given={}, first_confirmed=False)
    for costs, given_ in ((-1, {}), (0, {1: -1}), (0, {1: 30_000_001}), (10**12, {})):
        with pytest.raises(InvalidInput):
            async with database.begin(OFFICER) as work:
                await tell_result(
                    work, transferred.transfer_id, costs_fen=costs, given=given_, first_confirmed=False
                )
    result = await told(database, transferred)
    with pytest.raises(Conflict):
        await told(database, transferred)
    async with database.read(FIRST) as work:
        request = await request_of(work, transferred.transfer_id)
        assert (request.state, request.completed_at) == (TransferState.COMPLETED, result.told_at)
        assert await balance(work, reserved_account(result)) == -SHARE
        price = await balance(work, price_account(result.lot_id, result.case_id))
        assert price == -(result.price_fen - SHARE)
        assert sum((await trial_balance(work)).values()) == 0
        assert result.document_id is not None
        text = text_of((await document_by_id(work, result.document_id)).content)
    for part in ("财产处置结果告知函", "虎丘", "预留，待债权确认", "120,000.00元", "某公司"):
        assert part in text
    assert result.ruled_on <= day_in_court(result.opened_at)


@pytest.mark.parametrize("amount", [0, 5_000_000, SHARE])
async def test_T05_the_reserve_is_settled_when_the_first_claim_is_decided(
    database: Database, clock: CourtClock, transferred: Transferred, amount: int
) -> None:
    result = await told(database, transferred)
    with pytest.raises(Conflict):
        async with database.begin(MONEY) as work:
            await settle_reserve(work, transferred.transfer_id)
    with pytest.raises(NotPermitted):
        async with database.begin(OFFICER) as work:
            await confirm_first_claim(work, transferred.transfer_id, title="x", amount_fen=1)
    with pytest.raises(InvalidInput):
        async with database.begin(FIRST) as work:
            await confirm_first_claim(work, transferred.transfer_id, title="", amount_fen=SHARE + 1)
    async with database.begin(FIRST) as work:
        await confirm_first_claim(
            work, transferred.transfer_id, title="（2026）苏0505民初9号判决", amount_fen=amount
        )
    with pytest.raises(NotPermitted):
        async with database.begin(FIRST) as work:
            await settle_reserve(work, transferred.transfer_id)
    async with database.begin(MONEY) as work:
        done = await settle_reserve(work, transferred.transfer_id)
        assert done.reserve == ReserveState.SETTLED
        assert await balance(work, reserved_account(result)) == 0
        totals = await trial_balance(work)
        assert totals.get(str(AccountKind.CREDITOR_PAYABLE), 0) == -amount
        price = await balance(work, price_account(result.lot_id, result.case_id))
        assert price == -(result.price_fen - amount)
    with pytest.raises(Conflict):
        async with database.begin(MONEY) as work:
            await settle_reserve(work, transferred.transfer_id)


async def test_T05_nothing_is_reserved_for_a_confirmed_claim(
    database: Database, clock: CourtClock, transferred: Transferred
) -> None:
    result = await told(database, transferred, confirmed=True)
    assert (result.reserve, result.reserved_fen) == (ReserveState.NONE, 0)
