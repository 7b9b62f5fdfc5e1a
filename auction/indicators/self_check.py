"""Every night the figures are counted once more from their facts, and a share of the facts from the raw rows.

The sums are kept by adding and taking away (`sums.py`), and facts are found anew where a trigger named their subject. Neither is
believed for ever: what differs is put right, kept in the audit chain, and told to the court that keeps the indicators.
"""

from dataclasses import dataclass

import structlog
from sqlalchemy import text

from auction.indicators.refresh import LOCK, count_again, refresh_all
from auction.indicators.sums import SPREAD, WHOLE
from core.audit import record
from core.clock import COURT_ZONE
from core.database import Work
from core.i18n import msg
from core.identity import Role
from disposal_teams.courts.queries import all_courts
from disposal_teams.courts.tell import tell_court

NIGHTS = 28
"""In so many nights every subject's facts are found anew once."""
STREAM = "indicators:self-check"

_COUNTED = """
    SELECT fact.indicator, fact.court_code, fact.month, fact.team_id, sum(fact.numerator) AS numerator,
           sum(fact.denominator) AS denominator, count(*) FILTER (WHERE fact.denominator <> 0) AS row_count,
           count(*) AS fact_count,
           CASE WHEN fact.indicator = ANY(:spread)
                THEN percentile_disc(0.5) WITHIN GROUP (ORDER BY fact.numerator) END AS median,
           CASE WHEN fact.indicator = ANY(:spread)
                THEN percentile_disc(0.9) WITHIN GROUP (ORDER BY fact.numerator) END AS ninth_decile
      FROM indicator_fact AS fact
     GROUP BY GROUPING SETS ((fact.indicator, fact.court_code, fact.month),
                             (fact.indicator, fact.court_code, fact.month, fact.team_id))
    HAVING grouping(fact.team_id) = 1 OR fact.team_id IS NOT NULL
"""
_WRONG = f"""
    CREATE TEMPORARY TABLE indicator_wrong ON COMMIT DROP AS
    SELECT coalesce(counted.indicator, figure.indicator) AS indicator,
           coalesce(counted.court_code, figure.court_code) AS court_code,
           coalesce(counted.month, figure.month) AS month
      FROM ({_COUNTED}) AS counted
      FULL JOIN indicator_figure AS figure
        ON figure.indicator = counted.indicator AND figure.court_code = counted.court_code
       AND figure.month = counted.month
       AND coalesce(figure.team_id, CAST(:whole AS uuid)) = coalesce(counted.team_id, CAST(:whole AS uuid))
     WHERE (figure.numerator, figure.denominator, figure.row_count, figure.fact_count, figure.median, figure.ninth_decile)
           IS DISTINCT FROM
           (counted.numerator, counted.denominator, counted.row_count, counted.fact_count, counted.median,
            counted.ninth_decile)
     GROUP BY 1, 2, 3
"""  # noqa: S608 - composed of our own words
_OF_WRONG = "(indicator, court_code, month) IN (SELECT indicator, court_code, month FROM indicator_wrong)"
_REPAIR = (
    f"DELETE FROM indicator_figure WHERE {_OF_WRONG}",  # noqa: S608
    f"DELETE FROM indicator_spread WHERE {_OF_WRONG}",  # noqa: S608
    f"""
    INSERT INTO indicator_spread (indicator, court_code, month, team_id, value, count)
    SELECT fact.indicator, fact.court_code, fact.month, coalesce(fact.team_id, CAST(:whole AS uuid)), fact.numerator, count(*)
      FROM indicator_fact AS fact
     WHERE fact.indicator = ANY(:spread) AND {_OF_WRONG}
     GROUP BY GROUPING SETS ((fact.indicator, fact.court_code, fact.month, fact.numerator),
                             (fact.indicator, fact.court_code, fact.month, fact.numerator, fact.team_id))
    HAVING grouping(fact.team_id) = 1 OR fact.team_id IS NOT NULL
    """,  # noqa: S608
    f"""
    INSERT INTO indicator_figure
           (indicator, court_code, month, team_id, numerator, denominator, row_count, fact_count, median, ninth_decile,
            median_below, ninth_below)
    SELECT counted.*, coalesce(below.median, 0), coalesce(below.ninth, 0)
      FROM ({_COUNTED}) AS counted
      LEFT JOIN LATERAL (
        SELECT sum(count) FILTER (WHERE value < counted.median) AS median,
               sum(count) FILTER (WHERE value < counted.ninth_decile) AS ninth
          FROM indicator_spread AS spread
         WHERE spread.indicator = counted.indicator AND spread.court_code = counted.court_code
           AND spread.month = counted.month
           AND spread.team_id = coalesce(counted.team_id, CAST(:whole AS uuid))) AS below ON TRUE
     WHERE {_OF_WRONG}
    """,  # noqa: S608
)


@dataclass(frozen=True, slots=True)
class Checked:
    """Keys (indicator, court, month) of wrong sums, and of facts that no trigger had told of."""

    wrong_sums: tuple[tuple[str, str, str], ...]
    missed_facts: tuple[tuple[str, str, str], ...]

    @property
    def is_clean(self) -> bool:
        """Nothing was wrong."""
        return not self.wrong_sums and not self.missed_facts


async def check_figures(work: Work) -> Checked:
    """Count the sums again from all facts, and tonight's share of the facts from the raw rows; repair and tell what differs."""
    await refresh_all(work)
    wrong = await recount(work)
    night = work.now.astimezone(COURT_ZONE).toordinal() % NIGHTS
    await count_again(work, share=night, shares=NIGHTS)
    missed = tuple(
        sorted((code, court, f"{month:%Y-%m}") for code, court, month in (await refresh_all(work)).keys)
    )
    found = Checked(wrong, missed)
    if not found.is_clean:
        structlog.get_logger().error("indicators.self_check", wrong=wrong, missed=missed)
        await record(
            work, "indicators.repaired", stream=STREAM, rule="K-01", wrong=[list(each) for each in wrong],
            missed=[list(each) for each in missed],
        )  # fmt: skip
        for court in await all_courts(work):
            if court.superior_code is None:
                await tell_court(
                    work, court.code, Role.INTERMEDIATE_COURT, key=f"indicators:{work.now.date().isoformat()}",
                    title=msg("指标自检发现差异"),
                    body=msg("{count} 项指标数值与明细不符，已按明细更正。", count=len(wrong) + len(missed)),
                    link="/supervision/indicators",
                )  # fmt: skip
    return found


async def recount(work: Work) -> tuple[tuple[str, str, str], ...]:
    """Compare every figure with the sum of its facts, make wrong ones anew; their keys."""
    await work.session.flush()
    await work.session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 8))"), {"name": LOCK}
    )
    given = {"spread": list(SPREAD), "whole": WHOLE}
    await work.session.execute(text("DROP TABLE IF EXISTS indicator_wrong"))
    await work.session.execute(text(_WRONG), given)
    rows = await work.session.execute(
        text("SELECT indicator, court_code, month FROM indicator_wrong ORDER BY 1, 2, 3")
    )
    wrong = tuple((row.indicator, row.court_code, f"{row.month:%Y-%m}") for row in rows)
    if wrong:
        for statement in _REPAIR:
            needed = {name: value for name, value in given.items() if f":{name}" in statement}
            await work.session.execute(text(statement), needed)
    return wrong
