"""Leads from the public (线索举报): report where a debtor or an asset is, and read by the code what became of it."""

from typing import Any

from litestar import Response, get, post

from core.database import Database
from core.errors import DisposalError, NotFound
from core.i18n import msg
from core.legal_settings import legal
from disposal_teams.courts.queries import all_courts, court_of
from disposal_teams.leads.report import lead_of_reporter, report_lead
from disposal_teams.leads.rules import RESULT_LABELS, STATE_LABELS
from disposal_teams.people.queries import directory
from disposal_teams.people.rules import PHONE_LABELS
from web.access.footprint import origin_of
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, query_form, read_form
from web.rendering import page
from web.team.labels import shown


@get("/courts/{code:str}", include_in_schema=False)
async def court_page(request: AnyRequest, database: Database, visitor: Visitor, code: str) -> Response[Any]:
    """A court with its duty, command-centre and officers' office phones."""
    async with database.read(visitor.actor) as work:
        court = await court_of(work, code)
        phones = (await directory(work, code)).get(code, [])
    return page(request, "people/court.html", court=court, phones=phones, phone_labels=PHONE_LABELS)


@get("/leads/new", include_in_schema=False)
async def lead_form(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The form of a lead."""
    return await _form(request, database, visitor, Form.blank(court=query_form(request).value("court")[:8]))


async def _form(request: AnyRequest, database: Database, visitor: Visitor, form: Form) -> Response[Any]:
    async with database.read(visitor.actor) as work:
        courts = await all_courts(work)
    return page(
        request,
        "leads/new.html",
        status=form.status,
        form=form,
        court_options=shown(request, [(court.code, msg(court.short_name)) for court in courts]),
        answer_days=legal().lead_answer_days,
    )


@post("/leads", include_in_schema=False, status_code=200)
async def send_lead(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Take it in; the number and the code are shown this once."""
    form = await read_form(request)
    court = form.text("court", longest=8)
    about = form.text("about", longest=80)
    case_no = form.text("case_no", required=False, longest=60)
    details = form.text("details", longest=2000, lines=True)
    contact = form.text("contact", required=False, longest=80)
    place = origin_of(request).footprint(request.app.state.settings.proxy_networks).address or "unknown"
    if not form.is_bad:
        try:
            async with database.begin(visitor.actor) as work:
                receipt = await report_lead(
                    work, court_code=court, about=about, details=details, case_no=case_no, contact=contact,
                    place=place,
                )  # fmt: skip
            return page(request, "leads/received.html", receipt=receipt, answer_days=legal().lead_answer_days)
        except DisposalError as error:
            form.refuse(error)
    return await _form(request, database, visitor, form)


@get("/leads/track", include_in_schema=False)
async def track_form(request: AnyRequest, visitor: Visitor) -> Response[Any]:
    """Where the code is asked for."""
    return page(request, "leads/track.html", lead=None, form=Form.blank())


@post("/leads/track", include_in_schema=False, status_code=200)
async def track(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """What became of a lead, for whoever holds its code."""
    form = await read_form(request)
    number = form.text("number", longest=20)
    code = form.text("code", longest=30)
    lead = None
    if not form.is_bad:
        try:
            async with database.read(visitor.actor) as work:
                lead = await lead_of_reporter(work, number, code)
        except NotFound as error:
            form.refuse(error)
    return page(
        request,
        "leads/track.html",
        status=form.status,
        form=form,
        lead=lead,
        state_labels=STATE_LABELS,
        result_labels=RESULT_LABELS,
    )


route_handlers = [court_page, lead_form, send_lead, track_form, track]
