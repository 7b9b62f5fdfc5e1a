"""Files that travelled with the instructions of a case belong to its dossier (T-25)."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from core.database import Work
from core.i18n import msg
from disposal_teams.dossier.models import DossierKind
from disposal_teams.dossier.rules import TAKEN_AS
from disposal_teams.dossier.sources import Elsewhere, dossier_source
from disposal_teams.instructions.models import Instruction, InstructionFile


@dossier_source("instructions")
async def instruction_files(work: Work, case_id: UUID) -> Sequence[Elsewhere]:
    """What was handed in with an instruction; court papers and dossier items that travelled stand in the dossier already."""
    rows = await work.session.exec(
        select(InstructionFile)
        .join(Instruction, col(Instruction.id) == col(InstructionFile.instruction_id))
        .where(Instruction.case_id == case_id, col(InstructionFile.sealed_file_id).is_not(None))
    )
    return [
        Elsewhere(
            TAKEN_AS.get(file.paper, DossierKind.OTHER),
            msg("{title}", title=file.title),
            msg("{name}", name=file.added_by_name),
            file.added_at,
            f"/court/instructions/{file.instruction_id}/files/{file.id}",
            file.sha256.hex(),
        )
        for file in rows
    ]
