"""Whose bid it is, when many ask at once (B-32)."""

import asyncio

import pytest

from auction.bidding.entry_book import EntryBook
from benchmarks.market import open_market
from core.crypto import FieldCipher
from core.database import DATABASE_AWAY, Database
from core.identity import SYSTEM
from core.ids import new_id
from core.settings import get_settings


async def test_B32_everybody_who_asks_at_once_finds_the_own_entry_and_strangers_none(
    database: Database,
) -> None:
    key = get_settings().encryption_key()
    async with database.begin(SYSTEM) as work:
        market = await open_market(work, key, lots=3, bidders=4, enters=lambda lot, bidder: lot != bidder)
    book = EntryBook(database, FieldCipher(key, "bidder-identity"))
    asked = [(account.id, lot.id) for lot in market.lots for account in market.accounts]
    asked += [(new_id(), market.lots[0].id), (market.accounts[0].id, new_id())]
    expected = [market.registrations.get((lot_id, account_id)) for account_id, lot_id in asked]
    assert expected.count(None) == 5
    for _ in ("asked", "remembered"):
        assert await asyncio.gather(*(book.find(*each) for each in asked)) == expected


async def test_B32_a_database_that_is_away_is_told_to_everybody_who_asked_and_no_longer(
    database: Database,
) -> None:
    key = get_settings().encryption_key()
    async with database.begin(SYSTEM) as work:
        market = await open_market(work, key, bidders=2)
    nowhere = Database("postgresql://nobody@127.0.0.1:1/nothing")
    book = EntryBook(nowhere, FieldCipher(key, "bidder-identity"))
    asked = [(account.id, market.lots[0].id) for account in market.accounts]
    refused = await asyncio.gather(*(book.find(*each) for each in asked), return_exceptions=True)
    assert [isinstance(each, DATABASE_AWAY) for each in refused] == [True, True]
    with pytest.raises(DATABASE_AWAY):
        await book.find(*asked[0])
