"""Hand a file in, confirm it as it was examined, or throw it away: the steps of the people."""

from hashlib import sha256
from uuid import UUID

from sqlmodel import col, select

from core.clock import court_date
from core.database import Work
from core.errors import Conflict, InvalidInput, NotFound, RuleViolation
from core.i18n import msg
from core.identity import Permission, may, require
from core.ids import new_id
from disposal_teams.intake.examine import MOST_BYTES, intake_cipher, note_intake
from disposal_teams.intake.models import IntakeFile, IntakeKind, IntakeState
from disposal_teams.intake.workers import examine_one_file, load_one_file
from disposal_teams.plain_text import searchable

_LIVING = (IntakeState.CONFIRMED, IntakeState.LOADED)


async def hand_in_file(
    work: Work, *, kind: IntakeKind, name: str, content: bytes, court_code: str | None = None
) -> IntakeFile:
    """Keep a file sealed until it is loaded. A court hands in for itself only; None is the operator, for all of them (P-03).

    Raises `InvalidInput` (empty, too large), `Conflict` (the same file is loaded already), `NotPermitted`.
    """
    if court_code is None:
        require(work.actor, Permission.IMPORT_RECORDS)
        if work.actor.is_staff:
            court_code = work.actor.court_code
    require(work.actor, Permission.REGISTER_ASSET, court_code=court_code)
    if not content or (court_code is not None and len(content) > MOST_BYTES):
        raise InvalidInput(
            msg("文件不能受理。"),
            fields={"file": msg("文件须为 1 字节至 {size} MB。", size=MOST_BYTES // 1_000_000)},
        )
    digest = sha256(content).hexdigest()
    await _refuse_loaded(work, digest, kind)
    file_id = new_id()
    file = IntakeFile(
        id=file_id,
        kind=kind,
        court_code=court_code,
        name=searchable(name.replace("\\", "/").rsplit("/", 1)[-1], longest=120) or str(kind),
        sha256=digest,
        size_bytes=len(content),
        content_sealed=intake_cipher().encrypt_bytes(content, bound_to=str(file_id)),
        uploaded_by=work.actor.account_id,
        uploaded_by_name=work.actor.name,
        uploaded_at=work.now,
    )
    work.session.add(file)
    await work.session.flush()
    await note_intake(work, file, "intake.handed_in", size_bytes=file.size_bytes)
    await examine_one_file.later(work, key=str(file.id), file_id=file.id)
    return file


async def confirm_file(work: Work, file_id: UUID, *, digest: str) -> IntakeFile:
    """Have the examined file loaded, exactly as it was examined: `digest` is the SHA-256 that the report showed.

    Raises `RuleViolation` while it has faults, `Conflict` when it is not the file of that report or loaded already.
    """
    file = await locked_file(work, file_id)
    if IntakeState(file.state) is not IntakeState.EXAMINED or file.sha256 != digest:
        raise Conflict(msg("文件已变化或已办理，请刷新页面后核对。"))
    if file.fault_count:
        raise RuleViolation(
            "P-05", msg("文件还有 {count} 处问题，不能导入。请改正后重新上传。", count=file.fault_count)
        )
    await _refuse_loaded(work, file.sha256, IntakeKind(file.kind))
    file.state, file.confirmed_at = IntakeState.CONFIRMED, work.now
    file.confirmed_by, file.confirmed_by_name = work.actor.account_id, work.actor.name
    await work.session.flush()
    await note_intake(work, file, "intake.confirmed")
    await load_one_file.later(work, key=f"{file.id}:{work.now.isoformat()}", file_id=file.id)
    return file


async def discard_file(work: Work, file_id: UUID) -> IntakeFile:
    """Throw a file away that was not loaded; its report stays."""
    file = await locked_file(work, file_id)
    if IntakeState(file.state) is not IntakeState.EXAMINED:
        raise Conflict(msg("文件已变化或已办理，请刷新页面后核对。"))
    file.state, file.content_sealed, file.ended_at = IntakeState.DISCARDED, None, work.now
    await work.session.flush()
    await note_intake(work, file, "intake.discarded")
    return file


async def locked_file(work: Work, file_id: UUID) -> IntakeFile:
    """A file of the own court, locked. Another court's is as unknown as a missing one (P-03)."""
    file = await work.session.get(IntakeFile, file_id, with_for_update=True, populate_existing=True)
    return _own(work, file)


def _own(work: Work, file: IntakeFile | None) -> IntakeFile:
    require(work.actor, Permission.REGISTER_ASSET)
    if file is None or (work.actor.is_staff and file.court_code != work.actor.court_code):
        raise NotFound(msg("没有找到该导入文件，或它不属于本院。"), rule="P-03")
    return file


async def _refuse_loaded(work: Work, digest: str, kind: IntakeKind) -> None:
    found = await work.session.exec(
        select(IntakeFile).where(
            IntakeFile.sha256 == digest, IntakeFile.kind == kind, col(IntakeFile.state).in_(_LIVING)
        )
    )
    loaded = found.first()
    if loaded is None:
        return
    if may(work.actor, Permission.REGISTER_ASSET, court_code=loaded.court_code):
        raise Conflict(
            msg(
                "同一文件已由{who}于 {day} 导入（{name}），不能重复导入。",
                who=loaded.confirmed_by_name,
                day=court_date(loaded.confirmed_at or loaded.uploaded_at),
                name=loaded.name,
            )
        )
    raise Conflict(msg("同一文件已由其他法院导入，不能重复导入。"), rule="P-03")
