"""Checkpoints: what changed is in the tree under a signature, once, and no bid ever waits for it."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from auction.bidding.published_log import current_heads
from auction.bidding.sequencer import BiddingDesk
from auction.transparency.checkpoint import TreeHead, open_checkpoint
from auction.transparency.leaves import entry_hash, lot_entry
from auction.transparency.log_keys import own_verifier_key
from auction.transparency.merkle import tree_root, verify_consistency, verify_inclusion
from auction.transparency.models import AuditAnchor, Checkpoint, LeafKind, LogLeaf, LotPosition
from auction.transparency.publish import LogDoesNotHold, publish_checkpoint
from auction.transparency.tree import checkpoint_of_size, origin_of, prove_consistency, prove_inclusion
from benchmarks.market import START_FEN
from core.database import Database, Work
from core.identity import SYSTEM
from core.settings import get_settings
from tests.auction.transparency.market import a_market, bid_up, end_all, publish, publish_closings_now
from tests.conftest import CourtClock


async def leaves(database: Database) -> list[LogLeaf]:
    async with database.read() as work:
        return list(await work.session.exec(select(LogLeaf).order_by(col(LogLeaf.leaf_index))))


async def test_B42_every_changed_head_is_a_leaf_and_every_checkpoint_proves_it(
    database: Database, clock: CourtClock
) -> None:
    market = await a_market(database, lots=3)
    first = await publish(database)
    assert first is not None
    await bid_up(database, market, 0, 1)
    await bid_up(database, market, 0, lot=2)
    second = await publish(database)
    assert second is not None
    assert await publish(database) is None, "nothing changed, so nothing is signed"
    assert await end_all(database, clock) == 3
    await publish_closings_now(database)
    third = await publish(database)

    kept = await leaves(database)
    assert [leaf.leaf_index for leaf in kept] == list(range(len(kept)))
    of_first = [(leaf.kind, leaf.seq) for leaf in kept if leaf.lot_id == market.lots[0].id]
    assert of_first == [(LeafKind.HEAD, 0), (LeafKind.HEAD, 2), (LeafKind.CLOSING, 2)]
    of_second = [(leaf.kind, leaf.seq) for leaf in kept if leaf.lot_id == market.lots[1].id]
    assert of_second == [(LeafKind.HEAD, 0), (LeafKind.CLOSING, 0)]

    async with database.read() as work:
        (head,) = await current_heads(work, [market.lots[0].id])
        checkpoints = list(await work.session.exec(select(Checkpoint).order_by(col(Checkpoint.number))))
        origin = origin_of(checkpoints[-1])
        assert [each.number for each in checkpoints] == list(range(1, len(checkpoints) + 1))
        hashes = [entry_hash(leaf.entry) for leaf in kept]
        for each in checkpoints:
            signed = open_checkpoint(each.note, [own_verifier_key(origin)])
            assert signed == TreeHead(origin, each.size, tree_root(hashes[: each.size]))
            proof = await prove_consistency(work, first.size, each.size)
            assert verify_consistency(first.size, first.root, each.size, each.root, proof)
        closing = next(leaf for leaf in kept if leaf.kind == LeafKind.CLOSING and leaf.seq == 2)
        assert closing.entry == lot_entry(head.head)
        newest = await checkpoint_of_size(work)
        inclusion = await prove_inclusion(work, closing.leaf_index, newest.size)
        assert verify_inclusion(
            hashes[closing.leaf_index], closing.leaf_index, newest.size, inclusion, newest.root
        )
        positions = list(await work.session.exec(select(LotPosition)))
    assert all(position.is_final for position in positions)
    assert third is None, "closing published by itself"


async def test_B42_closing_publishes_at_once_and_only_once(database: Database, clock: CourtClock) -> None:
    await a_market(database, lots=2)
    await publish(database)
    await end_all(database, clock)
    await publish_closings_now(database)
    closings = [leaf for leaf in await leaves(database) if leaf.kind == LeafKind.CLOSING]
    assert len(closings) == 2
    async with database.begin(SYSTEM) as work:
        assert (await checkpoint_of_size(work)).size > max(leaf.leaf_index for leaf in closings)


async def test_B42_the_heads_of_audit_streams_are_fixed_too(database: Database, clock: CourtClock) -> None:
    market = await a_market(database)
    await end_all(database, clock)
    await publish(database)
    async with database.read() as work:
        stream = f"lot:{market.lots[0].id}"
        anchors = list(await work.session.exec(select(AuditAnchor).where(AuditAnchor.stream == stream)))
        head = (
            await work.session.execute(
                text("SELECT seq, hash FROM audit_head WHERE stream = :stream"), {"stream": stream}
            )
        ).one()
    assert [(anchor.seq, anchor.hash) for anchor in anchors] == [tuple(head)]
    assert await publish(database) is None, "an event is anchored once"


async def test_B42_a_silent_log_gives_a_heartbeat(database: Database) -> None:
    await a_market(database)
    assert await publish(database) is not None
    assert await publish(database) is None
    async with database.begin(SYSTEM) as work:
        await work.session.execute(text("ALTER TABLE log_checkpoint DISABLE TRIGGER USER"))
        await work.session.execute(text("UPDATE log_checkpoint SET made_at = made_at - interval '2 hours'"))
    before = await leaves(database)
    assert await publish(database) is not None
    assert [leaf.kind for leaf in (await leaves(database))[len(before) :]] == [LeafKind.HEARTBEAT]


async def test_B47_many_publishers_at_once_make_one_tree(database: Database) -> None:
    market = await a_market(database, lots=6)

    async def bids_and_publishes(lot: int) -> None:
        await bid_up(database, market, 0, 1, 2, lot=lot)
        await publish(database)

    await asyncio.gather(*(bids_and_publishes(lot) for lot in range(6)))
    kept = await leaves(database)
    assert [leaf.leaf_index for leaf in kept] == list(range(len(kept)))
    async with database.read() as work:
        newest = await checkpoint_of_size(work)
    assert (newest.size, newest.root) == (len(kept), tree_root(entry_hash(leaf.entry) for leaf in kept))


async def test_B47_no_bid_waits_for_a_checkpoint_of_many_lots(database: Database) -> None:
    market = await a_market(database, lots=1_000, enters=lambda lot, bidder: lot == 0)
    lot_id, desk = market.lots[0].id, BiddingDesk(database, get_settings().encryption_key())
    statements: list[str] = []
    event.listen(
        database.engine.sync_engine, "before_cursor_execute", lambda *told: statements.append(told[2])
    )
    async with database.begin(SYSTEM) as work:
        checkpoint = await publish_checkpoint(work)
        assert checkpoint is not None
        assert checkpoint.size >= 1_000
        assert len(statements) < 20, "set-based: as many statements for a thousand lots as for one"
        receipt = await asyncio.wait_for(
            desk.submit(lot_id, market.registration(0, 0), START_FEN, uuid4().hex, datetime.now(UTC)), 5
        )
        assert receipt.accepted, "the checkpoint is not committed, yet a bid on a lot that is in it is"
    async with database.begin(SYSTEM) as bidding:
        await bidding.session.execute(text("SELECT FROM lot_bidding FOR UPDATE"))
        assert await asyncio.wait_for(publish(database), 5) is not None, (
            "nor does a checkpoint wait for a bid"
        )
    await desk.close()
    assert [leaf.seq for leaf in await leaves(database)][-2:] == [1, None]


async def test_B42_nothing_is_signed_on_top_of_a_tree_that_does_not_hold(database: Database) -> None:
    market = await a_market(database)
    await publish(database)
    await bid_up(database, market, 0)
    async with database.begin(SYSTEM) as work:
        await work.session.execute(text("ALTER TABLE log_leaf DISABLE TRIGGER USER"))
        await work.session.execute(
            text("UPDATE log_leaf SET hashes = decode(repeat('ab', octet_length(hashes)), 'hex')")
        )
    with pytest.raises(LogDoesNotHold):
        await publish(database)


async def test_B42_what_is_published_stays(work: Work) -> None:
    for table, column in (
        ("log_leaf", "seq"),
        ("log_checkpoint", "size"),
        ("log_time_stamp", "size"),
        ("audit_anchor", "seq"),
    ):
        for act in (f"DELETE FROM {table}", f"TRUNCATE {table}", f"UPDATE {table} SET {column} = 1"):
            with pytest.raises(IntegrityError, match="append-only"):
                async with work.session.begin_nested():
                    await work.session.execute(text(act))
