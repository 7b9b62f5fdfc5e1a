"""A lot's leaves against its rows: the bids up to each published head, and at the end the whole sale (B-40 to B-49).

A leaf states a part of the log that can never change any more, so a lot that is being bid for gives no false alarm.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlmodel import select

from auction.bidding.batch import NO_CODE
from auction.bidding.log import GENESIS_HASH, LogHead, SaleOutcome
from auction.bidding.models import Bid
from auction.bidding.published_log import CHUNK, entry_of, head_as_of, log_chunks
from auction.bidding.verify_log import ChainCheck, LogCheck, LogFault, Replay
from auction.listing.models import LotBidding, LotState
from auction.registration.check_codes import exchanged_codes
from auction.settlement.queries import settled_price
from auction.transparency.check_ceilings import check_ceilings
from auction.transparency.check_tree import Finding
from auction.transparency.leaves import lot_entry, read_lot_entry
from auction.transparency.models import FaultKind, LogLeaf
from core.database import Work

STATES = {
    SaleOutcome.SOLD: frozenset({LotState.SOLD, LotState.DEFAULTED, LotState.REVOKED}),
    SaleOutcome.FAILED: frozenset({LotState.FAILED, LotState.SELLOFF_FAILED}),
    SaleOutcome.WITHDRAWN: frozenset({LotState.WITHDRAWN}),
}
"""The states in which a lot may be after this outcome: a default or revocation comes later and undoes no bid."""

KINDS = {
    LogCheck.CHAIN: FaultKind.BID_CHANGED,
    LogCheck.DECISIONS: FaultKind.DECISION_DIFFERS,
    LogCheck.EXTENSION: FaultKind.DECISION_DIFFERS,
    LogCheck.CEILINGS: FaultKind.DECISION_DIFFERS,
    LogCheck.RESULT: FaultKind.RESULT_DIFFERS,
}


@dataclass(frozen=True, slots=True)
class _Piece:
    """The part of a lot's log between two of its leaves: what `leaf` states, and the chain from the leaf before it."""

    leaf: LogLeaf
    chain: ChainCheck
    terms_before: tuple[object, ...] | None


async def check_heads(work: Work, leaves: Sequence[LogLeaf]) -> list[Finding]:
    """The bids between each of these leaves and the lot's leaf before, and that the terms have stayed the same."""
    pieces = await _pieces(work, leaves)
    await _follow_links(work, pieces)
    findings: list[Finding] = []
    for leaf, chain, terms_before in ((piece.leaf, piece.chain, piece.terms_before) for piece in pieces):
        said = read_lot_entry(leaf.entry)
        if said is not None and terms_before not in (None, said.terms):
            findings.append(
                _finding(leaf, FaultKind.TERMS_CHANGED, "the terms are not those published before")
            )
        if chain.faults:
            findings.append(_of_fault(leaf, chain.faults[0]))
        elif chain.seq != leaf.seq:
            findings.append(
                _finding(
                    leaf, FaultKind.BIDS_MISSING, f"{leaf.seq} bids were published, {chain.seq} are there"
                )
            )
        elif chain.head != leaf.head_hash:
            findings.append(_finding(leaf, FaultKind.BID_CHANGED, f"bid {leaf.seq} is not the published one"))
    return findings


