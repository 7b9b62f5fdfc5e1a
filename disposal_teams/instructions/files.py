"""Files that travel with an instruction: uploads, kept sealed, and court papers that exist already, by their hash (T-25)."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from sqlmodel import col, select

from core.database import Work
from core.documents import Document, document_by_id
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import msg
from core.identity import Permission
from core.ids import new_id
from core.sealed_files import OpenedFile, keep_file, open_file
from disposal_teams.cases.queries import case_of
from disposal_teams.dossier.read import entries_going_out, open_kept_version
from disposal_teams.dossier.rules import TAKEN_AS
from disposal_teams.instructions.kinds import KINDS
from disposal_teams.instructions.models import (
    FileSide,
    Instruction,
    InstructionFile,
    InstructionKind,
    InstructionState,
)
from disposal_teams.instructions.progress import locked, may_see, note, require_own

PURPOSE = "instruction"
MOST_FILES = 40
_SENDER_ADDS = frozenset({InstructionState.DRAFT, InstructionState.RETURNED})


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was handed in."""

    name: str
    content: bytes


async def attach_file(
    work: Work, instruction_id: UUID, upload: Upload, *, paper: str = "", title: str = ""
) -> InstructionFile:
    """Add an upload: the sender to the draft or to what was returned, the receiver while the work is going on.

    `paper` names the required paper that it is. Raises `InvalidInput`, `Conflict`, `NotPermitted`.
    """
    instruction = await locked(work, instruction_id)
    side = await _side(work, instruction)
    if paper and paper not in {each.code for each in KINDS[InstructionKind(instruction.kind)].papers}:
        raise InvalidInput(msg("文件不能受理。"), fields={"paper": msg("请从列出的选项中选择。")})
    file_id = await keep_file(work, purpose=PURPOSE, name=upload.name, content=upload.content)
    name = (await open_file(work, file_id, purpose=PURPOSE)).name
    return await _add(
        work,
        instruction,
        side,
        paper=paper,
        title=title.strip()[:200] or name,
        digest=sha256(upload.content).digest(),
        size=len(upload.content),
        sealed_file_id=file_id,
    )


async def attach_paper(
    work: Work, instruction_id: UUID, document_id: UUID, *, paper: str = ""
) -> InstructionFile:
    """Let a court paper of the own case or asset travel with the instruction; it is not copied."""
    instruction = await locked(work, instruction_id)
    side = await _side(work, instruction)
    document = await document_by_id(work, document_id)
    if not await _belongs(work, instruction, document):
        raise NotFound(msg("没有找到该文书。"), rule="P-03")
    return await _add(
        work,
        instruction,
        side,
        paper=paper,
        title=document.title,
        digest=document.sha256,
        size=len(document.content),
        document_id=document.id,
    )


async def attach_from_dossier(
    work: Work, instruction_id: UUID, dossier_file_id: UUID, *, paper: str = ""
) -> InstructionFile:
    """Let the newest version of an item of the case's dossier travel with the instruction; it is not copied."""
    instruction = await locked(work, instruction_id)
    side = await _side(work, instruction)
    if side is not FileSide.REQUEST:
        raise Conflict(msg("对方法院的卷宗材料不能作为反馈材料。"), rule="P-03")
    going = await entries_going_out(work, instruction.case_id, asset_id=instruction.asset_id)
    entry = next((each for each in going if each.file.id == dossier_file_id), None)
    if entry is None:
        raise NotFound(msg("没有找到该卷宗材料，或它没有随指令、移送开放。"), rule="P-03")
    return await _add(
        work,
        instruction,
        side,
        paper=paper,
        title=entry.file.title,
        digest=entry.newest.sha256,
        size=entry.newest.size_bytes,
        dossier_version_id=entry.newest.id,
    )


async def fill_from_dossier(work: Work, instruction: Instruction) -> list[InstructionFile]:
    """A new draft takes along what it demands and the dossier holds, the newest of each kind (事项发起, T-25)."""
    going = await entries_going_out(work, instruction.case_id, asset_id=instruction.asset_id)
    added = []
    for paper in KINDS[InstructionKind(instruction.kind)].papers:
        fitting = [each for each in going if each.file.kind == TAKEN_AS.get(paper.code)]
        if fitting:
            newest = max(fitting, key=lambda each: each.newest.added_at)
            added.append(await attach_from_dossier(work, instruction.id, newest.file.id, paper=paper.code))
    return added


