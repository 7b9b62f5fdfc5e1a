"""Publish a month: figures, the rows behind them and the ranking are copied once and never change (chapter 9)."""

from datetime import date
from typing import Any

from sqlalchemy import text

from auction.indicators.figures import basic_courts, figures_of, rank
from auction.indicators.models import FrozenMonth
from auction.indicators.refresh import LOCK, refresh, refresh_all
from auction.indicators.rules import Period, Placed, add_months, check_over, first_day_to_freeze
from auction.indicators.weights import weights_for
from core.audit import record
from core.clock import COURT_ZONE
from core.database import Work
from core.errors import Conflict
from core.i18n import msg
from core.identity import Permission, require
from core.legal_settings import legal

_COPY = (
    """
    INSERT INTO indicator_frozen_figure
           (id, month, indicator, court_code, team_id, numerator, denominator, row_count, median, ninth_decile)
    SELECT id, month, indicator, court_code, team_id, numerator, denominator, row_count, median, ninth_decile
      FROM indicator_figure WHERE month = :month
    """,
    """
    INSERT INTO indicator_frozen_fact
           (id, month, indicator, base, subject_id, court_code, team_id, at, numerator, denominator)
    SELECT id, month, indicator, base, subject_id, court_code, team_id, at, numerator, denominator
      FROM indicator_fact WHERE month = :month
    """,
)


async def freeze_month(work: Work, month: date) -> FrozenMonth:
    """Publish a month that is over: what has changed is counted first. Raises `RuleViolation`, `Conflict`, `NotPermitted`."""
    require(work.actor, Permission.KEEP_INDICATORS)
    check_over(month, work.now.astimezone(COURT_ZONE).date())
    await work.session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 8))"), {"name": LOCK}
    )
    if await work.session.get(FrozenMonth, month) is not None:
        raise Conflict(msg("{month} 已经冻结。", month=f"{month:%Y-%m}"), rule="K-01")
    while (await refresh(work)).subjects:
        pass  # whatever has happened until now is in it
    version, weights = await weights_for(work, month)
    placed = rank(await basic_courts(work), await figures_of(work, Period(month, 1)), weights)
    frozen = FrozenMonth(
        month=month,
        frozen_at=work.now,
        frozen_by=work.actor.account_id,
        frozen_by_name=work.actor.name,
        weights_version=version,
        ranking=[as_json(each) for each in placed],
    )
    work.session.add(frozen)
    await work.session.flush()
    for copy in _COPY:
        await work.session.execute(text(copy), {"month": month})
    await record(
        work, "indicator.month_frozen", stream=f"indicators:{month:%Y-%m}", rule="K-01", month=month.isoformat(),
        weights_version=version, ranking=frozen.ranking,
    )  # fmt: skip
    return frozen


def as_json(placed: Placed) -> dict[str, Any]:
    """A court's place as it is kept."""
    return {
        "court": placed.court_code,
        "place": placed.place,
        "score": None if placed.score is None else str(placed.score),
        "points": [
            {
                "code": each.code,
                "weight": each.weight,
                "points": None if each.points is None else str(each.points),
                "is_small": each.is_small,
            }
            for each in placed.points
        ],
    }


async def freeze_due_months(work: Work, *, most: int = 24) -> list[date]:
    """Publish every month whose day has come, the oldest first. Returns them."""
    await refresh_all(work)
    rows = await work.session.execute(
        text(
            "SELECT min(month) AS first, (SELECT max(month) FROM indicator_frozen_month) AS last FROM indicator_figure"
        )
    )
    row = rows.one()
    month: date | None = add_months(row.last, 1) if row.last else row.first
    today = work.now.astimezone(COURT_ZONE).date()
    done: list[date] = []
    while (
        month is not None
        and len(done) < most
        and today >= first_day_to_freeze(month, legal().indicator_freeze_day)
    ):
        await freeze_month(work, month)
        done.append(month)
        month = add_months(month, 1)
    return done
