"""Who else keeps the end of a clock, and who is told, when the calendar moves it (C-02). Rooms above register by rule id."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import InstrumentedAttribute
from sqlmodel import SQLModel, col

from core.database import Work
from core.deadlines.models import Deadline

MoveAction = Callable[[Work, Deadline, datetime], Awaitable[None]]
"""Work, the clock with its new end, and the end before."""

MOVES: dict[str, list[MoveAction]] = {}
TOLD: list[MoveAction] = []
"""Who tells the court that a clock has moved; at most one."""


def on_move(rule: str) -> Callable[[MoveAction], MoveAction]:
    """Run the function, in the transaction that moves it, for each clock of `rule` whose end the calendar moves."""

    def register(action: MoveAction) -> MoveAction:
        MOVES.setdefault(rule, []).append(action)
        return action

    return register


def tell_of_moves(action: MoveAction) -> MoveAction:
    """Run the function for every clock that is moved."""
    TOLD[:] = [action]
    return action


def also_kept_in(*rules: str, table: type[SQLModel], end: str, by: str = "id") -> None:
    """The rows of `table` whose column `by` holds the clock's subject keep its end in the column `end`: it moves with the clock.
    A row that holds another moment, because it has gone on since, is left as it is."""
    ends: InstrumentedAttribute[datetime] = getattr(table, end)
    subject = getattr(table, by)

    async def move(work: Work, clock: Deadline, before: datetime) -> None:
        await work.session.execute(
            update(table).where(subject == clock.subject_id, col(ends) == before).values({end: clock.due_at})
        )

    for rule in rules:
        on_move(rule)(move)


async def moved(work: Work, clock: Deadline, before: datetime) -> None:
    """Let everybody know who keeps the end of the clock, or must act by it."""
    for action in (*MOVES.get(clock.rule, ()), *TOLD):
        await action(work, clock, before)
