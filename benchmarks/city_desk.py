"""Whether a disposal team's desk stays quick in a whole city, and whether the nightly scans are one pass with flat memory.

Pages of a team and of an officer against a page that is found by its key, all in one run; then each scan in a process of its
own, in a city and in one of ten times the size. `python -m benchmarks.city_desk [assets] [deadlines]`.
"""

import asyncio
import logging
import resource
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog
from httpx import ASGITransport, AsyncClient
from sqlalchemy import text
from sqlalchemy.engine import make_url

from auction.due.alarms import raise_alarms
from auction.due.list_due import due_counts, due_page
from auction.due.models import Scope
from auction.indicators.flags import look_for_flags
from benchmarks.instruction_desk import BASIC, COURT, ROUNDS, bulk, in_turns
from core.database import Database, Work
from core.embedded_postgres import EmbeddedPostgres
from core.identity import SYSTEM, Actor, Role
from core.identity.accounts import as_actor, open_account
from core.identity.sessions import open_session
from core.settings import Settings
from disposal_teams.assets.guard_seals import seals_to_guard
from disposal_teams.assets.models import AssetKind, AssetState
from disposal_teams.assets.queries import counts_by_state, expiring_seals, work_list
from disposal_teams.assets.workers import guard_seals
from disposal_teams.courts.establish import establish_courts
from disposal_teams.transfers.propose import scan_idle_seals
from migrations.run import upgrade
from web.app import create_app
from web.commands.worker import import_workers

ASSETS, DEADLINES, TEAMS = 100_000, 1_000_000, 300
SMALLER = 10
"""The scans' memory is compared with that in a city of so many times less."""
MOST = 5.0
MOST_MEMORY = 1.5

