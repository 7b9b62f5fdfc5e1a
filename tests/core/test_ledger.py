"""Double entry (M-01, M-11): every sequence of bookings balances, nothing is booked twice, changed, or paid beyond cover."""

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from core.database import Database, Work
from core.errors import Conflict, NotFound
from core.identity import SYSTEM
from core.ids import new_id
from core.ledger import (
    AccountKind,
    AccountRef,
    Line,
    account_balances,
    balance,
    entries_of,
    post,
    reverse,
    trial_balance,
)

LOT = new_id()
BANK = AccountRef(AccountKind.BANK, "0508")
HELD = AccountRef(AccountKind.DEPOSIT_HELD, "registration-1", lot_id=LOT)
PRICE = AccountRef(AccountKind.PRICE_BALANCE, str(LOT), lot_id=LOT)
SURPLUS = AccountRef(AccountKind.DEBTOR_SURPLUS, "debtor-1")


def receipt(account: AccountRef, fen: int) -> list[Line]:
    """Money that arrives at the bank for `account`."""
    return [Line(BANK, fen), Line(account, -fen)]


def payout(account: AccountRef, fen: int) -> list[Line]:
    """Money that leaves the bank from `account`."""
    return [Line(account, fen), Line(BANK, -fen)]


async def test_M11_what_arrives_is_owed_to_its_owner(work: Work) -> None:
    await post(work, key="in:1", description="保证金到账", lines=receipt(HELD, 5_000_00), rule="B-30")
    assert await balance(work, BANK) == 5_000_00
    assert await balance(work, HELD) == -5_000_00
    assert await balance(work, PRICE) == 0
    assert await trial_balance(work) == {"bank": 5_000_00, "deposit_held": -5_000_00}


async def test_M01_booking_the_same_again_changes_nothing(work: Work) -> None:
    first = await post(work, key="in:1", description="保证金到账", lines=receipt(HELD, 5_000_00))
    again = await post(work, key="in:1", description="保证金到账", lines=receipt(HELD, 5_000_00))
    assert again.id == first.id
    assert await balance(work, HELD) == -5_000_00


async def test_M01_the_same_key_with_other_lines_is_refused(work: Work) -> None:
    await post(work, key="in:1", description="保证金到账", lines=receipt(HELD, 5_000_00))
    with pytest.raises(Conflict) as refused:
        await post(work, key="in:1", description="保证金到账", lines=receipt(HELD, 6_000_00))
    assert refused.value.rule == "M-01"


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [Line(BANK, 1)],
        [Line(BANK, 2), Line(HELD, -1)],
        [Line(BANK, 0), Line(HELD, 0)],
        [Line(BANK, 1), Line(HELD, -1), Line(PRICE, 0)],
    ],
)
async def test_M11_what_does_not_balance_is_never_booked(work: Work, lines: list[Line]) -> None:
    with pytest.raises(ValueError, match="does not balance"):
        await post(work, key="wrong", description="", lines=lines)


async def test_M11_nothing_is_paid_beyond_what_stands_on_the_account(work: Work) -> None:
    await post(work, key="in:1", description="保证金到账", lines=receipt(HELD, 5_000_00))
    await post(work, key="out:1", description="退还保证金", lines=payout(HELD, 5_000_00), rule="B-33")
    with pytest.raises(Conflict) as refused:
        await post(work, key="out:2", description="退还保证金", lines=payout(HELD, 1))
    assert refused.value.rule == "M-11"


async def test_M11_two_payouts_at_once_pay_a_deposit_once(database: Database) -> None:
    async with database.begin(SYSTEM) as work:
        await post(work, key="in:1", description="保证金到账", lines=receipt(HELD, 5_000_00))

    async def pay(number: int) -> None:
        async with database.begin(SYSTEM) as work:
            await post(work, key=f"out:{number}", description="退还保证金", lines=payout(HELD, 5_000_00))

    results = await asyncio.gather(*(pay(number) for number in range(6)), return_exceptions=True)
    assert sorted(type(each).__name__ for each in results) == ["Conflict"] * 5 + ["NoneType"]
    async with database.read() as work:
        assert await balance(work, HELD) == 0
        assert await balance(work, BANK) == 0


async def test_M01_the_same_booking_from_many_workers_stands_once(database: Database) -> None:
    async def book() -> None:
        async with database.begin(SYSTEM) as work:
            await post(work, key="in:1", description="保证金到账", lines=receipt(HELD, 5_000_00))

    await asyncio.gather(*(book() for _ in range(8)))
    async with database.read() as work:
        assert await balance(work, HELD) == -5_000_00


async def test_M11_bookings_that_open_the_same_accounts_in_another_order_do_not_block_each_other(
    database: Database,
) -> None:
    async def book(number: int) -> None:
        lines = [Line(PRICE, -1), Line(SURPLUS, -1), Line(BANK, 2)]
        async with database.begin(SYSTEM) as work:
            await post(work, key=f"in:{number}", description="", lines=lines if number % 2 else lines[::-1])

    await asyncio.gather(*(book(number) for number in range(8)))
    async with database.read() as work:
        assert await trial_balance(work) == {"bank": 16, "debtor_surplus": -8, "price_balance": -8}


