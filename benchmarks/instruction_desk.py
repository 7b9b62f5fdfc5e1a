"""Whether a court's desk stays quick with a city's years in it: the inbox of instructions and the list of what is due, against
a page that is found by its key, all in one run. `python -m benchmarks.instruction_desk [rows]`."""

import asyncio
import logging
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from uuid import UUID

import structlog
from httpx import ASGITransport, AsyncClient
from sqlalchemy import text

from core.database import Database, Work
from core.deadlines.queries import due_deadlines
from core.embedded_postgres import EmbeddedPostgres
from core.identity import SYSTEM, Actor, Role
from core.identity.accounts import as_actor, open_account
from core.identity.sessions import open_session
from core.settings import Settings
from disposal_teams.courts.establish import establish_courts
from disposal_teams.courts.rules import SUZHOU_COURTS
from disposal_teams.instructions.queries import Box, box_counts, box_page
from disposal_teams.instructions.sweep import due_instructions
from migrations.run import upgrade
from web.app import create_app

ROWS, ROUNDS, MOST = 1_000_000, 60, 5.0
COURT = "0583"
BASIC = [court.code for court in SUZHOU_COURTS if court.superior_code is not None]

_CASES = """
    INSERT INTO enforcement_case (id, case_no, court_code, filed_on, cause, claim_fen, state, is_demo, created_at)
    SELECT gen_random_uuid(), '（2026）苏' || code || '执' || number || '号', code, current_date, '借款', 0, 'open', true, now()
      FROM unnest(CAST(:courts AS text[])) AS code, generate_series(1, 20) AS number
"""
_INSTRUCTIONS = """
    WITH cases AS (SELECT array_agg(id) AS ids, court_code FROM enforcement_case GROUP BY court_code)
    INSERT INTO instruction (id, number, kind, urgency, state, from_court, to_court, case_id, linked_case_no, party_ids,
        subject, request, drafted_by_name, drafted_at, sent_at, signed_in_at, assignee_account_id, return_note,
        return_answer, extension_reason, result, feedback, rejection, acceptance, closed_at, clock_started_at, due_at,
        next_check_at, times_overdue, is_demo)
    SELECT gen_random_uuid(), 'B' || n, 'find', (ARRAY['normal', 'normal', 'urgent', 'critical'])[1 + n % 4], s.state,
           a.code, b.code, cases.ids[1 + n % 20], '', '{}', '核查车辆', '请核查', '承办人', now(), now(), now(),
           CAST(:account AS uuid), '', '', '', CASE WHEN s.state = 'closed' THEN 'done' END, '', '',
           CASE WHEN s.state = 'closed' THEN 'accepted' END, CASE WHEN s.state = 'closed' THEN now() END, now(),
           CASE WHEN s.state <> 'closed' THEN now() + (n % 20000 - 4000) * interval '1 minute' END,
           CASE WHEN s.state <> 'closed' THEN now() + (n % 20000 + 1) * interval '1 minute' END, 0, true
      FROM generate_series(1, :rows) AS n
     CROSS JOIN LATERAL (SELECT CASE WHEN n % 20 > 0 THEN 'closed'
           ELSE (ARRAY['sent', 'signed_in', 'assigned', 'in_progress', 'feedback'])[1 + n / 20 % 5] END AS state) AS s
     CROSS JOIN LATERAL (SELECT (CAST(:courts AS text[]))[1 + n / 7 % 10] AS code) AS a
     CROSS JOIN LATERAL (SELECT (CAST(:courts AS text[]))[1 + (n / 7 + 1 + n % 9) % 10] AS code) AS b
      JOIN cases ON cases.court_code = a.code
"""
_DEADLINES = """
    INSERT INTO deadline (id, rule, subject_kind, subject_id, started_at, due_at, owner_role, owner_court, state, stops, done_at)
    SELECT gen_random_uuid(), 'T-25', 'bench', gen_random_uuid(), now() - interval '9 days',
           now() + (n % 20000 - 4000) * interval '1 minute', 'case_officer', (CAST(:courts AS text[]))[1 + n / 7 % 10],
           CASE WHEN n % 20 > 0 THEN 'met' ELSE 'running' END, '[]', CASE WHEN n % 20 > 0 THEN now() END
      FROM generate_series(1, :rows) AS n
"""


@asynccontextmanager
async def bulk(work: Work, *tables: str) -> AsyncIterator[None]:
    """Write much into the tables: without foreign keys checked row by row, and with their indices made at the end."""
    await work.session.execute(text("SET LOCAL session_replication_role = replica"))
    found = await work.session.execute(
        text(
            "SELECT i.indexname, i.indexdef FROM pg_indexes AS i WHERE i.tablename = ANY(:tables) "
            "AND NOT EXISTS (SELECT FROM pg_constraint AS c WHERE c.conname = i.indexname)"
        ),
        {"tables": list(tables)},
    )
    indices = found.all()
    for name, _ in indices:
        await work.session.execute(text(f'DROP INDEX "{name}"'))
    yield
    for _, definition in indices:
        await work.session.execute(text(definition))


