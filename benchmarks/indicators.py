"""What a refresh of the indicators costs, by what changed and by what the city holds: `python -m benchmarks.indicators [lots]`.

The cost of a refresh must follow the changes and not the history: it is measured for 1, 10, 100 and 1,000 changed lots in a city,
then for the same changes in a city of ten times the size. All lots end within a month, so that what stands behind a figure grows
as the city does. Processor time is told, of the database and of the client: it bears other programs on the machine.
"""

import asyncio
import logging
import sys
import time
from statistics import median

import structlog
from sqlalchemy import text

from auction.indicators.refresh import refresh, refresh_all
from benchmarks.instruction_desk import BASIC
from benchmarks.processor_time import run_seconds_of
from core.database import Database
from core.embedded_postgres import EmbeddedPostgres
from core.identity import SYSTEM
from disposal_teams.courts.establish import establish_courts
from migrations.run import upgrade

LOTS, GROWTH, ROUNDS = 2_500, 10, 25
CHANGES = (1, 10, 100, 1_000)
MOST_BY_SIZE = 1.5
"""A refresh of the same changes in the larger city may cost so many times as much: indexes have grown by a level."""

_CASES = """
    INSERT INTO enforcement_case (id, case_no, court_code, filed_on, cause, claim_fen, state, is_demo, created_at)
    SELECT gen_random_uuid(), '（2026）苏' || code || '执' || number || '号', code, current_date, '借款', 0, 'open', true,
           now()
      FROM unnest(CAST(:courts AS text[])) AS code, generate_series(1, 20) AS number
"""
_ASSETS = """
    WITH cases AS (SELECT array_agg(id) AS ids, court_code FROM enforcement_case GROUP BY court_code)
    INSERT INTO asset (id, asset_no, kind, title, location, district, case_id, court_code, state, sole_home, lease_status,
        attributes, owner_name, search_tokens, is_demo, created_at)
    SELECT gen_random_uuid(), 'B' || n, 'real_estate', '某房产', '', '', cases.ids[1 + n % 20], cases.court_code, 'listed', 'no',
           'none', '{}', '', '{}', true, now()
      FROM generate_series(CAST(:first AS int), CAST(:last AS int)) AS n
      JOIN cases ON cases.court_code = (CAST(:courts AS text[]))[1 + n % 10]
"""
_LOTS = """
    INSERT INTO lot (id, lot_no, asset_id, case_id, court_code, round, rerun, attempt, state, title, summary, asset_kind,
        is_movable, reference_price_fen, starting_price_fen, increment_fen, deposit_fen, balance_due_days, extension_window_s,
        extension_s, extension_from, may_outbid_self, ceiling_bids_allowed, disclosure, search_tokens, published_at, ended_at,
        final_price_fen, view_count, is_practice, is_demo, created_at)
    SELECT gen_random_uuid(), 'B' || asset.asset_no, asset.id, asset.case_id, asset.court_code, 'first', 0, 0, s.state,
           '拍品', '', 'real_estate', false, 100000000, 70000000, 100000, 7000000, 10, 300, 300, 'bid', true, false, '{}', '{}',
           s.at - interval '30 days', s.at, CASE WHEN s.state = 'sold' THEN 80000000 END, 0, false, true, s.at
      FROM asset
     CROSS JOIN LATERAL (SELECT CASE WHEN hashtext(asset.asset_no) % 3 = 0 THEN 'failed' ELSE 'sold' END AS state,
           now() - (abs(hashtext(asset.asset_no)) % 60) * interval '12 hours' AS at) AS s
     WHERE NOT EXISTS (SELECT FROM lot WHERE lot.asset_id = asset.id)
"""
_CHANGE = """
    UPDATE lot SET final_price_fen = final_price_fen + 100000
     WHERE id IN (SELECT id FROM lot WHERE state = 'sold' ORDER BY md5(id::text || :salt) LIMIT :changes)
""".replace("id::text", "CAST(id AS text)")


async def grow(database: Database, first: int, last: int) -> float:
    """Add lots of a month to the city and count them; seconds that the counting took."""
    given = {"courts": BASIC, "first": first, "last": last}
    async with database.begin(SYSTEM) as work:
        await establish_courts(work)
        if first == 1:
            await work.session.execute(text(_CASES), {"courts": BASIC})
        await work.session.execute(
            text("SET LOCAL session_replication_role = replica")
        )  # marks are written below
        await work.session.execute(text(_ASSETS), given)
        await work.session.execute(text(_LOTS))
        await work.session.execute(
            text("INSERT INTO indicator_mark (subject, subject_id) SELECT 'lot', id FROM lot")
        )
        await work.session.execute(
            text("INSERT INTO indicator_mark (subject, subject_id) SELECT 'asset', id FROM asset")
        )
    async with database.begin(SYSTEM) as work:
        await work.session.execute(text("ANALYZE"))
    began = time.perf_counter()
    async with database.begin(SYSTEM) as work:
        await refresh_all(work, most=10_000)
    taken = time.perf_counter() - began
    async with database.begin(SYSTEM) as work:
        await work.session.execute(text("ANALYZE"))
    return taken


async def cost(database: Database, changes: int) -> float:
    """Milliseconds of processor (database and client) of a refresh after so many lots have changed, the median of some rounds."""
    taken = []
    for salt in range(max(5, ROUNDS // changes)):
        async with database.begin(SYSTEM) as work:
            await work.session.execute(text(_CHANGE), {"changes": changes, "salt": str(salt)})
        async with database.begin(SYSTEM) as work:
            backend = int((await work.session.execute(text("SELECT pg_backend_pid()"))).scalar_one())
            began = run_seconds_of([backend]) + time.process_time()
            while (await refresh(work)).subjects:
                pass
            taken.append((run_seconds_of([backend]) + time.process_time() - began) * 1000)
    return median(taken)


async def run(url: str, lots: int) -> int:
    """Measure both cities, tell; 1 when the size of the city tells more than it may."""
    database = Database(url)
    found: dict[int, list[float]] = {changes: [] for changes in CHANGES}
    counted = 0
    for size in (lots, lots * GROWTH):
        seconds = await grow(database, counted + 1, size)
        counted = size
        print(f"{size:>9,} lots: all counted in {seconds:.1f} s ({seconds * 1e6 / size:.0f} µs each)")
        for changes in CHANGES:
            found[changes].append(await cost(database, changes))
    missed = False
    for changes, (small, large) in found.items():
        missed |= large / small > MOST_BY_SIZE
        print(
            f"{changes:>6,} changed: {small:9.1f} ms {small / changes:7.2f} ms each of processor; "
            f"{GROWTH} × the city: {large:9.1f} ms, {large / small:.2f} ×"
        )
    await database.close()
    return int(missed)


def main() -> int:
    """Run on a throw-away server."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    lots = int(sys.argv[1]) if len(sys.argv) > 1 else LOTS
    server = EmbeddedPostgres.throw_away()
    url = server.start()
    try:
        upgrade(url)
        return asyncio.run(run(url, lots))
    finally:
        server.stop()


if __name__ == "__main__":
    raise SystemExit(main())