async def _pieces(work: Work, leaves: Sequence[LogLeaf]) -> list[_Piece]:
    rows = await work.session.execute(
        text(
            """
            SELECT this.leaf_index, before.seq, before.head_hash, before.entry
              FROM unnest(CAST(:indexes AS bigint[]), CAST(:lots AS uuid[])) AS this(leaf_index, lot_id)
              JOIN LATERAL (
                   SELECT seq, head_hash, entry FROM log_leaf
                    WHERE lot_id = this.lot_id AND leaf_index < this.leaf_index ORDER BY leaf_index DESC LIMIT 1
                   ) AS before ON true
            """
        ),
        {"indexes": [leaf.leaf_index for leaf in leaves], "lots": [leaf.lot_id for leaf in leaves]},
    )
    before = {row.leaf_index: row for row in rows}
    pieces = []
    for leaf in leaves:
        assert leaf.lot_id is not None
        last = before.get(leaf.leaf_index)
        if last is None:
            pieces.append(_Piece(leaf, ChainCheck(leaf.lot_id), None))
            continue
        said = read_lot_entry(last.entry)
        chain = ChainCheck(leaf.lot_id, seq=last.seq, head=bytes(last.head_hash))
        pieces.append(_Piece(leaf, chain, said.terms if said else None))
    return pieces


async def _follow_links(work: Work, pieces: Sequence[_Piece]) -> None:
    """Feed each chain the bids of its piece, all in one read."""
    grown = [piece for piece in pieces if piece.chain.seq != piece.leaf.seq]
    if not grown:
        return
    of_lot: dict[UUID, list[_Piece]] = {}
    for piece in grown:
        of_lot.setdefault(piece.chain.lot_id, []).append(piece)
    bids = text(
        """
        SELECT bid.* FROM unnest(CAST(:lots AS uuid[]), CAST(:after AS int[]), CAST(:until AS int[]))
            AS piece(lot_id, after_seq, until_seq)
        JOIN bid ON bid.lot_id = piece.lot_id AND bid.seq > piece.after_seq AND bid.seq <= piece.until_seq
        ORDER BY bid.lot_id, bid.seq
        """
    ).bindparams(
        lots=[piece.chain.lot_id for piece in grown],
        after=[piece.chain.seq for piece in grown],
        until=[piece.leaf.seq for piece in grown],
    )
    query = select(Bid).from_statement(bids).execution_options(yield_per=CHUNK, populate_existing=True)
    async for bid in await work.session.stream_scalars(query):
        piece = next(each for each in of_lot[bid.lot_id] if bid.seq <= (each.leaf.seq or 0))
        piece.chain.feed([entry_of(bid)])


# --- the whole sale -----------------------------------------------------------------------------------------------


async def check_closing(work: Work, leaf: LogLeaf) -> list[Finding]:
    """An ended lot: every link, every decision, the result, and that every row which holds it says the same."""
    assert leaf.lot_id is not None
    assert leaf.seq is not None
    assert leaf.head_hash is not None
    assert leaf.audit_seq is not None
    head = await head_as_of(
        work, leaf.lot_id, count=leaf.seq, head_hash=leaf.head_hash, audit_seq=leaf.audit_seq, closed=True
    )
    if head is None:
        return [_finding(leaf, FaultKind.STANDING_DIFFERS, "the lot or its bidding row is gone")]
    if head.closing is None:
        return [_finding(leaf, FaultKind.RESULT_DIFFERS, "the lot is published as ended and is not")]
    chain, replay = (
        ChainCheck(leaf.lot_id),
        Replay(leaf.lot_id, head.procedure, head.end_moves, head.closed_at),
    )
    async for chunk in log_chunks(work, leaf.lot_id, until=leaf.seq):
        chain.feed(chunk)
        replay.feed(chunk)
    faults = chain.faults + replay.finish(head.closing)
    findings = [_of_fault(leaf, fault) for fault in _first_of_each(faults)]
    if chain.seq != leaf.seq:
        findings.append(
            _finding(leaf, FaultKind.BIDS_MISSING, f"{leaf.seq} bids were published, {chain.seq} are there")
        )
    if lot_entry(head) != leaf.entry:
        kind, detail = _what_differs(head, leaf)
        findings.append(_finding(leaf, kind, detail))
    if head.procedure.ceiling_bids_allowed:
        findings += await check_ceilings(work, [leaf.lot_id])
    return findings + await _check_rows(work, leaf, head, replay)


