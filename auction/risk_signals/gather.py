"""The facts of an ended lot, as the rules need them. Identities stay sealed: persons are compared by keyed hashes."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from auction.bidding.models import Bid, BidOutcome
from auction.listing.models import Lot, LotState
from auction.registration.models import Registration
from auction.risk_signals.facts import DEBTOR, DEBTOR_PHONE, Elsewhere, Entrant, LotFacts, Raise, Together
from auction.risk_signals.models import RiskTrace, TraceKind
from auction.risk_signals.traces import mark_of, open_mark
from core.database import Work
from core.legal_settings import legal

PAIR_MEMORY = timedelta(days=365)
SIMILAR_MEMORY = timedelta(days=365)
MOST_SIMILAR = 500
MOST_PAIRED = 40
"""In a lot with more entries than this, pairs are looked for among those who bid most."""


async def gather_facts(work: Work, lot: Lot) -> LotFacts:
    """Everything the rules look at. The lot has ended: its traces are opened here (P-01)."""
    registrations = list(
        await work.session.exec(
            select(Registration).where(Registration.lot_id == lot.id).order_by(col(Registration.created_at))
        )
    )
    marks = await _opened_marks(work, lot.id)
    bids = list(
        await work.session.exec(
            select(Bid).where(Bid.lot_id == lot.id, Bid.outcome == BidOutcome.ACCEPTED).order_by(col(Bid.seq))
        )
    )
    counts = Counter(bid.registration_id for bid in bids)
    defaults = await _defaults_before(work, lot, registrations)
    withdrawn = await _paid_and_withdrew(work, lot)
    kinship = {mark_of(TraceKind.PARTY, word): word for word in (DEBTOR, DEBTOR_PHONE)}
    entrants = [
        Entrant(
            registration_id=entry.id,
            code=entry.code or "",
            person=entry.identity_match,
            marks={
                kind: frozenset(found)
                for kind, found in marks[entry.id].items()
                if kind is not TraceKind.PARTY
            },
            party=frozenset(
                kinship[mark] for mark in marks[entry.id].get(TraceKind.PARTY, ()) if mark in kinship
            ),
            bids=counts[entry.id],
            is_winner=entry.id == lot.winning_registration_id,
            defaults_before=defaults.get(entry.identity_match, 0),
            withdrew_hours_before=withdrawn.get(entry.id),
        )
        for entry in registrations
    ]
    return LotFacts(
        increment_fen=lot.increment_fen,
        reference_fen=lot.reference_price_fen,
        final_fen=lot.final_price_fen,
        entrants=entrants,
        raises=_raises(bids),
        paid_by_rival=await _paid_by_rival(work, lot.id),
        together=await _together(work, lot, entrants),
        elsewhere=await _elsewhere(work, lot.id),
        similar_percents=await _similar_percents(work, lot),
    )


async def _opened_marks(work: Work, lot_id: UUID) -> dict[UUID, dict[TraceKind, set[bytes]]]:
    """The marks of the lot's entries, by entry and kind; sealed ones are opened and kept in the open from now on.

    Money counts when it was sent as a deposit: balances come from lenders too, who pay for many.
    """
    owners = await work.session.execute(
        text(
            """
            SELECT trace.id, entry.id FROM registration AS entry
              JOIN risk_trace AS trace ON trace.registration_id = entry.id
             WHERE entry.lot_id = :lot
            UNION ALL
            SELECT trace.id, entry.id FROM registration AS entry
              JOIN bank_line AS line ON line.virtual_account_no = entry.virtual_account_no
              JOIN risk_trace AS trace ON trace.bank_line_id = line.id
             WHERE entry.lot_id = :lot
            """
        ),
        {"lot": lot_id},
    )
    owner_of: dict[UUID, UUID] = {row[0]: row[1] for row in owners}
    marks: dict[UUID, dict[TraceKind, set[bytes]]] = defaultdict(lambda: defaultdict(set))
    for trace in await work.session.exec(select(RiskTrace).where(col(RiskTrace.id).in_(owner_of))):
        if trace.mark is None:
            trace.mark = open_mark(trace)
        marks[owner_of[trace.id]][TraceKind(trace.kind)].add(trace.mark)
    await work.session.flush()
    return marks


def _raises(bids: Sequence[Bid]) -> list[Raise]:
    raises = []
    price: int | None = None
    for bid in bids:
        # What the system bids by ceilings is the rule's step, however wide: nobody chose that jump.
        if bid.ceiling is None:
            raises.append(Raise(bid.seq, bid.registration_id, price, bid.amount_fen))
        price = bid.amount_fen
    return raises


async def _defaults_before(work: Work, lot: Lot, entries: Sequence[Registration]) -> dict[bytes, int]:
    """How often each person of the lot has defaulted in other lots within the years that count."""
    since = (lot.ended_at or work.now) - timedelta(days=365 * legal().risk_default_years)
    rows = await work.session.exec(
        select(Registration.identity_match)
        .join(Lot, col(Lot.winning_registration_id) == col(Registration.id))
        .where(
            Lot.state == LotState.DEFAULTED,
            Lot.id != lot.id,
            col(Lot.ended_at) >= since,
            col(Registration.identity_match).in_({entry.identity_match for entry in entries}),
        )
    )
    return dict(Counter(rows.all()))


async def _paid_and_withdrew(work: Work, lot: Lot) -> dict[UUID, int]:
    """Entries that had qualified and were withdrawn: how many whole hours before bidding began."""
    rows = await work.session.execute(
        text(
            """
            SELECT entry.id, max(event.recorded_at)
              FROM audit_event AS event JOIN registration AS entry ON entry.id = CAST(event.details->>'registration' AS uuid)
             WHERE event.lot_id = :lot AND event.event = 'registration.withdrawn'
               AND entry.state = 'withdrawn' AND entry.qualified_at IS NOT NULL
             GROUP BY entry.id
            """
        ),
        {"lot": lot.id},
    )
    if lot.starts_at is None:
        return {}
    return {entry: int((lot.starts_at - at).total_seconds() // 3600) for entry, at in rows}


async def _paid_by_rival(work: Work, lot_id: UUID) -> list[tuple[UUID, UUID]]:
    """(entry that was paid for, entry of the payer): the payer's name is the name behind another entry of the lot.

    Deposits from another name were not booked and stand as unmatched lines; a balance may be paid by anybody.
    """
    rows = await work.session.execute(
        text(
            """
            WITH expected AS (
                SELECT id AS entry_id, name_match, virtual_account_no FROM registration WHERE lot_id = :lot
                UNION ALL
                SELECT entry.id, entry.name_match, settlement.virtual_account_no
                  FROM settlement JOIN registration AS entry ON entry.id = settlement.registration_id
                 WHERE settlement.lot_id = :lot
            )
            SELECT DISTINCT expected.entry_id, rival.id
              FROM expected
              JOIN bank_line AS line ON line.virtual_account_no = expected.virtual_account_no
              JOIN registration AS rival ON rival.lot_id = :lot AND rival.name_match = line.payer_match
             WHERE rival.name_match <> expected.name_match
            """
        ),
        {"lot": lot_id},
    )
    return [(paid_for, payer) for paid_for, payer in rows]


async def _together(work: Work, lot: Lot, entrants: Sequence[Entrant]) -> list[Together]:
    """In how many ended lots each pair of the lot's persons met, within a year."""
    busiest = sorted(entrants, key=lambda entrant: -entrant.bids)[:MOST_PAIRED]
    persons = sorted({entrant.person for entrant in busiest})
    if len(persons) < 2:
        return []
    rows = await work.session.execute(
        text(
            """
            WITH seen AS (
                SELECT DISTINCT entry.identity_match AS person, entry.lot_id
                  FROM registration AS entry JOIN lot ON lot.id = entry.lot_id
                 WHERE entry.identity_match = ANY(CAST(:persons AS bytea[]))
                   AND lot.ended_at >= :since AND lot.ended_at <= :now
            ), counted AS (SELECT person, count(*) AS lots FROM seen GROUP BY person)
            SELECT one.person, two.person, count(*), min(first.lots), min(second.lots)
              FROM seen AS one JOIN seen AS two ON two.lot_id = one.lot_id AND one.person < two.person
              JOIN counted AS first ON first.person = one.person
              JOIN counted AS second ON second.person = two.person
             GROUP BY one.person, two.person HAVING count(*) > 1
            """
        ),
        {"persons": persons, "since": (lot.ended_at or work.now) - PAIR_MEMORY, "now": work.now},
    )
    return [Together(*row) for row in rows]


