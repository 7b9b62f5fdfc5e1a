"""What must hold of ceilings when everything has come to rest: none is lost, invented or doubled, and each did what it could."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace
from sqlalchemy import text

from auction.bidding.log import RECEIPT_PURPOSE, CeilingOpening
from auction.bidding.published_log import public_log
from auction.bidding.verify_log import LogCheck, verify_log
from auction.transparency.check_ceilings import check_ceilings
from core.crypto import SigningKey
from core.database import Work
from core.settings import get_settings
from tests.faults.bidders import Asked, Wish
from tests.faults.lots import RunLot

OUTCOMES = {Wish.CEILING: "ceiling_set", Wish.WITHDRAWAL: "ceiling_withdrawn"}


async def ceilings_and_answers_agree(work: Work, run: RunLot, asked: Sequence[Asked]) -> list[str]:
    """Every ceiling that was answered is there, none that was refused is; each automatic bid is some ceiling's, once and within
    it; and with what their bidders hold opened, the log shows no silence where a ceiling allowed an answer (B-40, B-44)."""
    rows = (
        await work.session.execute(
            text("SELECT *, encode(hash, 'hex') AS link FROM bid WHERE lot_id = :lot ORDER BY seq"),
            {"lot": run.lot_id},
        )
    ).all()
    if not run.allows_ceilings:
        return [f"bid {row.seq} is about a ceiling" for row in rows if row.ceiling or row.ceiling_proof]
    by_key = {(row.registration_id, row.idempotency_key): row for row in rows}
    faults = []
    for each in asked:
        if each.wish is not Wish.BID and each.status is not None and not each.refused_oddly:
            faults += _compared(each, by_key.get((each.registration_id, each.key)))
    faults += _automatic(rows)
    faults += [finding.detail for finding in await check_ceilings(work, [run.lot_id])]
    return faults + await _silences(work, run, asked)


def _compared(asked: Asked, row: Any) -> list[str]:
    if not asked.receipt:
        return [] if row is None else [f"{asked.key} was refused ({asked.status}) and is recorded"]
    if row is None or row.outcome != OUTCOMES[asked.wish]:
        return [f"{asked.key} was answered {asked.status} and is lost: {asked.receipt}"]
    if asked.wish is Wish.WITHDRAWAL:
        return []
    told = (asked.receipt["seq"], asked.receipt["hash"], asked.receipt["commitment"])
    kept = (row.seq, row.link, row.ceiling_proof.hex())
    return [] if told == kept else [f"{asked.key} was answered {told} and is recorded as {kept}"]


def _automatic(rows: Sequence[Any]) -> list[str]:
    """Automatic bids: each by a ceiling of the same entry, under a key that nobody else could use."""
    set_by = {row.seq: row.registration_id for row in rows if row.outcome == "ceiling_set"}
    return [
        f"bid {row.seq} is nobody's: {row.idempotency_key}"
        for row in rows
        if row.idempotency_key.startswith("~")
        and (
            row.idempotency_key != f"~{row.ceiling}:{row.seq}"
            or set_by.get(row.ceiling) != row.registration_id
        )
    ]


async def _silences(work: Work, run: RunLot, asked: Sequence[Asked]) -> list[str]:
    log = await public_log(work, run.lot_no, SigningKey(get_settings().encryption_key(), RECEIPT_PURPOSE))
    openings = [
        CeilingOpening(told["seq"], told["code"], told["limit_fen"], told["secret"])
        for told in (each.receipt for each in asked if each.wish is Wish.CEILING)
        if told
    ]
    opened = verify_log(replace(log, openings=openings))
    return [f"bid {fault.seq}: {fault.reason}" for fault in opened if fault.check is LogCheck.CEILINGS]
