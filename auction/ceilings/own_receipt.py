"""The receipt of one's own bid or ceiling as a file; that of a ceiling holds what its commitment was made of (B-47)."""

from msgspec.structs import replace

from auction.bidding.models import BidOutcome
from auction.bidding.receipt_file import FiledOpening, ReceiptFile, own_receipt, terms_of
from auction.ceilings.lot_desk import ceiling_seal
from auction.ceilings.models import Ceiling
from core.database import Work


async def own_receipt_file(work: Work, lot_no: str, seq: int) -> ReceiptFile:
    """The receipt of the actor's own record `seq` of the log. Where it set a ceiling, amount and secret come with it: with them
    anybody can see what was committed to, so the file is the bidder's alone. Raises `NotFound` for anybody else's (P-01)."""
    return await with_opening(work, await own_receipt(work, lot_no, seq))


async def with_opening(work: Work, file: ReceiptFile) -> ReceiptFile:
    """A receipt of the reader's own, with what was committed to where it set a ceiling."""
    if file.outcome is not BidOutcome.CEILING_SET:
        return file
    row = await work.session.get_one(Ceiling, (file.lot_id, file.seq))
    limit = ceiling_seal().open(row.limit_sealed, row.lot_id, row.registration_id, row.seq)
    return replace(
        file,
        opening=FiledOpening(row.code, limit.limit_fen, limit.secret.hex()),
        terms=await terms_of(work, file.lot_id),
    )
