"""P-03: every use case refuses everybody who may not, before anything is written, and lets in whoever may.

Who may is kept in `who_may.toml` next to this file. A new use case fails here with its name until a line says who may do it.
"""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import event

from core.database import Database, Work
from core.errors import NotFound, NotPermitted
from core.identity import SYSTEM, Actor
from tests.conftest import Snapshot
from tests.roles.doors import Door, Unknown, arguments, doors, prepare
from tests.roles.filled_city import FilledCity
from tests.roles.words import NOBODY, expand, in_words

TABLE = Path(__file__).with_name("who_may.toml")
WRITING = ("INSERT", "UPDATE", "DELETE")


class Knocking:
    """Somebody calls a door in a transaction that is never committed."""

    def __init__(self, work: Work, city: FilledCity) -> None:
        self._work, self._city = work, city
        self._written: list[str] = []
        self._point: Any = None
        self.last_refusal = ""

    def note(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        """A statement is sent."""
        if statement.lstrip()[:6].upper() in WRITING:
            self._written.append(statement.split(" (", maxsplit=1)[0])

    async def knock(self, door: Door, actor: Actor) -> bool:
        """Whether the actor is let in, or wrote anything before being refused."""
        session = self._work.session
        self._point = self._point or await session.begin_nested()
        work = Work(session, actor, self._work.now)
        given = await arguments(door, self._city, work)
        self._written.clear()
        try:
            await door(work, **given)
        except (NotPermitted, NotFound) as refusal:
            self.last_refusal = str(refusal)
            is_let_in = False
        except Exception:  # noqa: BLE001 - whatever it then stumbles over in a row of marks, it had let the person in
            await self.take_back()
            return True
        else:
            is_let_in = True
        if self._written or session.new or session.dirty or session.deleted:
            await self.take_back()
            return True
        return is_let_in

    async def take_back(self) -> None:
        """Undo what the last one did."""
        if self._point is not None:
            await self._point.rollback()
            self._point = None


def is_worth_asking(who: str, let_in: set[str]) -> bool:
    """Of another court first somebody who holds all its posts: where that one is refused, so is each of them. Where a passer-by
    is let in, everybody is."""
    if NOBODY in let_in:
        return False
    place, _, post = who.partition(" ")
    return place != "second" or post == "all" or "second all" in let_in


async def walk(database: Database, city: FilledCity) -> tuple[dict[str, set[str]], dict[str, str], list[str]]:
    """Who is let in by each door, what those say that let nobody in, and which could not be called."""
    let_in: dict[str, set[str]] = {}
    refusals: dict[str, str] = {}
    faults: list[str] = []
    in_order = sorted(city.people, key=lambda who: who != NOBODY)
    async with database.begin(SYSTEM) as work:
        knocking = Knocking(work, city)
        event.listen(database.engine.sync_engine, "before_cursor_execute", knocking.note)
        for name, door in doors().items():
            entered = let_in[name] = set()
            await prepare(door, work)
            try:
                for who in in_order:
                    if is_worth_asking(who, entered) and await knocking.knock(door, city.people[who]):
                        entered.add(who)
            except Unknown as unknown:
                faults.append(f"{name} cannot be called by the test: {unknown}")
                let_in.pop(name)
            if not entered:
                refusals[name] = knocking.last_refusal
            if NOBODY in entered:
                entered |= set(city.people)
            await knocking.take_back()
        await work.session.rollback()
    return let_in, refusals, faults


def differences(
    let_in: dict[str, set[str]], refusals: dict[str, str], table: dict[str, Any], everybody: set[str]
) -> Iterator[str]:
    """What the tables say otherwise."""
    open_to: dict[str, list[str]] = table["use_cases"]
    closed: dict[str, str] = table["closed_here"]
    for gone in sorted((open_to.keys() | closed.keys()) - let_in.keys()):
        yield f"{gone} is in {TABLE.name} but is no use case any more: take its line out"
    for name, entered in let_in.items():
        if name in closed:
            if entered:
                yield f"{name} lets in {in_words(entered, everybody)}, and is said to be closed: {closed[name]}"
        elif name not in open_to:
            said = f"nobody ({refusals[name]})" if name in refusals else ""
            yield (
                f"{name} is new. Add to {TABLE.name} who may do it. It lets in: {said}\n"
                f'"{name}" = {json.dumps(in_words(entered, everybody))}'
            )
        else:
            may = expand(open_to[name], everybody)
            if entered - may:
                yield f"{name} lets in {in_words(entered - may, everybody)}, who may not"
            if may - entered:
                yield f"{name} refuses {in_words(may - entered, everybody)}, who may; the last was told: {refusals.get(name)}"


async def test_P03_every_use_case_refuses_whoever_may_not_before_anything_is_written(
    filled: Snapshot[FilledCity], database: Database
) -> None:
    let_in, refusals, faults = await walk(database, filled.made)
    faults += differences(
        let_in, refusals, tomllib.loads(TABLE.read_text()), everybody=set(filled.made.people)
    )
    assert not faults, "\n".join(faults)
