"""Read assets: work list, counts, file. A court sees its own; the intermediate court all; a transfer opens one (P-03)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ARRAY, String, cast, func
from sqlmodel import col, select

from core.audit import AuditEvent, history, record
from core.clock import COURT_ZONE
from core.database import Work
from core.documents import Document
from core.errors import NotFound
from core.i18n import msg
from core.identity import Permission, may, require
from core.search_text import query_tokens
from disposal_teams.assets.models import Asset, AssetKind, AssetState, Seal, SealState
from disposal_teams.assets.rules import ALARM_DAYS, IN_FORCE
from disposal_teams.assets.seal import seals_of
from disposal_teams.plain_text import searchable

PAGE = 50
_IN_FORCE = [str(state) for state in IN_FORCE]


@dataclass(frozen=True, slots=True)
class AssetPage:
    """A page of assets, newest first; `next_after` continues, None at the end."""

    assets: Sequence[Asset]
    next_after: UUID | None


@dataclass(frozen=True, slots=True)
class AssetFile:
    """An asset with its seal chain and its story (newest event first)."""

    asset: Asset
    seals: Sequence[Seal]
    timeline: Sequence[AuditEvent]


async def work_list(
    work: Work,
    *,
    court_code: str | None,
    state: AssetState | None = None,
    kind: AssetKind | None = None,
    search: str = "",
    team_id: UUID | None = None,
    after: UUID | None = None,
    limit: int = PAGE,
) -> AssetPage:
    """Assets of a court (None: of all courts, for the intermediate court), newest first, paged by key."""
    if court_code is None:
        require(work.actor, Permission.SEE_ALL_COURTS)
    else:
        require(work.actor, Permission.SEE_COURT_FILES, court_code=court_code)
    query = select(Asset)
    if court_code is not None:
        query = query.where(Asset.court_code == court_code)
    if state is not None:
        query = query.where(Asset.state == str(state))
    if kind is not None:
        query = query.where(Asset.kind == str(kind))
    if team_id is not None:
        query = query.where(Asset.team_id == team_id)
    if wanted := searchable(search, longest=60):
        matches = col(Asset.asset_no) == wanted.upper()
        if tokens := query_tokens(wanted):
            matches = matches | col(Asset.search_tokens).op("@>")(cast(tokens, ARRAY(String)))
        query = query.where(matches)
    if after is not None:
        query = query.where(col(Asset.id) < after)
    found = list(await work.session.exec(query.order_by(col(Asset.id).desc()).limit(limit + 1)))
    page = found[:limit]
    return AssetPage(page, page[-1].id if len(found) > limit else None)


async def counts_by_state(work: Work, court_code: str) -> dict[AssetState, int]:
    """How many assets of the court stand in each state."""
    require(work.actor, Permission.SEE_COURT_FILES, court_code=court_code)
    rows = await work.session.exec(
        select(Asset.state, func.count()).where(Asset.court_code == court_code).group_by(Asset.state)
    )
    return {AssetState(state): number for state, number in rows}


async def counts_of_all_courts(work: Work) -> dict[str, dict[AssetState, int]]:
    """The same for every court, by code."""
    require(work.actor, Permission.SEE_ALL_COURTS)
    rows = await work.session.exec(
        select(Asset.court_code, Asset.state, func.count()).group_by(Asset.court_code, Asset.state)
    )
    counts: dict[str, dict[AssetState, int]] = {}
    for court, state, number in rows:
        counts.setdefault(court, {})[AssetState(state)] = number
    return counts


async def asset_by_number(work: Work, asset_no: str) -> Asset | None:
    """The asset of this number, for use cases that check permission themselves."""
    return (
        await work.session.exec(select(Asset).where(Asset.asset_no == searchable(asset_no).upper()))
    ).first()


async def asset_of(work: Work, asset_id: UUID) -> Asset:
    """An asset by id, for use cases that check permission themselves. Raises `NotFound`."""
    asset = await work.session.get(Asset, asset_id)
    if asset is None:
        raise NotFound(msg("没有找到该标的物。"))
    return asset


async def open_own_asset(work: Work, asset_no: str) -> Asset:
    """An asset for an act on it. Another court's is as unknown as a missing one (P-03)."""
    require(work.actor, Permission.SEE_COURT_FILES)
    asset = await asset_by_number(work, asset_no)
    if asset is None or not may(work.actor, Permission.SEE_COURT_FILES, court_code=asset.court_code):
        raise NotFound(msg("没有找到该标的物，或它不属于本院。"), rule="P-03")
    if work.actor.is_staff and asset.court_code != work.actor.court_code:
        await note_cross_court_read(work, asset)
    return asset


async def asset_file(work: Work, asset: Asset, *, limit: int = 100) -> AssetFile:
    """The file of an asset that the caller has opened by `open_own_asset` or through a transfer."""
    return AssetFile(
        asset, await seals_of(work, asset.id), await history(work, asset_id=asset.id, limit=limit)
    )


