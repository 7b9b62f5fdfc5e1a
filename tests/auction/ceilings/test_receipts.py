"""The receipt of an automatic bid, and of a ceiling, proves itself offline, and no touched one does (B-47)."""

import subprocess
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from auction.bidding.ceiling_proof import commit, prove, walk
from auction.bidding.log import chain, record_bytes
from auction.bidding.models import BidOutcome
from auction.bidding.receipt_file import (
    CEILING_FORMAT,
    FORMAT,
    FiledProof,
    ReceiptCheck,
    ReceiptFile,
    check_receipt,
)
from auction.bidding.receipt_proof import prove_receipts, receipt_leaf
from auction.ceilings.lot_desk import receipt_key
from auction.ceilings.own_receipt import own_receipt_file
from core.errors import NotFound
from core.settings import PROJECT_ROOT, get_settings
from tests.auction.ceilings.floor import Floor, price
from tests.auction.ceilings.test_verify import forged as forged_log
from web.commands.verifying.sale import verify_sale


async def files(floor: Floor, by: int) -> dict[int, ReceiptFile]:
    """Every receipt that a bidder can download, by number; as it is read back from the file."""
    found = {}
    async with floor.database.read(floor.person(by)) as work:
        for row in await floor.rows():
            try:
                file = await own_receipt_file(work, floor.market.lots[0].lot_no, row[0])
            except NotFound:
                continue
            found[row[0]] = msgspec.json.decode(msgspec.json.encode(file), type=ReceiptFile)
    return found


@pytest.fixture
async def contest(floor: Floor) -> Floor:
    """1 hand bid by 0, 2 set by 1, 3 automatic of 1, 4 set by 2, 5 the last of 1, 6 automatic of 2, 7 withdrawn by 2."""
    await floor.bid(0, 0)
    await floor.ceiling(1, 6)
    await floor.ceiling(2, 30)
    await floor.withdraw(2)
    return floor


def key() -> bytes:
    return receipt_key().public_bytes


async def test_B47_each_bidder_holds_the_receipts_of_the_own_ceiling_and_of_what_it_bid(
    contest: Floor,
) -> None:
    log = await contest.check()
    of_first, of_second, of_third = [await files(contest, by) for by in range(3)]
    assert (set(of_first), set(of_second), set(of_third)) == ({1}, {2, 3, 5}, {4, 6, 7})
    for file in [*of_first.values(), *of_second.values(), *of_third.values()]:
        found = check_receipt(file, public_key=key(), log=log)
        assert all(found.values()), (file.seq, found)
        assert (ReceiptCheck.CEILING in found) == (file.seq in (2, 3, 4, 5, 6))
        assert file.format == (FORMAT if file.seq == 1 else CEILING_FORMAT)
    assert b"ceiling" not in msgspec.json.encode(of_first[1]), "a receipt of a hand bid is as it always was"
    assert of_second[3].order is not None
    assert of_second[3].order.seq == 2
    assert of_second[3].proof.size == 2, (
        "the bid and the record that set its ceiling stand in one signed tree"
    )


async def test_P01_only_the_receipt_of_setting_it_tells_a_ceiling(contest: Floor) -> None:
    of_third = await files(contest, 2)
    opening = of_third[4].opening
    assert opening is not None
    assert (opening.code, opening.limit_fen) == ("J0002", price(30))
    assert (
        of_third[4].ceiling_proof == commit(contest.lot_id, "J0002", bytes.fromhex(opening.secret), 30).hex()
    )
    for seq in (6, 7):
        told = msgspec.json.encode(of_third[seq])
        assert opening.secret.encode() not in told
        assert str(price(30)).encode() not in told


def touched(file: ReceiptFile, touch: dict[str, Any]) -> ReceiptFile:
    plain: dict[str, Any] = msgspec.to_builtins(file)
    for path, value in touch.items():
        place, *names = path.split(".")
        inner = plain
        for name in [place, *names][:-1]:
            inner = inner[name]
        last = [place, *names][-1]
        assert inner.get(last) != value, "the touch changes nothing"
        inner[last] = value
    return msgspec.convert(plain, ReceiptFile)


AUTOMATIC: list[dict[str, Any]] = [
    {"amount_fen": price(2)},
    {"code": "J0003"},
    {"ceiling": 1},
    {"ceiling": None},
    {"ceiling_proof": "00" * 32},
    {"ceiling_proof": "x"},
    {"ceiling_proof": None},
    {"order": None},
    {"terms": None},
    {"format": FORMAT},
    {"order.seq": 1},
    {"order.commitment": "00" * 32},
    {"order.hash": "00" * 32},
    {"order.previous_hash": "00" * 32},
    {"order.decided_at": "2031-01-01T00:00:00Z"},
    {"order.decided_at": "2021-01-01T00:00:00"},
    {"order.replaces": 1},
    {"order.proof": {"index": 0, "size": 2, "path": ""}},
    {"terms.increment_fen": 1},
    {"terms.increment_fen": 0},
    {"terms.starting_price_fen": price(1)},
]


async def test_B47_every_touched_receipt_of_an_automatic_bid_is_found(contest: Floor) -> None:
    file = (await files(contest, 1))[3]
    for touch in AUTOMATIC:
        assert False in check_receipt(touched(file, touch), public_key=key()).values(), touch


OPENED: list[dict[str, Any]] = [
    {"opening.limit_fen": price(29)},
    {"opening.limit_fen": price(31)},
    {"opening.limit_fen": price(30) + 1},
    {"opening.limit_fen": price(20_000)},
    {"opening.code": "J0001"},
    {"opening.secret": "00" * 32},
    {"opening.secret": "x"},
    {"ceiling_proof": "00" * 32},
    {"outcome": "accepted"},
    {"terms": None},
]


