"""Read figures: of courts, teams and periods; a frozen month as it was published, an open one as it stands."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from auction.indicators.models import Correction, FrozenMonth
from auction.indicators.rules import NOTHING, Figure, Period, Placed, Weight, ranking
from auction.indicators.weights import weights_for
from core.database import Work
from core.identity import Actor, Permission, may, require
from core.legal_settings import legal
from disposal_teams.courts.models import CourtLevel
from disposal_teams.courts.queries import all_courts

Figures = dict[str, dict[str, Figure]]
"""By court, then by indicator."""

_COLUMNS = "indicator, court_code, team_id, month, numerator, denominator, row_count, median, ninth_decile"
_PUBLISHED = f"""
    SELECT {_COLUMNS} FROM indicator_frozen_figure WHERE month BETWEEN :first AND :last
    UNION ALL
    SELECT {_COLUMNS} FROM indicator_figure AS live WHERE month BETWEEN :first AND :last
       AND NOT EXISTS (SELECT FROM indicator_frozen_month AS frozen WHERE frozen.month = live.month)
"""  # noqa: S608 - a constant
_LIVE = f"SELECT {_COLUMNS} FROM indicator_figure WHERE month BETWEEN :first AND :last"  # noqa: S608 - a constant


def may_see_all(actor: Actor) -> bool:
    """Whether the actor sees every court's figures, or only the own court's and the published ranking (P-03)."""
    return may(actor, Permission.SEE_ALL_COURTS)


def require_court(actor: Actor, court_code: str) -> None:
    """Raise `NotPermitted` unless the actor may see this court's figures: its own staff, and the court above (P-03)."""
    require(actor, Permission.SEE_COURT_FILES, court_code=court_code)


async def _sums(work: Work, period: Period, *, live: bool) -> Figures:
    rows = await work.session.execute(
        text(f"SELECT * FROM ({_LIVE if live else _PUBLISHED}) AS figure WHERE team_id IS NULL"),  # noqa: S608
        {"first": period.first, "last": period.last},
    )
    found: Figures = defaultdict(dict)
    for row in rows:
        figure = Figure(row.numerator, row.denominator, row.row_count, row.median, row.ninth_decile)
        own = found[row.court_code]
        own[row.indicator] = own[row.indicator].plus(figure) if row.indicator in own else figure
    return found


async def figures_of(work: Work, period: Period, *, live: bool = False) -> Figures:
    """Every court's figures of a period; `live`: as the rows stand now, also where a month is frozen. Raises `NotPermitted`."""
    require(work.actor, Permission.SEE_ALL_COURTS)
    return await _sums(work, period, live=live)


async def figures_of_court(
    work: Work, court_code: str, period: Period, *, live: bool = False
) -> dict[str, Figure]:
    """One court's figures by indicator. Raises `NotPermitted`."""
    require_court(work.actor, court_code)
    return (await _sums(work, period, live=live)).get(court_code, {})


async def figures_of_teams(work: Work, court_code: str, period: Period) -> dict[UUID, dict[str, Figure]]:
    """The figures of a court's teams. Raises `NotPermitted`."""
    require_court(work.actor, court_code)
    rows = await work.session.execute(
        text(f"SELECT * FROM ({_PUBLISHED}) AS figure WHERE team_id IS NOT NULL AND court_code = :court"),  # noqa: S608
        {"first": period.first, "last": period.last, "court": court_code},
    )
    found: dict[UUID, dict[str, Figure]] = defaultdict(dict)
    for row in rows:
        figure = Figure(row.numerator, row.denominator, row.row_count, row.median, row.ninth_decile)
        own = found[row.team_id]
        own[row.indicator] = own[row.indicator].plus(figure) if row.indicator in own else figure
    return found


async def course_of(
    work: Work, code: str, court_code: str, months: Sequence[date]
) -> list[tuple[date, Figure]]:
    """The figure month by month. Raises `NotPermitted`."""
    require_court(work.actor, court_code)
    rows = await work.session.execute(
        text(
            f"SELECT * FROM ({_PUBLISHED}) AS figure "  # noqa: S608
            "WHERE team_id IS NULL AND court_code = :court AND indicator = :code"
        ),
        {"first": months[0], "last": months[-1], "court": court_code, "code": code},
    )
    found = {
        row.month: Figure(row.numerator, row.denominator, row.row_count, row.median, row.ninth_decile)
        for row in rows
    }
    return [(month, found.get(month, NOTHING)) for month in months]


async def basic_courts(work: Work) -> list[str]:
    """The codes of the ten courts that are ranked."""
    return [court.code for court in await all_courts(work) if court.level == CourtLevel.BASIC]


@dataclass(frozen=True, slots=True)
class Ranked:
    """The ranking of a period, the version of its weights, and whether it stands as published."""

    period: Period
    version: int
    placed: list[Placed]
    figures: Figures
    is_published: bool


def rank(
    courts: Sequence[str], figures: Mapping[str, Mapping[str, Figure]], weights: Sequence[Weight]
) -> list[Placed]:
    """The ranking of these courts by these figures, with the settings' least numbers of rows."""
    settings = legal()
    return ranking(
        {court: figures.get(court, {}) for court in courts},
        weights,
        runs=settings.indicator_runs_least,
        few=settings.indicator_rows_least,
    )


async def ranked(work: Work, period: Period) -> Ranked:
    """The ten courts as they stand in a period, by the weights of its last month. Raises `NotPermitted`."""
    figures = await figures_of(work, period)
    version, weights = await weights_for(work, period.last)
    frozen = await frozen_months(work)
    return Ranked(
        period,
        version,
        rank(await basic_courts(work), figures, weights),
        figures,
        all(month in frozen for month in period.each_month()),
    )


async def published_ranking(work: Work, month: date) -> FrozenMonth | None:
    """A month's ranking as it was published: every court's staff may read it."""
    require(work.actor, Permission.SEE_COURT_FILES)
    return await work.session.get(FrozenMonth, month)


async def frozen_months(work: Work) -> dict[date, FrozenMonth]:
    """The months that have been published, the newest first."""
    rows = await work.session.exec(select(FrozenMonth).order_by(col(FrozenMonth.month).desc()))
    return {each.month: each for each in rows}


async def corrections(
    work: Work,
    *,
    court_code: str | None = None,
    month: date | None = None,
    code: str | None = None,
    limit: int = 100,
) -> list[Correction]:
    """What was found later of frozen months, the newest first. Raises `NotPermitted`."""
    if court_code is None:
        require(work.actor, Permission.SEE_ALL_COURTS)
    else:
        require_court(work.actor, court_code)
    query = (
        select(Correction).order_by(col(Correction.found_at).desc(), col(Correction.id).desc()).limit(limit)
    )
    if court_code is not None:
        query = query.where(Correction.court_code == court_code)
    if month is not None:
        query = query.where(Correction.month == month)
    if code is not None:
        query = query.where(Correction.indicator == code)
    return list(await work.session.exec(query))
