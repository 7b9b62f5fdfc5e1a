"""The court's leads from the public: what is due, who checks, what the reporter is told."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from core.database import Database
from core.errors import DisposalError, NotFound
from core.i18n import msg
from core.identity import Actor, Permission, may
from disposal_teams.instructions.queries import colleagues, person_named
from disposal_teams.leads.handle import answer_lead, give_lead, leads_of, open_lead
from disposal_teams.leads.models import OVER, LeadResult, LeadState
from disposal_teams.leads.rules import RESULT_LABELS, STATE_LABELS
from disposal_teams.people.models import Skill
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, query_form, read_form
from web.rendering import page, see_other
from web.team.labels import shown

TAGS = {LeadState.RECEIVED: "warn", LeadState.CHECKING: "info", LeadState.ANSWERED: "good"}


@get("/court/leads", include_in_schema=False)
async def lead_list(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Leads of the court, what is due first in front; their words stand on their own pages."""
    actor = require_staff(visitor)
    show_all = query_form(request).value("show") == "all"
    async with database.read(actor) as work:
        leads = await leads_of(work, actor.court_code or "", only_open=not show_all)
        rows = [(each, await person_named(work, each.handler_account_id)) for each in leads]
        now = work.now
    return page(
        request,
        "leads/list.html",
        rows=rows,
        show_all=show_all,
        now=now,
        state_labels=STATE_LABELS,
        result_labels=RESULT_LABELS,
        lead_tags=TAGS,
    )


@get("/court/leads/{lead_id:uuid}", include_in_schema=False)
async def lead_page(
    request: AnyRequest, database: Database, visitor: Visitor, lead_id: UUID
) -> Response[Any]:
    """One lead; every reading is recorded."""
    return await _show(request, database, require_staff(visitor), lead_id, Form.blank())


async def _show(
    request: AnyRequest, database: Database, actor: Actor, lead_id: UUID, form: Form
) -> Response[Any]:
    async with database.begin(actor) as work:
        lead, words = await open_lead(work, lead_id)
        dispatches = may(actor, Permission.DISPATCH_INSTRUCTION, court_code=lead.court_code)
        state = LeadState(lead.state)
        people = (
            await colleagues(work, lead.court_code, skill=Skill.FINDING)
            if dispatches and state is LeadState.RECEIVED
            else []
        )
        handler = await person_named(work, lead.handler_account_id)
        now = work.now
    return page(
        request,
        "leads/one.html",
        status=form.status,
        form=form,
        lead=lead,
        words=words,
        people=people,
        handler=handler,
        may_answer=state not in OVER and (dispatches or state is LeadState.CHECKING),
        results=shown(request, [(str(each), msg(label)) for each, label in RESULT_LABELS.items()]),
        state_labels=STATE_LABELS,
        result_labels=RESULT_LABELS,
        lead_tags=TAGS,
        now=now,
        server_time=now,
    )


@post("/court/leads/{lead_id:uuid}/{act:str}", include_in_schema=False)
async def handle_lead(
    request: AnyRequest, database: Database, visitor: Visitor, lead_id: UUID, act: str
) -> Response[Any]:
    """Give it to somebody, or answer it."""
    actor = require_staff(visitor)
    form = await read_form(request)
    try:
        if act == "give":
            handler = form.identifier("handler")
            case_no = form.text("case_no", required=False, longest=60)
            if handler is not None and not form.is_bad:
                async with database.begin(actor) as work:
                    await give_lead(work, lead_id, handler, case_no=case_no)
                return see_other(request, f"/court/leads/{lead_id}", said=msg("已受理并分派核查。"))
        elif act == "answer":
            result = form.choice("result", LeadResult)
            answer = form.text("answer", required=False, longest=1000, lines=True)
            if result is not None and not form.is_bad:
                async with database.begin(actor) as work:
                    await answer_lead(work, lead_id, result=result, answer=answer)
                return see_other(request, "/court/leads", said=msg("已反馈，举报人可以凭查询码查看。"))
        else:
            raise NotFound(msg("没有该步骤。"))
    except NotFound:
        raise
    except DisposalError as error:
        form.refuse(error)
    return await _show(request, database, actor, lead_id, form)


route_handlers = [lead_list, lead_page, handle_lead]
