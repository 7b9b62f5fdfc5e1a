"""Ceilings on real PostgreSQL: set, answered, changed, withdrawn, before the start and in a pause."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from auction.bidding.ceiling_proof import matches
from auction.bidding.models import BidOutcome
from auction.bidding.receipt_proof import verify_receipt
from auction.ceilings.end_void import end_void_ceilings
from auction.ceilings.lot_desk import receipt_key
from auction.ceilings.workers import weigh_waiting_ceilings
from auction.closing.close_lots import close_due_lots
from auction.closing.open_lots import open_due_lots
from auction.suspension.resume import resume_due_lots
from core.database import Database
from core.errors import Conflict, InvalidInput, NotPermitted, RuleViolation
from core.identity import SYSTEM
from tests.auction.ceilings.floor import Floor, price
from tests.auction.suspension.standing import put_under_seal
from tests.conftest import CourtClock

Open = Callable[..., Awaitable[Floor]]


async def test_B40_a_ceiling_answers_each_bid_by_hand_until_it_is_exhausted(floor: Floor) -> None:
    await floor.bid(0, 0)
    receipt = await floor.ceiling(1, 5)
    assert (receipt.leads, receipt.price_fen, receipt.still_stands) == (True, price(1), True)
    answered = await floor.bid(0, 2)
    assert (answered.accepted, answered.overtaken) == (True, True)
    assert "您已被超过" in str(answered.words)
    assert not (await floor.bid(0, 5)).overtaken
    assert await floor.bids() == [
        ("J0000", 0, False),
        ("J0001", 1, True),
        ("J0000", 2, False),
        ("J0001", 3, True),
        ("J0000", 5, False),
    ]
    assert not (await floor.bid(2, 6)).overtaken
    await floor.check()


async def test_B44_of_two_ceilings_the_higher_leads_one_step_above_the_other(floor: Floor) -> None:
    await floor.ceiling(0, 10)
    beaten = await floor.ceiling(1, 7)
    assert (beaten.leads, beaten.still_stands, beaten.price_fen) == (False, False, price(7))
    assert [row[1:4] for row in await floor.rows()] == [
        ("-", -100, BidOutcome.CEILING_SET),
        ("J0000", 0, BidOutcome.ACCEPTED),
        ("-", -100, BidOutcome.CEILING_SET),
        ("J0000", 7, BidOutcome.ACCEPTED),
        ("J0001", 7, BidOutcome.EQUAL_WITHOUT_BETTER_RANK),
    ]
    higher = await floor.ceiling(2, 20)
    assert (higher.leads, higher.price_fen) == (True, price(11))
    assert (await floor.bids())[-2:] == [("J0000", 10, True), ("J0002", 11, True)]
    await floor.check()


async def test_B44_equal_ceilings_go_to_who_set_earlier_and_a_priority_purchaser_matches(
    open_floor: Open,
) -> None:
    floor = await open_floor(orders=(None, None, 1))
    await floor.ceiling(0, 5)
    assert not (await floor.ceiling(1, 5)).leads
    priority = await floor.ceiling(2, 5)
    assert (priority.leads, priority.price_fen) == (True, price(5))
    await floor.check()


async def test_B41_a_ceiling_set_before_the_start_acts_first_when_bidding_opens(
    open_floor: Open, clock: CourtClock, database: Database
) -> None:
    floor = await open_floor(starts_in=3600.0)
    receipt = await floor.ceiling(0, 9)
    await floor.ceiling(1, 4)
    assert (receipt.price_fen, receipt.leads) == (None, False)
    await clock.pass_time(timedelta(hours=1, seconds=1))
    async with database.begin(SYSTEM) as work:
        assert await open_due_lots(work) == 1
    assert await floor.bids() == [("J0000", 4, True)]
    before = len(await floor.rows())
    async with database.begin(SYSTEM) as work:
        await weigh_waiting_ceilings(work)
    assert len(await floor.rows()) == before
    await floor.check()


async def test_B50_a_lot_that_nothing_opened_before_its_end_gets_its_whole_time_again(
    open_floor: Open, clock: CourtClock, database: Database
) -> None:
    floor = await open_floor(starts_in=3600.0)
    await floor.ceiling(0, 9)
    await floor.ceiling(1, 4)
    whole = await the_row(floor, "ends_at - starts_at")
    await clock.pass_time(timedelta(days=2))
    async with database.begin(SYSTEM) as work:
        put_under_seal(work, floor.market)
        assert await open_due_lots(work) == 1
        assert await close_due_lots(work) == 0
    assert await the_row(floor, "remaining_ms * interval '1 ms'") == whole
    await clock.pass_time(timedelta(days=2))
    async with database.begin(SYSTEM) as work:
        assert await resume_due_lots(work) == 1
    assert await floor.bids() == [("J0000", 4, True)]
    assert await the_row(floor, "ends_at - starts_at") > whole
    async with database.begin(SYSTEM) as work:
        assert await close_due_lots(work) == 0
    await floor.check()


async def the_row(floor: Floor, expression: str) -> timedelta:
    """Something of the lot's contested row."""
    async with floor.database.read() as work:
        found = await work.session.execute(
            text(f"SELECT {expression} FROM lot_bidding WHERE lot_id = :lot"), {"lot": floor.lot_id}
        )
        length: timedelta = found.scalar_one()
        return length


