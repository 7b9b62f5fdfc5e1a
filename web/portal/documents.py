"""Papers: public ones for everybody, the others for the court and the buyer."""

from typing import Any
from uuid import UUID

from litestar import Response, get

from auction.priority.claims import claimant_may_read
from auction.settlement.queries import buyer_may_read
from core.database import Database, Work
from core.documents import Document, document_by_id
from core.errors import NotFound
from core.i18n import msg
from core.identity import Permission, may
from disposal_teams.conclusions.papers import PAPERS
from disposal_teams.conclusions.papers import party_may_read as case_party_may_read
from disposal_teams.transfers.queries import party_may_read
from web.access.visitor import AnyRequest, Visitor
from web.papers import paper_answer

CLAIM_PAPERS = frozenset({"priority_notice", "priority_refusal"})


@get("/documents/{document_id:uuid}", include_in_schema=False)
async def show_document(
    request: AnyRequest, database: Database, visitor: Visitor, document_id: UUID
) -> Response[Any]:
    """The paper itself. One that the visitor may not see is as unknown as a missing one."""
    async with database.read(visitor.actor) as work:
        document = await document_by_id(work, document_id)
        if not await may_read(work, document):
            raise NotFound(msg("没有找到该文书，或它不对您公开。"))
    return paper_answer(document)


async def may_read(work: Work, document: Document) -> bool:
    """Public papers: everybody. Others: people of the court (P-03), the buyer the papers of the own sale, and the parties of
    a transfer what they are told of it (T-04).

    The answer to a priority claim names a person who may be bidding: only that person and the panel read it (P-01).
    """
    if document.is_public:
        return True
    actor = work.actor
    if document.kind in CLAIM_PAPERS:
        decides = actor.is_staff and may(actor, Permission.CONFIRM_PRIORITY, court_code=document.court_code)
        return decides or await claimant_may_read(work, document)
    if actor.is_staff and may(actor, Permission.SEE_COURT_FILES, court_code=document.court_code):
        return True
    if document.kind in PAPERS:
        return await case_party_may_read(work, document)
    if document.kind in {"transfer_party_notice", "transfer_decision"}:
        return await party_may_read(work, document)
    return await buyer_may_read(work, document)


route_handlers = [show_document]
