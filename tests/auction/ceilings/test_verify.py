"""What the log proves about ceilings: every lie that could be told with it is found, offline and by the self-check."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from auction.bidding.ceiling_proof import commit, walk
from auction.bidding.log import (
    GENESIS_HASH,
    CeilingOpening,
    LogEntry,
    PublicLog,
    chain,
    entry_record,
    sign_log,
)
from auction.bidding.models import BidOutcome
from auction.bidding.verify_log import LogCheck, verify_log
from auction.ceilings.lot_desk import receipt_key
from auction.ceilings.set_ceiling import CeilingReceipt
from tests.auction.ceilings.floor import Floor, price

Open = Callable[..., Awaitable[Floor]]


def forged(log: PublicLog, entries: Sequence[LogEntry]) -> PublicLog:
    """What a dishonest service could publish: every hash and the signature made anew."""
    head, linked = GENESIS_HASH, []
    for seq, entry in enumerate(entries, start=1):
        entry = replace(entry, seq=seq)
        head = chain(head, entry_record(log.lot_id, entry))
        linked.append(replace(entry, hash=head.hex()))
    return sign_log(receipt_key(), replace(log, entries=linked, head_hash=head.hex()))


def reasons(log: PublicLog) -> list[str]:
    return [fault.reason for fault in verify_log(log) if fault.check is LogCheck.CEILINGS]


@pytest.fixture
async def contest(floor: Floor) -> tuple[PublicLog, CeilingReceipt, CeilingReceipt]:
    """Entries: 1 hand bid, 2 set, 3 automatic, 4 set, 5 the second's last, 6 the first's."""
    await floor.bid(0, 0)
    second = await floor.ceiling(1, 6)
    first = await floor.ceiling(2, 30)
    log = await floor.check()
    assert [entry.outcome for entry in log.entries] == [
        "accepted",
        "ceiling_set",
        "accepted",
        "ceiling_set",
        "accepted",
        "accepted",
    ]
    return log, second, first


async def test_the_commitment_hides_who_and_how_much(
    contest: tuple[PublicLog, CeilingReceipt, CeilingReceipt],
) -> None:
    log, second, _ = contest
    entry = log.entries[1]
    assert (entry.code, entry.amount_fen, entry.priority_order) == ("-", 0, None)
    assert entry.ceiling_proof == commit(log.lot_id, second.code, second.secret, 6).hex()


async def test_a_bid_beyond_the_ceiling_has_no_proof(
    contest: tuple[PublicLog, CeilingReceipt, CeilingReceipt],
) -> None:
    log, second, _ = contest
    entries = list(log.entries)
    beyond = replace(entries[4], amount_fen=price(7))
    entries[4], entries[5] = beyond, replace(entries[5], amount_fen=price(8))
    assert any("not proved to lie within" in reason for reason in reasons(forged(log, entries)))
    for link in (second.secret, walk(second.secret, 1), bytes(32)):
        entries[4] = replace(beyond, ceiling_proof=link.hex())
        assert any("not proved to lie within" in reason for reason in reasons(forged(log, entries)))


@pytest.mark.parametrize(
    ("lie", "found"),
    [
        ("no other follows", "no other ceiling follows"),
        ("another's code", "not proved to lie within"),
        ("used after withdrawal", "no ceiling that stands"),
        ("used before it was set", "no ceiling that stands"),
        ("without proof", "without the form"),
        ("never committed", "no ceiling that stands"),
        ("names its bidder", "names a bidder"),
        ("not allowed", "allows no ceilings"),
        ("refused for nothing", "no equal one precedes"),
        ("withdrawn twice", "no ceiling that stands"),
    ],
)
async def test_a_log_that_lies_about_ceilings_does_not_verify(
    contest: tuple[PublicLog, CeilingReceipt, CeilingReceipt], lie: str, found: str
) -> None:
    log, _, _ = contest
    entries = list(log.entries)
    withdrawal = replace(entries[1], outcome=BidOutcome.CEILING_WITHDRAWN, ceiling=2, ceiling_proof=None)
    changed: dict[str, Any] = {
        "no other follows": lambda: entries[:5],
        "another's code": lambda: [*entries[:4], replace(entries[4], code="J0003"), entries[5]],
        "used after withdrawal": lambda: [*entries[:3], withdrawal, replace(entries[4], ceiling=2)],
        "used before it was set": lambda: [entries[0], replace(entries[2], ceiling=1)],
        "without proof": lambda: [*entries[:2], replace(entries[2], ceiling_proof=None)],
        "never committed": lambda: [*entries[:2], replace(entries[2], ceiling=1)],
        "names its bidder": lambda: [entries[0], replace(entries[1], code="J0001")],
        "not allowed": lambda: entries,
        "refused for nothing": lambda: [
            *entries[:2],
            replace(entries[2], outcome=BidOutcome.EQUAL_WITHOUT_BETTER_RANK),
        ],
        "withdrawn twice": lambda: [*entries[:3], withdrawal, withdrawal],
    }
    if lie == "not allowed":
        log = replace(log, procedure=replace(log.procedure, ceiling_bids_allowed=False))
    assert any(found in reason for reason in reasons(forged(log, changed[lie]())))


async def test_an_opened_ceiling_proves_that_it_answered_or_that_it_did_not(
    contest: tuple[PublicLog, CeilingReceipt, CeilingReceipt],
) -> None:
    log, second, first = contest
    openings = [
        CeilingOpening(each.seq, each.code, each.limit_fen, each.secret.hex()) for each in (first, second)
    ]
    assert verify_log(replace(log, openings=openings)) == []
    wrong = [
        (replace(openings[0], limit_fen=price(31)), "not what was committed to"),
        (replace(openings[0], code="J0003"), "not what was committed to"),
        (replace(openings[0], limit_fen=price(30) + 1), "holds no ceiling"),
        (replace(openings[0], secret="x"), "holds no ceiling"),
        (replace(openings[0], seq=77), "not in the log"),
    ]
    for opening, found in wrong:
        assert any(found in reason for reason in reasons(replace(log, openings=[opening])))
    # A lower ceiling can be claimed with a later link; the bids in the log refute it.
    lower = CeilingOpening(first.seq, first.code, price(6), walk(first.secret, 24).hex())
    assert any("beyond ceiling" in reason for reason in reasons(replace(log, openings=[lower])))
    # The service lets a hand bid lead although the ceiling allowed an answer.
    silent = [
        *log.entries[:2],
        replace(log.entries[0], code="J0003", amount_fen=price(1)),
        replace(log.entries[0], amount_fen=price(2)),
    ]
    assert any(
        "made none" in reason for reason in reasons(replace(forged(log, silent), openings=[openings[1]]))
    )


async def test_B42_a_lot_without_ceilings_is_published_as_ever(open_floor: Open) -> None:
    floor = await open_floor(ceiling_bids_allowed=False)
    await floor.bid(0, 0)
    log = await floor.check()
    published = msgspec.json.decode(msgspec.json.encode(log))
    assert list(published["entries"][0]) == [
        "seq",
        "code",
        "priority_order",
        "amount_fen",
        "outcome",
        "received_at",
        "decided_at",
        "ends_at",
        "extended",
        "hash",
    ]
    assert "ceiling_bids_allowed" not in published["procedure"]
    assert "openings" not in published
