"""What is found later of a frozen month: the figure stays as published, the correction stands beside it with its rows."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from auction.indicators.models import Correction, FrozenMonth, IndicatorFigure
from core.audit import record
from core.database import Work
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import Message, msg
from core.identity import Permission, require
from core.ids import new_id
from disposal_teams.plain_text import clean_text

Row = tuple[str, UUID, UUID | None, int, int]
"""Base, subject, team, numerator, denominator."""

MOST_ROWS = 50
"""Rows that a correction names; a repair of more is told by their number."""


async def correct_frozen(
    work: Work,
    changed: Mapping[tuple[str, str, date], tuple[Counter[Row], Counter[Row]]],
) -> list[Correction]:
    """Write a correction for each changed figure of a frozen month that is another than was last known."""
    if not changed:
        return []
    frozen = set(
        await work.session.exec(
            select(col(FrozenMonth.month)).where(
                col(FrozenMonth.month).in_({month for _, _, month in changed})
            )
        )
    )
    found = []
    for (code, court, month), (before, after) in sorted(changed.items()):
        if month not in frozen:
            continue
        known = await last_known(work, code, court, month)
        figure = (
            await work.session.exec(
                select(IndicatorFigure)
                .where(
                    IndicatorFigure.indicator == code,
                    IndicatorFigure.court_code == court,
                    IndicatorFigure.month == month,
                    col(IndicatorFigure.team_id).is_(None),
                )
                .execution_options(populate_existing=True)
            )
        ).first()
        now = (figure.numerator, figure.denominator) if figure else (0, 0)
        if now == known:
            continue
        correction = Correction(
            id=new_id(),
            month=month,
            indicator=code,
            court_code=court,
            numerator_before=known[0],
            denominator_before=known[1],
            numerator=now[0],
            denominator=now[1],
            row_count=figure.row_count if figure else 0,
            found_at=work.now,
            because=_rows(before - after, after - before),
        )
        work.session.add(correction)
        found.append(correction)
    await work.session.flush()
    return found


def _rows(gone: Counter[Row], come: Counter[Row]) -> list[dict[str, object]]:
    subjects: dict[tuple[str, UUID], dict[str, object]] = {}
    for side, rows in (("before", gone), ("after", come)):
        for base, subject, _, numerator, denominator in rows:
            line = subjects.setdefault(
                (base, subject),
                {"base": base, "subject_id": str(subject), "before": None, "after": None},
            )
            line[side] = [numerator, denominator]
    return list(subjects.values())[:MOST_ROWS]


async def last_known(work: Work, code: str, court: str, month: date) -> tuple[int, int]:
    """Numerator and denominator as published, or as last corrected."""
    rows = await work.session.execute(
        text(
            """
            SELECT numerator, denominator FROM (
                SELECT numerator, denominator, found_at FROM indicator_correction
                 WHERE month = :month AND indicator = :code AND court_code = :court
                UNION ALL
                SELECT numerator, denominator, '-infinity' FROM indicator_frozen_figure
                 WHERE month = :month AND indicator = :code AND court_code = :court AND team_id IS NULL) AS known
             ORDER BY found_at DESC LIMIT 1
            """
        ),
        {"month": month, "code": code, "court": court},
    )
    row = rows.first()
    return (row.numerator, row.denominator) if row else (0, 0)


async def explain_correction(work: Work, correction_id: UUID, *, note: str) -> Correction:
    """Add in words why a published figure was corrected; once. Raises `NotFound`, `Conflict`, `InvalidInput`."""
    require(work.actor, Permission.KEEP_INDICATORS)
    fields: dict[str, Message] = {}
    note = clean_text(note, "note", fields, longest=500)
    if fields:
        raise InvalidInput(msg("请写明更正的原因。"), fields=fields, rule="K-01")
    correction = await work.session.get(Correction, correction_id, with_for_update=True)
    if correction is None:
        raise NotFound(msg("没有找到该更正。"))
    if correction.noted_at is not None:
        raise Conflict(msg("该更正已有说明。"), rule="K-01")
    correction.note, correction.noted_by_name, correction.noted_at = note, work.actor.name, work.now
    await record(
        work, "indicator.correction_explained", stream=f"indicators:{correction.month:%Y-%m}", rule=correction.indicator[:4],
        correction=str(correction.id), note=note,
    )  # fmt: skip
    return correction
