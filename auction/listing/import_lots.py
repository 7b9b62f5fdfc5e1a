"""Import lots in one go: case, parties, asset, seal, survey, reference price, earlier rounds and the draft (all or nothing).

The rows pass the same rules as work done by hand, and stand as if it had been: a first auction of an imported lot can be
notified and published at once. What a file does not tell is filled with plain entries that say so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Table, insert, text
from sqlmodel import SQLModel, select

from auction.listing.import_formats import ImportedLot
from auction.listing.import_records import Numbers, Records, records_of
from auction.listing.models import Lot, PanelDecision, PartyNotification
from auction.listing.numbering import next_lot_numbers
from core.audit.models import AuditEvent
from core.database import Work
from core.errors import InvalidInput
from core.i18n import msg
from core.identity import Permission, require
from core.ids import new_id
from disposal_teams.assets.models import Asset, Seal
from disposal_teams.cases.models import EnforcementCase, Party
from disposal_teams.courts.models import Court
from disposal_teams.courts.queries import all_courts, teams_of
from disposal_teams.surveys.models import Survey, SurveyLine
from valuation.appraisal.models import AppraisalReport, ResultService
from valuation.models import Valuation

BATCH = 1000


class ImportStage(StrEnum):
    """How far imported lots are brought: each stage includes the ones before it."""

    SEALED = "sealed"
    SURVEYED = "surveyed"
    VALUED = "valued"
    DRAFT = "draft"
    NOTIFIED = "notified"


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do: numbers of new lots, and how many were there already."""

    created: tuple[str, ...]
    known: int


_ORDER: tuple[type[SQLModel], ...] = (
    EnforcementCase,
    Party,
    Asset,
    Seal,
    Survey,
    SurveyLine,
    Valuation,
    AppraisalReport,
    ResultService,
    Lot,
    PanelDecision,
    PartyNotification,
)


async def import_lots(
    work: Work, lots: Sequence[ImportedLot], *, stage: ImportStage = ImportStage.DRAFT, is_demo: bool = False
) -> ImportReport:
    """Import lots that passed `read_lots`. Those whose `source_key` is there already are left as they are.

    Raises `InvalidInput` when the courts are not set up. The created are lot numbers, or asset numbers before the stage
    of drafts.
    """
    require(work.actor, Permission.IMPORT_RECORDS)
    courts = {court.code: court for court in await all_courts(work)}
    missing = {lot.court_code for lot in lots} - courts.keys()
    if missing:
        raise InvalidInput(msg("系统中没有法院 {codes}。请先登记法院。", codes="、".join(sorted(missing))))
    known = await _known_keys(work, [lot.source_key for lot in lots])
    fresh = [lot for lot in lots if lot.source_key not in known]
    created: list[str] = []
    teams = {code: next(iter(await teams_of(work, code)), None) for code in {lot.court_code for lot in fresh}}
    for start in range(0, len(fresh), BATCH):
        batch = fresh[start : start + BATCH]
        numbers = await _numbers(work, batch)
        records = Records()
        for lot, number in zip(batch, numbers, strict=True):
            team = teams[lot.court_code]
            made = records_of(lot, number, _court(courts, lot), work.now, stage.value, is_demo=is_demo)
            for row in made.rows:
                if isinstance(row, (Asset, Lot)) and team is not None:
                    row.team_id = team.id
            records.rows.extend(made.rows)
            created.append(made.shown_number)
        await _write(work, records.rows)
    return ImportReport(tuple(created), len(known))


def _court(courts: dict[str, Court], lot: ImportedLot) -> Court:
    return courts[lot.court_code]


async def _known_keys(work: Work, keys: list[str]) -> set[str]:
    known: set[str] = set()
    for start in range(0, len(keys), 5000):
        rows = await work.session.exec(
            select(Asset.source_key).where(Asset.source_key.in_(keys[start : start + 5000]))  # type: ignore[union-attr]
        )
        known.update(key for key in rows if key is not None)
    return known


async def _numbers(work: Work, batch: list[ImportedLot]) -> list[Numbers]:
    count = {"count": len(batch)}
    assets = await work.session.execute(
        text("SELECT nextval('asset_number_sequence') FROM generate_series(1, :count)"), count
    )
    cases = await work.session.execute(
        text("SELECT nextval('imported_case_number') FROM generate_series(1, :count)"), count
    )
    asset_numbers, case_numbers = assets.scalars().all(), cases.scalars().all()
    wanted = [lot.court_code for lot in batch for _ in range(1 + _earlier(lot))]
    lot_numbers = iter(await next_lot_numbers(work, wanted))
    return [
        Numbers(asset, case, tuple(next(lot_numbers) for _ in range(1 + _earlier(lot))))
        for lot, asset, case in zip(batch, asset_numbers, case_numbers, strict=True)
    ]


def _earlier(lot: ImportedLot) -> int:
    """How many earlier rounds the lot must have had."""
    return {"first": 0, "second": 1, "sell_off": 2}[lot.round] + lot.rerun


async def _write(work: Work, rows: list[SQLModel]) -> None:
    by_table: dict[type[SQLModel], list[dict[str, Any]]] = {table: [] for table in _ORDER}
    events: list[dict[str, Any]] = []
    for row in rows:
        by_table[type(row)].append(
            {name: value for name, value in vars(row).items() if name != "_sa_instance_state"}
        )
        if isinstance(row, Asset):
            events.append(_event(work, "asset.imported", "A-01", f"asset:{row.id}", row, None))
        elif isinstance(row, Lot):
            events.append(_event(work, "lot.imported", "§11.3", f"lot:{row.id}", row, row.id))
    for table, values in by_table.items():
        if values:
            await work.session.execute(insert(_table(table)), values)
    if events:
        await work.session.execute(insert(_table(AuditEvent)), events)


def _table(model: type[SQLModel]) -> Table:
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


def _event(
    work: Work, event: str, rule: str, stream: str, row: Asset | Lot, lot_id: object
) -> dict[str, Any]:
    asset_id = row.id if isinstance(row, Asset) else row.asset_id
    details = {"source_key": row.source_key, "state": row.state}
    body = {
        "at": work.now,
        "event": event,
        "rule": rule,
        "actor": work.actor.account_id,
        "actor_name": work.actor.name,
        "court": work.actor.court_code,
        "asset": asset_id,
        "case": row.case_id,
        "lot": lot_id,
        "person": None,
        "document": None,
        "details": details,
    }
    return {
        "id": new_id(),
        "stream": stream,
        "recorded_at": work.now,
        "event": event,
        "rule": rule,
        "actor_account_id": work.actor.account_id,
        "actor_name": work.actor.name,
        "court_code": work.actor.court_code,
        "asset_id": asset_id,
        "case_id": row.case_id,
        "lot_id": lot_id,
        "details": details,
        "payload": msgspec.json.encode(body, order="sorted").decode(),
    }
