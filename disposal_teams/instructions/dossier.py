"""The case of another court, opened by an instruction and by nothing else; every look is recorded (P-03)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from core.audit import record
from core.database import Work
from core.documents import Document, document_by_id
from core.errors import NotFound, NotPermitted
from core.i18n import msg
from core.identity import Permission, Role, require
from core.sealed_files import OpenedFile
from disposal_teams.assets.models import Asset, Seal
from disposal_teams.assets.queries import Paper, asset_of, papers_of_asset
from disposal_teams.assets.seal import seals_of
from disposal_teams.cases.models import EnforcementCase, Party
from disposal_teams.cases.queries import case_of, parties_of
from disposal_teams.dossier.read import (
    Entry,
    OpenItem,
    entries_going_out,
    item_going_out,
    open_item,
    open_version,
)
from disposal_teams.instructions.models import READABLE, Instruction, InstructionState
from disposal_teams.instructions.progress import may_see

READERS = (Role.COMMAND_CENTRE, Role.BUREAU_DIRECTOR, Role.INTERMEDIATE_COURT)


@dataclass(frozen=True, slots=True)
class Dossier:
    """What the receiving court may read of the sender's case while the instruction is open."""

    case: EnforcementCase
    parties: Sequence[Party]
    asset: Asset | None
    seals: Sequence[Seal]
    papers: Sequence[Paper]
    files: Sequence[Entry]


async def open_dossier(work: Work, instruction: Instruction) -> Dossier:
    """The file for the assignee, the command centre and the director of the receiving court, as long as the instruction is
    open. Raises `NotFound`, `NotPermitted`."""
    _check(work, instruction)
    await _record(work, instruction)
    case = await case_of(work, instruction.case_id)
    chosen = set(instruction.party_ids)
    parties = [each for each in await parties_of(work, case.id) if not chosen or each.id in chosen]
    files = await entries_going_out(work, case.id, asset_id=instruction.asset_id)
    if instruction.asset_id is None:
        return Dossier(case, parties, None, (), (), files)
    asset = await asset_of(work, instruction.asset_id)
    return Dossier(
        case, parties, asset, await seals_of(work, asset.id), await papers_of_asset(work, asset.id), files
    )


async def item_of_dossier(work: Work, instruction: Instruction, file_id: UUID) -> OpenItem:
    """An item of the case's dossier with its versions. Raises `NotFound`, `NotPermitted`."""
    _check(work, instruction)
    file = await item_going_out(work, instruction.case_id, file_id, asset_id=instruction.asset_id)
    return await open_item(work, file, ground=f"instruction:{instruction.id}")


async def version_of_dossier(work: Work, instruction: Instruction, file_id: UUID, number: int) -> OpenedFile:
    """The bytes of a version. Raises `NotFound`, `NotPermitted`, and `Conflict` for bytes that were changed."""
    _check(work, instruction)
    file = await item_going_out(work, instruction.case_id, file_id, asset_id=instruction.asset_id)
    return await open_version(work, file, number, ground=f"instruction:{instruction.id}")


async def paper_of_dossier(work: Work, instruction: Instruction, document_id: UUID) -> Document:
    """A paper of the asset in the file. Raises `NotFound`."""
    _check(work, instruction)
    paper = await document_by_id(work, document_id)
    if instruction.asset_id is None or paper.asset_id != instruction.asset_id:
        raise NotFound(msg("没有找到该文书。"), rule="P-03")
    await _record(work, instruction, document_id=paper.id)
    return paper


def _check(work: Work, instruction: Instruction) -> None:
    require(work.actor, Permission.SEE_COURT_FILES)
    if not may_see(work, instruction):
        raise NotFound(msg("没有找到该指令，或它与本院无关。"), rule="P-03")
    actor = work.actor
    if actor.court_code == instruction.from_court or actor.has(Role.INTERMEDIATE_COURT, Role.SYSTEM):
        return
    if InstructionState(instruction.state) not in READABLE:
        raise NotPermitted(msg("指令已经办结或撤回，不能再查阅对方法院的案卷。"), rule="P-03")
    if actor.account_id != instruction.assignee_account_id and not actor.has(*READERS):
        raise NotPermitted(msg("只有承办人、指挥中心和执行局局长可以查阅随指令开放的案卷。"), rule="P-03")


async def _record(work: Work, instruction: Instruction, *, document_id: UUID | None = None) -> None:
    if work.actor.court_code == instruction.from_court:
        return
    await record(
        work,
        "case.read_across_courts",
        stream=f"case:{instruction.case_id}",
        rule="P-03",
        case_id=instruction.case_id,
        asset_id=instruction.asset_id,
        person_id=work.actor.account_id,
        document_id=document_id,
        instruction=str(instruction.id),
        reader_court=work.actor.court_code,
    )
