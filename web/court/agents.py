"""The desk of agents: read the power of attorney, confirm or refuse before bidding starts (B-13)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from auction.agents.decide import decide_appointment
from auction.agents.papers import appointment_for_desk, paper_for_desk, waiting_appointments
from core.database import Database, Work
from core.errors import DisposalError, NotFound
from core.i18n import msg
from core.identity import Actor, Role
from core.identity_number import masked_number
from web.access.guards import require_role
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.papers import file_answer
from web.portal.words import WORDS
from web.rendering import page, see_other

DESK = (Role.CLERK, Role.CASE_OFFICER, Role.DISPOSAL_TEAM)
FIELD_LABELS = {"reason": msg("理由"), "decision": msg("决定")}


@get("/court/agents", include_in_schema=False)
async def agent_queue(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Papers that wait, by the start of their sale."""
    actor = require_role(visitor, *DESK)
    async with database.read(actor) as work:
        waiting = await waiting_appointments(work, actor.court_code or "")
        return page(request, "court/agents.html", waiting=waiting, server_time=work.now, **WORDS)


async def _show(request: AnyRequest, work: Work, appointment_id: UUID, form: Form) -> Response[Any]:
    shown = await appointment_for_desk(work, appointment_id)
    return page(
        request,
        "court/agent.html",
        status=form.status,
        form=form,
        shown=shown,
        lot=shown.lot,
        masked_number=masked_number,
        field_labels=FIELD_LABELS,
        server_time=work.now,
        **WORDS,
    )


@get("/court/agents/{appointment_id:uuid}", include_in_schema=False)
async def agent_papers(
    request: AnyRequest, database: Database, visitor: Visitor, appointment_id: UUID
) -> Response[Any]:
    """One person's papers. Looking at them is written to the audit chain, so this reads in a transaction that commits."""
    actor = require_role(visitor, *DESK)
    async with database.begin(actor) as work:
        return await _show(request, work, appointment_id, Form.blank())


@post("/court/agents/{appointment_id:uuid}", include_in_schema=False)
async def decide(
    request: AnyRequest, database: Database, visitor: Visitor, appointment_id: UUID
) -> Response[Any]:
    """Confirm or refuse."""
    actor: Actor = require_role(visitor, *DESK)
    form = await read_form(request)
    confirm = form.choice("decision", ("confirm", "refuse")) == "confirm"
    reason = form.text("reason", required=False, longest=300)
    if not form.is_bad:
        try:
            async with database.begin(actor) as work:
                await decide_appointment(work, appointment_id, confirm=confirm, reason=reason)
            said = msg("代理手续已确认。") if confirm else msg("已通知代理人重新提交材料。")
            return see_other(request, "/court/agents", said=said)
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    async with database.begin(actor) as work:
        return await _show(request, work, appointment_id, form)


@get("/court/agents/{appointment_id:uuid}/files/{file_id:uuid}", include_in_schema=False)
async def agent_file(
    database: Database, visitor: Visitor, appointment_id: UUID, file_id: UUID
) -> Response[Any]:
    """A file of the papers, to be saved."""
    actor = require_role(visitor, *DESK)
    async with database.begin(actor) as work:
        return file_answer(await paper_for_desk(work, appointment_id, file_id))


route_handlers = [agent_queue, agent_papers, decide, agent_file]