def _what_differs(head: LogHead, leaf: LogLeaf) -> tuple[FaultKind, str]:
    said, now = read_lot_entry(leaf.entry), read_lot_entry(lot_entry(head))
    if said is None or now is None or said.terms != now.terms:
        return FaultKind.TERMS_CHANGED, "the terms of the sale are not the published ones"
    return FaultKind.RESULT_DIFFERS, "times, result or number of the lot are not the published ones"


def _first_of_each(faults: Sequence[LogFault]) -> list[LogFault]:
    """The first fault of each kind: what follows is mostly its consequence."""
    first: dict[FaultKind, LogFault] = {}
    for fault in faults:
        first.setdefault(KINDS.get(fault.check, FaultKind.BID_CHANGED), fault)
    return list(first.values())


async def _check_rows(work: Work, leaf: LogLeaf, head: LogHead, replay: Replay) -> list[Finding]:
    """The lot's state, its bidding row, its settlement and the registrations behind the codes."""
    assert leaf.lot_id is not None
    assert head.closing is not None
    findings = []
    bidding = await work.session.get_one(LotBidding, leaf.lot_id, populate_existing=True)
    state = replay.state
    kept = (bidding.last_seq, bytes(bidding.head_hash), bidding.current_price_fen, bidding.leader_code)
    if kept != (leaf.seq, leaf.head_hash, state.price_fen, state.leader_code) or (
        (bidding.leader_priority, bidding.accepted_count, bidding.extension_count)
        != (state.leader_priority, state.accepted_count, state.extension_count)
    ):
        findings.append(
            _finding(leaf, FaultKind.STANDING_DIFFERS, "the bidding row does not say what the bids say")
        )
    row = (await work.session.execute(text(_ROWS), {"lot": leaf.lot_id, "no_code": NO_CODE})).one()
    if LotState(row.state) not in STATES[head.closing.outcome]:
        findings.append(
            _finding(
                leaf, FaultKind.RESULT_DIFFERS, f"state {row.state} after outcome {head.closing.outcome}"
            )
        )
    if row.has_other_terms:
        findings.append(
            _finding(leaf, FaultKind.TERMS_CHANGED, "the lot and its bidding row have different terms")
        )
    if row.beyond:
        findings.append(
            _finding(leaf, FaultKind.BID_CHANGED, "there are bids after the published end of the log")
        )
    if row.strangers or await exchanged_codes(work, leaf.lot_id):
        findings.append(
            _finding(
                leaf, FaultKind.BIDDER_DIFFERS, "a code is not borne by the registration that it was given to"
            )
        )
    settled = await settled_price(work, leaf.lot_id)
    if settled is not None and settled != (head.closing.price_fen, head.closing.winner_code):
        findings.append(
            _finding(leaf, FaultKind.RESULT_DIFFERS, "the settlement is for another price or buyer")
        )
    return findings


_ROWS = """
SELECT lot.state,
       (lot.starting_price_fen, lot.increment_fen, lot.extension_window_s, lot.extension_s, lot.extension_from,
        lot.ceiling_bids_allowed)
       IS DISTINCT FROM (bidding.starting_price_fen, bidding.increment_fen, bidding.extension_window_s,
                         bidding.extension_s, bidding.extension_from, bidding.ceiling_bids_allowed) AS has_other_terms,
       EXISTS (SELECT FROM bid WHERE bid.lot_id = lot.id AND bid.seq > bidding.last_seq) AS beyond,
       EXISTS (
           SELECT FROM bid LEFT JOIN registration ON registration.id = bid.registration_id AND registration.lot_id = lot.id
            WHERE bid.lot_id = lot.id AND bid.code <> :no_code AND registration.code IS DISTINCT FROM bid.code
       ) AS strangers
  FROM lot JOIN lot_bidding AS bidding ON bidding.lot_id = lot.id
 WHERE lot.id = :lot
"""