_TEAMS = """
    INSERT INTO disposal_team (id, court_code, name, is_demo)
    SELECT gen_random_uuid(), (CAST(:courts AS text[]))[1 + n % 10], '第' || n || '团队', true
      FROM generate_series(1, :teams) AS n
"""
_CASES = """
    INSERT INTO enforcement_case (id, case_no, court_code, filed_on, cause, claim_fen, state, course, officer_account_id,
        is_demo, created_at)
    SELECT gen_random_uuid(), '（2025）苏' || c.code || '执' || n || '号', c.code, current_date - 400, '借款', 100000000, 'open',
           'first', CASE WHEN c.code = :court AND n % 40 = 7 THEN CAST(:officer AS uuid) END, true, now()
      FROM generate_series(1, :cases) AS n
     CROSS JOIN LATERAL (SELECT (CAST(:courts AS text[]))[1 + n % 10] AS code) AS c
"""
_ASSETS = """
    WITH cases AS (SELECT array_agg(id) AS ids, array_agg(case_no) AS numbers, court_code FROM enforcement_case
                    GROUP BY court_code),
         teams AS (SELECT array_agg(id) AS ids, court_code FROM disposal_team GROUP BY court_code)
    INSERT INTO asset (id, asset_no, kind, title, location, district, case_id, court_code, team_id, state, sole_home,
        lease_status, attributes, owner_name, search_tokens, is_demo, created_at)
    SELECT gen_random_uuid(), 'B' || n, (ARRAY['real_estate', 'real_estate', 'real_estate', 'vehicle', 'vehicle', 'goods',
           'land', 'shares', 'other_right'])[1 + n % 9], '狮山路' || n || '号房产', '', '',
           cases.ids[1 + n / 10 % cardinality(cases.ids)], cases.court_code, teams.ids[1 + n / 10 % cardinality(teams.ids)],
           (ARRAY['sealed_effective', 'sealed_effective', 'under_survey', 'valuation', 'ready_to_list', 'listed', 'delivered',
                  'closed', 'closed', 'closed'])[1 + n / 100 % 10], 'no', 'none', '{}', '',
           ARRAY['狮', '山', '狮山', '路', '山路', CAST(n AS text)], true, now() - n * interval '1 minute'
      FROM generate_series(1, :assets) AS n
      JOIN cases ON cases.court_code = (CAST(:courts AS text[]))[1 + n % 10]
      JOIN teams ON teams.court_code = cases.court_code
"""
_SEALS = """
    INSERT INTO seal (id, asset_id, position, court_code, case_no, creditor_name, claim_fen, has_priority_right, kind, state,
        registered_on, expires_on, effective_on)
    SELECT gen_random_uuid(), asset.id, 1, asset.court_code, enforcement_case.case_no, '某银行', 50000000, false, 'enforcement',
           'effective', current_date - 300, current_date - 3 + CAST(abs(hashtext(asset.asset_no)) % 1095 AS int),
           current_date - 300
      FROM asset JOIN enforcement_case ON enforcement_case.id = asset.case_id
     WHERE asset.state <> 'closed'
"""
_WAITING = """
    WITH cases AS (SELECT array_agg(case_no) AS numbers, court_code FROM enforcement_case GROUP BY court_code)
    INSERT INTO seal (id, asset_id, position, court_code, case_no, creditor_name, claim_fen, has_priority_right, kind, state,
        registered_on, expires_on)
    SELECT gen_random_uuid(), asset.id, 2, cases.court_code,
           cases.numbers[1 + abs(hashtext(asset.asset_no)) % cardinality(cases.numbers)], '某公司', 30000000,
           hashtext(asset.asset_no) % 2 = 0, 'enforcement', 'waiting', current_date - 250, current_date + 845
      FROM asset
      JOIN cases ON cases.court_code = (CAST(:courts AS text[]))[1 + abs(hashtext(asset.asset_no)) % 10]
     WHERE abs(hashtext(asset.asset_no)) % 5 = 0 AND asset.state <> 'closed' AND cases.court_code <> asset.court_code
"""
_DEADLINES = """
    WITH assets AS (SELECT id, case_id, court_code, row_number() OVER (ORDER BY id) AS place FROM asset)
    INSERT INTO deadline (id, rule, subject_kind, subject_id, asset_id, case_id, started_at, due_at, owner_role, owner_court,
        state, stops, done_at, alarm_at)
    SELECT gen_random_uuid(), (ARRAY['L-01', 'L-08', 'L-37', 'V-31'])[1 + n % 4], 'asset', gen_random_uuid(), assets.id,
           assets.case_id, now() - interval '9 days', now() + (n % 20000 + 10) * interval '1 minute',
           (ARRAY['disposal_team', 'case_officer'])[1 + n % 2], assets.court_code,
           CASE WHEN n % 20 > 0 THEN 'met' ELSE 'running' END, '[]', CASE WHEN n % 20 > 0 THEN now() END,
           CASE WHEN n % 2000 = 0 THEN now() - interval '1 minute' END
      FROM generate_series(1, :deadlines) AS n
      JOIN assets ON assets.place = 1 + n % (SELECT count(*) FROM asset)
"""