async def test_B41_a_hand_bid_that_comes_before_the_worker_does_not_come_before_the_ceilings(
    open_floor: Open, clock: CourtClock
) -> None:
    floor = await open_floor(starts_in=3600.0)
    await floor.ceiling(0, 9)
    await clock.pass_time(timedelta(hours=1, seconds=1))
    first = await floor.bid(1, 0)
    assert first.outcome is BidOutcome.EQUAL_WITHOUT_BETTER_RANK
    assert await floor.bids() == [("J0000", 0, True)]
    await floor.check()


async def test_B50_a_ceiling_set_while_bidding_stands_still_waits_for_its_going_on(
    floor: Floor, database: Database
) -> None:
    await floor.bid(0, 0)
    pause = "UPDATE lot_bidding SET phase = 'paused', paused_at = court_now(), remaining_ms = 1000, resumes_at = court_now()"
    async with database.begin(SYSTEM) as work:
        await work.session.execute(text(pause))
        await work.session.execute(text("UPDATE lot SET state = 'paused'"))
        put_under_seal(work, floor.market)
    assert not (await floor.ceiling(1, 5)).leads
    async with database.begin(SYSTEM) as work:
        await weigh_waiting_ceilings(work)
    assert len(await floor.bids()) == 1
    async with database.begin(SYSTEM) as work:
        assert await resume_due_lots(work) == 1
    assert (await floor.bids())[-1] == ("J0001", 1, True)
    await floor.check()


async def test_B40_raising_lowering_and_withdrawing_leave_what_was_bid(floor: Floor) -> None:
    await floor.ceiling(0, 5)
    await floor.bid(1, 2)
    await floor.ceiling(0, 9)
    with pytest.raises(InvalidInput, match="撤回委托"):
        await floor.ceiling(0, 3)
    await floor.ceiling(0, 4)
    await floor.bid(1, 5)
    assert (await floor.bids())[-1] == ("J0001", 5, False)
    with pytest.raises(RuleViolation, match="没有生效"):
        await floor.withdraw(0)
    await floor.ceiling(0, 9)
    await floor.withdraw(0)
    await floor.bid(1, 7)
    assert (await floor.bids())[-2:] == [("J0000", 6, True), ("J0001", 7, False)]
    with pytest.raises(RuleViolation, match="没有生效"):
        await floor.withdraw(0)
    rows = await floor.rows()
    replaced = [(row[3], row[4]) for row in rows if row[1] == "-"]
    first, second, third, fourth = (row[0] for row in rows if row[3] == "ceiling_set")
    assert replaced == [
        ("ceiling_set", None),
        ("ceiling_set", first),
        ("ceiling_set", second),
        ("ceiling_set", None),
        ("ceiling_withdrawn", fourth),
    ]
    assert third < fourth
    await floor.check()


@pytest.mark.parametrize(
    ("fen", "words"), [(price(2), "最低可出价"), (price(4) + 1, "整数倍"), (price(10_001), "核对位数")]
)
async def test_B40_a_ceiling_that_no_bid_may_be_is_refused(floor: Floor, fen: int, words: str) -> None:
    await floor.bid(0, 2)
    with pytest.raises(InvalidInput, match=words) as refused:
        await floor.ceiling_fen(1, fen)
    assert "limit" in refused.value.fields
    assert len(await floor.rows()) == 1


