"""The record of interventions: what the court above ordered on red flags, what was answered, what came of it (K-21, T-20)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import text
from sqlmodel import col, select

from auction.indicators.definitions import BY_CODE
from auction.indicators.models import FlagOrder, RedFlag
from auction.indicators.rules import Figure, add_months, compared, month_of
from core.database import Work
from core.identity import Permission, require
from disposal_teams.instructions.models import Instruction
from disposal_teams.orders.models import CourtOrder

PAGE = 100
FOLLOW_MONTHS = 6
"""So many months from that of the order on are shown beside it."""


class Standing(StrEnum):
    """Where an intervention stands."""

    RUNNING = "running"
    MISSED = "missed"
    DONE = "done"


STANDING_LABELS: dict[Standing, str] = {
    Standing.RUNNING: "办理中",
    Standing.MISSED: "逾期",
    Standing.DONE: "已办结",
}


@dataclass(frozen=True, slots=True)
class Intervention:
    """One order with its answer. `course`: the figure month by month from that of the order on, as far as there is one."""

    order: FlagOrder
    flag: RedFlag
    instruction: Instruction
    due_on: date
    standing: Standing
    course: Sequence[tuple[date, Figure]]

    @property
    def figures(self) -> tuple[Figure, Figure | None]:
        """The figure when the order was made, and when it was over; None until then."""
        order = self.order
        before = Figure(order.numerator_before, order.denominator_before)
        if order.measured_at is None:
            return before, None
        return before, Figure(order.numerator_after or 0, order.denominator_after or 0)

    @property
    def effect(self) -> int | None:
        """1 better, 0 the same, -1 worse; None while it has not been measured or cannot be compared."""
        before, after = self.figures
        return None if after is None else compared(BY_CODE[self.flag.indicator], before, after)


async def interventions(
    work: Work, *, court_code: str | None = None, limit: int = PAGE
) -> list[Intervention]:
    """The interventions, the newest first; of one court for its staff. Raises `NotPermitted`."""
    if court_code is None:
        require(work.actor, Permission.SEE_ALL_COURTS)
    else:
        require(work.actor, Permission.SEE_COURT_FILES, court_code=court_code)
    query = (
        select(FlagOrder, RedFlag, Instruction, CourtOrder)
        .join(RedFlag, col(RedFlag.id) == col(FlagOrder.flag_id))
        .join(Instruction, col(Instruction.id) == col(FlagOrder.instruction_id))
        .join(CourtOrder, col(CourtOrder.instruction_id) == col(FlagOrder.instruction_id))
    )
    if court_code is not None:
        query = query.where(RedFlag.court_code == court_code)
    rows = list(await work.session.exec(query.order_by(col(FlagOrder.made_at).desc()).limit(limit)))
    courses = await _courses(
        work, {(flag.indicator, flag.court_code, order.month_before) for order, flag, _, _ in rows}
    )
    return [
        Intervention(
            order,
            flag,
            instruction,
            ordered.due_on,
            Standing.DONE
            if instruction.closed_at is not None
            else Standing.MISSED
            if ordered.missed_at is not None
            else Standing.RUNNING,
            courses.get((flag.indicator, flag.court_code, order.month_before), ()),
        )
        for order, flag, instruction, ordered in rows
    ]


async def _courses(
    work: Work, wanted: set[tuple[str, str, date]]
) -> dict[tuple[str, str, date], list[tuple[date, Figure]]]:
    """The figures of the months that follow, one query for all."""
    keys = sorted(wanted)
    rows = await work.session.execute(
        text(
            """
            SELECT key.indicator, key.court_code, key.since, figure.month, figure.numerator, figure.denominator,
                   figure.row_count
              FROM unnest(CAST(:codes AS text[]), CAST(:courts AS text[]), CAST(:sinces AS date[]),
                          CAST(:untils AS date[])) AS key(indicator, court_code, since, until)
              JOIN indicator_figure AS figure
                ON figure.indicator = key.indicator AND figure.court_code = key.court_code AND figure.team_id IS NULL
               AND figure.month BETWEEN key.since AND key.until
             ORDER BY figure.month
            """
        ),
        {
            "codes": [code for code, _, _ in keys],
            "courts": [court for _, court, _ in keys],
            "sinces": [since for _, _, since in keys],
            "untils": [min(add_months(since, FOLLOW_MONTHS), month_of(work.now)) for _, _, since in keys],
        },
    )
    found: dict[tuple[str, str, date], list[tuple[date, Figure]]] = {}
    for row in rows:
        figure = Figure(row.numerator, row.denominator, row.row_count)
        found.setdefault((row.indicator, row.court_code, row.since), []).append((row.month, figure))
    return found