async def fill(database: Database, assets: int, deadlines: int) -> tuple[Actor, Actor]:
    """The city, with somebody of one team and an officer of the same court."""
    async with database.begin(SYSTEM) as work:
        await establish_courts(work)
        officer = await open_account(
            work, login="officer", password_hash="-", display_name="承办人", court_code=COURT, roles={Role.CASE_OFFICER}
        )  # fmt: skip
        given = {"courts": BASIC}
        await work.session.execute(text(_TEAMS), {**given, "teams": TEAMS})
        await work.session.execute(
            text(_CASES), {**given, "cases": assets // 5, "court": COURT, "officer": str(officer.id)}
        )
        async with bulk(work, "asset", "seal", "deadline"):
            await work.session.execute(text(_ASSETS), {**given, "assets": assets})
            await work.session.execute(text(_SEALS))
            await work.session.execute(text(_WAITING), given)
            await work.session.execute(text(_DEADLINES), {"deadlines": deadlines})
        team = await open_account(
            work, login="team", password_hash="-", display_name="处置团队", court_code=COURT, roles={Role.DISPOSAL_TEAM}
        )  # fmt: skip
        found = await work.session.execute(
            text("SELECT id FROM disposal_team WHERE court_code = :court LIMIT 1"), {"court": COURT}
        )
        team.team_id = found.scalar_one()
    async with database.begin(SYSTEM) as work:
        await work.session.execute(text("ANALYZE"))
    return as_actor(team), as_actor(officer)


async def pages(database: Database, team: Actor, officer: Actor, folder: Path) -> dict[str, float]:
    """Whole pages through the application: a case by its key, the work list and its filters, what is due."""
    tokens = {}
    async with database.begin(SYSTEM) as work:
        for name, actor in (("team", team), ("officer", officer)):
            assert actor.account_id is not None
            tokens[name] = await open_session(work, actor.account_id)
        found = await work.session.execute(
            text("SELECT id FROM enforcement_case WHERE court_code = :court LIMIT 1"), {"court": COURT}
        )
        case_id = found.scalar_one()
    app = create_app(Settings(database_url=database.url, data_dir=folder), database=database)
    async with app.lifespan(), AsyncClient(transport=ASGITransport(app), base_url="http://bench") as client:  # type: ignore[arg-type]

        def page(path: str, who: str = "team") -> Callable[[], Awaitable[object]]:
            async def get() -> None:
                answer = await client.get(path, headers={"cookie": f"session={tokens[who]}"})
                assert answer.status_code == 200, (path, answer.status_code)

            return get

        assets = "/team/assets"
        return await in_turns(
            {
                "key": page(f"/team/cases/{case_id}"), "desk": page("/team"), "list": page(assets),
                "state": page(f"{assets}?state=valuation"), "kind": page(f"{assets}?kind=shares"),
                "search": page(f"{assets}?q=狮山路"), "number": page(f"{assets}?q=77777"), "cases": page("/team/cases"),
                "due team": page("/court/due?scope=team"), "due court": page("/court/due?scope=court"),
                "due mine": page("/court/due?scope=mine", "officer"),
            },
            ROUNDS,
        )  # fmt: skip


async def queries(database: Database, team: Actor, officer: Actor) -> dict[str, float]:
    """The database's part alone."""

    def read(actor: Actor, act: Callable[[Work], Awaitable[object]]) -> Callable[[], Awaitable[object]]:
        async def run() -> None:
            async with database.read(actor) as work:
                await act(work)

        return run

    async def by_key(work: Work) -> None:
        await work.session.execute(text("SELECT * FROM asset WHERE asset_no = 'B77777'"))

    return await in_turns(
        {
            "key": read(team, by_key),
            "list": read(team, lambda work: work_list(work, court_code=COURT)),
            "state": read(team, lambda work: work_list(work, court_code=COURT, state=AssetState.VALUATION)),
            "kind": read(team, lambda work: work_list(work, court_code=COURT, kind=AssetKind.SHARES)),
            "team": read(team, lambda work: work_list(work, court_code=COURT, team_id=team.team_id)),
            "counts": read(team, lambda work: counts_by_state(work, COURT)),
            "seals": read(team, lambda work: expiring_seals(work, COURT)),
            "due team": read(team, lambda work: due_page(work, Scope.TEAM)),
            "due counts": read(team, lambda work: due_counts(work, Scope.TEAM)),
            "due mine": read(officer, lambda work: due_page(work, Scope.MINE)),
        },
        ROUNDS,
    )


async def _all_alarms(work: Work) -> None:
    """Every alarm that has come, as the job does it twenty seconds apart."""
    waiting = text("SELECT EXISTS (SELECT FROM deadline WHERE state = 'running' AND alarm_at <= :now)")
    while (await work.session.execute(waiting, {"now": work.now})).scalar_one():
        await raise_alarms(work)
        await work.session.flush()
        work.session.expunge_all()


async def _count_seals(work: Work) -> int:
    return sum([len(seals) async for seals in seals_to_guard(work)])


SCANS: dict[str, Callable[[Work], Awaitable[object]]] = {
    "nothing": lambda work: work.session.execute(text("SELECT 1")),
    "transfers": scan_idle_seals,
    "seals": guard_seals,
    "seals found": _count_seals,
    "alarms": _all_alarms,
    "red flags": look_for_flags,
}


def scan(name: str, url: str) -> None:
    """One scan in this process, rolled back; prints milliseconds and the kilobytes that it needed beyond the start."""

    async def run() -> float:
        import_workers()
        database = Database(url)
        async with database.read(SYSTEM) as work:
            work.session.autoflush = True
            await work.session.execute(text("SELECT 1"))
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            began = time.perf_counter()
            await SCANS[name](work)
            taken = (time.perf_counter() - began) * 1000
            print(taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
        await database.close()
        return taken

    asyncio.run(run())


def scans(url: str) -> dict[str, tuple[float, float]]:
    """Milliseconds and megabytes of each scan."""
    taken: dict[str, tuple[float, float]] = {}
    for name in SCANS:
        told = subprocess.run(
            [sys.executable, "-m", "benchmarks.city_desk", "--scan", name, url],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split()
        taken[name] = float(told[-2]), float(told[-1]) / 1024
    return taken


async def measure(url: str, assets: int, deadlines: int, folder: Path | None) -> bool:
    """Fill the city; measure its pages unless `folder` is None. Returns whether a page costs too much."""
    database = Database(url)
    began = time.perf_counter()
    team, officer = await fill(database, assets, deadlines)
    print(f"{assets:,} assets, {deadlines:,} deadlines, {TEAMS} teams in {time.perf_counter() - began:.0f} s")
    missed = False
    if folder is not None:
        for what, taken in (
            ("page", await pages(database, team, officer, folder)),
            ("query", await queries(database, team, officer)),
        ):
            for name, milliseconds in taken.items():
                ratio = milliseconds / taken["key"]
                missed |= what == "page" and ratio > MOST
                print(f"{what:6} {name:10} {milliseconds:8.2f} ms {ratio:6.2f} × key")
    await database.close()
    return missed


def main() -> int:
    """Run on a throw-away server; 1 when a page or a scan's memory costs more than it may."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    if sys.argv[1:2] == ["--scan"]:
        scan(*sys.argv[2:4])
        return 0
    assets = int(sys.argv[1]) if len(sys.argv) > 1 else ASSETS
    deadlines = int(sys.argv[2]) if len(sys.argv) > 2 else DEADLINES
    server = EmbeddedPostgres.throw_away()
    url = server.start()
    try:
        found: list[dict[str, tuple[float, float]]] = []
        missed = False
        for divisor in (SMALLER, 1):
            name = make_url(url).set(database=f"city_{divisor}").render_as_string(hide_password=False)
            asyncio.run(_create(url, f"city_{divisor}"))
            upgrade(name)
            folder = Path.cwd() / "var" / "bench" if divisor == 1 else None
            missed |= asyncio.run(measure(name, assets // divisor, deadlines // divisor, folder))
            found.append(scans(name))
        small, large = found
        for scan_name, (milliseconds, megabytes) in large.items():
            ratio = megabytes / max(small[scan_name][1], 8.0)
            missed |= ratio > MOST_MEMORY
            print(
                f"scan   {scan_name:12} {milliseconds:9.0f} ms {megabytes:7.1f} MB; in a city of a {SMALLER}th "
                f"{small[scan_name][0]:9.0f} ms {small[scan_name][1]:7.1f} MB; {ratio:4.2f} × its memory"
            )
        return int(missed)
    finally:
        server.stop()


async def _create(url: str, name: str) -> None:
    database = Database(url)
    async with database.engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(
            text(f'CREATE DATABASE "{name}"')
        )
    await database.close()


if __name__ == "__main__":
    raise SystemExit(main())