async def test_B40_only_where_the_panel_allows_it_and_only_for_who_may_bid(
    open_floor: Open, database: Database, clock: CourtClock
) -> None:
    closed = await open_floor(ceiling_bids_allowed=False)
    with pytest.raises(RuleViolation, match="没有为本标的开放"):
        await closed.ceiling(0, 3)
    floor = await open_floor(seconds=3600.0)
    async with database.begin(SYSTEM) as work:
        await work.session.execute(
            text("UPDATE registration SET state = 'deposit_pending' WHERE id = :id"),
            {"id": floor.market.registration(0, 1)},
        )
    with pytest.raises(RuleViolation, match="竞买资格"):
        await floor.ceiling(1, 3)
    stranger = await open_floor()
    floor.market.accounts[3] = stranger.market.accounts[0]
    with pytest.raises(NotPermitted, match="尚未报名"):
        await floor.ceiling(3, 3)
    await clock.pass_time(timedelta(hours=1, seconds=1))
    with pytest.raises(RuleViolation, match="已经结束"):
        await floor.ceiling(0, 3)


async def test_B47_the_same_key_sets_once_and_gives_the_same_receipt(floor: Floor) -> None:
    key = uuid4().hex
    first, again = await floor.ceiling(0, 5, key), await floor.ceiling(0, 5, key)
    assert (first.seq, first.hash, first.secret) == (again.seq, again.hash, again.secret)
    with pytest.raises(Conflict):
        await floor.ceiling(0, 6, key)
    with pytest.raises(Conflict):
        await floor.withdraw(0, key)
    gone = uuid4().hex
    await floor.withdraw(0, gone)
    await floor.withdraw(0, gone)
    log = await floor.check()
    assert [entry.outcome for entry in log.entries] == ["ceiling_set", "accepted", "ceiling_withdrawn"]
    assert verify_receipt(receipt_key().public_bytes, first.proof, floor.lot_id, first.seq, first.hash)
    assert log.entries[0].hash == first.hash.hex()
    assert log.entries[0].ceiling_proof == first.commitment.hex()
    assert matches(first.commitment, floor.lot_id, "J0000", first.secret, 5)


async def test_B47_whoever_asks_again_after_the_end_still_gets_the_receipt(
    open_floor: Open, clock: CourtClock
) -> None:
    floor = await open_floor(seconds=3600.0)
    first = await floor.ceiling(0, 5, "asked-again")
    await floor.withdraw(0, "withdrawn-again")
    await clock.pass_time(timedelta(hours=2))
    again = await floor.ceiling(0, 5, "asked-again")
    assert (again.seq, again.hash, again.secret) == (first.seq, first.hash, first.secret)
    await floor.withdraw(0, "withdrawn-again")
    with pytest.raises(RuleViolation, match="已经结束"):
        await floor.ceiling(0, 5)


async def test_B32_a_ceiling_has_no_force_for_an_entry_that_left_or_has_another_code(
    floor: Floor, database: Database
) -> None:
    await floor.bid(3, 0)
    await floor.ceiling(0, 9)
    await floor.bid(3, 2)
    assert (await floor.bids())[-1] == ("J0000", 3, True)
    async with database.begin(SYSTEM) as work:
        await work.session.execute(
            text("UPDATE registration SET code = 'Y9999', state = 'priority_claimed' WHERE id = :id"),
            {"id": floor.market.registration(0, 0)},
        )
    await floor.bid(3, 4)
    assert (await floor.bids())[-1] == ("J0003", 4, False)
    async with database.begin(SYSTEM) as work:
        assert await end_void_ceilings(work) == 1
        assert await end_void_ceilings(work) == 0
    log = await floor.check()
    assert log.entries[-1].outcome is BidOutcome.CEILING_WITHDRAWN


async def test_B41_the_answer_to_a_late_bid_extends_once(open_floor: Open) -> None:
    floor = await open_floor(seconds=60.0)
    await floor.ceiling(0, 30)
    opened = (await floor.log()).entries[-1]
    assert opened.extended
    await floor.ceiling(1, 20)
    log = await floor.check()
    contest = log.entries[-2:]
    assert contest[0].decided_at == contest[1].decided_at
    assert [entry.extended for entry in contest] == [True, False]
    assert len({entry.ends_at for entry in contest}) == 1
