"""The pages of an appraisal firm: what it is entrusted with, by when, its steps and its reports (V-21 to V-24)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from core.database import Database
from core.errors import DisposalError, NotFound
from core.i18n import msg
from core.identity import Actor, Role
from core.pdf_check import check_pdf
from core.sealed_files import MOST_BYTES
from disposal_teams.cases.labels import PARTY_ROLE_LABELS
from valuation.appraisal.desk import own_desk
from valuation.appraisal.enter_report import read_report_file, upload_report
from valuation.fees.queries import fee_of_engagement
from valuation.models import ValuationMethod
from valuation.objections.answer import answer_objection
from valuation.performance.queries import own_record
from valuation.selection.queries import own_engagements
from web.access.guards import require_login, require_role
from web.access.visitor import AnyRequest, Visitor
from web.carry_out import carried_out
from web.forms import Form, read_form
from web.papers import file_answer
from web.portal.report_objections import objection_words
from web.rendering import page, see_other
from web.team.appraisal import STEPS, engagement_step_of, no_such_step
from web.team.report_form import CAUSE_LABELS, read_figures
from web.team.valuation_fees import FEE_WORDS, claim_of

OWN_STEPS = (
    "accept",
    "decline",
    "ask-time",
    "explain",
    "call-inspection",
    "record-inspection",
    "cancel-inspection",
)


@get("/appraiser", include_in_schema=False)
async def home(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Everything the firm was entrusted with, newest first."""
    async with database.read(require_role(visitor, Role.APPRAISER)) as work:
        rows = await own_engagements(work)
        record = await own_record(work)
    return page(request, "appraiser/home.html", rows=rows, record=record)


@get("/appraiser/{engagement_id:uuid}", include_in_schema=False)
async def show(
    request: AnyRequest, database: Database, visitor: Visitor, engagement_id: UUID
) -> Response[Any]:
    """One engagement."""
    return await _show(request, database, require_role(visitor, Role.APPRAISER), engagement_id, Form.blank())


async def _show(
    request: AnyRequest, database: Database, actor: Actor, engagement_id: UUID, form: Form
) -> Response[Any]:
    async with database.read(actor) as work:
        desk = await own_desk(work, engagement_id)
        fee = await fee_of_engagement(work, engagement_id)
    return page(
        request,
        "appraiser/engagement.html",
        status=form.status,
        form=form,
        row=desk,
        fee=fee,
        **FEE_WORDS,
        cause_labels=CAUSE_LABELS,
        party_labels=PARTY_ROLE_LABELS,
        **objection_words(ValuationMethod.APPRAISAL),
    )


@post("/appraiser/{engagement_id:uuid}/report", include_in_schema=False)
async def upload(
    request: AnyRequest, database: Database, visitor: Visitor, engagement_id: UUID
) -> Response[Any]:
    """Upload the report: the PDF is looked through first, then taken with its figures."""
    actor = require_role(visitor, Role.APPRAISER)
    form = await read_form(request)
    file = await form.upload("file", most_bytes=MOST_BYTES)
    form.values.pop("file", None)
    figures = read_figures(form, firm="")
    if not form.is_bad and figures is not None and file is not None:
        try:
            async with database.read(actor) as work:
                await own_desk(work, engagement_id)
            pdf = await check_pdf(*file)
            async with database.begin(actor) as work:
                report = await upload_report(work, engagement_id, figures, pdf)
                version = report.version
            return see_other(
                request,
                f"/appraiser/{engagement_id}",
                said=msg("报告第 {version} 版已提交，法院将审查。", version=version),
            )
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    return await _show(request, database, actor, engagement_id, form)


@post("/appraiser/{engagement_id:uuid}/objections/{objection_id:uuid}", include_in_schema=False)
async def answer(
    request: AnyRequest, database: Database, visitor: Visitor, engagement_id: UUID, objection_id: UUID
) -> Response[Any]:
    """Explain the report to who objected, with a corrected report where one is uploaded."""
    actor = require_role(visitor, Role.APPRAISER)
    form = await read_form(request)
    words = form.text("answer", longest=2000, lines=True)
    has_file = bool(getattr(form.values.get("file"), "filename", ""))
    file = await form.upload("file", most_bytes=MOST_BYTES) if has_file else None
    form.values.pop("file", None)
    async with database.read(actor) as work:
        desk = await own_desk(work, engagement_id)
    if objection_id not in {each.id for each in desk.objections}:
        raise no_such_step()
    figures = read_figures(form, firm=desk.firm.name) if has_file else None
    if not form.is_bad:
        try:
            pdf = await check_pdf(*file) if file is not None else None
            async with database.begin(actor) as work:
                corrected = (figures, pdf) if figures is not None else None
                await answer_objection(work, objection_id, answer=words, corrected=corrected)
            return see_other(request, f"/appraiser/{engagement_id}", said=msg("说明已提交，并已告知异议人。"))
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    return await _show(request, database, actor, engagement_id, form)


@post("/appraiser/{engagement_id:uuid}/fee", include_in_schema=False)
async def claim_fee(
    request: AnyRequest, database: Database, visitor: Visitor, engagement_id: UUID
) -> Response[Any]:
    """Claim the actual expense (V-25)."""
    actor = require_role(visitor, Role.APPRAISER)
    form = await read_form(request)
    async with database.read(actor) as work:
        await own_desk(work, engagement_id)
        fee = await fee_of_engagement(work, engagement_id)
    if fee is None:
        raise NotFound(msg("没有找到该费用。"))
    step = claim_of(form, fee.id)
    if await carried_out(database, actor, form, step):
        return see_other(request, f"/appraiser/{engagement_id}", said=msg("实际支出已申报，等待法院核定。"))
    return await _show(request, database, actor, engagement_id, form)


@get("/reports/{report_id:uuid}", include_in_schema=False)
async def read_report(database: Database, visitor: Visitor, report_id: UUID) -> Response[Any]:
    """A report's PDF, to be saved. For everybody who may not read it, it is as unknown as a missing one."""
    async with database.read(require_login(visitor)) as work:
        return file_answer(await read_report_file(work, report_id))


@post("/appraiser/{engagement_id:uuid}/{name:str}", include_in_schema=False)
async def take_step(
    request: AnyRequest, database: Database, visitor: Visitor, engagement_id: UUID, name: str
) -> Response[Any]:
    """Accept, decline, or ask for more time."""
    actor = require_role(visitor, Role.APPRAISER)
    form = await read_form(request)
    if name not in OWN_STEPS:
        raise no_such_step()
    step = engagement_step_of(form, engagement_id, name)
    if await carried_out(database, actor, form, step):
        return see_other(request, f"/appraiser/{engagement_id}", said=STEPS[name])
    return await _show(request, database, actor, engagement_id, form)


route_handlers = [home, show, upload, answer, claim_fee, read_report, take_step]
