"""What is killed, and when: from the seed alone."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from random import Random

import asyncpg

from core.database import DATABASE_AWAY
from tests.faults.installation import Installation, kill


class Victim(StrEnum):
    """What a run kills."""

    WEB = "web"
    WORKER = "worker"
    BACKEND = "a process of the database server"
    POSTMASTER = "the database server's main process"
    SERVER = "the whole database server"
    CONNECTIONS = "all connections of the database"
    EVERYTHING = "everything at once"


WEIGHTS = {
    Victim.WEB: 30,
    Victim.WORKER: 30,
    Victim.BACKEND: 10,
    Victim.POSTMASTER: 8,
    Victim.SERVER: 8,
    Victim.CONNECTIONS: 10,
    Victim.EVERYTHING: 4,
}


@dataclass(frozen=True, slots=True)
class Plan:
    """One run: how long bidding is planned to last, what is killed, and when (seconds from the start of bidding)."""

    seed: int
    bidding_s: float
    victim: Victim
    which: int
    kill_after_s: float

    def __str__(self) -> str:
        return f"seed {self.seed}: {self.victim} after {self.kill_after_s:.3f} s of {self.bidding_s:.3f} s"


def plan_of(seed: int, pace: float = 1.0) -> Plan:
    """The plan of a seed; on a slower machine everything takes `pace` times as long."""
    random = Random(f"{seed} plan")
    bidding_s = random.uniform(0.8, 1.6)
    victim = random.choices(list(WEIGHTS), weights=list(WEIGHTS.values()))[0]
    # From the first bids to the end of the finalisation: bids in the last second move the end by a second or two.
    kill_after_s = random.uniform(0.05, bidding_s + 3.0)
    return Plan(seed, bidding_s * pace, victim, random.randrange(10**6), kill_after_s * pace)


async def strike(installation: Installation, plan: Plan) -> None:
    """Kill what the plan says, at once."""
    which = plan.which
    match plan.victim:
        case Victim.WEB:
            kill(installation.webs[which % len(installation.webs)].process_id)
        case Victim.WORKER:
            kill(installation.workers[which % len(installation.workers)].process_id)
        case Victim.BACKEND:
            backends = installation.server_processes()[1:]
            if backends:
                kill(backends[which % len(backends)])
        case Victim.POSTMASTER:
            kill(installation.postmaster)
        case Victim.SERVER:
            _kill_server(installation)
        case Victim.CONNECTIONS:
            await _cut_connections(installation.url)
        case Victim.EVERYTHING:
            for member in installation.members:
                kill(member.process_id)
            _kill_server(installation)


def _kill_server(installation: Installation) -> None:
    for process_id in installation.server_processes():
        kill(process_id)


async def _cut_connections(url: str) -> None:
    with suppress(*DATABASE_AWAY):
        connection = await asyncpg.connect(url, timeout=2)
        try:
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
        finally:
            await connection.close(timeout=1)


async def strike_in_time(installation: Installation, plan: Plan) -> None:
    """Wait until the plan's instant, and kill."""
    await asyncio.sleep(plan.kill_after_s)
    await strike(installation, plan)
