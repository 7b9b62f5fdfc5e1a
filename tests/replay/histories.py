"""Real bid histories as requests for the fold. They lie outside the repository; without them the replay is skipped."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from itertools import groupby
from math import gcd
from pathlib import Path

import pytest

from auction.bidding.rules import BiddingState, BidRequest, Procedure, code_identity
from core.clock import COURT_ZONE
from core.settings import PROJECT_ROOT

DATA = PROJECT_ROOT.parent / "shared" / "data"

needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="the real histories are not on this machine: ../shared/data is absent"
)


@dataclass(frozen=True, slots=True)
class History:
    """One sale: its bids in order, the procedure as far as known, and when it should have ended by plan."""

    name: str
    procedure: Procedure
    start: BiddingState
    bids: list[BidRequest]


def _fen(amount: str) -> int:
    return int(Decimal(amount) * 100)


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _procedure(amounts: list[int], *, overtime_s: int, extension_from: str) -> Procedure:
    """Starting price and increment are not given: the first bid, and the largest step that fits every bid."""
    step = gcd(*(amount - amounts[0] for amount in amounts)) or 1
    return Procedure(
        starting_price_fen=min(amounts),
        increment_fen=step,
        window_s=overtime_s,
        extension_s=overtime_s,
        extension_from=extension_from,
        may_outbid_self=True,
    )


def court_sales() -> Iterator[History]:
    """Three court auctions of May 2026: 24 hours to 10:00, five minutes (B-41); a leader raised over himself (B-46)."""
    rows = _rows(DATA / "cn_bid_histories_2026" / "bids.csv")
    for lot, group in groupby(rows, key=lambda row: row["lot"]):
        bids = [
            BidRequest(
                code_identity(row["bidder_code"]),
                row["bidder_code"],
                _fen(row["amount_cny"]),
                datetime.fromisoformat(row["bid_time"]),
            )
            for row in group
        ]
        closing = datetime.combine(bids[-1].at.astimezone(COURT_ZONE).date(), time(10), COURT_ZONE)
        procedure = _procedure([b.amount_fen for b in bids], overtime_s=300, extension_from="bid")
        yield History(lot, procedure, BiddingState(closing - timedelta(days=1), closing), bids)


def art_sales(extension_from: str) -> Iterator[History]:
    """Art auctions with overtime; several bids may share a second, the file's order counts."""
    rows = _rows(DATA / "bid_histories_art" / "bids.csv")
    for (house, sale, item), group in groupby(
        rows, key=lambda row: (row["auction_house_id"], row["auction_id"], row["item_id"])
    ):
        lines = list(group)
        bids = [
            BidRequest(
                code_identity(row["bidder_id"]),
                row["bidder_id"],
                _fen(row["bid_price"]),
                _local(row["bid_time"]),
            )
            for row in lines
        ]
        overtime = int(lines[0]["overtime_seconds"])
        procedure = _procedure(
            [b.amount_fen for b in bids], overtime_s=overtime, extension_from=extension_from
        )
        start = BiddingState(
            min(b.at for b in bids) - timedelta(days=1), _local(lines[0]["scheduled_closing_time"])
        )
        yield History(f"{house}-{sale}-{item}", procedure, start, bids)


def _local(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=COURT_ZONE)
