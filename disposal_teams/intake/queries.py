"""Read the files that a court handed in, with what was found in them."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import defer
from sqlmodel import col, select

from core.database import Work
from core.errors import NotFound
from core.i18n import Message, msg
from core.identity import Permission, require
from core.notices.notify import from_json
from disposal_teams.intake.models import IntakeFault, IntakeFile, IntakeState

PAGE = 100
_WITHOUT_CONTENT = defer(col(IntakeFile.content_sealed))  # type: ignore[arg-type]

STATE_LABELS: dict[IntakeState, str] = {
    IntakeState.WAITING: "检查中",
    IntakeState.EXAMINED: "已检查",
    IntakeState.CONFIRMED: "导入中",
    IntakeState.LOADED: "已导入",
    IntakeState.DISCARDED: "已放弃",
}


@dataclass(frozen=True, slots=True)
class FaultShown:
    """A fault as the report shows it."""

    position: int
    row: int
    column: str
    value: str
    rule: str
    message: Message
    remedy: Message


async def files_of_court(work: Work, *, limit: int = 50) -> list[IntakeFile]:
    """The newest files of the own court, without their content."""
    require(work.actor, Permission.REGISTER_ASSET)
    rows = await work.session.exec(
        select(IntakeFile)
        .options(_WITHOUT_CONTENT)
        .where(IntakeFile.court_code == work.actor.court_code)
        .order_by(col(IntakeFile.id).desc())
        .limit(limit)
    )
    return list(rows)


async def file_of_court(work: Work, file_id: UUID) -> IntakeFile:
    """A file of the own court (P-03). Raises `NotFound`."""
    require(work.actor, Permission.REGISTER_ASSET)
    file = await work.session.get(IntakeFile, file_id, options=[_WITHOUT_CONTENT])
    if file is None or file.court_code != work.actor.court_code:
        raise NotFound(msg("没有找到该导入文件，或它不属于本院。"), rule="P-03")
    return file


async def faults_of(
    work: Work, file: IntakeFile, *, after: int = -1, limit: int = PAGE
) -> Sequence[FaultShown]:
    """The faults in the order of the file, after that position."""
    rows = await work.session.exec(
        select(IntakeFault)
        .where(IntakeFault.file_id == file.id, col(IntakeFault.position) > after)
        .order_by(col(IntakeFault.position))
        .limit(limit)
    )
    return [
        FaultShown(
            each.position, each.row, each.column, each.value, each.rule,
            from_json(each.message), from_json(each.remedy),
        )
        for each in rows
    ]  # fmt: skip


async def all_faults(work: Work, file: IntakeFile) -> AsyncIterator[FaultShown]:
    """Every fault that was kept, a page of them in memory at a time."""
    after = -1
    while page := await faults_of(work, file, after=after, limit=1000):
        for fault in page:
            yield fault
        after = page[-1].position