async def note_cross_court_read(work: Work, asset: Asset) -> None:
    """Reading another court's file is itself recorded (P-03, architecture §6)."""
    await record(
        work,
        "asset.read_across_courts",
        stream=f"asset:{asset.id}",
        rule="P-03",
        asset_id=asset.id,
        person_id=work.actor.account_id,
        reader_court=work.actor.court_code,
        owner_court=asset.court_code,
    )


@dataclass(frozen=True, slots=True)
class ExpiringSeal:
    """A seal in force that ends soon, with its asset. `days_left` counts the last day as 0."""

    seal: Seal
    asset: Asset
    days_left: int


async def expiring_seals(work: Work, court_code: str, *, limit: int = 20) -> list[ExpiringSeal]:
    """Seals on the court's assets that end within 60 days, nearest first (A-02)."""
    require(work.actor, Permission.SEE_COURT_FILES, court_code=court_code)
    today = work.now.astimezone(COURT_ZONE).date()
    rows = await work.session.exec(
        select(Seal, Asset)
        .join(Asset, col(Asset.id) == col(Seal.asset_id))
        .where(
            Asset.court_code == court_code,
            col(Seal.state).in_(_IN_FORCE),
            col(Seal.expires_on) <= today + timedelta(days=max(ALARM_DAYS)),
        )
        .order_by(col(Seal.expires_on), col(Seal.id))
        .limit(limit)
    )
    return [ExpiringSeal(seal, asset, (seal.expires_on - today).days) for seal, asset in rows]


@dataclass(frozen=True, slots=True)
class Paper:
    """An issued paper of an asset, without its content."""

    id: UUID
    title: str
    version: int
    issued_at: datetime
    court_code: str | None


async def papers_of_asset(work: Work, asset_id: UUID, *, limit: int = 50) -> list[Paper]:
    """The papers issued about an asset, newest first; the caller has opened the asset."""
    rows = await work.session.exec(
        select(Document.id, Document.title, Document.version, Document.issued_at, Document.court_code)  # type: ignore[call-overload]
        .where(Document.asset_id == asset_id)
        .order_by(col(Document.issued_at).desc())
        .limit(limit)
    )
    return [Paper(*row) for row in rows]


async def assets_by_id(work: Work, asset_ids: Collection[UUID]) -> dict[UUID, Asset]:
    """Several assets at once, for lists whose rows the caller may show."""
    if not asset_ids:
        return {}
    found = await work.session.exec(select(Asset).where(col(Asset.id).in_(asset_ids)))
    return {asset.id: asset for asset in found}


async def assets_of_case(work: Work, case_id: UUID, *, limit: int = 100) -> list[Asset]:
    """The assets that are disposed of in a case; the caller has opened the case."""
    found = await work.session.exec(
        select(Asset).where(Asset.case_id == case_id).order_by(col(Asset.id).desc()).limit(limit)
    )
    return list(found)


async def assets_sealed_for(work: Work, case_no: str) -> list[Asset]:
    """The assets on which a case of this number has a seal, in force or waiting, wherever they are disposed of."""
    rows = await work.session.exec(
        select(Asset)
        .join(Seal, col(Seal.asset_id) == col(Asset.id))
        .where(
            Seal.case_no == case_no,
            col(Seal.state).in_([SealState.EFFECTIVE, SealState.WAITING, SealState.TREATED_AS_TRANSFERRED]),
        )
        .distinct()
        .order_by(Asset.asset_no)
    )
    return list(rows)


@dataclass(frozen=True, slots=True)
class RegistryView:
    """What the registry tells a waiting court about an asset whose file it may not open (P-03)."""

    asset_no: str
    title: str
    location: str
    owner_court_code: str
    first_case_no: str
    first_seal_on: date
    first_seal_kind: str
    idle_days: int
    own_case_no: str


async def registry_view(work: Work, asset_no: str, court_code: str) -> RegistryView | None:
    """The registry's facts for a court that has a seal on the asset; None for every other court and unknown numbers."""
    require(work.actor, Permission.SEE_COURT_FILES, court_code=court_code)
    asset = await asset_by_number(work, asset_no)
    if asset is None:
        return None
    chain = await seals_of(work, asset.id)
    first = next((seal for seal in chain if seal.state in _IN_FORCE), None)
    own = next(
        (seal for seal in chain if seal.court_code == court_code and seal.state == SealState.WAITING), None
    )
    if first is None or own is None:
        return None
    first_on = first.effective_on or first.registered_on
    today = work.now.astimezone(COURT_ZONE).date()
    return RegistryView(
        asset.asset_no,
        asset.title,
        asset.location,
        asset.court_code,
        first.case_no,
        first_on,
        first.kind,
        (today - first_on).days,
        own.case_no,
    )


async def asset_by_identifier(work: Work, identifier: str) -> Asset | None:
    """The asset of this number or registry number, for a court that registers a waiting seal on it."""
    wanted = searchable(identifier)
    found = await work.session.exec(
        select(Asset).where((Asset.asset_no == wanted.upper()) | (Asset.registry_no == wanted)).limit(1)
    )
    return found.first()