async def test_M01_a_mistake_is_answered_by_its_reversal_once(work: Work) -> None:
    await post(work, key="in:1", description="保证金到账", lines=receipt(HELD, 5_000_00))
    first = await reverse(work, key="in:1", reason="错账冲正")
    again = await reverse(work, key="in:1", reason="错账冲正")
    assert again.id == first.id
    assert await balance(work, HELD) == 0
    with pytest.raises(NotFound):
        await reverse(work, key="in:2", reason="错账冲正")


async def test_M11_money_that_has_gone_on_cannot_be_reversed(work: Work) -> None:
    await post(work, key="in:1", description="保证金到账", lines=receipt(HELD, 5_000_00))
    await post(work, key="out:1", description="退还保证金", lines=payout(HELD, 5_000_00))
    with pytest.raises(Conflict):
        await reverse(work, key="in:1", reason="错账冲正")


async def test_M01_entries_and_lines_are_append_only(database: Database) -> None:
    async with database.begin(SYSTEM) as work:
        await post(work, key="in:1", description="保证金到账", lines=receipt(HELD, 5_000_00))
    for statement in (
        "UPDATE ledger_posting SET amount_fen = amount_fen * 2",
        "DELETE FROM ledger_posting",
        "UPDATE ledger_entry SET description = 'x'",
        "TRUNCATE ledger_entry, ledger_posting",
    ):
        with pytest.raises(DBAPIError, match="append-only"):
            async with database.begin(SYSTEM) as work:
                await work.session.execute(text(statement))


async def test_M11_the_database_itself_refuses_what_does_not_balance(database: Database) -> None:
    async with database.begin(SYSTEM) as work:
        entry = await post(work, key="in:1", description="保证金到账", lines=receipt(HELD, 5_000_00))
    one_more_line = text(
        """INSERT INTO ledger_posting (entry_id, line, account_id, amount_fen)
           SELECT :entry, 9, id, 1 FROM ledger_account LIMIT 1"""
    )
    with pytest.raises(IntegrityError, match="sum to"):
        async with database.begin(SYSTEM) as work:
            await work.session.execute(one_more_line, {"entry": entry.id})
    with pytest.raises(IntegrityError, match="0 lines"):
        async with database.begin(SYSTEM) as work:
            await work.session.execute(
                text(
                    "INSERT INTO ledger_entry (id, key, description, booked_at) VALUES (:id, 'x', 'x', now())"
                ),
                {"id": new_id()},
            )


async def test_the_journal_of_a_lot_shows_both_sides(work: Work) -> None:
    await post(work, key="in:1", description="保证金到账", lines=receipt(HELD, 5_000_00))
    await post(
        work, key="move:1", description="转作价款", lines=[Line(HELD, 5_000_00), Line(PRICE, -5_000_00)]
    )
    await post(work, key="in:other", description="其他", lines=receipt(SURPLUS, 1))
    assert [(line.kind, line.amount_fen) for line in await entries_of(work, lot_id=LOT)] == [
        ("bank", 5_000_00),
        ("deposit_held", -5_000_00),
        ("deposit_held", 5_000_00),
        ("price_balance", -5_000_00),
    ]
    balances = await account_balances(work, lot_id=LOT)
    assert {each.kind: each.balance_fen for each in balances} == {
        "deposit_held": 0,
        "price_balance": -5_000_00,
    }


ACCOUNTS = (HELD, PRICE, SURPLUS, AccountRef(AccountKind.UNCLAIMED, "0508"))
steps = st.lists(
    st.tuples(
        st.sampled_from(["in", "out", "move", "reverse"]),
        st.integers(0, len(ACCOUNTS) - 1),
        st.integers(0, len(ACCOUNTS) - 1),
        st.integers(1, 10**12),
        st.integers(0, 9),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
async def test_M11_any_sequence_of_bookings_balances_and_covers_every_debt(
    work: Work, sequence: list[tuple[str, int, int, int, int]]
) -> None:
    async with work.session.begin_nested() as example:
        for kind, first, second, fen, number in sequence:
            try:
                async with work.session.begin_nested():
                    match kind:
                        case "in":
                            lines = receipt(ACCOUNTS[first], fen)
                        case "out":
                            lines = payout(ACCOUNTS[first], fen)
                        case "move":
                            lines = [Line(ACCOUNTS[first], fen), Line(ACCOUNTS[second], -fen)]
                        case _:
                            await reverse(work, key=f"step:{number}", reason="冲正")
                            continue
                    await post(work, key=f"step:{number}", description=kind, lines=lines)
            except (Conflict, NotFound):
                pass
            totals = await trial_balance(work)
            assert sum(totals.values()) == 0
            assert totals.get("bank", 0) >= 0, "the bank holds what is owed"
            assert all(total <= 0 for name, total in totals.items() if name != "bank")
        await work.session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        await work.session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
        await example.rollback()
