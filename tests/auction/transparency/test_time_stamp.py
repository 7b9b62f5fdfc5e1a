"""An outside authority confirms when a checkpoint existed; when it fails, the log goes on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import select

from auction.transparency.models import FaultKind, TimeStamp
from auction.transparency.self_check import check_everything
from auction.transparency.time_stamp import NotAStamp, check_stamp, read_roots, stamp_newest
from auction.transparency.tree import checkpoint_of_size
from core.database import Database
from core.identity import SYSTEM
from core.settings import get_settings
from tests.auction.transparency.authority import Authority, running_authority
from tests.auction.transparency.market import a_market, bid_up, publish


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Authority]:
    """A running authority that the service is configured to ask."""
    with running_authority(tmp_path) as authority:
        monkeypatch.setenv("DISPOSAL_TIME_STAMP_URL", authority.url)
        monkeypatch.setenv("DISPOSAL_TIME_STAMP_ROOTS", str(authority.roots))
        get_settings.cache_clear()
        yield authority
    monkeypatch.undo()
    get_settings.cache_clear()


async def stamp(database: Database) -> TimeStamp | None:
    async with database.begin(SYSTEM) as work:
        return await stamp_newest(work)


async def test_B42_the_newest_checkpoint_is_stamped_once_and_verifies(
    database: Database, authority: Authority
) -> None:
    market = await a_market(database)
    checkpoint = await publish(database)
    assert checkpoint is not None
    made = await stamp(database)
    assert made is not None
    assert (made.size, made.authority) == (checkpoint.size, "Common Name: Test Time Authority")
    assert await stamp(database) is None
    assert authority.asked == 1
    roots = read_roots(authority.roots)
    checked = await check_stamp(checkpoint.note, made.token, roots)
    assert (checked.intact, checked.trusted) == (True, True)
    assert (await check_stamp(checkpoint.note, made.token, [])).trusted is False
    assert (await check_stamp(checkpoint.note + " ", made.token, roots)).intact is False
    touched = made.token[:-20] + bytes([made.token[-20] ^ 1]) + made.token[-19:]
    assert (await check_stamp(checkpoint.note, touched, roots)).intact is False
    for garbage in (b"", b"nonsense", made.token[:100]):
        with pytest.raises(NotAStamp):
            await check_stamp(checkpoint.note, garbage, roots)
    await bid_up(database, market, 0)
    await publish(database)
    assert (await stamp(database)) is not None
    async with database.read() as work:
        assert len(list(await work.session.exec(select(TimeStamp)))) == 2


async def test_B42_a_failing_authority_holds_nothing_up(database: Database, authority: Authority) -> None:
    market = await a_market(database)
    await publish(database)
    for answer in (b"", b"nonsense", b"\x30\x05\x30\x03\x02\x01\x02"):
        authority.answer = answer
        assert await stamp(database) is None
    await bid_up(database, market, 0)
    assert await publish(database) is not None
    authority.answer = None
    made = await stamp(database)
    async with database.read() as work:
        newest = await checkpoint_of_size(work)
    assert made is not None
    assert made.size == newest.size, "the next stamp covers what the failed one would have"


async def test_B42_without_an_authority_nobody_is_asked(database: Database) -> None:
    await a_market(database)
    await publish(database)
    assert await stamp(database) is None


async def test_B47_a_touched_time_stamp_is_found(database: Database, authority: Authority) -> None:
    await a_market(database)
    await publish(database)
    await stamp(database)
    for statement in (
        "UPDATE log_time_stamp SET stamped_at = stamped_at - interval '1 hour'",
        "UPDATE log_time_stamp SET authority = 'somebody else'",
        "UPDATE log_time_stamp SET token = 'nonsense'",
    ):
        async with database.read(SYSTEM) as work:
            assert await check_everything(work) == []
            await work.session.execute(text("ALTER TABLE log_time_stamp DISABLE TRIGGER ALL"))
            await work.session.execute(text(statement))
            assert [finding.kind for finding in await check_everything(work)] == [
                FaultKind.TIME_STAMP_INVALID
            ], statement