def _finding(leaf: LogLeaf, kind: FaultKind, detail: str) -> Finding:
    return Finding(kind, f"lot:{leaf.lot_id}", detail, leaf.lot_id)


def _of_fault(leaf: LogLeaf, fault: LogFault) -> Finding:
    place = f"bid {fault.seq}: " if fault.seq else ""
    return _finding(leaf, KINDS.get(fault.check, FaultKind.BID_CHANGED), place + fault.reason)


# --- lots that are being bid for ----------------------------------------------------------------------------------

_LIVE = """
SELECT position.lot_id, bidding.lot_id IS NULL AS is_gone, bidding.last_seq < position.seq AS is_shorter,
       (lot.starting_price_fen, lot.increment_fen, lot.extension_window_s, lot.extension_s, lot.extension_from,
        lot.ceiling_bids_allowed)
       IS DISTINCT FROM (bidding.starting_price_fen, bidding.increment_fen, bidding.extension_window_s,
                         bidding.extension_s, bidding.extension_from, bidding.ceiling_bids_allowed) AS has_other_terms,
       bidding.head_hash <> coalesce(newest.hash, CASE WHEN bidding.last_seq = 0 THEN CAST(:genesis AS bytea) END, ''::bytea)
       OR EXISTS (SELECT FROM bid WHERE bid.lot_id = bidding.lot_id AND bid.seq > bidding.last_seq)
       OR (bidding.current_price_fen, bidding.leader_code, bidding.leader_priority, bidding.leader_registration_id)
          IS DISTINCT FROM (leader.amount_fen, leader.code, leader.priority_order, leader.registration_id) AS differs
  FROM log_position AS position
  LEFT JOIN lot_bidding AS bidding ON bidding.lot_id = position.lot_id
  LEFT JOIN lot ON lot.id = position.lot_id
  LEFT JOIN bid AS newest ON newest.lot_id = bidding.lot_id AND newest.seq = bidding.last_seq
  LEFT JOIN LATERAL (
       SELECT * FROM bid WHERE bid.lot_id = bidding.lot_id AND bid.outcome = 'accepted' ORDER BY bid.seq DESC LIMIT 1
       ) AS leader ON true
 WHERE NOT position.is_final
"""
"""One statement, so one state: whatever is bid or closed meanwhile is seen wholly or not at all. Nothing is locked."""

_UNWATCHED = """
SELECT bidding.lot_id FROM lot_bidding AS bidding LEFT JOIN log_position AS position ON position.lot_id = bidding.lot_id
 WHERE (bidding.phase = 'waiting' OR bidding.phase = 'open' OR bidding.phase = 'paused')
   AND (position.lot_id IS NULL OR position.is_final)
"""


async def check_live_rows(work: Work) -> list[Finding]:
    """The rows of all lots that are not over against their newest bids and what was published of them."""
    findings = []
    for row in await work.session.execute(
        text(f"SELECT * FROM ({_LIVE}) AS live WHERE is_gone OR is_shorter OR has_other_terms OR differs"),  # noqa: S608
        {"genesis": GENESIS_HASH},
    ):
        if row.is_gone:
            kind, detail = FaultKind.STANDING_DIFFERS, "the bidding row is gone"
        elif row.is_shorter:
            kind, detail = FaultKind.BIDS_MISSING, "more bids were published than there are"
        elif row.has_other_terms:
            kind, detail = FaultKind.TERMS_CHANGED, "the lot and its bidding row have different terms"
        else:
            kind, detail = (
                FaultKind.STANDING_DIFFERS,
                "the bidding row does not say what the newest bids say",
            )
        findings.append(Finding(kind, f"lot:{row.lot_id}", detail, UUID(int=row.lot_id.int)))
    for row in await work.session.execute(text(_UNWATCHED)):
        detail = "the public log does not watch this lot"
        findings.append(Finding(FaultKind.LOG_CUT_OFF, f"lot:{row.lot_id}", detail, UUID(int=row.lot_id.int)))
    return findings
