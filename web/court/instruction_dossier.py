"""The sender's case as far as an instruction opens it to the court that works on it (P-03)."""

from typing import Any
from uuid import UUID

from litestar import Response, get

from core.database import Database
from disposal_teams.assets.labels import SEAL_KIND_LABELS, SEAL_STATE_LABELS
from disposal_teams.cases.labels import PARTY_ROLE_LABELS
from disposal_teams.courts.queries import court_names
from disposal_teams.dossier.rules import KIND_LABELS
from disposal_teams.instructions.dossier import (
    item_of_dossier,
    open_dossier,
    paper_of_dossier,
    version_of_dossier,
)
from disposal_teams.instructions.queries import instruction_of
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.papers import file_answer, paper_answer
from web.rendering import page
from web.team.dossier import item_page

BASE = "/court/instructions/{instruction_id:uuid}"


@get(BASE + "/dossier", include_in_schema=False)
async def instruction_dossier(
    request: AnyRequest, database: Database, visitor: Visitor, instruction_id: UUID
) -> Response[Any]:
    """The sender's case as far as the instruction opens it; every look is recorded (P-03)."""
    actor = require_staff(visitor)
    async with database.begin(actor) as work:
        instruction = await instruction_of(work, instruction_id)
        dossier = await open_dossier(work, instruction)
        names = await court_names(work)
    return page(
        request,
        "instructions/dossier.html",
        instruction=instruction,
        dossier=dossier,
        courts=names,
        role_labels=PARTY_ROLE_LABELS,
        seal_kinds=SEAL_KIND_LABELS,
        seal_states=SEAL_STATE_LABELS,
        kind_labels=KIND_LABELS,
    )


@get(BASE + "/dossier/{document_id:uuid}", include_in_schema=False)
async def dossier_paper(
    request: AnyRequest, database: Database, visitor: Visitor, instruction_id: UUID, document_id: UUID
) -> Response[Any]:
    """A paper of the asset that the instruction is about."""
    actor = require_staff(visitor)
    async with database.begin(actor) as work:
        paper = await paper_of_dossier(work, await instruction_of(work, instruction_id), document_id)
    return paper_answer(paper)


@get(BASE + "/dossier/files/{file_id:uuid}", include_in_schema=False)
async def dossier_item(
    request: AnyRequest, database: Database, visitor: Visitor, instruction_id: UUID, file_id: UUID
) -> Response[Any]:
    """An item of the dossier with its versions; opening it is recorded."""
    actor = require_staff(visitor)
    async with database.begin(actor) as work:
        item = await item_of_dossier(work, await instruction_of(work, instruction_id), file_id)
    base = f"/court/instructions/{instruction_id}/dossier"
    return item_page(request, item, base=base, files=f"{base}/files/{file_id}")


@get(BASE + "/dossier/files/{file_id:uuid}/versions/{number:int}", include_in_schema=False)
async def dossier_version(
    database: Database, visitor: Visitor, instruction_id: UUID, file_id: UUID, number: int
) -> Response[Any]:
    """The bytes of a version; opening it is recorded."""
    actor = require_staff(visitor)
    async with database.begin(actor) as work:
        instruction = await instruction_of(work, instruction_id)
        return file_answer(await version_of_dossier(work, instruction, file_id, number))


route_handlers = [instruction_dossier, dossier_paper, dossier_item, dossier_version]
