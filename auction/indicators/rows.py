"""From a figure down to the rows behind it, as they stand or as they were published (chapter 9)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text

from auction.indicators.figures import require_court
from core.database import Work

PAGE = 50

_ROWS = """
    SELECT fact.id, fact.at, fact.base, fact.subject_id, fact.numerator, fact.denominator, team.name AS team,
           coalesce(complaint.ticket_no, lot.lot_no, errand.number, dispute.number, asset.asset_no) AS number,
           coalesce(complaint.summary, lot.title, errand.subject, asset.title) AS title,
           coalesce(asset.case_id, ended.id) AS case_id, fact_case.case_no
      FROM {table} AS fact
      LEFT JOIN complaint ON fact.base = 'complaint' AND complaint.id = fact.subject_id
      LEFT JOIN enforcement_case AS ended ON fact.base = 'conclusion' AND ended.id = fact.subject_id
      LEFT JOIN lot ON lot.id = coalesce(complaint.lot_id, CASE WHEN fact.base IN ('run', 'cycle') THEN fact.subject_id END)
      LEFT JOIN instruction AS errand ON fact.base = 'errand' AND errand.id = fact.subject_id
      LEFT JOIN objection AS dispute ON fact.base = 'dispute' AND dispute.id = fact.subject_id
      LEFT JOIN transfer_request AS letter ON fact.base = 'letter' AND letter.id = fact.subject_id
      LEFT JOIN survey ON fact.base = 'survey' AND survey.id = fact.subject_id
      LEFT JOIN asset ON asset.id = coalesce(lot.asset_id, errand.asset_id, dispute.asset_id, letter.asset_id, survey.asset_id,
               CASE WHEN fact.base IN ('ending', 'pricing', 'overdue') THEN fact.subject_id END)
      LEFT JOIN enforcement_case AS fact_case ON fact_case.id = coalesce(lot.case_id, errand.case_id, dispute.case_id,
               asset.case_id, ended.id)
      LEFT JOIN disposal_team AS team ON team.id = fact.team_id
     WHERE fact.indicator = :code AND fact.court_code = :court AND fact.month = :month
       AND (CAST(:after AS bigint) IS NULL OR (fact.at, fact.id) < (
            SELECT mark.at, mark.id FROM {table} AS mark WHERE mark.id = :after))
     ORDER BY fact.at DESC, fact.id DESC LIMIT :limit
"""
_NOW = _ROWS.replace("{table}", "indicator_fact")
_PUBLISHED = _ROWS.replace("{table}", "indicator_frozen_fact")


@dataclass(frozen=True, slots=True)
class FactRow:
    """A row behind a figure: what it is, when it counted, and what it added to numerator and denominator."""

    id: int
    at: datetime
    base: str
    subject_id: UUID
    numerator: int
    denominator: int
    team: str | None
    number: str | None
    title: str | None
    case_id: UUID | None
    case_no: str | None


async def rows_of(
    work: Work,
    code: str,
    court_code: str,
    month: date,
    *,
    is_published: bool,
    after: int | None = None,
    limit: int = PAGE,
) -> tuple[list[FactRow], int | None]:
    """One page of the rows, the newest first, and the mark of the next. Raises `NotPermitted`."""
    require_court(work.actor, court_code)
    rows = await work.session.execute(
        text(_PUBLISHED if is_published else _NOW),
        {"code": code, "court": court_code, "month": month, "after": after, "limit": limit + 1},
    )
    found = [FactRow(**row._mapping) for row in rows]
    return found[:limit], found[limit - 1].id if len(found) > limit else None


async def cases_behind(work: Work, code: str, court_code: str, month: date) -> list[tuple[UUID, str]]:
    """The court's open cases behind a figure as it stands, by number: where an order can be made (T-20)."""
    require_court(work.actor, court_code)
    rows = await work.session.execute(
        text(
            """
            SELECT DISTINCT fact_case.id, fact_case.case_no
              FROM indicator_fact AS fact
              LEFT JOIN lot ON fact.base IN ('run', 'cycle') AND lot.id = fact.subject_id
              LEFT JOIN transfer_request AS letter ON fact.base = 'letter' AND letter.id = fact.subject_id
              LEFT JOIN asset ON asset.id = coalesce(lot.asset_id, letter.asset_id, fact.subject_id)
              JOIN enforcement_case AS fact_case ON fact_case.id = coalesce(lot.case_id, asset.case_id)
             WHERE fact.indicator = :code AND fact.court_code = :court AND fact.month = :month
               AND fact_case.court_code = :court AND fact_case.state <> 'closed'
               AND (fact.numerator = 0 OR fact.denominator = 0 OR :code = 'K-21')
             ORDER BY fact_case.case_no LIMIT 200
            """
        ),
        {"code": code, "court": court_code, "month": month},
    )
    return [(row.id, row.case_no) for row in rows]
