"""Whoever touches a row behind the triggers is found, and nobody who bids, pays or closes raises an alarm."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace
from sqlalchemy import text
from sqlmodel import col, select

from auction.bidding.log import GENESIS_HASH, chain, entry_record
from auction.bidding.models import Bid
from auction.bidding.published_log import entry_of, public_log
from auction.bidding.sequencer import BiddingDesk
from auction.bidding.verify_log import verify_log
from auction.listing.models import Lot, LotState
from auction.transparency.alarm import explain_fault
from auction.transparency.bundle import bundle_of
from auction.transparency.models import FaultKind, IntegrityFault, SelfCheck, WalkName
from auction.transparency.self_check import check_again, check_everything, check_newest
from auction.transparency.verify_sale import SaleCheck, check_bundle, holds
from core.audit import history, verify_stream
from core.crypto import SigningKey
from core.database import Database, Work
from core.errors import InvalidInput, NotFound, NotPermitted
from core.identity import SYSTEM, Actor, Role
from core.identity.accounts import open_account
from core.notices.models import Notice
from core.settings import get_settings
from tests.auction.market import OFFICER
from tests.auction.settlement.test_whole_sale import sold_lot
from tests.auction.transparency.market import a_market, bid_up, publish
from tests.conftest import CourtClock, Snapshot, snapshot

SUPERIOR = Actor(None, "中院", frozenset({Role.INTERMEDIATE_COURT}), "05")

SOLD = "lot_id = (SELECT id FROM lot WHERE state = 'sold')"
LIVE = "lot_id = (SELECT lot_id FROM lot_bidding WHERE phase = 'open' LIMIT 1)"
STREAM = "stream = (SELECT 'lot:' || id FROM lot WHERE state = 'sold')"
LAST = "seq = (SELECT max(seq) FROM bid AS b WHERE b.lot_id = bid.lot_id)"

TOUCHES: dict[FaultKind, dict[str, str]] = {
    FaultKind.BID_CHANGED: {
        "amount of a bid": f"UPDATE bid SET amount_fen = amount_fen + 1 WHERE {SOLD} AND seq = 1",
        "code of a bid": f"UPDATE bid SET code = 'Z0000' WHERE {SOLD} AND seq = 1",
        "outcome of a bid": f"UPDATE bid SET outcome = 'too_low' WHERE {SOLD} AND seq = 1",
        "unknown outcome": f"UPDATE bid SET outcome = 'great' WHERE {SOLD} AND seq = 1",
        "time of a bid": f"UPDATE bid SET decided_at = decided_at - interval '1 second' WHERE {SOLD} AND seq = 2",
        "hash of a bid": f"UPDATE bid SET hash = sha256('x') WHERE {SOLD} AND seq = 2",
        "first bid deleted": f"DELETE FROM bid WHERE {SOLD} AND seq = 1",
        "bid added after the end": (
            "INSERT INTO bid SELECT lot_id, seq + 1, registration_id, code, priority_order, amount_fen + 300000, outcome, "
            f"received_at, decided_at, ends_at, extended, 'late-key-1', hash FROM bid WHERE {SOLD} AND {LAST}"
        ),
        "live: early bid": f"UPDATE bid SET amount_fen = amount_fen - 100 WHERE {LIVE} AND seq = 1",
    },
    FaultKind.BIDDER_DIFFERS: {
        "bidder behind a bid": (
            f"UPDATE bid SET registration_id = (SELECT registration_id FROM bid WHERE {SOLD} AND seq = 2) "
            f"WHERE {SOLD} AND seq = 1"
        ),
        "codes exchanged between bidders": (
            f"UPDATE registration SET code = 'T0000' WHERE {SOLD} AND is_winner; "
            f"UPDATE registration SET code = (SELECT code FROM bid WHERE {SOLD} AND seq = 2) WHERE {SOLD} AND NOT is_winner; "
            f"UPDATE registration SET code = (SELECT code FROM bid WHERE {SOLD} AND seq = 1) WHERE {SOLD} AND is_winner; "
            "UPDATE bid SET registration_id = r.id FROM registration AS r WHERE r.lot_id = bid.lot_id AND r.code = bid.code "
            f"AND bid.{SOLD}; "
            "UPDATE lot SET winning_registration_id = (SELECT registration_id FROM bid WHERE bid.lot_id = lot.id AND seq = 2) "
            "WHERE state = 'sold'"
        ),
    },
    FaultKind.BIDS_MISSING: {
        "last bid deleted": f"DELETE FROM bid WHERE {SOLD} AND {LAST}",
        "live: last bid undone everywhere": (
            f"DELETE FROM bid WHERE {LIVE} AND {LAST}; UPDATE lot_bidding SET last_seq = b.seq, head_hash = b.hash, "
            "current_price_fen = b.amount_fen, leader_code = b.code, leader_registration_id = b.registration_id "
            f"FROM (SELECT * FROM bid WHERE {LIVE} AND {LAST}) AS b WHERE lot_bidding.lot_id = b.lot_id"
        ),
    },
    FaultKind.STANDING_DIFFERS: {
        "head of the log": f"UPDATE lot_bidding SET head_hash = sha256('x') WHERE {SOLD}",
        "leader": f"UPDATE lot_bidding SET leader_code = 'Z0000' WHERE {SOLD}",
        "price in the bidding row": f"UPDATE lot_bidding SET current_price_fen = current_price_fen + 1 WHERE {SOLD}",
        "number of bids": f"UPDATE lot_bidding SET accepted_count = accepted_count + 1 WHERE {SOLD}",
        "lot's bidding row deleted": f"DELETE FROM bid WHERE {SOLD}; DELETE FROM lot_bidding WHERE {SOLD}",
        "live: price": f"UPDATE lot_bidding SET current_price_fen = starting_price_fen WHERE {LIVE}",
        "live: head": f"UPDATE lot_bidding SET head_hash = sha256('x') WHERE {LIVE}",
        "live: last bid deleted": f"DELETE FROM bid WHERE {LIVE} AND {LAST}",
    },
    FaultKind.TERMS_CHANGED: {
        "increment afterwards": f"UPDATE lot_bidding SET increment_fen = 100 WHERE {SOLD}",
        "starting price on the lot": "UPDATE lot SET starting_price_fen = starting_price_fen - 100 WHERE state = 'sold'",
        "live: increment": f"UPDATE lot_bidding SET increment_fen = 100 WHERE {LIVE}",
    },
    FaultKind.RESULT_DIFFERS: {
        "final price": "UPDATE lot SET final_price_fen = final_price_fen - 100 WHERE state = 'sold'",
        "winner": (
            "UPDATE lot SET winning_registration_id = (SELECT registration_id FROM bid WHERE bid.lot_id = lot.id AND seq = 1) "
            "WHERE state = 'sold'"
        ),
        "end": "UPDATE lot SET ended_at = ended_at - interval '1 minute' WHERE state = 'sold'",
        "sale turned into a failure": "UPDATE lot SET state = 'failed' WHERE state = 'sold'",
        "price of the settlement": (
            f"UPDATE settlement SET price_fen = price_fen - 100, balance_fen = balance_fen - 100 WHERE {SOLD}"
        ),
        "buyer of the settlement": f"UPDATE settlement SET buyer_code = 'Z0000' WHERE {SOLD}",
    },
    FaultKind.LOG_CUT_OFF: {
        "live: no longer watched": f"UPDATE log_position SET is_final = true WHERE {LIVE}",
        "leaf deleted": "DELETE FROM log_leaf WHERE leaf_index = 1",
        "last leaf deleted": "DELETE FROM log_leaf WHERE leaf_index = (SELECT max(leaf_index) FROM log_leaf)",
        "checkpoint deleted": "DELETE FROM log_checkpoint WHERE number = 1",
        "last checkpoint deleted": "DELETE FROM log_checkpoint WHERE number = (SELECT max(number) FROM log_checkpoint)",
    },
    FaultKind.LEAF_CHANGED: {
        "entry of a leaf": "UPDATE log_leaf SET entry = replace(entry, '\"sold\"', '\"failed\"') WHERE kind = 'closing'",
        "hashes of a leaf": "UPDATE log_leaf SET hashes = sha256('x') WHERE leaf_index = 2",
        "entry and hash of a leaf": (
            "UPDATE log_leaf SET entry = entry || ' ', hashes = overlay(hashes placing sha256('\\x00'::bytea || "
            "convert_to(entry || ' ', 'UTF8')) from 1) WHERE leaf_index = 0"
        ),
        "column of a leaf": "UPDATE log_leaf SET seq = seq + 1 WHERE kind = 'closing'",
    },
    FaultKind.CHECKPOINT_CHANGED: {
        "time of a leaf": "UPDATE log_leaf SET recorded_at = recorded_at - interval '1 hour' WHERE leaf_index = 0",
        "root of a checkpoint": "UPDATE log_checkpoint SET root = sha256('x') WHERE number = 1",
        "note of a checkpoint": "UPDATE log_checkpoint SET note = 'x' || note WHERE number = 1",
        "note that is none": "UPDATE log_checkpoint SET note = 'nonsense' WHERE number = 1",
        "time of a checkpoint": "UPDATE log_checkpoint SET published_at = published_at - interval '1 hour' WHERE number = 1",
    },
    FaultKind.AUDIT_CHANGED: {
        "payload of an audit event": (
            "UPDATE audit_event SET payload = replace(payload, 'lot.sold', 'lot.told') WHERE event = 'lot.sold'"
        ),
        "column of an audit event": "UPDATE audit_event SET actor_name = '无名' WHERE event = 'lot.sold'",
        "details of an audit event": "UPDATE audit_event SET details = details || '{\"price_fen\": 1}' WHERE event = 'lot.sold'",
        "audit event deleted": "DELETE FROM audit_event WHERE event = 'lot.sold'",
        "newest audit event deleted with its head moved": (
            f"DELETE FROM audit_event WHERE {STREAM} AND seq = (SELECT max(seq) FROM audit_event WHERE {STREAM}); "
            f"UPDATE audit_head SET seq = e.seq, hash = e.hash FROM (SELECT * FROM audit_event WHERE {STREAM} "
            "ORDER BY seq DESC LIMIT 1) AS e WHERE audit_head.stream = e.stream"
        ),
        "anchor of an audit stream": "UPDATE audit_anchor SET hash = sha256('x')",
    },
}
"""What a superuser may change behind the triggers, by what must be found."""

UNSEEN_BY_VERIFIER = frozenset(
    {
        "unknown outcome",  # such a log cannot even be written
        "bid added after the end",  # is not part of the published log
        "starting price on the lot",  # the log tells the price that bids were judged by
        "sale turned into a failure",
        "price of the settlement",
        "buyer of the settlement",
    }
)
"""What concerns rows beside the public log, or nothing that it tells."""

TABLES = (
    "bid",
    "lot_bidding",
    "lot",
    "registration",
    "settlement",
    "log_leaf",
    "log_checkpoint",
    "audit_event",
    "audit_anchor",
)


async def published_city(database: Database, clock: CourtClock) -> None:
    """A sale with its settlement, and a lot that is being bid for, published in several checkpoints."""
    desk = BiddingDesk(database, get_settings().encryption_key())
    await sold_lot(database, clock, desk)
    await desk.close()
    market = await a_market(database)
    await publish(database)
    await bid_up(database, market, 0, 1)
    await publish(database)
    await bid_up(database, market, 2)
    await publish(database)


@pytest.fixture(scope="module")
async def snapshot_of_city(server_url: str) -> AsyncIterator[Snapshot[None]]:
    async with snapshot(server_url, published_city) as made:
        yield made


@pytest.fixture
def template(snapshot_of_city: Snapshot[None]) -> str:
    """Every test of this module begins with a copy of the city."""
    return snapshot_of_city.template


async def touch(work: Work, statements: str) -> None:
    """A superuser changes rows behind triggers and constraints."""
    for table in TABLES:
        await work.session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
    await work.session.execute(text("ALTER TABLE bid DROP CONSTRAINT bid_outcome_known"))
    for statement in statements.split("; "):
        changed = await work.session.execute(text(statement))
        assert changed.rowcount > 0, statement  # type: ignore[attr-defined]


async def open_faults(database: Database) -> list[tuple[str, str]]:
    async with database.read() as work:
        rows = await work.session.exec(
            select(IntegrityFault.kind, IntegrityFault.subject).order_by(IntegrityFault.kind)
        )
        return [(kind, subject) for kind, subject in rows]


async def test_B47_every_row_that_is_touched_is_found(database: Database) -> None:
    async with database.read(SYSTEM) as work:
        assert await check_everything(work) == [], "an untouched city raises no alarm"
    missed = {}
    for kind, touches in TOUCHES.items():
        for name, statements in touches.items():
            async with database.read(SYSTEM) as work:
                await touch(work, statements)
                found = {finding.kind for finding in await check_everything(work)}
                if kind not in found:
                    missed[name] = found
    assert missed == {}


async def test_B47_the_newest_walk_finds_what_was_touched_before_it_came_by(database: Database) -> None:
    async with database.begin(SYSTEM) as work:
        assert await check_newest(work) == 0
        walk = await work.session.get_one(SelfCheck, WalkName.NEWEST)
        assert walk.passed_size == walk.next_leaf > 0
    async with database.begin(SYSTEM) as work:
        await touch(work, "DELETE FROM log_checkpoint; DELETE FROM log_leaf")
        assert await check_newest(work) > 0, "a log that was emptied is shorter than what was walked"


async def test_B47_an_alarm_is_raised_once_and_stays_until_somebody_explains_it(database: Database) -> None:
    async with database.begin(SYSTEM) as work:
        superior = await open_account(
            work,
            login="superior",
            password_hash="-",
            display_name="监督",
            roles={Role.INTERMEDIATE_COURT},
            court_code="05",
        )
        assert await check_again(work) == 0
    async with database.begin(SYSTEM) as work:
        await touch(work, TOUCHES[FaultKind.BID_CHANGED]["amount of a bid"])
        for table in TABLES:
            await work.session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER ALL"))
    async with database.begin(SYSTEM) as work:
        assert await check_again(work) > 0
    async with database.begin(SYSTEM) as work:
        assert await check_again(work) == 0, "the same fault is told once"
        fault = (
            await work.session.exec(
                select(IntegrityFault).where(IntegrityFault.kind == FaultKind.BID_CHANGED)
            )
        ).one()
        told = list(await work.session.exec(select(Notice).where(Notice.account_id == superior.id)))
        assert fault.lot_id is not None
        assert "integrity.fault_found" in [event.event for event in await history(work, lot_id=fault.lot_id)]
        assert await verify_stream(work, "integrity") is None
    assert [notice.link for notice in told] == ["/supervision/integrity"]
    with pytest.raises(NotPermitted):
        async with database.begin(OFFICER) as work:
            await explain_fault(work, fault.id, explanation="不该由基层法院处置")
    with pytest.raises(InvalidInput):
        async with database.begin(SUPERIOR) as work:
            await explain_fault(work, fault.id, explanation=" ")
    async with database.begin(SUPERIOR) as work:
        await explain_fault(work, fault.id, explanation="演练：故意改动，已核查。")
    with pytest.raises(NotFound):
        async with database.begin(SUPERIOR) as work:
            await explain_fault(work, fault.id, explanation="第二次")
    async with database.begin(SYSTEM) as work:
        assert await check_again(work) > 0, "what is still wrong raises a new alarm"


async def test_B47_bidding_closing_and_publishing_at_once_raise_no_alarm(database: Database) -> None:
    market = await a_market(database, lots=4)

    async def bid(lot: int) -> None:
        for step in range(0, 24, 3):
            await bid_up(database, market, step, step + 1, step + 1, lot=lot)

    async def publish_and_check() -> int:
        found = 0
        for _ in range(12):
            await publish(database)
            async with database.begin(SYSTEM) as work:
                found += await check_newest(work)
        return found

    *_, found, again = await asyncio.gather(
        *(bid(lot) for lot in range(4)), publish_and_check(), publish_and_check()
    )
    assert (found, again) == (0, 0)
    assert await open_faults(database) == []


async def test_B47_a_full_pass_goes_slice_by_slice_and_begins_anew(database: Database) -> None:
    for _ in range(2):
        async with database.begin(SYSTEM) as work:
            await check_again(work)
            walk = await work.session.get_one(SelfCheck, WalkName.AGAIN)
            assert (walk.next_leaf, walk.passed_at is not None) == (0, True)


async def test_B47_a_log_forged_from_its_first_bid_to_its_result_is_found(database: Database) -> None:
    """The forger computes every hash anew and changes every row, but cannot sign the tree."""
    async with database.read(SYSTEM) as work:
        for table in TABLES:
            await work.session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        lot = (await work.session.exec(select(Lot).where(Lot.state == LotState.SOLD))).one()
        head = GENESIS_HASH
        bids = list(await work.session.exec(select(Bid).where(Bid.lot_id == lot.id).order_by(col(Bid.seq))))
        for bid in bids:
            entry = replace(entry_of(bid), amount_fen=bid.amount_fen - 300_000)
            head = chain(head, entry_record(lot.id, entry))
            await work.session.execute(
                text("UPDATE bid SET amount_fen = :amount, hash = :hash WHERE lot_id = :lot AND seq = :seq"),
                {"amount": entry.amount_fen, "hash": head, "lot": lot.id, "seq": bid.seq},
            )
        values = {"price": bids[-1].amount_fen - 300_000, "head": head, "lot": lot.id}
        await work.session.execute(
            text(
                "WITH forged AS (UPDATE lot SET final_price_fen = :price, starting_price_fen = starting_price_fen - 300000 "
                "WHERE id = :lot), settled AS (UPDATE settlement SET price_fen = :price, balance_fen = balance_fen - 300000 "
                "WHERE lot_id = :lot) UPDATE lot_bidding SET current_price_fen = :price, head_hash = :head, "
                "starting_price_fen = starting_price_fen - 300000 WHERE lot_id = :lot"
            ),
            values,
        )
        work.session.expunge_all()
        log = await public_log(work, lot.lot_no, SigningKey(bytes(32), "log"))
        assert verify_log(log) == [], "by itself the forged log is perfect"
        found = {finding.kind for finding in await check_everything(work)}
        bundle = await bundle_of(work, lot.lot_no, SigningKey(bytes(32), "log"))
    assert {FaultKind.STANDING_DIFFERS, FaultKind.TERMS_CHANGED} <= found
    assert SaleCheck.INCLUSION in {line.check for line in check_bundle(bundle) if line.is_green is False}


async def test_B42_the_verifier_finds_in_a_published_bundle_what_was_touched_of_the_sale(
    database: Database,
) -> None:
    key = SigningKey(bytes(32), "log")
    missed = []
    for kind in (
        FaultKind.BID_CHANGED,
        FaultKind.BIDS_MISSING,
        FaultKind.TERMS_CHANGED,
        FaultKind.RESULT_DIFFERS,
    ):
        for name, statements in TOUCHES[kind].items():
            if name.startswith("live") or name in UNSEEN_BY_VERIFIER:
                continue
            async with database.read(SYSTEM) as work:
                lot_no = (await work.session.exec(select(Lot.lot_no).where(Lot.state == LotState.SOLD))).one()
                await touch(work, statements)
                if holds(check_bundle(await bundle_of(work, lot_no, key))):
                    missed.append(name)
    assert missed == []
