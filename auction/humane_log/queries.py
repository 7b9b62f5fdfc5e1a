"""One list over every kind of humane measure, by court, with counts for the court above (法发〔2019〕35号)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import text

from core.database import Work
from core.identity import Permission, require

PAGE = 100


class Measure(StrEnum):
    """The kinds of humane measures that are counted."""

    COMPROMISE = "compromise"
    SELF_SALE = "self_sale"
    LIVE_SEAL = "live_seal"
    HARDSHIP = "hardship"
    HELD_BACK = "held_back"
    WISH = "wish"


MEASURE_LABELS: dict[Measure, str] = {
    Measure.COMPROMISE: "执行和解，中止处置",
    Measure.SELF_SALE: "准许自行变卖",
    Measure.LIVE_SEAL: "活封，继续使用",
    Measure.HARDSHIP: "认定困难，保留生活所需",
    Measure.HELD_BACK: "超标的财产不处置、少处置或者解封",
    Measure.WISH: "采纳处置方式申请",
}

SHORT_LABELS: dict[Measure, str] = {
    Measure.COMPROMISE: "和解",
    Measure.SELF_SALE: "自行变卖",
    Measure.LIVE_SEAL: "活封",
    Measure.HARDSHIP: "困难认定",
    Measure.HELD_BACK: "超标的",
    Measure.WISH: "处置方式",
}
"""The same at the head of a column."""

OUTCOME_LABELS: dict[str, str] = {
    "going": "进行中",
    "good": "达到目的",
    "broken": "违约或者未成",
    "over": "已结束",
}

_ALL = """
    SELECT 'compromise' AS measure, court_code, case_id, asset_id, decided_at AS at,
           CASE state WHEN 'kept' THEN 'good' WHEN 'resumed' THEN 'broken' WHEN 'late' THEN 'broken' ELSE 'going' END AS outcome
      FROM compromise WHERE state IN ('in_force', 'late', 'resumed', 'kept')
    UNION ALL
    SELECT 'self_sale', court_code, case_id, asset_id, decided_at,
           CASE state WHEN 'released' THEN 'good' WHEN 'paid' THEN 'good' WHEN 'expired' THEN 'broken'
                WHEN 'withdrawn' THEN 'over' ELSE 'going' END
      FROM self_sale WHERE ends_at IS NOT NULL
    UNION ALL
    SELECT 'live_seal', court_code, case_id, asset_id, decided_at,
           CASE WHEN state = 'in_force' THEN 'going' WHEN is_breach THEN 'broken' ELSE 'over' END
      FROM live_seal WHERE state IN ('in_force', 'ended')
    UNION ALL
    SELECT 'hardship', court_code, case_id, NULL, decided_at, 'good'
      FROM hardship_note WHERE state IN ('recognised', 'partly')
    UNION ALL
    SELECT 'held_back', court_code, case_id, asset_id, decided_at,
           CASE WHEN way = 'release' THEN 'good' WHEN ended_at IS NULL THEN 'going' ELSE 'over' END
      FROM excess_measure
    UNION ALL
    SELECT 'wish', court_code, case_id, NULL, answered_at, 'good' FROM sale_wish WHERE state = 'accepted'
"""

_LIST = text(
    f"""
    SELECT m.measure, m.court_code, m.at, m.outcome, c.id AS case_id, c.case_no, a.asset_no, a.title
      FROM ({_ALL}) AS m
      JOIN enforcement_case AS c ON c.id = m.case_id
      LEFT JOIN asset AS a ON a.id = m.asset_id
     WHERE m.court_code = :court AND m.at >= :since AND m.at < :until
     ORDER BY m.at DESC, c.case_no LIMIT :most
    """  # noqa: S608 - fixed text
)
_COUNTS = text(
    f"""
    SELECT court_code, measure, outcome, count(*) AS number
      FROM ({_ALL}) AS m WHERE m.at >= :since AND m.at < :until
     GROUP BY court_code, measure, outcome
    """  # noqa: S608 - fixed text
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One measure of the log. `asset_no` and `title` are empty where it concerns a case as a whole."""

    measure: Measure
    at: datetime
    outcome: str
    case_id: UUID
    case_no: str
    asset_no: str
    title: str


@dataclass(slots=True)
class CourtCounts:
    """How many of each kind a court has taken in a period, and how they came out."""

    court_code: str
    by_measure: dict[Measure, int]
    by_outcome: dict[str, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.by_measure.values())


async def log_of_court(work: Work, court_code: str, *, since: datetime, until: datetime) -> list[Entry]:
    """The measures of a court decided in a period, newest first; for its own people and the court above (P-03)."""
    require(work.actor, Permission.SEE_COURT_FILES, court_code=court_code)
    rows = await work.session.execute(
        _LIST, {"court": court_code, "since": since, "until": until, "most": PAGE}
    )
    return [
        Entry(
            Measure(row.measure),
            row.at,
            row.outcome,
            row.case_id,
            row.case_no,
            row.asset_no or "",
            row.title or "",
        )
        for row in rows
    ]


async def counts_of_courts(
    work: Work, court_codes: Sequence[str], *, since: datetime, until: datetime
) -> list[CourtCounts]:
    """The counts of every court of the list, also of one that took none; for the court above."""
    require(work.actor, Permission.SEE_ALL_COURTS)
    found = {code: CourtCounts(code, {}, {}) for code in court_codes}
    for row in await work.session.execute(_COUNTS, {"since": since, "until": until}):
        if row.court_code in found:
            counts, measure = found[row.court_code], Measure(row.measure)
            counts.by_measure[measure] = counts.by_measure.get(measure, 0) + row.number
            counts.by_outcome[row.outcome] = counts.by_outcome.get(row.outcome, 0) + row.number
    return list(found.values())
