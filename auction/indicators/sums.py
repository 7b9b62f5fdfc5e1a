"""Figures that follow their facts: what a fact adds is added, what a gone fact had added is taken away, in one transaction.

The cost follows the facts that changed and nothing else. Numerators, denominators and counts are plain sums. Median and ninth
decile are kept as places in a histogram of the values (`indicator_spread`): beside each stands how many facts lie below it, so
that a change of `n` facts moves it by at most `2 n + 1` values of the histogram, however many facts there are.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import text

from auction.indicators.corrections import Row
from auction.indicators.definitions import INDICATORS
from core.database import Work

SPREAD = frozenset(each.code for each in INDICATORS if each.spread)
WHOLE = UUID(int=0)
"""Stands for the court as a whole where a team is named."""

Key = tuple[str, str, date]
"""Indicator, court, month."""

_ADD = """
    INSERT INTO indicator_figure
           (indicator, court_code, month, team_id, numerator, denominator, row_count, fact_count)
    SELECT * FROM unnest(CAST(:codes AS text[]), CAST(:courts AS text[]), CAST(:months AS date[]), CAST(:teams AS uuid[]),
                         CAST(:numerators AS bigint[]), CAST(:denominators AS bigint[]), CAST(:rows AS int[]),
                         CAST(:facts AS int[]))
        ON CONFLICT ON CONSTRAINT indicator_figure_once DO UPDATE
       SET numerator = indicator_figure.numerator + excluded.numerator,
           denominator = indicator_figure.denominator + excluded.denominator,
           row_count = indicator_figure.row_count + excluded.row_count,
           fact_count = indicator_figure.fact_count + excluded.fact_count
"""
_EMPTY = """
    DELETE FROM indicator_figure AS figure
     USING unnest(CAST(:codes AS text[]), CAST(:courts AS text[]), CAST(:months AS date[]))
               AS key(indicator, court_code, month)
     WHERE figure.indicator = key.indicator AND figure.court_code = key.court_code AND figure.month = key.month
       AND figure.fact_count = 0
"""
_DELTA = """
    unnest(CAST(:codes AS text[]), CAST(:courts AS text[]), CAST(:months AS date[]), CAST(:teams AS uuid[]),
           CAST(:values AS bigint[]), CAST(:changes AS int[])) AS delta(indicator, court_code, month, team_id, value, change)
"""
_SPREAD = f"""
    INSERT INTO indicator_spread (indicator, court_code, month, team_id, value, count)
    SELECT * FROM {_DELTA}
        ON CONFLICT (indicator, court_code, month, team_id, value) DO UPDATE
       SET count = indicator_spread.count + excluded.count
"""  # noqa: S608 - composed of our own words
_SPREAD_EMPTY = f"""
    DELETE FROM indicator_spread AS spread USING {_DELTA}
     WHERE spread.indicator = delta.indicator AND spread.court_code = delta.court_code AND spread.month = delta.month
       AND spread.team_id = delta.team_id AND spread.value = delta.value AND spread.count = 0