async def test_B47_every_touched_receipt_of_a_ceiling_is_found(contest: Floor) -> None:
    file = (await files(contest, 2))[4]
    for touch in OPENED:
        assert False in check_receipt(touched(file, touch), public_key=key()).values(), touch


def with_other_figures(file: ReceiptFile) -> ReceiptFile:
    """Figures by which the amount is as many steps away: only the log tells that they are not the sale's."""
    assert file.terms is not None
    steps = (file.amount_fen - file.terms.starting_price_fen) // file.terms.increment_fen
    start = file.amount_fen - steps
    return touched(file, {"terms.starting_price_fen": start, "terms.increment_fen": 1})


async def test_B47_other_figures_or_another_log_are_found_by_the_log(contest: Floor) -> None:
    log, file = await contest.log(), (await files(contest, 1))[5]
    assert check_receipt(with_other_figures(file), log=log)[ReceiptCheck.LOG] is False
    entries = list(log.entries)
    entries[1] = msgspec.structs.replace(entries[1], hash="00" * 32)
    assert check_receipt(file, log=msgspec.structs.replace(log, entries=entries))[ReceiptCheck.LOG] is False


async def test_B47_a_service_that_raises_beyond_the_ceiling_cannot_make_a_receipt_that_holds(
    contest: Floor,
) -> None:
    """Record, links and signatures made anew by the holder of the key: the commitment alone gives it away."""
    file, opened = (await files(contest, 1))[5], (await files(contest, 1))[2].opening
    assert opened is not None
    secret = bytes.fromhex(opened.secret)
    assert check_receipt(forged(file, 6, prove(secret, 6, 6)))[ReceiptCheck.CEILING] is True
    for link in (secret, walk(secret, 1), bytes(32)):
        found = check_receipt(forged(file, 7, link))
        assert (found[ReceiptCheck.CONTENT], found[ReceiptCheck.SIGNATURE]) == (True, True)
        assert found[ReceiptCheck.CEILING] is False


def forged(file: ReceiptFile, steps: int, link: bytes) -> ReceiptFile:
    assert file.order is not None
    record = record_bytes(
        file.lot_id,
        file.seq,
        file.code,
        file.priority_order,
        price(steps),
        BidOutcome.ACCEPTED,
        file.received_at,
        file.decided_at,
        file.ends_at,
        file.extended,
        file.ceiling,
        link.hex(),
    )
    made = chain(bytes.fromhex(file.previous_hash), record)
    leaves = [
        leaf(file.lot_id, file.seq, made),
        leaf(file.lot_id, file.order.seq, bytes.fromhex(file.order.hash)),
    ]
    proofs = prove_receipts(receipt_key(), leaves)
    filed = [FiledProof(proof.index, proof.size, proof.path.hex()) for proof in proofs]
    return msgspec.structs.replace(
        file,
        amount_fen=price(steps),
        outcome=BidOutcome.ACCEPTED,
        hash=made.hex(),
        ceiling_proof=link.hex(),
        proof=filed[0],
        signature=proofs[0].signature.hex(),
        order=msgspec.structs.replace(file.order, proof=filed[1]),
    )


def leaf(lot_id: UUID, seq: int, link: bytes) -> bytes:
    return receipt_leaf(lot_id, seq, link)


def told(*words: str) -> subprocess.CompletedProcess[str]:
    """What the command says."""
    return subprocess.run(
        [sys.executable, "-m", "web.cli", "verify", *words],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


async def test_B47_the_command_proves_the_receipt_of_an_automatic_bid(contest: Floor, tmp_path: Path) -> None:
    log, file = tmp_path / "log.json", tmp_path / "receipt.json"
    log.write_bytes(msgspec.json.encode(await contest.log()))
    file.write_bytes(msgspec.json.encode((await files(contest, 2))[6]))
    answer = told("receipt", str(file), "--public-key", key().hex(), "--log", str(log))
    assert (answer.returncode, answer.stderr) == (0, "")
    assert "by ceiling #4" in answer.stdout
    assert "fits the commitment to the ceiling made before" in answer.stdout
    assert "凭证真实 · This receipt is genuine." in answer.stdout


async def sale_verified(log: Path, *ceilings: Path) -> int:
    """How `disposal verify LOG.json --ceiling RECEIPT.json …` ends."""
    options = ("public_key", "verifier_key", "checkpoint", "consistency", "time_stamp_roots")
    wanted = Namespace(file=log, ceiling=list(ceilings), **dict.fromkeys(options))
    return await verify_sale(wanted, get_settings())


async def test_B40_with_the_receipt_of_a_ceiling_the_command_finds_where_it_was_left_silent(
    contest: Floor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The log by itself cannot tell that a ceiling did not answer; its bidder can."""
    log, file, other = (tmp_path / name for name in ("log.json", "ceiling.json", "bid.json"))
    of_second = await files(contest, 1)
    file.write_bytes(msgspec.json.encode(of_second[2]))
    other.write_bytes(msgspec.json.encode(of_second[3]))
    true = await contest.log()
    log.write_bytes(msgspec.json.encode(true))
    assert await sale_verified(log, file) == 0
    assert await sale_verified(log, other) == 2, "it opens nothing"
    first, ordered = true.entries[:2]
    rival = msgspec.structs.replace(first, code="J0003", amount_fen=price(1), decided_at=ordered.decided_at)
    third = msgspec.structs.replace(rival, code=first.code, amount_fen=price(2))
    silent = forged_log(true, [first, ordered, rival, third])
    log.write_bytes(msgspec.json.encode(silent))
    assert await sale_verified(log) == 0
    assert await sale_verified(log, file) == 1
    assert "allowed a bid and made none" in capsys.readouterr().out
