"""Read a dossier: its catalogue, an item with all its versions, a version's bytes. Every opening is recorded (P-03)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from core.audit import AuditEvent, record
from core.database import Work
from core.documents import Document, document_by_id
from core.errors import NotFound
from core.files import open_stored
from core.files.models import StoredFile
from core.i18n import msg
from core.sealed_files import OpenedFile
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import EnforcementCase
from disposal_teams.cases.queries import open_case_file
from disposal_teams.dossier.keep import note_file
from disposal_teams.dossier.models import DossierFile, DossierKind, DossierVersion
from disposal_teams.dossier.rules import goes_out

OPENED, READ = "dossier.opened", "dossier.file_opened"
MOST_SHOWN = 1_000


@dataclass(frozen=True, slots=True)
class Entry:
    """An item with its newest version, and whether its bytes are known to be damaged."""

    file: DossierFile
    newest: DossierVersion
    is_damaged: bool = False


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An item that was opened: its versions, newest first, and a small picture of the newest, if there is one."""

    file: DossierFile
    versions: Sequence[DossierVersion]
    preview: bytes | None


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A court paper in the catalogue."""

    id: UUID
    title: str
    version: int
    issued_at: datetime
    court_code: str | None
    sha256: bytes


@dataclass(frozen=True, slots=True)
class Reading:
    """Somebody opened something of a dossier. `version` is 0 where the item with its preview was opened."""

    at: datetime
    who: str
    court_code: str | None
    title: str
    version: int
    ground: str


async def entries_of(work: Work, case_id: UUID, *, asset_id: UUID | None = None) -> list[Entry]:
    """The items of a case in the order of the catalogue, or of those only what concerns the asset or the whole case.

    For use cases that have checked who reads.
    """
    query = (
        select(DossierFile, DossierVersion, StoredFile.damaged_at)
        .join(DossierVersion, col(DossierVersion.file_id) == col(DossierFile.id))
        .join(StoredFile, col(StoredFile.sha256) == col(DossierVersion.sha256))
        .where(DossierFile.case_id == case_id, DossierVersion.number == DossierFile.versions)
        .order_by(col(DossierFile.id))
        .limit(MOST_SHOWN)
    )
    if asset_id is not None:
        query = query.where((col(DossierFile.asset_id) == asset_id) | col(DossierFile.asset_id).is_(None))
    order = list(DossierKind)
    found = [
        Entry(file, version, damaged_at is not None)
        for file, version, damaged_at in await work.session.exec(query)
    ]
    return sorted(found, key=lambda each: order.index(DossierKind(each.file.kind)))


async def entries_going_out(work: Work, case_id: UUID, *, asset_id: UUID | None) -> list[Entry]:
    """What another court may be shown of the case (P-03): nothing void, nothing internal, and of the assets only the one that
    its instruction or transfer is about; without an asset only what concerns the whole case."""
    found = await entries_of(work, case_id, asset_id=asset_id)
    return [
        each
        for each in found
        if goes_out(DossierKind(each.file.kind), is_void=each.file.void_at is not None)
        and (asset_id is not None or each.file.asset_id is None)
    ]


def _own_ground(work: Work, case: EnforcementCase) -> str:
    return "own" if work.actor.court_code == case.court_code else "supervision"


async def own_case(work: Work, case_id: UUID) -> EnforcementCase:
    """A case whose dossier is opened by its own court or the court above, whose look is recorded. Raises `NotFound`."""
    case = await open_case_file(work, case_id)
    if work.actor.is_staff and work.actor.court_code != case.court_code:
        await note_catalogue(work, case, ground="supervision")
    return case


async def note_catalogue(work: Work, case: EnforcementCase, *, ground: str) -> None:
    """Another court looked into the catalogue."""
    await record(
        work, OPENED, stream=f"case:{case.id}", rule="P-03", case_id=case.id, person_id=work.actor.account_id,
        ground=ground, reader_court=work.actor.court_code,
    )  # fmt: skip


async def own_item(work: Work, case_id: UUID, file_id: UUID) -> OpenItem:
    """Open an item of a case of the own court. Raises `NotFound`."""
    case = await open_case_file(work, case_id)
    return await open_item(work, await item_of(work, case_id, file_id), ground=_own_ground(work, case))


async def own_version(work: Work, case_id: UUID, file_id: UUID, number: int) -> OpenedFile:
    """The bytes of a version of a case of the own court. Raises `NotFound`, `Conflict` when they were changed."""
    case = await open_case_file(work, case_id)
    file = await item_of(work, case_id, file_id)
    return await open_version(work, file, number, ground=_own_ground(work, case))


async def own_paper(work: Work, case_id: UUID, document_id: UUID) -> Document:
    """A court paper of the case or of an asset in it. Raises `NotFound`."""
    case = await open_case_file(work, case_id)
    paper = await document_by_id(work, document_id)
    if not await is_of_case(work, case, paper):
        raise NotFound(msg("没有找到该文书。"), rule="P-03")
    await note_paper(work, case, paper, ground=_own_ground(work, case))
    return paper


async def note_paper(work: Work, case: EnforcementCase, paper: Document, *, ground: str) -> None:
    """A court paper of the dossier was opened."""
    await record(
        work, READ, stream=f"case:{case.id}", rule="P-03", case_id=case.id, asset_id=paper.asset_id,
        person_id=work.actor.account_id, document_id=paper.id, title=paper.title, version=paper.version, ground=ground,
    )  # fmt: skip


async def papers_of_case(work: Work, case: EnforcementCase) -> list[PaperLine]:
    """The court papers of the case and of the assets in it, newest first, without their content; the caller has opened it."""
    own_assets = select(Asset.id).where(Asset.case_id == case.id)
    rows = await work.session.exec(
        select(
            Document.id,
            Document.title,
            Document.version,
            Document.issued_at,
            Document.court_code,
            Document.sha256,
        )  # type: ignore[call-overload]
        .where(
            (col(Document.case_id) == case.id)
            & (col(Document.lot_id).is_(None) | col(Document.asset_id).is_not(None))
            | col(Document.asset_id).in_(own_assets)
        )
        .order_by(col(Document.issued_at).desc(), col(Document.id))
        .limit(MOST_SHOWN)
    )
    return [PaperLine(*row) for row in rows]


async def is_of_case(work: Work, case: EnforcementCase, paper: Document) -> bool:
    """Whether a court paper belongs into the dossier of the case."""
    if paper.lot_id is not None and paper.asset_id is None:
        return False
    if paper.case_id == case.id:
        return True
    asset = await work.session.get(Asset, paper.asset_id) if paper.asset_id is not None else None
    return asset is not None and asset.case_id == case.id


async def item_of(work: Work, case_id: UUID, file_id: UUID) -> DossierFile:
    """An item of this case. Raises `NotFound`."""
    file = await work.session.get(DossierFile, file_id)
    if file is None or file.case_id != case_id:
        raise NotFound(msg("没有找到该卷宗材料。"), rule="P-03")
    return file


async def items_in_case(work: Work, case_id: UUID, file_ids: Collection[UUID]) -> set[UUID]:
    """Which of these items lie in the dossier of the case: an asset may have come from another."""
    rows = await work.session.exec(
        select(DossierFile.id).where(DossierFile.case_id == case_id, col(DossierFile.id).in_(file_ids))
    )
    return set(rows)


async def item_going_out(work: Work, case_id: UUID, file_id: UUID, *, asset_id: UUID | None) -> DossierFile:
    """An item that another court may be shown. Raises `NotFound`."""
    found = await entries_going_out(work, case_id, asset_id=asset_id)
    file = next((each.file for each in found if each.file.id == file_id), None)
    if file is None:
        raise NotFound(msg("没有找到该卷宗材料，或它没有随指令、移送开放。"), rule="P-03")
    return file


async def open_item(work: Work, file: DossierFile, *, ground: str) -> OpenItem:
    """The versions with a look at the newest; recorded. The caller has checked who reads, and on which ground."""
    rows = await work.session.exec(
        select(DossierVersion)
        .where(DossierVersion.file_id == file.id)
        .order_by(col(DossierVersion.number).desc())
    )
    versions = list(rows)
    await _note_reading(work, file, 0, ground)
    preview = versions[0].preview_sha256
    return OpenItem(file, versions, await open_stored(work, preview) if preview is not None else None)


async def open_version(work: Work, file: DossierFile, number: int, *, ground: str) -> OpenedFile:
    """The bytes of a version; recorded. The caller has checked who reads. Raises `NotFound`, `Conflict`."""
    found = await work.session.exec(
        select(DossierVersion).where(DossierVersion.file_id == file.id, DossierVersion.number == number)
    )
    version = found.first()
    if version is None:
        raise NotFound(msg("没有找到该版本。"))
    await _note_reading(work, file, number, ground)
    return OpenedFile(version.name, version.media_type, await open_stored(work, version.sha256))


async def open_kept_version(work: Work, version_id: UUID, *, ground: str) -> OpenedFile:
    """The bytes of a version that was attached to something; recorded. The caller has checked who reads."""
    version = await work.session.get_one(DossierVersion, version_id)
    file = await work.session.get_one(DossierFile, version.file_id)
    return await open_version(work, file, version.number, ground=ground)


async def _note_reading(work: Work, file: DossierFile, number: int, ground: str) -> None:
    await note_file(work, file, READ, {"title": file.title, "version": number, "ground": ground})


async def readings_of(
    work: Work, case_id: UUID, *, file_id: UUID | None = None, limit: int = 50
) -> list[Reading]:
    """Who opened what, newest first; the caller has checked `rules.may_see_readers`."""
    query = select(AuditEvent).where(
        AuditEvent.case_id == case_id, col(AuditEvent.event).in_([OPENED, READ, "case.read_across_courts"])
    )
    if file_id is not None:
        query = query.where(col(AuditEvent.details)["file"].astext == str(file_id))
    rows = await work.session.exec(query.order_by(col(AuditEvent.recorded_at).desc()).limit(limit))
    return [
        Reading(
            row.recorded_at,
            row.actor_name,
            row.court_code,
            str(row.details.get("title", "")),
            int(row.details.get("version", 0)),
            _ground(row),
        )
        for row in rows
    ]


def _ground(event: AuditEvent) -> str:
    """On which ground, without the id of the instruction or transfer."""
    if "instruction" in event.details:
        return "instruction"
    return str(event.details.get("ground", "own")).partition(":")[0]