async def fill(database: Database, rows: int) -> Actor:
    """A city with so many instructions and deadlines, one in twenty of them open; somebody of one command centre."""
    async with database.begin(SYSTEM) as work:
        await establish_courts(work)
        account = await open_account(
            work, login="bench", password_hash="-", display_name="指挥中心", court_code=COURT,
            roles={Role.COMMAND_CENTRE, Role.CASE_OFFICER},
        )  # fmt: skip
        given = {"courts": BASIC, "rows": rows}
        await work.session.execute(text(_CASES), {"courts": BASIC})
        async with bulk(work, "instruction", "deadline"):
            await work.session.execute(text(_INSTRUCTIONS), {**given, "account": str(account.id)})
            await work.session.execute(text(_DEADLINES), given)
    async with database.begin(SYSTEM) as work:
        await work.session.execute(text("ANALYZE"))
    return as_actor(account)


async def in_turns(acts: dict[str, Callable[[], Awaitable[object]]], rounds: int) -> dict[str, float]:
    """Milliseconds of each act, the median of the rounds in which they took turns."""
    taken: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(rounds):
        for name, act in acts.items():
            began = time.perf_counter()
            await act()
            taken[name].append((time.perf_counter() - began) * 1000)
    return {name: median(values[rounds // 10 :]) for name, values in taken.items()}


async def pages(database: Database, actor: Actor, key: UUID, folder: Path) -> dict[str, float]:
    """Whole pages through the application: one instruction by its key, the inbox, its filters."""
    async with database.begin(SYSTEM) as work:
        assert actor.account_id is not None
        token = await open_session(work, actor.account_id)
    app = create_app(Settings(database_url=database.url, data_dir=folder), database=database)
    async with app.lifespan(), AsyncClient(transport=ASGITransport(app), base_url="http://bench") as client:  # type: ignore[arg-type]

        def page(path: str) -> Callable[[], Awaitable[object]]:
            async def get() -> None:
                answer = await client.get(path, headers={"cookie": f"session={token}"})
                assert answer.status_code == 200, (path, answer.status_code)

            return get

        inbox = "/court/instructions"
        return await in_turns(
            {
                "key": page(f"{inbox}/{key}"), "inbox": page(inbox), "state": page(f"{inbox}?state=in_progress"),
                "overdue": page(f"{inbox}?overdue=1"), "closed": page(f"{inbox}?state=closed"),
                "out": page(f"{inbox}?box=out"),
            },
            ROUNDS,
        )  # fmt: skip


async def queries(database: Database, actor: Actor, key: UUID) -> dict[str, float]:
    """The database's part alone."""

    def read(act: Callable[[Work], Awaitable[object]]) -> Callable[[], Awaitable[object]]:
        async def run() -> None:
            async with database.read(actor) as work:
                await act(work)

        return run

    async def by_key(work: Work) -> None:
        await work.session.execute(text("SELECT * FROM instruction WHERE id = :id"), {"id": key})

    return await in_turns(
        {
            "key": read(by_key),
            "inbox": read(lambda work: box_page(work, COURT, Box.IN)),
            "counts": read(lambda work: box_counts(work, COURT, Box.IN)),
            "due": read(lambda work: due_deadlines(work, court_code=COURT, limit=50)),
            "sweep": read(due_instructions),
        },
        ROUNDS,
    )


async def run(url: str, rows: int, folder: Path) -> int:
    """Fill, measure, tell; 1 when a page of the desk costs more than `MOST` pages by key."""
    database = Database(url)
    began = time.perf_counter()
    actor = await fill(database, rows)
    print(f"{rows:,} instructions and as many deadlines in {time.perf_counter() - began:.0f} s")
    async with database.read(SYSTEM) as work:
        found = await work.session.execute(
            text("SELECT id FROM instruction WHERE to_court = :court AND state = 'in_progress' LIMIT 1"),
            {"court": COURT},
        )
        key = found.scalar_one()
    missed = False
    for what, taken in (
        ("page", await pages(database, actor, key, folder)),
        ("query", await queries(database, actor, key)),
    ):
        for name, milliseconds in taken.items():
            ratio = milliseconds / taken["key"]
            missed |= what == "page" and ratio > MOST
            print(f"{what:6} {name:8} {milliseconds:8.2f} ms {ratio:6.2f} × key")
    await database.close()
    return int(missed)


def main() -> int:
    """Run on a throw-away server."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    server = EmbeddedPostgres.throw_away()
    url = server.start()
    try:
        upgrade(url)
        return asyncio.run(run(url, rows, Path.cwd() / "var" / "bench"))
    finally:
        server.stop()


if __name__ == "__main__":
    raise SystemExit(main())
