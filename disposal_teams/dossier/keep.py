"""Put a file into the dossier, add a version, declare an item void."""

from typing import Any
from uuid import UUID

from sqlmodel import select

from core.audit import record
from core.database import Work
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted
from core.files import CheckedFile, store_content
from core.i18n import Message, msg
from core.ids import new_id
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import EnforcementCase
from disposal_teams.dossier.models import DossierFile, DossierKind, DossierVersion
from disposal_teams.dossier.rules import may_keep
from disposal_teams.plain_text import clean_text


async def file_in_dossier(
    work: Work,
    case: EnforcementCase,
    checked: CheckedFile,
    *,
    kind: DossierKind,
    title: str = "",
    asset: Asset | None = None,
    remark: str = "",
) -> tuple[DossierFile, DossierVersion]:
    """Put a looked-through file into the dossier of a case of the own court; without a title its name is the title.

    Raises `InvalidInput` by field, `Conflict` when the same content is there already, `NotPermitted`.
    """
    require_keeper(work, case)
    fields: dict[str, Message] = {}
    title = clean_text(title, "title", fields, longest=120, required=False) or checked.name[:120]
    remark = clean_text(remark, "remark", fields, longest=200, required=False)
    if asset is not None and asset.case_id != case.id:
        fields["asset"] = msg("该标的物不属于本案。")
    if fields:
        raise InvalidInput(msg("入卷信息有误，请按提示修改。"), fields=fields)
    return await _file(work, case.id, asset, checked, kind, title, remark)


async def file_about_asset(
    work: Work, asset: Asset, checked: CheckedFile, *, kind: DossierKind, title: str
) -> tuple[DossierFile, DossierVersion]:
    """Put a file about an asset into the dossier of its case, for a use case that has checked who acts on the asset: the court
    that disposes, whose case it need not be yet. Raises `Conflict` when the same content is there already."""
    return await _file(work, asset.case_id, asset, checked, kind, title, "")


async def _file(
    work: Work,
    case_id: UUID,
    asset: Asset | None,
    checked: CheckedFile,
    kind: DossierKind,
    title: str,
    remark: str,
) -> tuple[DossierFile, DossierVersion]:
    await _refuse_twin(work, case_id, checked.sha256)
    file = DossierFile(
        id=new_id(),
        case_id=case_id,
        asset_id=asset.id if asset is not None else None,
        kind=DossierKind(kind),
        title=title,
        created_at=work.now,
    )
    work.session.add(file)
    await work.session.flush()
    return file, await _add_version(work, file, checked, remark, event="dossier.filed")


async def add_version(
    work: Work, file_id: UUID, checked: CheckedFile, *, remark: str, case_id: UUID | None = None
) -> DossierVersion:
    """Add a new version to an item; every earlier one stays as it is. Raises what `file_in_dossier` raises."""
    file, case = await locked_file(work, file_id, case_id)
    require_keeper(work, case)
    fields: dict[str, Message] = {}
    remark = clean_text(remark, "remark", fields, longest=200)
    if fields:
        raise InvalidInput(msg("请写明为什么有新的版本。"), fields=fields)
    _refuse_void(file)
    await _refuse_twin(work, file.case_id, checked.sha256)
    file.versions += 1
    return await _add_version(work, file, checked, remark, event="dossier.version_added")


async def declare_void(work: Work, file_id: UUID, *, reason: str, case_id: UUID | None = None) -> DossierFile:
    """An item does not belong here: it stays, marked, and no other court is shown it any more. Raises `InvalidInput`."""
    file, case = await locked_file(work, file_id, case_id)
    require_keeper(work, case)
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "void_reason", fields, longest=200)
    if fields:
        raise InvalidInput(msg("请写明作废的理由。"), fields=fields)
    _refuse_void(file)
    file.void_at, file.void_reason, file.void_by_name = work.now, reason, work.actor.name
    await note_file(work, file, "dossier.declared_void", {"reason": reason})
    return file


async def locked_file(
    work: Work, file_id: UUID, case_id: UUID | None = None
) -> tuple[DossierFile, EnforcementCase]:
    """An item (of this case, if one is named) with its row locked, and its case. Raises `NotFound`."""
    file = await work.session.get(DossierFile, file_id, with_for_update=True, populate_existing=True)
    if file is None or case_id not in (None, file.case_id):
        raise NotFound(msg("没有找到该卷宗材料。"), rule="P-03")
    return file, await work.session.get_one(EnforcementCase, file.case_id)


def require_keeper(work: Work, case: EnforcementCase) -> None:
    """Raise `NotPermitted` unless the actor keeps the dossiers of the case's court (P-03)."""
    if not may_keep(work.actor, case.court_code):
        raise NotPermitted(msg("卷宗材料由案件所属法院的办案人员入卷。"), rule="P-03")


async def note_file(work: Work, file: DossierFile, event: str, details: dict[str, Any]) -> None:
    """What happened to an item, in the chain of its case."""
    await record(
        work,
        event,
        stream=f"case:{file.case_id}",
        rule="P-03",
        case_id=file.case_id,
        asset_id=file.asset_id,
        person_id=work.actor.account_id,
        file=str(file.id),
        **details,
    )


async def _add_version(
    work: Work, file: DossierFile, checked: CheckedFile, remark: str, *, event: str
) -> DossierVersion:
    digest = await store_content(work, checked.content)
    preview = await store_content(work, checked.preview.content) if checked.preview is not None else None
    version = DossierVersion(
        id=new_id(),
        file_id=file.id,
        number=file.versions,
        sha256=digest,
        preview_sha256=preview,
        name=checked.name,
        media_type=checked.media_type,
        size_bytes=len(checked.content),
        pages=checked.pages,
        remark=remark,
        added_by=work.actor.account_id,
        added_by_name=work.actor.name,
        court_code=work.actor.court_code,
        added_at=work.now,
    )
    work.session.add(version)
    await work.session.flush()
    await note_file(
        work, file, event, {"version": version.number, "kind": file.kind, "sha256": version.sha256.hex()}
    )
    return version


async def _refuse_twin(work: Work, case_id: UUID, digest: bytes) -> None:
    """The case's row orders the writers, so that the same bytes never enter one dossier twice."""
    await work.session.get(EnforcementCase, case_id, with_for_update=True)
    twin = await work.session.exec(
        select(DossierFile.title, DossierVersion.number)
        .join(DossierVersion)
        .where(DossierFile.case_id == case_id, DossierVersion.sha256 == digest)
        .limit(1)
    )
    if (found := twin.first()) is not None:
        raise Conflict(msg("相同内容已在卷中：“{title}”第 {number} 版。", title=found[0], number=found[1]))


def _refuse_void(file: DossierFile) -> None:
    if file.void_at is not None:
        raise Conflict(msg("该材料已经作废。"))
