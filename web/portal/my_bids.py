"""A bidder's own bids for one lot: what came of each, and of a late one every number."""

from dataclasses import dataclass, replace
from typing import Any

import msgspec
from litestar import Response, get

from auction.bidding.models import CEILING_ACTS, Bid, BidOutcome
from auction.bidding.own_bids import own_bids
from auction.bidding.receipt_file import ReceiptFile
from auction.bidding.receipts import OUTCOME_RULES, OUTCOME_WORDS, lateness
from auction.ceilings.own_receipt import own_receipt_file
from auction.listing.queries import lot_by_number
from auction.registration.register import own_registration
from auction.service_faults.models import ServiceSample
from auction.service_faults.queries import sample_at
from core.database import Database
from core.errors import NotFound
from core.i18n import Message, msg
from web.access.guards import require_login
from web.access.visitor import AnyRequest, Visitor
from web.portal.standing import standing_of
from web.portal.words import STAY_WORDS
from web.rendering import page

EXPLAINED = 20
"""So many late bids are shown with the clock as it was then."""


@dataclass(frozen=True, slots=True)
class OwnBid:
    """One bid with its outcome in words; `numbers` and `clock` for a late one."""

    bid: Bid
    words: Message
    rule: str
    numbers: Message | None = None
    clock: ServiceSample | None = None

    @property
    def is_act(self) -> bool:
        """Whether this is no bid but a record about a ceiling."""
        return self.bid.outcome in CEILING_ACTS

    @property
    def is_automatic(self) -> bool:
        """Whether the system made this bid by the person's ceiling."""
        return self.bid.ceiling is not None and not self.is_act


def told(bid: Bid) -> OwnBid:
    """A record of the log in words; of a late bid with its numbers (B-41)."""
    outcome = BidOutcome(bid.outcome)
    is_late = outcome is BidOutcome.LATE and bid.decided_at >= bid.ends_at
    numbers = lateness(bid.received_at, bid.decided_at, bid.ends_at) if is_late else None
    return OwnBid(bid, OUTCOME_WORDS[outcome], OUTCOME_RULES[outcome], numbers)


@get("/my/lots/{lot_no:str}/bids", include_in_schema=False)
async def my_bids(request: AnyRequest, database: Database, visitor: Visitor, lot_no: str) -> Response[Any]:
    """The person's own bids for a lot. Without an entry of one's own there is nothing to see (P-01)."""
    actor = require_login(visitor)
    async with database.read(actor) as work:
        lot = await lot_by_number(work, lot_no)
        entry = None if lot is None else await own_registration(work, lot.id)
        if lot is None or entry is None:
            raise NotFound(msg("您没有报名这个标的。"))
        shown = []
        explained = 0
        for bid in await own_bids(work, lot.id):
            own = told(bid)
            if own.numbers is not None and explained < EXPLAINED:
                explained += 1
                own = replace(own, clock=await sample_at(work, bid.decided_at))
            shown.append(own)
        standing = await standing_of(work, lot)
        return page(
            request,
            "my/bids.html",
            lot=lot,
            code=entry.code,
            bids=shown,
            public_key=request.app.state.desk.key.public_bytes.hex(),
            server_time=work.now,
            **standing,
            **STAY_WORDS,
        )


@get("/my/lots/{lot_no:str}/bids/{seq:int}/receipt.json", include_in_schema=False)
async def my_receipt(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str, seq: int
) -> Response[bytes]:
    """The receipt of a bid or ceiling of one's own, to be saved: `disposal verify receipt FILE.json` proves it."""
    actor = require_login(visitor)
    async with database.read(actor) as work:
        file = await own_receipt_file(work, lot_no, seq)
    return receipt_download(file)


def receipt_download(file: ReceiptFile) -> Response[bytes]:
    """A receipt to be saved."""
    return Response(
        msgspec.json.format(msgspec.json.encode(file), indent=2),
        media_type="application/json",
        headers={
            "content-disposition": f'attachment; filename="receipt-{file.lot_no}-{file.seq}.json"',
            "cache-control": "private, no-store",
        },
    )


route_handlers = [my_bids, my_receipt]