async def _elsewhere(work: Work, lot_id: UUID) -> list[Elsewhere]:
    """Traces of the lot's entries that other persons left in other lots that have ended (only their marks are open)."""
    rows = await work.session.execute(
        text(
            """
            WITH opened AS (
                SELECT trace.kind, trace.mark, trace.registration_id, trace.bank_line_id FROM risk_trace AS trace
                 WHERE trace.mark IS NOT NULL AND trace.kind IN ('device', 'funding')
            ), own AS (
                SELECT opened.kind, opened.mark, entry.id, entry.identity_match
                  FROM registration AS entry
                  LEFT JOIN bank_line AS line ON line.virtual_account_no = entry.virtual_account_no
                  JOIN opened ON opened.registration_id = entry.id OR opened.bank_line_id = line.id
                 WHERE entry.lot_id = :lot
            )
            SELECT own.id, own.kind, count(DISTINCT other.identity_match), count(DISTINCT other.lot_id)
              FROM own JOIN opened ON opened.kind = own.kind AND opened.mark = own.mark
              LEFT JOIN bank_line AS line ON line.id = opened.bank_line_id
              JOIN registration AS other
                ON other.id = opened.registration_id OR other.virtual_account_no = line.virtual_account_no
             WHERE other.lot_id <> :lot AND other.identity_match <> own.identity_match
             GROUP BY own.id, own.kind
            """
        ),
        {"lot": lot_id},
    )
    return [Elsewhere(entry, TraceKind(kind), persons, lots) for entry, kind, persons, lots in rows]


async def _similar_percents(work: Work, lot: Lot) -> list[int]:
    """Final over reference price, in percent, of the newest sales of the same kind of asset."""
    rows = await work.session.exec(
        select(Lot.final_price_fen, Lot.reference_price_fen)
        .where(
            Lot.state == LotState.SOLD,
            Lot.asset_kind == lot.asset_kind,
            Lot.id != lot.id,
            col(Lot.reference_price_fen) > 0,
            col(Lot.ended_at) >= (lot.ended_at or work.now) - SIMILAR_MEMORY,
        )
        .order_by(col(Lot.ended_at).desc())
        .limit(MOST_SIMILAR)
    )
    return [final * 100 // reference for final, reference in rows.all() if final and reference]
