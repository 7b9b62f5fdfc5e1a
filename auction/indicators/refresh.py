"""Find facts and figures anew for what has changed, and for nothing else: the cost follows the changes, not the history."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from auction.indicators.bases import BASES, fact_sql
from auction.indicators.corrections import Row, correct_frozen
from auction.indicators.sums import Key, follow_facts
from core.database import Work
from disposal_teams.surveys.matrix import MATRIX

BATCH = 1000
LOCK = "auction.indicators.refresh"

_TAKE = """
    WITH due AS (
        (SELECT id FROM indicator_mark WHERE due_at IS NULL ORDER BY id LIMIT :batch)
        UNION ALL
        (SELECT id FROM indicator_mark WHERE due_at <= :now ORDER BY due_at, id LIMIT :batch)
    ), taken AS (
        DELETE FROM indicator_mark WHERE id IN (SELECT id FROM due) RETURNING subject, subject_id
    )
    SELECT DISTINCT subject, subject_id FROM taken
"""
_FORGET = """
    DELETE FROM indicator_fact WHERE base = :base AND subject_id = ANY(:subjects)
    RETURNING indicator, court_code, month, subject_id, team_id, numerator, denominator
"""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """How much a refresh looked at, and which figures are others now."""

    subjects: int
    keys: frozenset[Key]


async def refresh(work: Work, *, batch: int = BATCH) -> Refreshed:
    """Take up to `batch` marks of each kind, find the facts of their subjects and the figures that these touch anew.

    One transaction at a time does it. Doing it again changes nothing. Figures of frozen months get corrections.
    """
    await work.session.flush()
    await work.session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 8))"), {"name": LOCK}
    )
    taken: dict[str, list[UUID]] = defaultdict(list)
    for row in await work.session.execute(text(_TAKE), {"batch": batch, "now": work.now}):
        taken[row.subject].append(row.subject_id)
    taken["asset"] = await _with_parts(work, taken["asset"], taken["lot"])
    changed: dict[Key, tuple[Counter[Row], Counter[Row]]] = {}
    for name, base in BASES.items():
        subjects = taken.get(base.subject)
        if subjects:
            await _facts_anew(work, name, subjects, changed)
            if base.looks:
                await _look_again(work, base.subject, base.looks, subjects)
    touched = {key: pair for key, pair in changed.items() if pair[0] != pair[1]}
    await follow_facts(work, touched)
    await correct_frozen(work, touched)
    return Refreshed(sum(map(len, taken.values())), frozenset(touched))


async def _with_parts(work: Work, assets: list[UUID], lots: list[UUID]) -> list[UUID]:
    """The assets, and those that are sold together in one of the lots: the trigger names the leading one only."""
    if not lots:
        return assets
    rows = await work.session.execute(
        text("SELECT DISTINCT asset_id FROM lot_part WHERE lot_id = ANY(:lots)"), {"lots": lots}
    )
    return sorted({*assets, *(row.asset_id for row in rows)})


async def refresh_all(work: Work, *, most: int = 50) -> Refreshed:
    """Refresh until no mark is due, at most so many batches."""
    subjects, keys = 0, set[Key]()
    for _ in range(most):
        done = await refresh(work)
        subjects, keys = subjects + done.subjects, keys | done.keys
        if not done.subjects:
            break
    return Refreshed(subjects, frozenset(keys))


async def _facts_anew(
    work: Work, base: str, subjects: list[UUID], changed: dict[Key, tuple[Counter[Row], Counter[Row]]]
) -> None:
    before = await work.session.execute(text(_FORGET), {"base": base, "subjects": subjects})
    for row in before:
        _side(changed, row)[0][_said(base, row)] += 1
    rows = fact_sql(base)
    parameters: dict[str, Any] = {"base": base, "subjects": subjects}
    if ":now" in rows:
        parameters["now"] = work.now
    if base == "survey":
        parameters |= _items()
    after = await work.session.execute(
        text(
            "INSERT INTO indicator_fact (base, indicator, subject_id, court_code, team_id, at, month, numerator, denominator) "  # noqa: S608 - composed of our own definitions
            f"SELECT :base, counted.* FROM ({rows}) AS counted "
            "RETURNING indicator, court_code, month, subject_id, team_id, numerator, denominator"
        ),
        parameters,
    )
    for row in after:
        _side(changed, row)[1][_said(base, row)] += 1


def _side(
    changed: dict[Key, tuple[Counter[Row], Counter[Row]]], row: Any
) -> tuple[Counter[Row], Counter[Row]]:
    return changed.setdefault((row.indicator, row.court_code, row.month), (Counter(), Counter()))


def _said(base: str, row: Any) -> Row:
    return (base, row.subject_id, row.team_id, row.numerator, row.denominator)


def _items() -> dict[str, list[str]]:
    """The survey's matrix for the query: codes, their kinds, the attribute that makes them required."""
    return {
        "items": [item.code for item in MATRIX],
        "item_kinds": [",".join(sorted(str(kind) for kind in item.kinds)) for item in MATRIX],
        "item_ifs": [item.only_if or "" for item in MATRIX],
    }


async def _look_again(work: Work, subject: str, looks: str, subjects: Sequence[UUID]) -> None:
    """Leave a mark for when time alone changes a subject's facts, in place of those left before."""
    await work.session.execute(
        text(
            "DELETE FROM indicator_mark WHERE subject = :subject AND subject_id = ANY(:subjects) AND due_at IS NOT NULL"
        ),
        {"subject": subject, "subjects": list(subjects)},
    )
    await work.session.execute(
        text(
            "INSERT INTO indicator_mark (subject, subject_id, due_at) "  # noqa: S608 - composed of our own definitions
            f"SELECT :subject, look.subject_id, look.due_at FROM ({looks}) AS look"
        ),
        {"subject": subject, "subjects": list(subjects), "now": work.now},
    )


async def count_again(work: Work, *, share: int = 0, shares: int = 1) -> int:
    """Mark every subject, so that the next refreshes count everything anew: after an import past the triggers, or to check.

    `share` of `shares`: only that part of the subjects. Returns how many were marked.
    """
    marked = await work.session.execute(
        text(
            """
            INSERT INTO indicator_mark (subject, subject_id)
            SELECT subject, id FROM (
                SELECT 'lot' AS subject, id FROM lot WHERE NOT is_practice UNION ALL SELECT 'asset', id FROM asset
                UNION ALL SELECT 'transfer', id FROM transfer_request UNION ALL SELECT 'instruction', id FROM instruction
                UNION ALL SELECT 'objection', id FROM objection UNION ALL SELECT 'survey', id FROM survey
                UNION ALL SELECT 'case', case_id FROM case_conclusion UNION ALL SELECT 'complaint', id FROM complaint
            ) AS every WHERE abs(CAST(hashtext(CAST(id AS text)) AS bigint)) % :shares = :share
            """
        ),
        {"share": share, "shares": shares},
    )
    return int(getattr(marked, "rowcount", 0))
