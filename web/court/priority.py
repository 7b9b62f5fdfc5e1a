"""The panel's desk of priority claims: read, confirm with an order or refuse, before bidding starts (B-25, art. 19)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from auction.priority.decide import MOST_ORDER, decide_claim
from auction.priority.models import PriorityKind
from auction.priority.papers import claim_for_panel, paper_for_panel, waiting_claims
from auction.priority.rules import default_order
from core.database import Database, Work
from core.errors import DisposalError, NotFound
from core.i18n import msg
from core.identity import Role
from core.identity_number import masked_number
from core.legal_settings import legal
from web.access.guards import require_role
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.papers import file_answer
from web.portal.priority import KIND_OPTIONS, STATE_TAGS, STATE_WORDS
from web.portal.words import WORDS
from web.rendering import page, see_other

MEMBERS = 5
FIELD_LABELS = {
    "order": msg("顺位"),
    "reason": msg("理由"),
    "decision": msg("决定"),
    "member1": msg("合议庭成员"),
}


@get("/court/priority", include_in_schema=False)
async def claim_queue(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Claims that wait, by the start of their sale."""
    actor = require_role(visitor, Role.PANEL_MEMBER)
    async with database.read(actor) as work:
        return page(
            request,
            "court/claims.html",
            waiting=await waiting_claims(work, actor.court_code or ""),
            rights=KIND_OPTIONS,
            server_time=work.now,
            **WORDS,
        )


async def _show(request: AnyRequest, work: Work, claim_id: UUID, form: Form) -> Response[Any]:
    shown = await claim_for_panel(work, claim_id)
    proposed = default_order(PriorityKind(shown.claim.kind), legal().priority_orders)
    form.values.setdefault("order", str(shown.claim.priority_order or proposed))
    for place, name in enumerate(shown.claim.members, start=1):
        form.values.setdefault(f"member{place}", name)
    return page(
        request,
        "court/claim.html",
        status=form.status,
        form=form,
        shown=shown,
        lot=shown.lot,
        proposed=proposed,
        members=MEMBERS,
        most_order=MOST_ORDER,
        rights=KIND_OPTIONS,
        state_words=STATE_WORDS,
        claim_tags=STATE_TAGS,
        masked_number=masked_number,
        field_labels=FIELD_LABELS,
        server_time=work.now,
        **WORDS,
    )


@get("/court/priority/{claim_id:uuid}", include_in_schema=False)
async def claim_page(
    request: AnyRequest, database: Database, visitor: Visitor, claim_id: UUID
) -> Response[Any]:
    """One claim. Looking at it is written to the audit chain, so this reads in a transaction that commits."""
    actor = require_role(visitor, Role.PANEL_MEMBER)
    async with database.begin(actor) as work:
        return await _show(request, work, claim_id, Form.blank())


@post("/court/priority/{claim_id:uuid}", include_in_schema=False)
async def decide(request: AnyRequest, database: Database, visitor: Visitor, claim_id: UUID) -> Response[Any]:
    """Confirm with an order, or refuse."""
    actor = require_role(visitor, Role.PANEL_MEMBER)
    form = await read_form(request)
    confirm = form.choice("decision", ("confirm", "refuse")) == "confirm"
    order = form.integer("order", least=1, most=MOST_ORDER, required=confirm)
    members = [form.text(f"member{place}", required=False, longest=40) for place in range(1, MEMBERS + 1)]
    reason = form.text("reason", longest=500, lines=True)
    if not form.is_bad:
        try:
            async with database.begin(actor) as work:
                await decide_claim(
                    work,
                    claim_id,
                    confirm=confirm,
                    order=order if confirm else None,
                    members=members,
                    reason=reason,
                )
            said = (
                msg("优先购买权已确认，通知书已制作。") if confirm else msg("已决定不予确认，通知书已制作。")
            )
            return see_other(request, "/court/priority", said=said)
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    async with database.begin(actor) as work:
        return await _show(request, work, claim_id, form)


@get("/court/priority/{claim_id:uuid}/files/{file_id:uuid}", include_in_schema=False)
async def claim_file(database: Database, visitor: Visitor, claim_id: UUID, file_id: UUID) -> Response[Any]:
    """A file of a claim, to be saved."""
    actor = require_role(visitor, Role.PANEL_MEMBER)
    async with database.begin(actor) as work:
        return file_answer(await paper_for_panel(work, claim_id, file_id))


route_handlers = [claim_queue, claim_page, decide, claim_file]
