"""How the assets of a sandbox's robots stand, read in two queries."""

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from core.database import Work
from web.sandbox_city.script import MOST_TRIES, SCENARIOS, Deed, Standing

PREFIX = "sandbox"

_ASSETS = """
SELECT a.id AS asset_id, a.source_key, a.state AS asset_state, a.created_at AS began_at,
       l.id AS lot_id, l.lot_no, l.state, l.round, l.rerun, l.created_at AS drafted_at, l.published_at, l.starting_price_fen,
       (SELECT max(surveyed_on) FROM survey AS v WHERE v.asset_id = a.id AND v.completed_at IS NOT NULL) AS surveyed_on,
       d.decided_at, n.notified_at, coalesce(n.unreceived, 0) AS unreceived,
       CASE WHEN p.state = 'failed' THEN p.ended_at END AS failed_before_at,
       coalesce(b.starts_at, l.starts_at) AS starts_at, coalesce(b.ends_at, l.scheduled_end_at) AS ends_at,
       b.current_price_fen AS price_fen, coalesce(b.accepted_count, 0) AS accepted_count,
       b.leader_registration_id AS leader, b.paused_at AS stopped_at,
       s.state AS settlement, s.created_at AS sold_at, s.balance_due_at, s.registration_id AS buyer,
       coalesce(s.delivered_at, s.transfer_notice_sent_at, s.ruling_served_at, s.ruling_issued_at, s.paid_full_at,
                s.created_at, l.ended_at) AS stepped_at,
       (SELECT count(*) FROM registration AS r WHERE r.lot_id = l.id AND r.state <> 'withdrawn') AS entries,
       o.id AS offer_id, o.state AS offer_state, o.lot_no AS offer_lot_no, o.round AS offer_round,
       o.rerun AS offer_rerun,
       coalesce(o.served_at, o.ruled_at, o.closed_at, o.opened_at) AS offer_stepped_at,
       (SELECT max(decided_at) FROM bid WHERE bid.lot_id = l.id AND bid.outcome = 'accepted') AS last_bid_at
  FROM asset AS a
  LEFT JOIN LATERAL (
       SELECT * FROM lot WHERE lot.asset_id = a.id ORDER BY lot.created_at DESC, lot.id DESC LIMIT 1) AS l ON true
  LEFT JOIN lot AS p ON p.id = l.previous_lot_id AND l.rerun = 0
  LEFT JOIN LATERAL (
       SELECT max(created_at) AS decided_at FROM panel_decision AS x
        WHERE x.asset_id = a.id AND x.lot_id IS NOT DISTINCT FROM l.id) AS d ON true
  LEFT JOIN LATERAL (
       SELECT max(coalesce(sent_at, posted_at)) AS notified_at,
              count(*) FILTER (WHERE received_at IS NULL AND posted_at IS NULL AND NOT waived) AS unreceived
         FROM party_notification AS y WHERE y.lot_id = l.id) AS n ON true
  LEFT JOIN LATERAL (
       SELECT w.*, f.lot_no, f.round, f.rerun FROM in_kind_offer AS w JOIN lot AS f ON f.id = w.lot_id
        WHERE w.asset_id = a.id ORDER BY w.opened_at DESC, w.id DESC LIMIT 1) AS o ON true
  LEFT JOIN lot_bidding AS b ON b.lot_id = l.id
  LEFT JOIN settlement AS s ON s.lot_id = l.id
 WHERE a.source_key LIKE :prefix
   AND NOT EXISTS (SELECT FROM sandbox_act AS z WHERE z.key = concat(a.id, CAST(:replaced AS text)) AND z.done_at IS NOT NULL)
"""

_ACTS = """
SELECT subject_id, key, registration_id, tries, done_at IS NOT NULL AS is_done, retry_at
  FROM sandbox_act WHERE subject_id = ANY(:subjects)
"""


async def standings(work: Work) -> list[Standing]:
    """Every asset that robots still have to do with; read once in a transaction."""
    known: list[Standing] | None = work.notes.get("standings")
    if known is None:
        known = work.notes["standings"] = await _read(work)
    return known


async def _read(work: Work) -> list[Standing]:
    rows = (
        await work.session.execute(text(_ASSETS), {"prefix": f"{PREFIX}:%", "replaced": f":{Deed.REPLACE}"})
    ).all()
    subjects = [row.asset_id for row in rows] + [row.lot_id for row in rows if row.lot_id is not None]
    acts: dict[UUID, list[Any]] = defaultdict(list)
    for act in (await work.session.execute(text(_ACTS), {"subjects": subjects})).all():
        acts[act.subject_id].append(act)
    found = []
    for row in rows:
        _, scenario, number, generation = row.source_key.split(":")
        if scenario in SCENARIOS:
            mine = acts[row.asset_id] + acts[row.lot_id]
            found.append(_standing(row, scenario, int(number), int(generation), mine))
    return found


def source_key(scenario: str, number: int, generation: int) -> str:
    """The key by which an asset of the robots is known."""
    return f"{PREFIX}:{scenario}:{number}:{generation}"


def _standing(row: Any, scenario: str, number: int, generation: int, acts: list[Any]) -> Standing:
    values: dict[str, Any] = {
        name: value.astimezone(UTC) if isinstance(value, datetime) else value
        for name, value in row._mapping.items()
        if name != "source_key" and not (value is None and name in ("round", "rerun", "starting_price_fen"))
    }
    return Standing(
        scenario=scenario,
        number=number,
        generation=generation,
        own_entries=frozenset(act.registration_id for act in acts if act.registration_id is not None),
        done=frozenset(act.key for act in acts if act.is_done or act.tries >= MOST_TRIES),
        retries={act.key: act.retry_at for act in acts if act.retry_at is not None and not act.is_done},
        **values,
    )