async def _belongs(work: Work, instruction: Instruction, document: Document) -> bool:
    """Whether the paper is of the case or asset the instruction is about, or was issued by the actor's own court for it."""
    if instruction.asset_id is not None and document.asset_id == instruction.asset_id:
        return True
    case = await case_of(work, instruction.case_id)
    return document.case_id == case.id or (
        document.case_no == case.case_no and document.court_code == work.actor.court_code
    )


async def _side(work: Work, instruction: Instruction) -> FileSide:
    if work.actor.court_code == instruction.to_court:
        require_own(work, Permission.WORK_ON_INSTRUCTION, instruction.to_court)
        if instruction.state != InstructionState.IN_PROGRESS:
            raise Conflict(msg("只有在办理中才能添加反馈材料。"), rule="§11.7")
        return FileSide.FEEDBACK
    require_own(work, Permission.SEND_INSTRUCTION, instruction.from_court)
    if InstructionState(instruction.state) not in _SENDER_ADDS:
        raise Conflict(msg("指令发出后不能再添加材料；退回补正时可以补充。"), rule="§11.7")
    return FileSide.REQUEST


async def _add(
    work: Work,
    instruction: Instruction,
    side: FileSide,
    *,
    paper: str,
    title: str,
    digest: bytes,
    size: int,
    sealed_file_id: UUID | None = None,
    document_id: UUID | None = None,
    dossier_version_id: UUID | None = None,
) -> InstructionFile:
    there = await files_of(work, instruction.id)
    if len(there) >= MOST_FILES:
        raise Conflict(msg("一份指令最多 {most} 个文件。", most=MOST_FILES), rule="§11.7")
    if any(each.sha256 == digest and each.side == side for each in there):
        raise Conflict(msg("该文件已经添加。"), rule="§11.7")
    file = InstructionFile(
        id=new_id(),
        instruction_id=instruction.id,
        side=side,
        paper=paper,
        title=title,
        sealed_file_id=sealed_file_id,
        document_id=document_id,
        dossier_version_id=dossier_version_id,
        sha256=digest,
        size_bytes=size,
        added_by_name=work.actor.name,
        added_at=work.now,
    )
    work.session.add(file)
    await note(
        work, instruction, "file_added", document_id=document_id, side=side.value, sha256=digest.hex(),
    )  # fmt: skip
    return file


async def files_of(work: Work, instruction_id: UUID) -> list[InstructionFile]:
    """The files in the order in which they were added; the caller has opened the instruction."""
    rows = await work.session.exec(
        select(InstructionFile)
        .where(InstructionFile.instruction_id == instruction_id)
        .order_by(col(InstructionFile.id))
    )
    return list(rows)


def hashes(files: Sequence[InstructionFile]) -> list[str]:
    """What is written into the audit chains, so that nobody can change a file unseen."""
    return [file.sha256.hex() for file in files]


async def open_attachment(work: Work, instruction_id: UUID, file_id: UUID) -> OpenedFile | Document:
    """A file for either court; that somebody of the other court opened it is recorded (P-03). Raises `NotFound`."""
    instruction = await work.session.get(Instruction, instruction_id)
    file = await work.session.get(InstructionFile, file_id)
    if (
        instruction is None
        or file is None
        or file.instruction_id != instruction.id
        or not may_see(work, instruction)
    ):
        raise NotFound(msg("没有找到该文件。"), rule="P-03")
    own = instruction.from_court if file.side == FileSide.REQUEST else instruction.to_court
    if work.actor.court_code != own:
        await note(work, instruction, "file_opened", rule="P-03", file=str(file.id))
    if file.document_id is not None:
        return await document_by_id(work, file.document_id)
    if file.dossier_version_id is not None:
        return await open_kept_version(work, file.dossier_version_id, ground=f"instruction:{instruction.id}")
    assert file.sealed_file_id is not None
    return await open_file(work, file.sealed_file_id, purpose=PURPOSE)
