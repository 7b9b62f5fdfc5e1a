"""Ceilings that are set, changed and withdrawn while bids arrive: one order, decided by the lot's lock."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from random import Random

from auction.bidding.models import BidOutcome
from core.errors import InvalidInput, RuleViolation
from tests.auction.ceilings.floor import Floor, price

Open = Callable[..., Awaitable[Floor]]


async def test_B47_ceilings_set_while_bids_arrive_give_a_log_that_verifies(open_floor: Open) -> None:
    floor = await open_floor(bidders=8, orders=(None, 2, None, 1))
    random = Random(7)

    async def by_hand(by: int) -> None:
        for step in range(by, 60, 4):
            await floor.bid(by, step)

    async def by_ceiling(by: int) -> None:
        for _ in range(6):
            with suppress(InvalidInput, RuleViolation):
                await floor.ceiling(by, random.randrange(10, 70))
            await asyncio.sleep(random.random() / 100)
            if random.random() < 0.3:
                with suppress(RuleViolation):
                    await floor.withdraw(by)

    await asyncio.gather(*(by_hand(by) for by in range(4)), *(by_ceiling(by) for by in range(2, 8)))
    log = await floor.check()
    numbers = [entry.seq for entry in log.entries]
    assert numbers == list(range(1, len(numbers) + 1))
    assert any(entry.is_automatic for entry in log.entries)


async def test_B44_of_fifty_equal_ceilings_at_once_the_first_in_the_log_leads(open_floor: Open) -> None:
    floor = await open_floor(bidders=50)

    async def sets(by: int) -> None:
        with suppress(InvalidInput):  # by then the price has come to the amount
            await floor.ceiling(by, 12)

    await asyncio.gather(*(sets(by) for by in range(50)))
    log = await floor.check()
    first = next(entry for entry in log.entries if entry.is_automatic)
    last = [entry for entry in log.entries if entry.outcome is BidOutcome.ACCEPTED][-1]
    assert (last.code, last.amount_fen) == (first.code, price(12))


async def test_B47_a_withdrawal_that_races_with_its_use_is_before_or_after_it_never_both(
    open_floor: Open,
) -> None:
    for _ in range(8):
        floor = await open_floor(bidders=2)
        await floor.bid(1, 0)
        receipt = await floor.ceiling(0, 40)
        await asyncio.gather(floor.bid(1, 2), floor.withdraw(0), floor.bid(1, 4))
        log = await floor.check()
        withdrawn = next(entry.seq for entry in log.entries if entry.outcome is BidOutcome.CEILING_WITHDRAWN)
        used = [entry.seq for entry in log.entries if entry.is_automatic and entry.ceiling == receipt.seq]
        assert all(seq < withdrawn for seq in used)
