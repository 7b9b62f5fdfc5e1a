"""Ceilings against the public log: each row opens, is what was committed to, and stands or ended as the log says (B-40, B-47).

A ceiling that somebody touched would bid too little, too much or not at all, and only its bidder knows the amount; so the service
itself holds every one against its commitment. Findings name the record of the log, never the bidder or an amount.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from sqlalchemy import text

from auction.bidding.ceiling_proof import SECRET_BYTES, matches
from auction.bidding.ceiling_rules import MOST_STEPS, StandingCeiling, can_answer, steps_to
from auction.bidding.ceiling_seal import CeilingSeal, SealedLimit
from auction.bidding.rules import BiddingState, Procedure
from auction.ceilings.lot_desk import ceiling_seal
from auction.ceilings.models import CeilingState
from auction.transparency.check_tree import Finding
from auction.transparency.models import FaultKind
from core.database import Work

MOST_AT_ONCE = 400
"""So many ceilings of live lots are opened each minute, others the next: each takes up to `MOST_STEPS` hashes."""

_ENDED_BY = {"ceiling_set": CeilingState.REPLACED, "ceiling_withdrawn": CeilingState.WITHDRAWN}

_LIVE_LOTS = (
    "SELECT lot_id FROM lot_bidding WHERE ceiling_bids_allowed AND phase IN ('waiting', 'open', 'paused')"
)

_COUNTS = """
SELECT bidding.lot_id,
       bidding.ceilings IS DISTINCT FROM (
           SELECT count(*) FROM ceiling WHERE ceiling.lot_id = bidding.lot_id AND ceiling.state = 'standing'
       ) AS is_miscounted,
       EXISTS (
           SELECT FROM ceiling LEFT JOIN bid AS made
                    ON made.lot_id = ceiling.lot_id AND made.seq = ceiling.seq AND made.outcome = 'ceiling_set'
            WHERE ceiling.lot_id = bidding.lot_id AND made.seq IS NULL
       ) AS has_unrecorded
  FROM lot_bidding AS bidding WHERE bidding.lot_id = ANY(CAST(:lots AS uuid[]))
"""

_CEILINGS = """
SELECT made.lot_id, made.seq, made.ceiling_proof AS committed, made.registration_id AS set_by,
       ceiling.seq IS NULL AS is_gone, ceiling.registration_id, ceiling.code, ceiling.limit_sealed, ceiling.state,
       ceiling.used_seq, ended.outcome AS ended_by, coalesce(used.seq, 0) AS used,
       entry.code AS code_now, entry.priority_order,
       bidding.starting_price_fen, bidding.increment_fen, bidding.starts_at, bidding.ends_at, bidding.current_price_fen,
       bidding.leader_registration_id, bidding.leader_priority
  FROM bid AS made
  JOIN lot_bidding AS bidding ON bidding.lot_id = made.lot_id
  LEFT JOIN ceiling ON ceiling.lot_id = made.lot_id AND ceiling.seq = made.seq
  LEFT JOIN registration AS entry ON entry.id = ceiling.registration_id
  LEFT JOIN LATERAL (
       SELECT outcome FROM bid WHERE bid.lot_id = made.lot_id AND bid.ceiling = made.seq
          AND bid.outcome IN ('ceiling_set', 'ceiling_withdrawn') ORDER BY bid.seq LIMIT 1
       ) AS ended ON true
  LEFT JOIN LATERAL (
       SELECT max(bid.seq) AS seq FROM bid WHERE bid.lot_id = made.lot_id AND bid.ceiling = made.seq
          AND bid.outcome = 'accepted'
       ) AS used ON true
 WHERE made.lot_id = ANY(CAST(:lots AS uuid[])) AND made.outcome = 'ceiling_set'
 ORDER BY random() LIMIT :most
"""
"""One statement, so one state: whatever is set, used or withdrawn meanwhile is seen wholly or not at all."""


async def check_live_ceilings(work: Work, *, most: int | None = MOST_AT_ONCE) -> list[Finding]:
    """The ceilings of all lots that are not over; of very many a part, drawn anew each time."""
    lots = [UUID(int=lot.int) for lot in (await work.session.execute(text(_LIVE_LOTS))).scalars()]
    return await check_ceilings(work, lots, most=most) if lots else []


async def check_ceilings(work: Work, lot_ids: Sequence[UUID], *, most: int | None = None) -> list[Finding]:
    """The ceilings of these lots, at most so many."""
    findings = []
    for row in await work.session.execute(text(_COUNTS), {"lots": list(lot_ids)}):
        if row.is_miscounted:
            findings.append(_finding(row.lot_id, "the bidding row counts other ceilings than stand"))
        if row.has_unrecorded:
            findings.append(_finding(row.lot_id, "there is a ceiling that the log does not hold"))
    seal = ceiling_seal()
    for row in await work.session.execute(text(_CEILINGS), {"lots": list(lot_ids), "most": most}):
        problem = _problem(row, seal)
        if problem is not None:
            findings.append(_finding(row.lot_id, f"ceiling {row.seq}: {problem}"))
    return findings


def _problem(row: Any, seal: CeilingSeal) -> str | None:
    """What is wrong with one ceiling."""
    if row.is_gone:
        return "its row is gone"
    if row.registration_id != row.set_by:
        return "it is another entry's than set it"
    lot_id, entry_id = UUID(int=row.lot_id.int), UUID(int=row.registration_id.int)
    try:
        limit = seal.open(bytes(row.limit_sealed), lot_id, entry_id, row.seq)
    except (InvalidTag, ValueError):
        return "what is sealed was changed or moved"
    law = Procedure(row.starting_price_fen, row.increment_fen)
    if not _is_committed(law, limit, bytes(row.committed or b""), lot_id, row.code):
        return "it is not what the log commits to"
    if row.used_seq != row.used:
        return "its newest bid is not the one of the log"
    return _state_problem(
        row, law, StandingCeiling(row.seq, entry_id, row.code, limit.limit_fen, row.priority_order)
    )


def _is_committed(law: Procedure, limit: SealedLimit, committed: bytes, lot_id: UUID, code: str) -> bool:
    steps = steps_to(law, limit.limit_fen)
    if steps is None or steps > MOST_STEPS or len(limit.secret) != SECRET_BYTES:
        return False
    return matches(committed, lot_id, code, limit.secret, steps)


def _state_problem(row: Any, law: Procedure, ceiling: StandingCeiling) -> str | None:
    expected = _ENDED_BY.get(row.ended_by)
    if expected is not None:
        return None if row.state == expected else "the log ended it, its row does not say so"
    if row.state in (CeilingState.REPLACED, CeilingState.WITHDRAWN):
        return "it was ended without a record in the log"
    state = BiddingState(
        row.starts_at,
        row.ends_at,
        price_fen=row.current_price_fen,
        leader=row.leader_registration_id,
        leader_priority=row.leader_priority,
    )
    # Under another code it has no force, so its entry's priority of today says nothing of it.
    if row.state == CeilingState.EXHAUSTED and row.code_now == row.code and can_answer(law, state, ceiling):
        return "it is said to be used up and is not"
    return None


def _finding(lot_id: UUID, detail: str) -> Finding:
    return Finding(FaultKind.CEILING_CHANGED, f"lot:{lot_id}", detail, UUID(int=lot_id.int))
