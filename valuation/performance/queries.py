"""Count the records: punctuality, corrections, objections that were right, and how far prices lay from what was sold."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlmodel import select

from core.database import Work
from core.errors import NotFound
from core.i18n import msg
from core.identity import Permission, require
from valuation.appraisers.models import AppraisalFirm


@dataclass(frozen=True, slots=True)
class ValuerRecord:
    """What a firm or platform was asked, and what came of it. `key`: the firm's id or the platform's code.

    `on_time` of the `due` ones (reported or late); `corrections` demanded by the court; `objections` against its reports and
    `founded` ones; `sold`: valued assets that were sold; `median_off_percent`: by how much the sales lay above (below) its
    prices; `mean_off_percent`: how far off in either direction; `paid_fen`: what it was paid. None where nothing was sold.
    """

    key: str
    asked: int = 0
    due: int = 0
    on_time: int = 0
    late: int = 0
    refused: int = 0
    replaced: int = 0
    extensions: int = 0
    corrections: int = 0
    objections: int = 0
    founded: int = 0
    sold: int = 0
    median_off_percent: float | None = None
    mean_off_percent: float | None = None
    paid_fen: int = 0

    @property
    def punctual_percent(self) -> float | None:
        """How many of its reports came in time; None before the first was due."""
        return round(100 * self.on_time / self.due, 1) if self.due else None


_FIRMS = """
    WITH done AS (
        SELECT e.firm_id, e.state, e.extensions, e.reported_at <= e.due_at AS in_time,
               (SELECT count(*) FROM report_demand AS d WHERE d.engagement_id = e.id) AS corrections,
               o.objections, o.founded,
               CASE WHEN e.state = 'reported' THEN 100.0 * v.sold_fen / r.price_fen - 100 END AS off,
               coalesce(f.amount_fen, 0) AS paid_fen
        FROM appraisal_engagement AS e
        JOIN appraisal_firm AS a ON a.id = e.firm_id
        JOIN valuation AS v ON v.id = e.valuation_id
        LEFT JOIN valuation_fee AS f ON f.engagement_id = e.id AND f.state = 'paid'
        LEFT JOIN LATERAL (
            SELECT price_fen FROM appraisal_report
            WHERE valuation_id = e.valuation_id AND firm = a.name ORDER BY version DESC LIMIT 1) AS r ON true
        LEFT JOIN LATERAL (
            SELECT count(*) AS objections, count(*) FILTER (WHERE outcome IN ('founded', 'corrected')) AS founded
            FROM report_objection WHERE valuation_id = e.valuation_id
              AND filed_at >= e.reported_at AND filed_at < coalesce(e.ended_at, 'infinity')) AS o ON true
        WHERE e.entrusted_at IS NOT NULL AND (CAST(:key AS uuid) IS NULL OR e.firm_id = CAST(:key AS uuid))
    )
    SELECT firm_id::text AS key, count(*) AS asked,
           count(*) FILTER (WHERE in_time IS NOT NULL OR state = 'overdue') AS due,
           count(*) FILTER (WHERE in_time) AS on_time, count(*) FILTER (WHERE state = 'overdue') AS late,
           count(*) FILTER (WHERE state = 'declined') AS refused,
           count(*) FILTER (WHERE state = 'replaced') AS replaced,
           sum(extensions) AS extensions, sum(corrections) AS corrections,
           sum(objections) AS objections, sum(founded) AS founded, count(off) AS sold,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY off) AS median_off_percent,
           avg(abs(off)) AS mean_off_percent, sum(paid_fen) AS paid_fen
    FROM done GROUP BY firm_id
"""
_PLATFORMS = """
    WITH done AS (
        SELECT i.platform_code, i.state, i.is_extended, i.corrections, o.objections, o.founded,
               100.0 * v.sold_fen / i.price_fen - 100 AS off, coalesce(f.amount_fen, 0) AS paid_fen
        FROM platform_inquiry AS i
        JOIN valuation AS v ON v.id = i.valuation_id
        LEFT JOIN valuation_fee AS f ON f.inquiry_id = i.id AND f.state = 'paid'
        LEFT JOIN LATERAL (
            SELECT count(*) AS objections, count(*) FILTER (WHERE outcome IN ('founded', 'corrected')) AS founded
            FROM report_objection WHERE valuation_id = i.valuation_id AND i.platform_code = ANY (platforms)) AS o ON true
    )
    SELECT platform_code AS key, count(*) AS asked,
           count(*) FILTER (WHERE state IN ('delivered', 'late')) AS due,
           count(*) FILTER (WHERE state = 'delivered') AS on_time, count(*) FILTER (WHERE state = 'late') AS late,
           count(*) FILTER (WHERE state = 'refused') AS refused, 0 AS replaced,
           count(*) FILTER (WHERE is_extended) AS extensions, sum(corrections) AS corrections,
           sum(objections) AS objections, sum(founded) AS founded, count(off) AS sold,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY off) AS median_off_percent,
           avg(abs(off)) AS mean_off_percent, sum(paid_fen) AS paid_fen
    FROM done GROUP BY platform_code
"""


async def firm_records(work: Work) -> dict[str, ValuerRecord]:
    """The records of all firms that were ever entrusted, by id; for who keeps the list (V-20)."""
    require(work.actor, Permission.KEEP_VALUERS)
    return await _counted(work, _FIRMS, {"key": None})


async def platform_records(work: Work) -> dict[str, ValuerRecord]:
    """The records of all platforms that were ever asked, by code; for who keeps the list (V-15)."""
    require(work.actor, Permission.KEEP_VALUERS)
    return await _counted(work, _PLATFORMS, {})


async def own_record(work: Work) -> ValuerRecord:
    """The record of the firm that is asking. Raises `NotFound` when the account is no listed firm's."""
    found = await work.session.exec(
        select(AppraisalFirm.id).where(AppraisalFirm.account_id == work.actor.account_id)
    )
    firm_id = found.first()
    if firm_id is None or work.actor.account_id is None:
        raise NotFound(msg("您的账号没有对应的评估机构，请联系中级法院登记。"))
    records = await _counted(work, _FIRMS, {"key": firm_id})
    return records.get(str(firm_id), ValuerRecord(str(firm_id)))


async def _counted(work: Work, query: str, values: dict[str, Any]) -> dict[str, ValuerRecord]:
    rows = await work.session.execute(text(query), values)
    return {
        row["key"]: ValuerRecord(**{name: _plain(name, row[name]) for name in row}) for row in rows.mappings()
    }


def _plain(name: str, value: Any) -> Any:
    """A column as the record holds it: PostgreSQL sums and means are numerics."""
    if name == "key":
        return value
    if name.endswith("off_percent"):
        return None if value is None else round(float(value), 1)
    return int(value or 0)