"""  # noqa: S608
_PLACES = f"""
    WITH touched AS (
        SELECT figure.id, figure.fact_count, delta.indicator, delta.court_code, delta.month, delta.team_id,
               figure.median, figure.median_below, figure.ninth_decile, figure.ninth_below,
               2 * sum(abs(delta.change)) + 2 AS steps,
               coalesce(sum(delta.change) FILTER (WHERE delta.value < figure.median), 0) AS median_moved,
               coalesce(sum(delta.change) FILTER (WHERE delta.value < figure.ninth_decile), 0) AS ninth_moved
          FROM {_DELTA}
          JOIN indicator_figure AS figure
            ON figure.indicator = delta.indicator AND figure.court_code = delta.court_code AND figure.month = delta.month
           AND figure.team_id IS NOT DISTINCT FROM nullif(delta.team_id, CAST(:whole AS uuid))
         GROUP BY figure.id, delta.indicator, delta.court_code, delta.month, delta.team_id
    ), wanted AS (
        SELECT touched.*, place.name, place.pivot, place.below, place.rank FROM touched
         CROSS JOIN LATERAL (VALUES
            ('median', coalesce(median, CAST(:least AS bigint)), median_below + median_moved, (fact_count + 1) / 2),
            ('ninth', coalesce(ninth_decile, CAST(:least AS bigint)), ninth_below + ninth_moved, (fact_count * 9 + 9) / 10)
         ) AS place(name, pivot, below, rank)
    ), found AS (
        SELECT wanted.id, wanted.name, step.value, step.below
          FROM wanted CROSS JOIN LATERAL (
            SELECT walk.value, walk.below FROM (
                SELECT up.value, up.count, wanted.below + sum(up.count) OVER (ORDER BY up.value) - up.count AS below
                  FROM (SELECT spread.value, spread.count FROM indicator_spread AS spread
                         WHERE spread.indicator = wanted.indicator AND spread.court_code = wanted.court_code
                           AND spread.month = wanted.month AND spread.team_id = wanted.team_id
                           AND spread.value >= wanted.pivot
                         ORDER BY spread.value LIMIT wanted.steps) AS up
                UNION ALL
                SELECT down.value, down.count, wanted.below - sum(down.count) OVER (ORDER BY down.value DESC)
                  FROM (SELECT spread.value, spread.count FROM indicator_spread AS spread
                         WHERE spread.indicator = wanted.indicator AND spread.court_code = wanted.court_code
                           AND spread.month = wanted.month AND spread.team_id = wanted.team_id
                           AND spread.value < wanted.pivot
                         ORDER BY spread.value DESC LIMIT wanted.steps) AS down
            ) AS walk
            WHERE walk.below < wanted.rank AND wanted.rank <= walk.below + walk.count) AS step
    )
    UPDATE indicator_figure AS figure
       SET median = median.value, median_below = median.below, ninth_decile = ninth.value, ninth_below = ninth.below
      FROM found AS median JOIN found AS ninth ON ninth.id = median.id AND ninth.name = 'ninth'
     WHERE median.name = 'median' AND figure.id = median.id
"""  # noqa: S608
LEAST = -(2**63)


@dataclass(slots=True)
class _Change:
    """What is added to a figure; negative where facts have gone."""

    numerator: int = 0
    denominator: int = 0
    rows: int = 0
    facts: int = 0


async def follow_facts(work: Work, changed: Mapping[Key, tuple[Counter[Row], Counter[Row]]]) -> None:
    """Add to the figures what the facts that have come add, and take away what those that have gone had added.

    `changed`: by key the facts before and after. The caller holds the lock of the refresh, so nobody else changes figures.
    """
    sums: dict[tuple[Key, UUID | None], _Change] = defaultdict(_Change)
    spreads: dict[tuple[Key, UUID, int], int] = defaultdict(int)
    for key, (before, after) in changed.items():
        for rows, sign in ((after - before, 1), (before - after, -1)):
            for (_, _, team, numerator, denominator), times in rows.items():
                for whose in {None, team}:
                    change = sums[key, whose]
                    change.numerator += sign * times * numerator
                    change.denominator += sign * times * denominator
                    change.rows += sign * times * (denominator != 0)
                    change.facts += sign * times
                    if key[0] in SPREAD:
                        spreads[key, whose or WHOLE, numerator] += sign * times
    if not sums:
        return
    where = _columns([key for key, _ in sums])
    changes = list(sums.values())
    await work.session.execute(
        text(_ADD),
        where
        | {
            "teams": [team for _, team in sums],
            "numerators": [each.numerator for each in changes],
            "denominators": [each.denominator for each in changes],
            "rows": [each.rows for each in changes],
            "facts": [each.facts for each in changes],
        },
    )
    moved = {place: change for place, change in spreads.items() if change}
    if moved:
        delta = _columns([key for key, _, _ in moved]) | {
            "teams": [team for _, team, _ in moved],
            "values": [value for _, _, value in moved],
            "changes": list(moved.values()),
        }
        await work.session.execute(text(_SPREAD), delta)
        await work.session.execute(text(_SPREAD_EMPTY), delta)
    await work.session.execute(text(_EMPTY), where)
    if moved:
        await work.session.execute(text(_PLACES), delta | {"whole": WHOLE, "least": LEAST})


def _columns(keys: list[Key]) -> dict[str, list[object]]:
    return {
        "codes": [code for code, _, _ in keys],
        "courts": [court for _, court, _ in keys],
        "months": [month for _, _, month in keys],
    }
